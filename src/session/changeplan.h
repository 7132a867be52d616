// SPDX-License-Identifier: GPL-3.0-or-later
// Whatever Howdah itself changes on a server is first a plan: the exact SQL or command lines, what they block, and the undo. It is shown,
// confirmed as the profile's environment demands, run, and kept in the journal. Values; apply() runs on the link's thread.
#pragma once

#include "pg/connection.h"
#include "session/guard.h"

#include <functional>

namespace howdah::session
{

struct ChangeStep {
    QString title;      // "Terminate backend 4711"
    QByteArray text;    // the exact statement, or the command line for people where isCommand
    bool isCommand = false;
    pg::Params params;  // shown with the statement
    QString blocks;     // what it locks or stops, and for how long; empty: nothing
};

// What goes or is written: the words follow it. Of files and volumes nobody counts rows, and no statement is copied.
enum class ChangeSubject { Database, Files, Volumes };

struct ChangeFact {
    QString name;  // "Comes free"
    QString value; // "4.2 GB", "not known"
};

struct ChangePlan {
    ChangeSubject subject = ChangeSubject::Database;
    QString title;      // "Terminate 3 backends"
    QString verb;       // the button: "Terminate 3 backends"
    QString server;     // "orders on db1:5432"
    QString database;
    QString role;
    Environment environment = Environment::Production;
    QVector<Hazard> hazards;
    QString object;     // to be typed where Typed is demanded; empty: the server's name
    QVector<ChangeStep> steps;
    QString undo;       // the statements that take it back, or why there is none
    bool transactional = true; // all steps in one transaction; apply() begins and ends it
    bool locked = false;       // the profile's session is read-only now: see guardFor
    int lockTimeoutMs = 5000;  // transactional: how long a step may wait for a lock, and hold up others behind it; 0: for good
    QVector<ChangeFact> facts; // of files and volumes: what is known of the consequence, in place of the three below
    // What is known of the consequence; nullopt: not known, which is said.
    std::optional<qint64> rows;
    bool rowsEstimated = false; // by the server's statistics, and told so
    std::optional<qint64> dependants;
    std::optional<qint64> lastBackupMs; // Unix time
    QString backupNote; // why lastBackupMs is not known: "no backup is known to Howdah"
};

Guarding guardFor(const ChangePlan &plan);
// For Copy; passwords masked. Where there are command lines alone a shell takes it: its remarks begin with #.
QString planAsSql(const ChangePlan &plan);
bool isOfCommands(const ChangePlan &plan); // command lines alone

struct ChangeOutcome {
    qint64 rows = 0;
    qint64 durationMs = 0;
    QString message; // "3 backends ended"
    bool outcomeUnknown = false; // the link was lost during COMMIT and could not be asked
};

// Journal first, then the steps, then the journal's end: without an entry nothing is done. `begin` and `end` write it (they may block on the
// store's thread). An error names the step that failed; steps before it were rolled back where the plan is transactional.
struct JournalSeams {
    std::function<Result<qint64>(const QString &target, const QString &action, const QString &commands, const QString &undo)> begin;
    std::function<void(qint64 id, const QString &outcome, const QString &message)> end;
};
Result<ChangeOutcome> apply(pg::Connection &connection, const ChangePlan &plan, const JournalSeams &journal, const CancelToken &cancel);

// Passwords and the like in a statement's text, replaced by '***': for journal, history, log and display.
QString masked(const QString &sql);
// Of a text that is no statement (a setting, a line of a log): there "password=x" is no comparison.
QString maskedValue(const QString &value);
// Of a server's log, in whatever format: line by line, since one odd apostrophe would shift what is a literal in all that follow it.
QString maskedLog(const QString &log);

} // namespace howdah::session
