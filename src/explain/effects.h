// SPDX-License-Identifier: GPL-3.0-or-later
// What a rollback does not take back, told before a writing statement is run: sequences, triggers, foreign tables, volatile functions. From
// the catalog, for the tables that the plan names as written; what triggers and functions do in turn is not seen. On the link's thread.
#pragma once

#include "base/canceltoken.h"
#include "base/result.h"
#include "explain/shape.h"
#include "pg/connection.h"
#include "plan/plan.h"

namespace howdah::explain
{

struct Effect {
    enum class Kind { Sequence, Trigger, DeferredTrigger, ForeignTable, Function };
    Kind kind = Kind::Function;
    QString name;     // "public.t_id_seq", "audit", "public.send_mail"
    QString relation; // the table that brings it; empty: the statement names it
    QString detail;   // a trigger's function, a foreign table's wrapper, a function's language
    bool operator==(const Effect &) const = default;
};
QString effectText(const Effect &effect); // a sentence

// Why the plan writes, in words; empty: it does not, as far as a plan tells.
QString whyItWrites(const plan::Plan &plan);

// `plan` is one of EXPLAIN VERBOSE, so that each table has its schema.
Result<QVector<Effect>> readEffects(pg::Connection &connection, const plan::Plan &plan, const QVector<CalledName> &called, const CancelToken &cancel = {});

} // namespace howdah::explain
