// SPDX-License-Identifier: GPL-3.0-or-later
// How a grid's columns stand: order, widths, which are hidden, which stay at the left while the others scroll. Shared by the header and the
// cells, so that they can't differ. `column` is the result's, `place` counts the shown ones from the left. Pixels. Window's thread.
#pragma once

#include <QObject>
#include <QVector>

namespace howdah::ui
{

class ColumnLayout : public QObject
{
    Q_OBJECT
public:
    static constexpr int minWidth = 32;

    explicit ColumnLayout(QObject *parent = nullptr);

    void reset(int columns, int width);
    int columnCount() const { return int(m_widths.size()); }
    int width(int column) const { return m_widths[column]; }
    void setWidth(int column, int width);
    void setWidths(const QVector<int> &widths);
    bool isHidden(int column) const { return m_hidden[column]; }
    void setHidden(int column, bool hidden); // the last shown one stays
    int hiddenCount() const { return columnCount() - placeCount(); }
    void showAll();
    bool isFrozen(int column) const { return m_frozen[column]; }
    void setFrozen(int column, bool frozen); // goes to the end of the frozen ones, or to the beginning of the others
    void move(int fromPlace, int toPlace);   // within its own group

    int placeCount() const { return int(m_places.size()); }
    int frozenCount() const { return m_frozenCount; } // of the shown ones
    int columnAt(int place) const { return m_places.value(place, -1); }
    int placeOf(int column) const { return int(m_places.indexOf(column)); } // -1: hidden
    int frozenWidth() const { return m_lefts.value(m_frozenCount); }
    int totalWidth() const { return m_lefts.isEmpty() ? 0 : m_lefts.last(); }
    // Left edge on screen when the others are scrolled by so much.
    int leftOf(int place, int scrolled) const { return m_lefts[place] - (place < m_frozenCount ? 0 : scrolled); }
    int placeAtX(int x, int scrolled) const; // -1: none

signals:
    void changed();

private:
    void rebuild();

    QVector<int> m_order; // columns, the frozen ones first
    QVector<int> m_widths;
    QVector<bool> m_hidden;
    QVector<bool> m_frozen;
    // From these:
    QVector<int> m_places;
    QVector<int> m_lefts; // of each place, and the end of the last
    int m_frozenCount = 0;
};

} // namespace howdah::ui
