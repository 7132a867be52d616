// SPDX-License-Identifier: GPL-3.0-or-later
// What a run of migrations is about to do, as the plan that is shown, confirmed as the environment demands, and kept in the journal. Pure functions.
#pragma once

#include "migrations/ledger.h"
#include "session/changeplan.h"

namespace howdah::migrations
{

struct RunPlace {
    QString server; // "orders on db1:5432"
    QString database;
    QString role;
    session::Environment environment = session::Environment::Production;
};

struct Wanted {
    const File *file = nullptr;
    Direction direction = Direction::Up;
    QString mark; // "baseline", …: nothing of the file is run; empty: it is
};

session::ChangePlan planOf(const RunPlace &place, const QVector<Wanted> &wanted, const QString &title);

// What a section blocks as far as its words tell, by the measured table: "reads and writes of public.orders; writes to public.users". Never empty: that
// nothing is blocked, and what words can't tell (DO, CALL, functions), is said.
QString blocksOf(const File &file, Direction direction);

} // namespace howdah::migrations
