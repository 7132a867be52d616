// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/query/columnlayout.h"

#include <algorithm>

namespace howdah::ui
{

ColumnLayout::ColumnLayout(QObject *parent) : QObject(parent) {}

void ColumnLayout::reset(int columns, int width)
{
    m_order.resize(columns);
    for (int i = 0; i < columns; ++i)
        m_order[i] = i;
    m_widths.fill(width, columns);
    m_hidden.fill(false, columns);
    m_frozen.fill(false, columns);
    rebuild();
}

void ColumnLayout::setWidth(int column, int width)
{
    m_widths[column] = std::max(minWidth, width);
    rebuild();
}

void ColumnLayout::setWidths(const QVector<int> &widths)
{
    m_widths = widths;
    rebuild();
}

void ColumnLayout::setHidden(int column, bool hidden)
{
    if (hidden && placeCount() <= 1)
        return;
    m_hidden[column] = hidden;
    rebuild();
}

void ColumnLayout::showAll()
{
    m_hidden.fill(false);
    rebuild();
}

void ColumnLayout::setFrozen(int column, bool frozen)
{
    if (m_frozen[column] == frozen)
        return;
    m_frozen[column] = frozen;
    m_order.removeOne(column);
    qsizetype at = 0;
    while (at < m_order.size() && m_frozen[m_order[at]])
        ++at;
    m_order.insert(at, column);
    rebuild();
}

void ColumnLayout::move(int fromPlace, int toPlace)
{
    const bool frozen = fromPlace < m_frozenCount;
    toPlace = frozen ? std::clamp(toPlace, 0, m_frozenCount - 1) : std::clamp(toPlace, m_frozenCount, placeCount() - 1);
    if (fromPlace == toPlace)
        return;
    // Hidden ones keep their neighbours: moved in the whole order, beside the column that stands there now.
    const int column = m_places[fromPlace];
    const int beside = m_places[toPlace];
    m_order.removeOne(column);
    m_order.insert(m_order.indexOf(beside) + (toPlace > fromPlace ? 1 : 0), column);
    rebuild();
}

int ColumnLayout::placeAtX(int x, int scrolled) const
{
    if (x < 0)
        return -1;
    if (x >= frozenWidth())
        x += scrolled;
    const auto after = std::upper_bound(m_lefts.begin(), m_lefts.end(), x);
    const int place = int(after - m_lefts.begin()) - 1;
    return place < placeCount() ? place : -1;
}

void ColumnLayout::rebuild()
{
    m_places.clear();
    m_lefts = {0};
    m_frozenCount = 0;
    for (const int column : std::as_const(m_order)) {
        if (m_hidden[column])
            continue;
        m_places << column;
        m_lefts << m_lefts.last() + m_widths[column];
        m_frozenCount += m_frozen[column] ? 1 : 0;
    }
    emit changed();
}

} // namespace howdah::ui
