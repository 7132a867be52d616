// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/backup/stripmark.h"

#include "ui/widgets/theme.h"

namespace howdah::ui
{

using namespace Qt::StringLiterals;

QString stripMarkName(StripMark::Kind kind)
{
    switch (kind) {
    case StripMark::Kind::Full: return u"full"_s;
    case StripMark::Kind::Incremental: return u"incremental"_s;
    case StripMark::Kind::Dump: return u"dump"_s;
    case StripMark::Kind::RestorePoint: return u"restore point"_s;
    case StripMark::Kind::Migration: break;
    }
    return u"migration"_s;
}

QBrush missingBrush()
{
    return QBrush(colors().critical, Qt::BDiagPattern);
}

void paintStripMark(QPainter &painter, const QRectF &square, StripMark::Kind kind, bool useful)
{
    const Colors &c = colors();
    const QColor ink = useful ? c.text : c.critical;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(ink, 1.5));
    painter.setBrush(useful ? QBrush(ink) : QBrush(c.surface));
    const QRectF box = square.adjusted(1, 1, -1, -1);
    switch (kind) {
    case StripMark::Kind::Full: painter.drawRect(box); break;
    case StripMark::Kind::Incremental: painter.drawPolygon(QPolygonF{QPointF(box.center().x(), box.top()), box.bottomRight(), box.bottomLeft()}); break;
    case StripMark::Kind::Dump:
        painter.setBrush(c.surface);
        painter.drawEllipse(box);
        break;
    case StripMark::Kind::RestorePoint:
        painter.drawLine(QPointF(box.left() + 1, box.top()), QPointF(box.left() + 1, box.bottom()));
        painter.drawPolygon(QPolygonF{QPointF(box.left() + 1, box.top()), QPointF(box.right(), box.top() + box.height() * 0.3), QPointF(box.left() + 1, box.top() + box.height() * 0.6)});
        break;
    case StripMark::Kind::Migration: painter.drawRect(QRectF(box.center().x() - 1.5, box.top(), 3, box.height())); break;
    }
    if (!useful) {
        painter.drawLine(box.topLeft(), box.bottomRight());
        painter.drawLine(box.topRight(), box.bottomLeft());
    }
    painter.restore();
}

} // namespace howdah::ui
