// SPDX-License-Identifier: GPL-3.0-or-later
// The shapes of the strip's marks, the same in its lanes, its legend and the table beside it. Window's thread.
#pragma once

#include "ui/backup/stripvalues.h"

#include <QPainter>

namespace howdah::ui
{

// In a square; what is of no use is drawn hollow and crossed through.
void paintStripMark(QPainter &painter, const QRectF &square, StripMark::Kind kind, bool useful);
QString stripMarkName(StripMark::Kind kind); // "full"
QBrush missingBrush(); // hatched, of what is missing

} // namespace howdah::ui
