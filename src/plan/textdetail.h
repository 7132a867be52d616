// SPDX-License-Identifier: GPL-3.0-or-later
// One line of EXPLAIN's text below a node or at the end, brought to the names that JSON has: "Buffers: shared hit=3" is
// "Shared Hit Blocks" 3. Pure functions, any thread.
#pragma once

#include "plan/plan.h"

namespace howdah::plan
{

// False: the line has no form of "name: value".
bool readDetail(QStringView line, const QString &nodeType, Fields *fields);
std::optional<Trigger> readTrigger(QStringView line);       // "Trigger for constraint c on t: time=0.123 calls=1"
void readJitLine(QStringView line, Jit *jit);               // "Timing: Generation 0.1 ms (Deform 0.0 ms), Inlining …"
void readSerialization(QStringView value, Serialization *serialization); // "time=0.010 ms  output=1kB  format=text"
void readSettings(QStringView value, Fields *settings);     // "work_mem = '64kB', jit = 'off'"

} // namespace howdah::plan
