// SPDX-License-Identifier: GPL-3.0-or-later
// The plan of a statement, as it was typed or as pg_stat_statements has it, by the first rung that bears: EXPLAIN as it is; a generic plan
// (16 and later); PREPARE and EXPLAIN EXECUTE with values that a person gave. Nothing is guessed in a value's place. Everything is asked in a
// transaction with limits of its own that is rolled back, read-only unless the statement writes and that was agreed to. Synchronous, on the
// link's thread; the link must be to the statement's database and have no transaction open.
#pragma once

#include "explain/effects.h"
#include "explain/frame.h"
#include "plan/plan.h"

#include <QJsonObject>
#include <QMap>

#include <optional>

namespace howdah::explain
{

enum class Mode { Plan, Analyze };               // Analyze runs the statement
enum class PlanFor { WhatIsGiven, Values, Any }; // values, where all are given, else any; for these values; for any values (generic)
enum class Serialize { None, Text, Binary };     // 17 and later

// Of a parameter; nullopt is NULL, and only because a person said so.
struct Value {
    std::optional<QString> text;
    QString type; // empty: as the server infers it
};

struct Options {
    bool verbose = true;
    bool buffers = true;
    bool wal = false;    // with Analyze
    bool settings = true;
    bool timing = true;  // with Analyze
    bool memory = false; // 17 and later
    Serialize serialize = Serialize::None; // with Analyze
};

struct Request {
    QString text;
    std::optional<QStringList> searchPath; // names of schemas; nullopt: what this role has in this database
    QMap<int, Value> values;
    Mode mode = Mode::Plan;
    PlanFor planFor = PlanFor::WhatIsGiven;
    bool consent = false; // that a statement which writes is run, and rolled back
    Options options;
    int statementTimeoutMs = 30'000;
    int lockTimeoutMs = 2'000;
};

enum class Rung { AsItIs, AnyValues, Values, AnyValuesPrepared };
QString rungName(Rung rung); // "as_it_is", "generic_plan", "custom_plan", "generic_plan_prepared"

struct Parameter {
    int number = 0;
    QString type;       // as the server infers it, or as it was given; empty: it can't tell
    bool isWord = false; // part of the grammar: the field of extract(), the form of normalize()
    bool given = false; // a value came with the request
    QString why;        // what is known of it beside its type
};

struct Answer {
    enum class Kind {
        Planned,
        ValuesWanted, // no plan without values: see parameters and reason
        ConsentWanted // the statement writes, and was not run: see lasting; the plan is one without ANALYZE
    };
    Kind kind = Kind::Planned;
    Rung rung = Rung::AsItIs;
    QString reason;                 // why values or consent are wanted
    QString explained;              // the text that was explained, where it is not the one that was given
    QVector<Parameter> parameters;
    std::optional<plan::Plan> plan;
    QByteArray json;                // EXPLAIN's own answer
    bool ran = false;               // by ANALYZE
    bool writes = false;
    QVector<Effect> lasting;        // what the rollback does not take back
    QString searchPath;             // in which names were looked for
    QStringList warnings;           // in words
};
QJsonObject toJson(const Answer &answer);

// Errors: those of shapeOf(); Client/transaction_open, plan_not_read, no_such_type, parameter_not_there; Sql with what to do; Timeout/statement_timeout,
// lock_timeout; Cancelled; Permission/read_only where the session writes nothing.
Result<Answer> explain(pg::Connection &connection, const Request &request, const CancelToken &cancel = {});

} // namespace howdah::explain
