// SPDX-License-Identifier: GPL-3.0-or-later
// What a Filter, an Index Cond or a Join Filter asks of one relation: which columns, by which operators. Read by the project's lexer from what
// EXPLAIN writes, which puts every operator's sides in parentheses and keywords in capitals. Pure functions, any thread, linear in the text.
#pragma once

#include "plan/facts.h"

namespace howdah::plan
{

inline constexpr qsizetype maxCondition = 64 * 1024; // characters; of a longer one nothing is read

struct Operand {
    enum class Kind { Column, Cast, Expression, Value }; // Value: names no column of the relation
    Kind kind = Kind::Value;
    QString column;      // of Column and Cast
    QString type;        // what a Cast makes of the column, without a modifier
    QStringList columns; // of the relation, each once
    bool foreign = false; // names a column of another relation
    QString text;        // without the relation's qualifier and without outer parentheses
};

// One of what is joined by AND. The side that names the relation is on the left, and the operator turned to fit.
struct Condition {
    enum class Use { Equality, Range, Prefix, Other };
    QString text;
    QString op; // "=", "= ANY", "IS NULL", "<", "~~"; empty: of no such form, `left` has its columns
    Operand left;
    Operand right;
    QVector<QVector<Condition>> arms; // of OR
    // What an index on the left side would do for it. Prefix: LIKE with a beginning.
    Use use() const;
};

// `name`: how the relation is called in the plan, its alias or its own name. `relation`: where known, only its columns are columns.
QVector<Condition> conditionsOf(const QString &text, const QString &name, const RelationFacts *relation = nullptr);

// The relation's columns in these conditions, each once, in order.
QStringList columnsOf(const QVector<Condition> &conditions);

} // namespace howdah::plan
