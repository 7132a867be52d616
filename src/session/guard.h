// SPDX-License-Identifier: GPL-3.0-or-later
// What the profile's environment demands before a statement or a change runs. Policy only: pure functions of values, any thread.
#pragma once

#include "session/hazard.h"
#include "session/profile.h"

namespace howdah::session
{

enum class Demand { Nothing, Confirm, Typed, Refused }; // Refused: this session is read-only by its profile; unlocking is a step of its own

struct Guarding {
    Demand demand = Demand::Nothing;
    QString why;       // one sentence for the dialog: "production: UPDATE without WHERE changes every row of public.orders"
    QString typeThis;  // Typed: what is to be typed: the object's name, else the server's
    bool inTransaction = false; // run it inside a transaction that stays open: rows are shown, then Commit or Roll back
};
Guarding guardFor(Environment environment, const QVector<Hazard> &hazards, const QString &serverName, bool writes);

// Which layer makes a link read-only, the strongest that is real: shown on the badge.
enum class ReadOnlyLayer { None, Warning, SessionSetting, Recovery, RoleRights };
QString readOnlyText(ReadOnlyLayer layer); // "read-only by session setting: a guard rail, SET undoes it"

// Manual commit where nothing else was said: production.
bool manualCommit(Environment environment);

} // namespace howdah::session
