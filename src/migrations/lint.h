// SPDX-License-Identifier: GPL-3.0-or-later
// The linter of migration files: what may block, fail or lose data when a file runs, told from its text and from what is known of the server, with the
// safe way to write it. It knows no server: what it can't see (DO blocks, functions, words it does not know) it says it can't. Pure, any thread.
#pragma once

#include <QByteArray>
#include <QHash>
#include <QList>
#include <QSet>
#include <QString>

namespace howdah::migrations
{

struct LintSection {
    QByteArray text;         // without the directive's line
    bool transaction = true; // the options given on that
    bool lockTimeout = false; // one that is not 0
    bool statementTimeout = false;
};

struct LintFile {
    QString name;
    QString purpose;      // of "-- purpose: …"
    LintSection up;
    LintSection down;
    QString irreversible; // the reason of "-- irreversible: …"; empty: there is none
};

// Empty: not known.
struct LintFacts {
    int serverMajor = 18;
    QHash<QString, qint64> tableRows;    // "public.orders"
    bool runnerSetsTimeouts = false;     // lock_timeout (0 for CONCURRENTLY) and statement_timeout
    QSet<QString> partitioned;
    QHash<QString, QString> columnTypes; // "public.orders.id": as format_type() writes it
};

enum class Level { Error, Warning, Note };

// Mechanical: `length` bytes of the section's text from `offset` on give way to `text`.
struct Fix {
    qsizetype offset = 0;
    qsizetype length = 0;
    QByteArray text;
};

struct Finding {
    int hazard = 0; // 1 to 52; 0: purpose, waivers, what is not known
    QString rule;   // "create-index"; the name a waiver gives
    Level level = Level::Warning;
    bool down = false;
    qsizetype offset = 0; // bytes of the section's text
    qsizetype length = 0;
    QString lock;
    QString reason;
    QString safe;
    QList<Fix> fixes;
    QString waived; // the waiver's reason; empty: it stands
};

// In the order of the text, up before down. A waiver is a comment directly before its statement: "-- howdah:ignore RULE reason"; those of squawk, eugene
// and pgfence are read too. One without a reason does not hold, and one that waives nothing is a finding itself.
QList<Finding> lint(const LintFile &file, const LintFacts &facts = {});

struct RuleText {
    int hazard;
    const char *rule;
    const char *lock;
    const char *reason;
    const char *safe;
};
const QList<RuleText> &ruleTexts(); // a row a hazard, in order

} // namespace howdah::migrations
