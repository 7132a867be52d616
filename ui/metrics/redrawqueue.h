// SPDX-License-Identifier: GPL-3.0-or-later
// One chart redrawn per turn of the event loop, so that a dashboard's second never becomes one long frame. Hidden charts are passed over
// and draw themselves when shown. Window's thread; charts are not owned.
#pragma once

#include <QList>
#include <QObject>
#include <QPointer>
#include <QTimer>

namespace howdah::ui
{

class TimeChart;

class RedrawQueue : public QObject
{
    Q_OBJECT
public:
    explicit RedrawQueue(QObject *parent = nullptr);

    void request(TimeChart *chart); // again while it waits: once
    bool isEmpty() const { return m_waiting.isEmpty(); }

private:
    void drawOne();

    QList<QPointer<TimeChart>> m_waiting;
    QTimer m_turn;
};

} // namespace howdah::ui
