// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/redrawqueue.h"

#include "ui/metrics/timechart.h"

namespace howdah::ui
{

RedrawQueue::RedrawQueue(QObject *parent)
    : QObject(parent)
{
    m_turn.setInterval(0);
    connect(&m_turn, &QTimer::timeout, this, &RedrawQueue::drawOne);
}

void RedrawQueue::request(TimeChart *chart)
{
    if (!m_waiting.contains(chart))
        m_waiting.append(chart);
    if (!m_turn.isActive())
        m_turn.start();
}

void RedrawQueue::drawOne()
{
    while (!m_waiting.isEmpty()) {
        const QPointer<TimeChart> chart = m_waiting.takeFirst();
        if (chart && chart->isVisible()) {
            chart->redraw();
            break;
        }
    }
    if (m_waiting.isEmpty())
        m_turn.stop();
}

} // namespace howdah::ui
