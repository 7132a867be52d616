// SPDX-License-Identifier: GPL-3.0-or-later
// TimeChart's face: the only user of Qt Charts. Qt Charts draws the lines; grid, words, crosshair and the picked band are drawn here, since
// its axes put ticks at slices of the range (they would crawl each second) and read HTML. Lines broken by NaN rely on Qt Charts drawing a
// solid line piece by piece, as 6.4 does (replace() keeps NaN points, append() would not); a test looks at the pixels. Window's thread.
#pragma once

#include "ui/metrics/timechart.h"

#include <QtCharts/QChartView>

class QLineSeries;
class QValueAxis;

namespace howdah::ui
{

class PlotView : public QChartView
{
    Q_OBJECT
public:
    struct Tick {
        double value;
        QString text;
    };
    struct End { // where a line ends, for its name
        int line;
        double value;
    };

    PlotView(const QVector<ChartLine> &lines, QWidget *parent);

    void setFrame(qint64 fromMs, qint64 toMs, double low, double high, const QVector<Tick> &ticks, const QVector<End> &ends,
                  const QVector<ChartEvent> &events);
    void setLines(const QVector<QList<QPointF>> &points);
    void setCrosshair(std::optional<qint64> atMs, const QVector<std::optional<double>> &values);
    void restyle();
    QRectF plotRect() const;

signals:
    void hovered(qint64 atMs);
    void left();
    void picked(qint64 fromMs, qint64 toMs);

protected:
    void drawBackground(QPainter *painter, const QRectF &rect) override;
    void drawForeground(QPainter *painter, const QRectF &rect) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;

private:
    double xOf(qint64 atMs) const;
    double yOf(double value) const;
    qint64 timeAt(double x) const;
    void drawNames(QPainter *painter) const;
    void drawEvents(QPainter *painter) const;
    void updateAround(double x);

    QVector<ChartLine> m_lines;
    QVector<QLineSeries *> m_series; // owned by the chart
    QValueAxis *m_x;
    QValueAxis *m_y;
    QVector<Tick> m_ticks;
    QVector<End> m_ends;
    QVector<ChartEvent> m_events;
    qint64 m_fromMs = 0;
    qint64 m_toMs = 1;
    double m_low = 0;
    double m_high = 1;
    double m_nameWidth = 0;
    std::optional<qint64> m_crosshair;
    QVector<std::optional<double>> m_crosshairValues;
    std::optional<double> m_bandFrom; // x of the press
    double m_bandTo = 0;
};

} // namespace howdah::ui
