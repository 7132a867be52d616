// SPDX-License-Identifier: GPL-3.0-or-later
// Lines over time: the one place that draws charts (Qt Charts stays behind it). It keeps its series bounded, hands Qt Charts at most two
// points a pixel and always a whole new set, breaks lines at gaps, and names lines at their ends. A crosshair may be shared between charts;
// an interval may be picked with the mouse. Keys: Left and Right move the crosshair, with Shift faster, Home and End, Escape.
// Window's thread. Times are Unix milliseconds.
#pragma once

#include "ui/metrics/quantity.h"
#include "ui/metrics/timeseries.h"

#include <QVector>
#include <QWidget>

#include <functional>

namespace howdah::ui
{

class PlotView;
class RedrawQueue;

struct ChartLine {
    QString name;
    int color = 0;      // index of seriesColor()
    bool limit = false; // a limit against which the others are read: thin and grey, part of the full scale only
};

struct ChartEvent {
    qint64 atMs = 0;
    QString word;
};

class TimeChart : public QWidget
{
    Q_OBJECT
public:
    TimeChart(const QString &name, Quantity quantity, const QVector<ChartLine> &lines, RedrawQueue *queue, QWidget *parent = nullptr);
    ~TimeChart() override;

    int lineCount() const { return int(m_lines.size()); }
    const ChartLine &line(int index) const { return m_lines.at(index); }
    const TimeSeries &series(int index) const { return m_series.at(index); }
    void setSeries(int index, const TimeSeries &series);
    void append(int index, qint64 atMs, std::optional<double> value);
    void setEvents(const QVector<ChartEvent> &events);

    // What is shown. Points before it are let go of when `following`.
    void setInterval(qint64 fromMs, qint64 toMs, bool following);
    qint64 fromMs() const { return m_fromMs; }
    qint64 toMs() const { return m_toMs; }

    // Full scale: a share from 0 to 100 %, a count up to its limit. Zoomed: from the least to the greatest value in view.
    void setZoomed(bool zoomed);
    bool isZoomed() const { return m_zoomed; }
    QString scaleText() const; // "zoomed to 98.2 % – 100 %", empty at full scale

    void setCrosshair(std::optional<qint64> atMs);
    std::optional<qint64> crosshair() const { return m_crosshair; }

    void redraw(); // called by the queue
    // What Qt Charts was given, for tests.
    int drawnPoints(int index) const;
    int drawnSegments(int index) const;
    QRect plotRect() const;

signals:
    void hovered(qint64 atMs);
    void left(); // the crosshair is no longer wanted
    void intervalPicked(qint64 fromMs, qint64 toMs);
    void redrawn();

protected:
    void showEvent(QShowEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void requestRedraw();
    void scale(const QVector<QList<QPointF>> &drawn);

    Quantity m_quantity;
    QVector<ChartLine> m_lines;
    QVector<TimeSeries> m_series;
    QVector<ChartEvent> m_events;
    QVector<QList<QPointF>> m_drawn;
    RedrawQueue *m_queue;
    PlotView *m_view;
    qint64 m_fromMs = 0;
    qint64 m_toMs = 0;
    double m_low = 0;
    double m_high = 1;
    bool m_zoomed = false;
    bool m_following = true;
    std::optional<qint64> m_crosshair;
};

} // namespace howdah::ui
