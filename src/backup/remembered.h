// SPDX-License-Identifier: GPL-3.0-or-later
// What is known of an archive's segments, kept in one file of ours between two looks. A cache: what can't be read is not there. Blocking; any thread but
// the window's.
#pragma once

#include "backup/inventory.h"

namespace howdah::backup
{

using Remembered = QHash<QString, SegmentFacts>; // by the file's name
Remembered readRemembered(const QString &path, quint64 segmentSize);
Done writeRemembered(const QString &path, quint64 segmentSize, const QMap<Segment, SegmentFacts> &segments);

} // namespace howdah::backup
