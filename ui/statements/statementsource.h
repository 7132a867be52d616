// SPDX-License-Identifier: GPL-3.0-or-later
// What the statements pane shows: the list of the window's time range from the store, read anew when the range changes and, while it follows now, with
// each minute that is recorded, where it is wanted with the list of an earlier time to hold it against; or all that the server counts since its
// statistics began; and of one statement how it went and what it waited for. Window's thread; what the context points to outlives it.
#pragma once

#include "activity/waits.h"
#include "statements/history.h"
#include "ui/metrics/timechart.h"
#include "ui/shell/pane.h"
#include "ui/statements/statementrows.h"
#include "ui/widgets/timerange.h"

namespace howdah::ui
{

// The earlier time that an interval is held against.
enum class Against { SameBefore, HourEarlier, DayEarlier, WeekEarlier };
qint64 shiftMs(Against against, qint64 spanMs); // how much earlier: in milliseconds
TimeRange::Interval earlierOf(const TimeRange::Interval &interval, Against against);

struct StatementReading {
    StatementTable table;
    std::optional<statements::TopList> before; // where it is wanted; never a piece of time that is in the table too
};

struct StatementCourse {
    QVector<statements::Point> points;
    QVector<ChartEvent> done; // what this console did to the server meanwhile: migrations, settings, backends ended
};

class StatementSource : public QObject
{
    Q_OBJECT
public:
    StatementSource(const PaneContext &context, QObject *parent = nullptr);

    void setShown(bool shown); // nothing is read while it is not
    void setLifetime(bool lifetime); // all since the statistics began: asked of the server, at once and by readNow() alone
    bool isLifetime() const { return m_lifetime; }
    void setAgainst(const std::optional<Against> &against); // not with setLifetime()
    void readNow();
    void setStatement(const std::optional<statements::Key> &key); // whose course and waits are wanted; nullopt: nobody's
    TimeRange::Interval interval() const;
    bool isRead() const { return m_read; }
    // Why nothing is recorded now, in words, with what to do; nullopt: it is, or was not tried yet.
    std::optional<Error> trouble() const;
    qint64 beganMs() const; // of this recording; 0: not yet

signals:
    void tableRead(const howdah::ui::StatementReading &reading);
    void courseRead(const howdah::statements::Key &key, const howdah::ui::StatementCourse &course);
    // Of this statement's alone, of whatever role and database; `mayReadAll`: false: of this role's sessions only.
    void waitsRead(const howdah::statements::Key &key, const howdah::activity::WaitAverages &averages, bool mayReadAll);
    void failed(const howdah::Error &error);
    void recordingChanged();

private:
    void read();
    void readStatement();
    void take(quint64 number, const Result<StatementReading> &reading);

    PaneContext m_context;
    QString m_source;
    std::optional<statements::Key> m_statement;
    std::optional<Against> m_against;
    quint64 m_reading = 0; // a late answer for another range is dropped
    quint64 m_statementReading = 0;
    bool m_lifetime = false;
    bool m_shown = false;
    bool m_stale = true;
    bool m_read = false;
};

} // namespace howdah::ui
