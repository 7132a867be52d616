// SPDX-License-Identifier: GPL-3.0-or-later
// The recogniser's pieces: columns, constraints and actions at a place among the tokens. Internal to src/migrations. Pure, any thread.
#pragma once

#include "migrations/ddl.h"
#include "query/statement.h"

namespace howdah::migrations
{

using Words = query::StatementTokens;

// The name at i, normalised; `next` behind it. Empty where there is none.
QString nameAt(const Words &words, int i, int *next = nullptr);
// Lower case, one space between words, literals as they are.
QByteArray spelled(const Words &words, int begin, int end);
// Behind the list item that begins at i: at its ',' or the ')' around it, or at `end`.
int itemEnd(const Words &words, int i, int end);
// The names between the parentheses at i, of items that are a plain name first.
QStringList namesIn(const Words &words, int open);
qsizetype endOf(const Words &words, int i); // of the token at i - 1: bytes
Column columnIn(const Words &words, int i, int end);
// The constraint [CONSTRAINT name] … that stands in [i, end); false where its words are none.
bool constraintIn(const Words &words, int i, int end, Constraint &constraint);
bool beginsConstraint(const Words &words, int i);
// The type that begins at i, normalised.
QString typeAt(const Words &words, int i, int end, int *next);
QList<Action> actionsIn(const Words &words, int i, int end);
// IF EXISTS or IF NOT EXISTS at i; i is set behind it.
bool takeIfExists(const Words &words, int &i);

} // namespace howdah::migrations
