// SPDX-License-Identifier: GPL-3.0-or-later
// What the profile's environment demands before a statement or a change runs. Policy only: pure functions of values, any thread. A guard
// rail for people who are tired, not a boundary: what a role may do, the server alone decides.
#pragma once

#include "session/hazard.h"
#include "session/profile.h"

#include <optional>

namespace howdah::session
{

// Refused: this session is read-only by its profile; unlocking is a step of its own (Profile::editorSpec makes it so).
enum class Demand { Nothing, Confirm, Typed, Refused };

struct Guarding {
    Demand demand = Demand::Nothing;
    QString why;       // one sentence for the dialog: "production: UPDATE without WHERE changes every row of public.orders"
    QString typeThis;  // Typed: what is to be typed: the object's name, else the server's
    bool inTransaction = false; // run it inside a transaction that stays open: rows are shown, then Commit or Roll back
    bool operator==(const Guarding &) const = default;
};
// `locked`: the session is read-only now (LinkFacts::defaultReadOnly, where the profile asked for it).
//   development  what destroys data or changes the server is confirmed
//   test         every hazard is confirmed, DROP DATABASE typed
//   production   locked: hazards and writes are refused; else hazards are typed, writes confirmed, both in an open transaction where they can be
Guarding guardFor(Environment environment, const QVector<Hazard> &hazards, const QString &serverName, bool writes, bool locked = false);

// Which layer makes a link read-only, the strongest that is real: shown on the badge.
enum class ReadOnlyLayer { None, Warning, SessionSetting, Recovery, RoleRights };
QString readOnlyText(ReadOnlyLayer layer); // "read-only by session setting: a guard rail, SET undoes it"

struct ReadOnlyFacts {
    bool wanted = false;          // the profile opens read-only
    bool defaultReadOnly = false; // LinkFacts
    bool inRecovery = false;      // LinkFacts
    std::optional<bool> roleMayWrite; // session/rights.h; not known: never taken for a right that is lacking
};
ReadOnlyLayer readOnlyLayer(const ReadOnlyFacts &facts);

// Manual commit where nothing else was said: production.
bool manualCommit(Environment environment);

} // namespace howdah::session
