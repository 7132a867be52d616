// SPDX-License-Identifier: GPL-3.0-or-later
// A recovery's target read from the settings of a verdict, and written as howdahctl's words. Pure functions, any thread.
#pragma once

#include "backup/verdict.h"

namespace howdah::ui
{

// The target that a verdict's settings ask for: of a rehearsal that is taken up again nothing else is known. nullopt: none that can be said.
std::optional<backup::PitrTarget> targetOf(const backup::Verdict &verdict);
// --xid 864 --exclusive --timeline 1: as howdahctl pitr plan, rehearse take it.
QStringList targetWords(const backup::PitrTarget &target);

} // namespace howdah::ui
