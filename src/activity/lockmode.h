// SPDX-License-Identifier: GPL-3.0-or-later
// The modes of PostgreSQL's heavyweight locks: how strong each is, and which shut each other out. Pure functions.
// Source: lockdefs.h and LockConflicts of lock.c; the manual, table 13.2.
#pragma once

#include <QString>

namespace howdah::activity
{

// 0 for "AccessShareLock" to 7 for "AccessExclusiveLock"; -1: another kind (predicate locks shut nobody out).
int strengthOf(const QString &mode);
bool conflict(const QString &one, const QString &other);

} // namespace howdah::activity
