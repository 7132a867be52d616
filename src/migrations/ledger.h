// SPDX-License-Identifier: GPL-3.0-or-later
// What a database says was done to it: public.schema_migrations, written exactly as dbmate writes it, and beside it howdah.migration_event, to which lines
// are only ever added. Services on the link's thread; values.
#pragma once

#include "migrations/file.h"
#include "pg/connection.h"

#include <QJsonObject>

namespace howdah::migrations
{

enum class Direction { Up, Down };
QString directionText(Direction direction); // "up", "down"

struct Event {
    qint64 id = 0;
    qint64 atMs = 0;   // Unix time by the server's clock
    QString run;       // of one run of the program
    QString version;
    QString name;
    Direction direction = Direction::Up;
    QString kind;      // "begun", "step", "done", "failed", "baseline", "adopted", "resolved"
    QString sha256;
    QString meaning;
    QString purpose;
    QByteArray file;   // its text as it was run; empty: not known
    int statementsDone = 0;
    int statements = 0;
    QStringList hashes; // of the statements done, in order
    std::optional<qint64> tookMs;
    QString sqlstate;
    QString message;
    QStringList invalidIndexes; // of "begun": those before it; of "failed": those it has left
    QString xid;
    QString role;
    QString who;       // user@host of the client
    QString client;    // "howdahctl 0.1.0"
    QString server;    // "18.6"

    QJsonObject toJson() const; // without the file's text
};

struct Ledger {
    bool hasVersions = false;     // schema_migrations is there
    bool hasEvents = false;
    bool hasSchema = false;
    QStringList versions;         // applied, in their order
    QVector<Event> events;        // the oldest first

    bool isApplied(const QString &version) const { return versions.contains(version); }
    // The last event that says how `version` stands: of Direction::Up "done", "baseline", "adopted", "resolved" where it is applied. Null: dbmate's doing.
    const Event *appliedBy(const QString &version) const;
    // The one by which it came to be applied: an "adopted" later on changes what its text is, and not when it was run and by whom.
    const Event *cameBy(const QString &version) const;
    // A migration without a transaction that was begun and is neither done nor resolved: its last line. Null: none.
    const Event *interrupted(const QString &version) const;
};

// Errors: Client/foreign_table (schema_migrations is of another tool: Rails, golang-migrate), Permission.
Result<Ledger> readLedger(pg::Connection &connection, const CancelToken &cancel = {});
// Makes what is missing, in one transaction. Errors: Permission/may_not_create with the GRANT.
Done createLedger(pg::Connection &connection, const Ledger &missing, const CancelToken &cancel = {});
// The number of the transaction it stands in, by which that one's fate can be asked.
Result<QString> addEvent(pg::Connection &connection, const Event &event, const pg::RunOptions &options = {}, const CancelToken &cancel = {});
QString thisClient(); // user@host

} // namespace howdah::migrations
