// SPDX-License-Identifier: GPL-3.0-or-later
// What the overview shows, without where it comes from: health strip, one line of values, tiles in a grid that follows the width. Points,
// history and reports are given to it; it asks for history when the range wants what it does not have. Window's thread.
#pragma once

#include "base/clock.h"
#include "health/health.h"
#include "metrics/sample.h"
#include "ui/metrics/charttile.h"
#include "ui/metrics/redrawqueue.h"

#include <QWidget>

#include <functional>

class QGridLayout;
class QPushButton;
class QScrollArea;
class QVBoxLayout;

namespace howdah::ui
{

class ElidedLabel;
class HealthDetails;
class HealthStrip;
class PlainLabel;
class TimeRange;

class OverviewView : public QWidget
{
    Q_OBJECT
public:
    OverviewView(TimeRange *range, const Clock *clock, QWidget *parent = nullptr);

    const QVector<ChartTile *> &tiles() const { return m_tiles; }
    ChartTile *tile(const QString &id) const;
    HealthStrip *health() const { return m_health; }
    RedrawQueue *queue() { return &m_queue; }
    // A card below the tiles that is fed by somebody else: the crosshair and what is picked are shared with its chart, and its values stand in the
    // same line.
    void addCard(QWidget *card, TimeChart *chart, const std::function<QString(qint64)> &valuesAt);

    void addFoot(QWidget *foot); // below all of it, always seen

    void addPoint(const metrics::Point &point);
    void setAbsent(const QMap<QString, QString> &absent); // metrics::Sample::absent
    void addGap(const QString &why);                      // a sample failed: lines end here; the next point takes the words back
    void setHistory(const OverviewHistory &history);      // of interval(); points that came after it are kept
    void setHistoryError(const Error &error);             // until the next setHistory()
    void setNotKept(const QString &why);                  // the store takes no samples; empty: it does again
    void setReport(const health::Report &report);
    void setHealthUnknown(const QString &why);
    // "no answer", "lost: …"; empty while all is well.
    void setLinkTrouble(const QString &text);

    struct Interval {
        qint64 fromMs, toMs;
    };
    Interval interval() const;  // by the server's clock
    qint64 pointCount() const { return m_pointCount; }
    void advance();             // moves the interval to now, each second while shown
    void setCrosshair(std::optional<qint64> atMs);

signals:
    void historyWanted();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    qint64 nowMs() const; // the server's clock, carried on by ours since the last point
    void share(TimeChart *chart);
    void rangeChanged();
    void arrange();
    void showValues();
    void showCheckpoints();
    void showAge();
    void showEmptiness();

    TimeRange *m_range;
    const Clock *m_clock;
    RedrawQueue m_queue;
    QVector<ChartTile *> m_tiles;
    TimeChart *m_cardChart = nullptr; // null: no card
    std::function<QString(qint64)> m_cardValues;
    QVector<metrics::Point> m_recent; // the last minutes, for history that arrives late
    QVector<ChartEvent> m_events;
    QVector<std::pair<qint64, double>> m_checkpoints;
    QMap<QString, QString> m_absent;
    std::optional<qint64> m_crosshair;
    QString m_trouble;
    QString m_sampleError, m_historyError, m_notKept; // empty: none
    qint64 m_lastMs = 0;          // server's time of the last point
    qint64 m_lastMonotonicMs = 0; // ours, when it came
    qint64 m_reportMonotonicMs = 0; // of the last report, known or not by now
    bool m_healthKnown = false;
    qint64 m_pointCount = 0;
    bool m_haveHistory = false;
    int m_columns = 0;

    HealthStrip *m_health;
    HealthDetails *m_details;
    PlainLabel *m_time;
    ElidedLabel *m_values;
    PlainLabel *m_age;
    ElidedLabel *m_note; // what the overview itself could not do
    QPushButton *m_pause;
    QPushButton *m_follow;
    QScrollArea *m_scroll;
    QGridLayout *m_grid;
    QVBoxLayout *m_inner;
    QVBoxLayout *m_left;
};

} // namespace howdah::ui
