// SPDX-License-Identifier: GPL-3.0-or-later
// The 52 hazards in words. Locks are as measured on PostgreSQL 18.
#include "migrations/lint.h"

namespace howdah::migrations
{

const QList<RuleText> &ruleTexts()
{
    static const QList<RuleText> rows{
        {1, "missing-lock-timeout", "any that blocks", "It waits for its lock without end, and all who come later wait behind it", "lock_timeout of a few seconds, and another try later"},
        {2, "missing-statement-timeout", "as long as it runs", "Nothing ends it when it takes longer than it was thought to", "A statement_timeout; 0 for CONCURRENTLY and VALIDATE"},
        {3, "lock-timeout-on-concurrently", "SHARE UPDATE EXCLUSIVE", "lock_timeout also ends the wait for old snapshots, and an INVALID index stays behind", "lock_timeout 0 for it, and an eye on who blocks it"},
        {4, "concurrently-in-transaction", "none: it fails (25001)", "CONCURRENTLY can't run in a transaction, nor with other statements in one message", "A file of its own with transaction:false and this one statement"},
        {5, "not-in-transaction", "none: it fails (25001)", "The server refuses it inside a transaction", "A file of its own with transaction:false and this one statement"},
        {6, "create-index", "SHARE on the table", "Writes wait until the index is built", "CONCURRENTLY, in a file with transaction:false"},
        {7, "cic-if-not-exists", "SHARE UPDATE EXCLUSIVE", "An INVALID index of a run that failed is taken for the index", "A look at pg_index.indisvalid, DROP INDEX CONCURRENTLY IF EXISTS, and another try"},
        {8, "create-index-partitioned", "SHARE on the table and every partition", "Writes to all partitions wait until all indexes are built, and CONCURRENTLY is refused", "ON ONLY the parent, CONCURRENTLY on each partition, then ATTACH PARTITION"},
        {9, "drop-index", "ACCESS EXCLUSIVE on the index and its table", "Readers of the table wait too", "CONCURRENTLY, in a file with transaction:false"},
        {10, "reindex", "SHARE on the table, ACCESS EXCLUSIVE on its indexes", "Writes wait, and reads whose plan looks at the index", "CONCURRENTLY, in a file with transaction:false"},
        {11, "add-unique", "ACCESS EXCLUSIVE and SHARE", "Reads and writes wait while the index is built", "A unique index made CONCURRENTLY, then ADD CONSTRAINT … USING INDEX; EXCLUDE has no such way"},
        {12, "add-primary-key", "ACCESS EXCLUSIVE and SHARE", "Reads and writes wait while the rows are read and the index is built", "A unique index made CONCURRENTLY, NOT NULL proven before, then PRIMARY KEY USING INDEX"},
        {13, "add-column-not-null", "ACCESS EXCLUSIVE", "It fails (23502) where the table has rows", "A column that may be NULL, a backfill, then NOT NULL NOT VALID and VALIDATE"},
        {14, "add-column-volatile-default", "ACCESS EXCLUSIVE and a rewrite", "Each row gets a value of its own: table and indexes are written anew", "The column without default, SET DEFAULT after it, a backfill in batches"},
        {15, "add-column-serial", "ACCESS EXCLUSIVE and a rewrite", "Each row gets its number: table and indexes are written anew", "A column that may be NULL, a sequence as its default, a backfill in batches"},
        {16, "add-column-stored", "ACCESS EXCLUSIVE and a rewrite", "Each row's value is worked out and stored: table and indexes are written anew", "VIRTUAL (PostgreSQL 18), or a trigger and a backfill"},
        {17, "implicit-generated-kind", "ACCESS EXCLUSIVE", "The same words are VIRTUAL on 18 and an error before; a virtual column has no index, and SET NOT NULL reads all rows", "VIRTUAL or STORED, written out"},
        {18, "add-column-domain", "ACCESS EXCLUSIVE and a rewrite", "A domain with constraints makes the server write the table anew, even for NULL", "The base type, then a CHECK NOT VALID and VALIDATE"},
        {19, "add-column-check", "ACCESS EXCLUSIVE and a scan", "All rows are read, though all of them hold NULL", "The column first, then CHECK … NOT VALID, then VALIDATE"},
        {20, "add-column-references", "ACCESS EXCLUSIVE, and SHARE ROW EXCLUSIVE on the referenced table", "Two tables are locked at once", "The column first, then FOREIGN KEY … NOT VALID, then VALIDATE"},
        {21, "drop-column", "ACCESS EXCLUSIVE on the table and the column's indexes", "The program that still runs may read it, and its data can't be brought back", "No program uses it any more: then a release of its own"},
        {22, "alter-column-type", "ACCESS EXCLUSIVE and, mostly, a rewrite", "Table and indexes are written anew unless the old type is stored the same way", "A new column, kept in step by a trigger, a backfill, and a swap"},
        {23, "alter-type-index", "ACCESS EXCLUSIVE and SHARE", "Its indexes are built anew though the table is not written", "A new column with a new index made CONCURRENTLY"},
        {24, "timestamp-timezone", "ACCESS EXCLUSIVE, and a rewrite outside of UTC", "What the values mean depends on the session's TimeZone; so does whether the table is written anew", "Where the data are UTC: timezone set to UTC before it"},
        {25, "set-not-null", "ACCESS EXCLUSIVE and a scan", "Reads and writes wait while all rows are read", "ADD CONSTRAINT … NOT NULL … NOT VALID, then VALIDATE (18); before, a CHECK (… IS NOT NULL) validated first"},
        {26, "set-not-null-not-valid", "ACCESS EXCLUSIVE and a scan", "The constraint that is NOT VALID is validated by it, with everybody waiting", "VALIDATE CONSTRAINT"},
        {27, "drop-not-null", "ACCESS EXCLUSIVE, short", "A reader may not expect NULL", "The programs first"},
        {28, "add-check", "ACCESS EXCLUSIVE and a scan", "Reads and writes wait while all rows are read", "NOT VALID, and VALIDATE CONSTRAINT in another transaction"},
        {29, "add-foreign-key", "SHARE ROW EXCLUSIVE on both tables and a scan of both", "Writes to both tables wait", "NOT VALID, and VALIDATE CONSTRAINT in another transaction"},
        {30, "not-enforced", "SHARE ROW EXCLUSIVE on both tables of a foreign key", "Nothing guarantees that the rows are right; PostgreSQL 18 and newer", "An enforced constraint, NOT VALID first, or a waiver that says why"},
        {31, "validate-in-same-transaction", "that of the ADD, held during the scan", "The strong lock of ADD … NOT VALID is held while VALIDATE reads all rows", "Two files"},
        {32, "create-table-foreign-key", "SHARE ROW EXCLUSIVE on the referenced table", "Writes to the referenced table wait until the transaction ends", "The foreign key in a file of its own, last"},
        {33, "drop-referencing", "ACCESS EXCLUSIVE on the referenced table too", "The table on the other side of a foreign key is locked for reads as well", "The foreign key first, alone and with a short lock_timeout"},
        {34, "foreign-key-without-index", "none", "Each DELETE or UPDATE of a referenced row reads the whole referencing table", "An index on the referencing columns, made CONCURRENTLY, before"},
        {35, "rename", "ACCESS EXCLUSIVE, short", "The program that still runs knows the old name only", "The new name beside the old (a view, a second column), and the old one dropped later"},
        {36, "change-view", "ACCESS EXCLUSIVE on the view", "Its readers wait, and a change of its columns fails or breaks them", "A view of a new name"},
        {37, "truncate", "ACCESS EXCLUSIVE, also on all that reference it", "The data are gone for good", "DELETE in batches"},
        {38, "drop-cascade", "ACCESS EXCLUSIVE on everything it reaches", "What falls with it does not stand in the file: columns, views, constraints", "A list of what depends on it, and a DROP of each"},
        {39, "attach-partition", "ACCESS EXCLUSIVE on the new and the default partition", "All rows of the new partition are read, and those of the default one", "A validated CHECK that says the same as the bounds, before"},
        {40, "create-partition-of", "ACCESS EXCLUSIVE on the parent and the default partition", "Reads and writes of the whole table wait", "A table of its own (LIKE …), then ATTACH PARTITION"},
        {41, "detach-partition", "ACCESS EXCLUSIVE on parent, partition and default partition", "Reads and writes of the whole table wait", "CONCURRENTLY, in a file with transaction:false; FINALIZE after an interruption"},
        {42, "alter-partitioned", "ACCESS EXCLUSIVE on the parent and every partition", "So many locks at once wait for each other, and may deadlock", "A short lock_timeout, or one partition after the other"},
        {43, "refresh-matview", "ACCESS EXCLUSIVE", "Its readers wait until it is filled", "CONCURRENTLY, which needs a unique index"},
        {44, "rewrite-table", "ACCESS EXCLUSIVE and a rewrite", "Reads and writes wait until the table is written anew", "pg_repack or pg_squeeze; a maintenance window"},
        {45, "trigger-rule-policy", "ACCESS EXCLUSIVE; of triggers that are made SHARE ROW EXCLUSIVE", "What rows are seen or changed differs from one statement to the next", "A short lock_timeout, and a file of its own"},
        {46, "enum-use-in-transaction", "none: it fails (55P04)", "A value that was added in a transaction can't be used in it", "Two files"},
        {47, "alter-domain", "SHARE on every table that uses it and a scan", "Writes to all these tables wait while their rows are read", "NOT VALID, then VALIDATE CONSTRAINT"},
        {48, "several-locks", "all, until the transaction ends", "The first lock is held while the others are waited for and the rest runs", "A file each; actions on one table in one ALTER TABLE"},
        {49, "bulk-dml", "ROW EXCLUSIVE and all its rows", "A long transaction: rows locked, bloat, replicas behind", "Batches by key, with FOR UPDATE SKIP LOCKED"},
        {50, "transaction-control", "none", "It ends the transaction that the runner opened, or is no statement for the server", "transaction:false where there must be none; no commands of psql"},
        {51, "not-idempotent", "none", "Without a transaction the part that was done stays, and a second run fails here", "IF [NOT] EXISTS, or a file of its own"},
        {52, "irreversible", "none", "There is no way back", "A down section, or \"-- irreversible: reason\""},
    };
    return rows;
}

} // namespace howdah::migrations
