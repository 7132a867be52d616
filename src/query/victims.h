// SPDX-License-Identifier: GPL-3.0-or-later
// What a dangerous statement is aimed at, by its tokens: for the figures of a guard rail. Pure, any thread.
#pragma once

#include "session/consequence.h"

namespace howdah::query
{

// Of an UPDATE or DELETE without WHERE, a TRUNCATE or a DROP of one relation or schema. nullopt of every other statement, of one that
// names several, and of one whose further effects are not seen (a CTE that writes).
std::optional<session::Victim> victimOf(const QByteArray &statement);

} // namespace howdah::query
