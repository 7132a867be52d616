// SPDX-License-Identifier: GPL-3.0-or-later
// Rows brought back from a rehearsed copy into live, which stays up. First a plan: the rows are fetched into temporary tables of live and measured there, and
// nothing of it stays. Then the same again, held to the plan's figures, written, verified and committed in one transaction. Row security that would filter, and
// whatever is half known, is a refusal. Blocking; the two links are used from two threads while it runs. Values, any thread. The caller journals.
#pragma once

#include "backup/compare.h"
#include "session/changeplan.h"

namespace howdah::backup
{

struct RescueTable {
    // Missing: that live lacks. Changed: that live has, with other values: these are overwritten. All: both.
    enum class Rows { Missing, Changed, All };
    TableName table;
    Rows rows = Rows::Missing;
    QVector<QStringList> keys; // of these rows alone, as texts in the order of TableComparison::key; none: all
};

struct RescueChoice {
    // Of a row that live has by then, by whatever key. Fail: all is rolled back. Skip: live's stays. Overwrite: by the key that rows are told apart by, live's is
    // overwritten; by another one it fails.
    enum class Conflict { Fail, Skip, Overwrite };
    // Silence: triggers rest (session_replication_role), an audit's too; foreign keys are then looked at by us.
    enum class Triggers { Fire, Silence };
    QVector<RescueTable> tables;
    Conflict conflict = Conflict::Fail;
    Triggers triggers = Triggers::Fire;
    bool sequences = true; // set forward behind what was brought back; never back
    bool otherCluster = false; // the copy may be of another cluster than live, or of which one may be unknown
    int lockTimeoutMs = 5000;
    QString server;        // for people: "orders on db1:5432"
    session::Environment environment = session::Environment::Production;
};

struct RescueTablePlan {
    RescueTable wanted;
    qint64 missing = 0;  // that will be put in
    qint64 changed = 0;  // that will be overwritten
    qint64 left = 0;     // that live has with other values, and keeps
    qint64 conflicts = 0; // of missing: that live has by another key
    RowSums rows;        // all that is brought back
    RowSums overwritten; // live's rows in the place of `changed`
    QStringList columns, key, notes;
    QByteArray patience, lock; // without a key: live's table is locked before its rows are looked at, so that what another session brings back comes no second time
    bool operator==(const RescueTablePlan &other) const { return missing == other.missing && changed == other.changed && rows == other.rows && overwritten == other.overwritten; } // the figures
};

struct RescuePlan {
    RescueChoice choice;
    QVector<RescueTablePlan> tables; // in the order in which they are written: what is referred to comes first
    QStringList blocked; // why it can't be done, in words; empty: it can
    QStringList lacking; // of these, what another role may
    QStringList notes;
    session::ChangePlan change;

    bool isGood() const { return blocked.isEmpty(); }
    bool lacksRightsAlone() const { return !blocked.isEmpty() && lacking.size() == blocked.size(); }
    qint64 rows() const; // that will be written
    QString text() const;
    QJsonObject toJson() const;
};

struct RescueOutcome {
    struct Table {
        TableName table;
        qint64 inserted = 0, overwritten = 0, skipped = 0;
        RowSums verified; // as they stand in live, read again before COMMIT
    };
    QVector<Table> tables;
    QStringList sequences; // that were set forward: "public.orders_id_seq to 500"
    qint64 tookMs = 0;
    bool outcomeUnknown = false; // the link was lost in COMMIT and the server could not be asked
    QString message;
    QJsonObject toJson() const;
};

// Leaves nothing. Errors: Client/in_transaction, Client/same_database, Client/usage where no table was chosen, those of the links, Cancelled. What speaks
// against it is in `blocked`.
Result<RescuePlan> planRescue(pg::Connection &live, pg::Connection &rehearsed, const RescueChoice &choice, const Progress &progress = {}, const CancelToken &cancel = {});
// Errors, each with everything rolled back: Client/blocked, Client/changed_since where live or the copy is no more what was planned for, Client/not_verified
// where what stands in live is not what was brought, the server's, Cancelled. Sequences that were set forward stay forward.
Result<RescueOutcome> rescue(pg::Connection &live, pg::Connection &rehearsed, const RescuePlan &plan, const Progress &progress = {}, const CancelToken &cancel = {});

} // namespace howdah::backup
