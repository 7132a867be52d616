// SPDX-License-Identifier: GPL-3.0-or-later
// One line of text, measured and drawn without being shaped: a screen of cells is several hundred of them at each paint, and nearly all are plain
// ASCII, which needs a table of glyphs and nothing else. Other text takes Qt's way. Window's thread.
#pragma once

#include <QFont>
#include <QFontMetricsF>
#include <QRawFont>

#include <array>

class QPainter;

namespace howdah::ui
{

class CellFont
{
public:
    explicit CellFont(const QFont &font);

    const QFont &font() const { return m_font; }
    qreal width(const QString &text) const;
    // In the rectangle's middle, at its left or right, its end left out for "…" where there is too little room. The painter has pen and clip.
    void draw(QPainter &painter, const QRect &rect, bool right, const QString &text) const;

private:
    static constexpr ushort first = 0x20, last = 0x7e;
    struct Glyph {
        quint32 index = 0;
        qreal advance = 0;
    };
    const Glyph *glyphOf(QChar c) const; // null: not one of the plain ones
    bool isPlain(const QString &text) const;

    QFont m_font;
    QFontMetricsF m_metrics;
    QRawFont m_raw;
    std::array<Glyph, last - first + 1> m_glyphs;
    Glyph m_dots;
};

} // namespace howdah::ui
