// SPDX-License-Identifier: GPL-3.0-or-later
// How one statement went over time, one measure at a time. A stretch of which nothing is known is a break in the line. Window's thread.
#pragma once

#include "ui/metrics/redrawqueue.h"
#include "ui/statements/statementsource.h"

#include <QWidget>

class QComboBox;
class QVBoxLayout;

namespace howdah::ui
{

class PlainLabel;
class TimeChart;

class StatementLoad : public QWidget
{
    Q_OBJECT
public:
    explicit StatementLoad(QWidget *parent = nullptr);
    // `events`: what happened to the server's statistics meanwhile.
    void setCourse(const StatementCourse &course, const TimeRange::Interval &interval, const QVector<statements::EventAt> &events,
                   statements::Measures known);
    void clear();
    TimeChart *chart() const { return m_chart; }
    QComboBox *measure() const { return m_measure; }

signals:
    void intervalPicked(qint64 fromMs, qint64 toMs);

private:
    void makeChart(); // a chart is made for one quantity: another measure is another chart
    void draw();

    RedrawQueue m_queue;
    QComboBox *m_measure;
    PlainLabel *m_value;
    QVBoxLayout *m_column;
    TimeChart *m_chart = nullptr;
    QVector<statements::Point> m_course;
    QVector<ChartEvent> m_marks; // in the order of time
    TimeRange::Interval m_interval;
    statements::Measures m_known = ~statements::Measures(0);
};

} // namespace howdah::ui
