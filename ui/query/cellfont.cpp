// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/query/cellfont.h"

#include <QGlyphRun>
#include <QPainter>
#include <QTextLayout>

#include <algorithm>

namespace howdah::ui
{

namespace
{
constexpr QChar dots(0x2026);
}

// Each by itself: a programmer's font draws "!=" as one sign, and a cell shows what is in it.
CellFont::CellFont(const QFont &font) : m_font(font), m_metrics(font)
{
    const auto glyphFor = [this](QChar c) -> Glyph {
        QTextLayout layout(QString(c), m_font);
        layout.beginLayout();
        const QTextLine line = layout.createLine();
        layout.endLayout();
        const QList<QGlyphRun> runs = line.glyphRuns();
        if (runs.size() != 1 || runs[0].glyphIndexes().size() != 1)
            return {0, line.horizontalAdvance()};
        if (!m_raw.isValid())
            m_raw = runs[0].rawFont();
        return {runs[0].rawFont() == m_raw ? runs[0].glyphIndexes()[0] : 0, line.horizontalAdvance()};
    };
    m_glyphs[size_t('x' - first)] = glyphFor(QLatin1Char('x')); // its font is the one
    for (ushort c = first; c <= last; ++c)
        m_glyphs[c - first] = glyphFor(QChar(c));
    m_dots = glyphFor(dots);
}

const CellFont::Glyph *CellFont::glyphOf(QChar c) const
{
    const ushort code = c.unicode();
    const Glyph *glyph = code >= first && code <= last ? &m_glyphs[code - first] : c == dots ? &m_dots : nullptr;
    return glyph && glyph->index != 0 ? glyph : nullptr; // 0: the font has none, another one would be taken
}

bool CellFont::isPlain(const QString &text) const
{
    return std::all_of(text.begin(), text.end(), [this](QChar c) { return glyphOf(c) != nullptr; });
}

qreal CellFont::width(const QString &text) const
{
    qreal width = 0;
    for (const QChar c : text) {
        const Glyph *glyph = glyphOf(c);
        if (!glyph)
            return m_metrics.horizontalAdvance(text);
        width += glyph->advance;
    }
    return width;
}

void CellFont::draw(QPainter &painter, const QRect &rect, bool right, const QString &text) const
{
    if (!isPlain(text) || m_dots.index == 0) {
        painter.setFont(m_font);
        const QString shown = m_metrics.horizontalAdvance(text) > rect.width() ? m_metrics.elidedText(text, Qt::ElideRight, rect.width()) : text;
        painter.drawText(rect, int((right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter) | Qt::TextSingleLine, shown);
        return;
    }
    QList<quint32> indexes;
    QList<QPointF> positions;
    indexes.reserve(text.size());
    positions.reserve(text.size());
    qreal x = 0;
    qsizetype whole = 0; // so many stay when the end is left out
    for (const QChar c : text) {
        const Glyph *glyph = glyphOf(c);
        indexes << glyph->index;
        positions << QPointF(x, 0);
        x += glyph->advance;
        if (x + m_dots.advance <= rect.width())
            ++whole;
        if (x > rect.width())
            break;
    }
    if (x > rect.width()) {
        indexes.resize(whole);
        const QPointF end = whole < positions.size() ? positions[whole] : QPointF();
        positions.resize(whole);
        indexes << m_dots.index;
        positions << end;
        x = end.x() + m_dots.advance;
    }
    QGlyphRun run;
    run.setRawFont(m_raw);
    run.setGlyphIndexes(indexes);
    run.setPositions(positions);
    const qreal baseline = rect.top() + (rect.height() - m_metrics.height()) / 2 + m_metrics.ascent();
    painter.drawGlyphRun(QPointF(right ? rect.left() + rect.width() - x : rect.left(), qRound(baseline)), run);
}

} // namespace howdah::ui
