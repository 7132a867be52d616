// SPDX-License-Identifier: GPL-3.0-or-later
// Figures as they are shown: three significant digits in view, the exact figure for tooltips and copies. Any thread.
#pragma once

#include <QString>

namespace howdah::units
{

QString bytes(double value);             // "3.10 MB" (powers of 1024, as pg_size_pretty counts), "512 B"
QString bytesPerSecond(double value);    // "3.10 MB/s"
QString count(double value);             // "412", "20.1 k", "3.42 M"
QString ratio(double share);             // 0.9942 -> "99.42 %"
QString duration(qint64 ms);             // "350 ms", "4.2 s", "1 min 12 s", "2 h 05 min", "3 d 4 h"
QString exact(double value);             // all digits with group separators
// Server text made harmless for a single line: line breaks, tabs, bidi controls and other invisible marks are drawn as signs.
QString oneLine(const QString &serverText);
// Bidi controls and other invisible marks, which show a text as another; drawn as "⟨U+202E⟩".
bool isInvisibleMark(QChar c);
QString drawnMark(QChar c);

} // namespace howdah::units
