// SPDX-License-Identifier: GPL-3.0-or-later
// A database that is made for one task on a sandbox server, filled with a schema, and dropped with the object; one that a killed program left behind is
// dropped by the next. Where that server is others' too, nothing of it but this database is changed: what would is left out, or refused. Used by one thread at a time, blocking; owns its connections.
#pragma once

#include "base/progress.h"
#include "migrations/run.h"

namespace howdah::migrations
{

struct Loaded {
    int statements = 0;
    QStringList left; // what did not run, and why: shown with every result, since the schema is that much another
};

class Scratch
{
public:
    // `server`: how the sandbox is reached, as a superuser or a role with CREATEDB. `ours`: nobody else is on that server, so that roles may be made.
    // Errors: those of connecting, Permission (no CREATEDB).
    // `copyOf`: a database of that server whose copy it is, rows and all, which takes that one's time and disk; nobody else may be in it. Empty: it begins empty.
    static Result<std::unique_ptr<Scratch>> make(const pg::ConnectionSpec &server, const Secret &password, bool ours, const CancelToken &cancel = {}, const QString &copyOf = {});
    ~Scratch();
    Scratch(const Scratch &) = delete;
    Scratch &operator=(const Scratch &) = delete;

    QString database() const { return m_database; }
    pg::Connection &connection() { return *m_connection; }
    bool isOurs() const { return m_ours; } // nobody else is on that server
    bool isSuperuser() const { return m_connection->facts().superuser; }
    // As a run of migrations finds it: search path, time zone, the role (empty: the session's own, since a scratch has no other's grants).
    Done enter(const QString &searchPath, const QString &role = {}, const CancelToken &cancel = {});
    // So again, whatever a file or a script has set.
    Done settle(const CancelToken &cancel = {});

    // Those of `names` that are missing on a server of ours are made, without any right; elsewhere none. What is missing still is returned.
    Result<QStringList> makeRoles(const QStringList &names, const CancelToken &cancel = {});
    // schema_migrations, as a target has it: a migration may name it.
    Done makeVersions(const CancelToken &cancel = {});
    // Why a statement is not run here, by its words; empty: it may be.
    QString whyNot(const QByteArray &statement) const;
    // Runs it; where the server is others' too, within a transaction (its own, where none is open), whose changes to what all databases share end it: what a
    // DO block or a function does no words tell. Errors: those of `run`; Client/whole_server.
    Done guarded(const QByteArray &statement, const std::function<Done()> &run, const CancelToken &cancel = {});
    // Of the open transaction, as `guarded` asks it. Errors: Client/whole_server.
    Done untouched(const CancelToken &cancel = {});
    // The statements of files that were left out since this was last asked, with file and line, and why: said with every result.
    QStringList takeLeft() { return std::exchange(m_left, {}); }

    // A script's statements one by one (pg_dump --schema-only; what stands before the first migration). What fails is left out and told; backslash
    // commands are passed over, those that would do something (\connect, \copy, \i …) told too. Settled afterwards.
    Result<Loaded> load(const QByteArray &script, const CancelToken &cancel = {});
    // Migrations forth, in their order, each as a run would find it; the first that fails ends it. Errors: the server's, with file and line.
    Done replay(const QVector<File> &files, const Progress &progress = {}, const CancelToken &cancel = {});
    // One section, in a transaction of its own where it is to have one. Errors: as of replay(); Client/whole_server.
    Done apply(const File &file, Direction direction, const CancelToken &cancel = {});

private:
    Scratch() = default;
    std::unique_ptr<pg::Connection> m_server; // in the database it was made from
    std::unique_ptr<pg::Connection> m_connection;
    QString m_database;
    QByteArray m_drop;
    std::optional<RunOptions> m_entered;
    bool m_ours = false;
    QStringList m_left;
};

// The texts by which a database came to be what it is, in the order in which they were applied: of each migration the ledger's, where the file is
// gone or was edited since; behind them, by name, the repeatable ones as they were last run. `missing`: applied, and neither has it.
struct Applied {
    QVector<File> files;
    int migrations = 0; // of them
    QStringList missing;
    QString text() const; // "12 applied migrations and 3 repeatable files"
};
Applied appliedFiles(const Folder &folder, const Ledger &ledger);
// The cluster's roles, for makeRoles().
Result<QStringList> roleNames(pg::Connection &connection, const CancelToken &cancel = {});
// One statement of a section, with the COPY data behind it; its rows are read and dropped. The error says file and line.
Done runPiece(pg::Connection &connection, const File &file, const Section &section, int index, const CancelToken &cancel = {});
// "1_a.sql, line 3, CREATE ROLE app: why"
QString leftWords(const File &file, const Section &section, int index, const QString &why);

} // namespace howdah::migrations
