// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/statements/statementload.h"

#include "base/units.h"
#include "ui/metrics/timechart.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QComboBox>
#include <QDateTime>
#include <QHBoxLayout>
#include <QVBoxLayout>

#include <algorithm>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using statements::Counters;
using statements::Measure;

namespace
{

using Value = std::optional<double>; // nullopt: undefined, which is a gap too

struct Shown {
    const char *text;
    Quantity quantity;
    Value (*value)(const Counters &counters, double seconds);
    Measure counted; // without it there is no value
    Value (*deviation)(const Counters &counters) = nullptr; // two thin lines around the value
};

Value rate(qint64 count, double seconds)
{
    return double(count) / seconds;
}

qint64 ioTime(const Counters &of)
{
    return of[Measure::ReadTime] + of[Measure::WriteTime] + of[Measure::TempReadTime] + of[Measure::TempWriteTime] + of[Measure::LocalReadTime]
        + of[Measure::LocalWriteTime];
}

Value hit(const Counters &of, double)
{
    const qint64 all = of[Measure::SharedHit] + of[Measure::SharedRead];
    return all ? Value(double(of[Measure::SharedHit]) / double(all)) : std::nullopt;
}

constexpr double block = 8192; // bytes; another size is rare, and of the chart's shape it changes nothing

// Times are sessions here: so many ran it at once, on average.
const Shown shown[] = {
    {"Load (sessions)", Quantity::Count, [](const Counters &of, double seconds) { return rate(of[Measure::ExecTime], seconds * 1e9); }, Measure::ExecTime},
    {"Mean ± deviation (ms)", Quantity::Count, [](const Counters &of, double) { return of.meanExecMs(); }, Measure::ExecTime,
     [](const Counters &of) { return of.stddevExecMs(); }},
    {"Calls", Quantity::PerSecond, [](const Counters &of, double seconds) { return rate(of[Measure::Calls], seconds); }, Measure::Calls},
    {"Rows", Quantity::PerSecond, [](const Counters &of, double seconds) { return rate(of[Measure::Rows], seconds); }, Measure::Rows},
    {"Buffer hit", Quantity::Share, hit, Measure::SharedHit},
    {"Read", Quantity::BytesPerSecond, [](const Counters &of, double seconds) { return rate(of[Measure::SharedRead], seconds / block); }, Measure::SharedRead},
    {"Dirtied", Quantity::BytesPerSecond, [](const Counters &of, double seconds) { return rate(of[Measure::SharedDirtied], seconds / block); }, Measure::SharedDirtied},
    {"Temporary files", Quantity::BytesPerSecond,
     [](const Counters &of, double seconds) { return rate(of[Measure::TempRead] + of[Measure::TempWritten], seconds / block); }, Measure::TempWritten},
    {"WAL", Quantity::BytesPerSecond, [](const Counters &of, double seconds) { return rate(of[Measure::WalBytes], seconds); }, Measure::WalBytes},
    {"I/O (sessions)", Quantity::Count, [](const Counters &of, double seconds) { return rate(ioTime(of), seconds * 1e9); }, Measure::ReadTime},
    {"Planning (sessions)", Quantity::Count, [](const Counters &of, double seconds) { return rate(of[Measure::PlanTime], seconds * 1e9); }, Measure::PlanTime},
    {"JIT (sessions)", Quantity::Count, [](const Counters &of, double seconds) { return rate(of[Measure::JitTime], seconds * 1e9); }, Measure::JitTime},
    {"Missing workers", Quantity::PerSecond,
     [](const Counters &of, double seconds) { return rate(of[Measure::WorkersWanted] - of[Measure::WorkersLaunched], seconds); }, Measure::WorkersWanted},
};

// On a chart there is room for a word.
QString wordOf(statements::Event event)
{
    switch (event) {
    case statements::Event::Reset: return u"reset"_s;
    case statements::Event::Restarted:
    case statements::Event::RestartedAnew: return u"restart"_s;
    case statements::Event::Crashed: return u"crash"_s;
    case statements::Event::OtherServer: return u"another server"_s;
    case statements::Event::ClockSetBack: return u"clock set back"_s;
    case statements::Event::Altered: return u"extension altered"_s;
    }
    return {};
}

} // namespace

StatementLoad::StatementLoad(QWidget *parent)
    : QWidget(parent), m_measure(new QComboBox), m_value(new PlainLabel({}, nullptr, "muted")), m_column(new QVBoxLayout(this))
{
    for (const Shown &one : shown)
        m_measure->addItem(QString::fromUtf8(one.text));
    m_measure->setAccessibleName(u"Measure of the chart"_s);
    m_value->setFont(figureFont(12));
    auto *head = new QHBoxLayout;
    head->setSpacing(space::part);
    head->addWidget(m_measure);
    head->addWidget(m_value, 1);
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(space::inside);
    m_column->addLayout(head);
    setMinimumHeight(180);
    connect(m_measure, &QComboBox::currentIndexChanged, this, &StatementLoad::makeChart);
    makeChart();
}

void StatementLoad::setCourse(const StatementCourse &course, const TimeRange::Interval &interval, const QVector<statements::EventAt> &events,
                              statements::Measures known)
{
    m_known = known;
    m_course = course.points;
    m_interval = interval;
    m_marks = course.done;
    for (const statements::EventAt &event : events)
        m_marks.append({event.atMs, wordOf(event.event)});
    std::sort(m_marks.begin(), m_marks.end(), [](const ChartEvent &a, const ChartEvent &b) { return a.atMs < b.atMs; });
    draw();
}

void StatementLoad::clear()
{
    m_course.clear();
    m_marks.clear();
    makeChart();
}

void StatementLoad::makeChart()
{
    const Shown &one = shown[m_measure->currentIndex()];
    const QString name = QString::fromUtf8(one.text);
    QVector<ChartLine> lines{{one.deviation ? u"mean"_s : name, 0, false}};
    if (one.deviation) {
        lines.append({u"+ deviation"_s, 0, true});
        lines.append({u"− deviation"_s, 0, true});
    }
    delete m_chart;
    m_chart = new TimeChart(name, one.quantity, lines, &m_queue);
    m_column->addWidget(m_chart, 1);
    m_value->clear();
    connect(m_chart, &TimeChart::intervalPicked, this, &StatementLoad::intervalPicked);
    connect(m_chart, &TimeChart::hovered, this, [this, quantity = one.quantity](qint64 atMs) {
        m_chart->setCrosshair(atMs);
        const auto value = m_chart->series(0).valueAt(atMs);
        m_value->setText(u"%1 at %2"_s.arg(figure(quantity, value).text(), QDateTime::fromMSecsSinceEpoch(atMs).toString(u"d MMM HH:mm:ss"_s)));
    });
    connect(m_chart, &TimeChart::left, this, [this] {
        m_chart->setCrosshair(std::nullopt);
        m_value->clear();
    });
    draw();
}

void StatementLoad::draw()
{
    const bool isCounted = (m_known & statements::bitOf(shown[m_measure->currentIndex()].counted)) != 0;
    if (!isCounted)
        m_value->setText(u"not counted by this server's version"_s);
    if (m_course.isEmpty() || !isCounted) { // of this time nothing is known: no former line stays
        for (int i = 0; i < m_chart->lineCount(); ++i)
            m_chart->setSeries(i, {});
        m_chart->setEvents({});
        return;
    }
    const Shown &one = shown[m_measure->currentIndex()];
    QVector<TimeSeries> series(m_chart->lineCount());
    const auto append = [&series](qint64 atMs, Value value, Value deviation) {
        series[0].append(atMs, value);
        if (series.size() < 3)
            return;
        const bool both = value && deviation;
        series[1].append(atMs, both ? Value(*value + *deviation) : std::nullopt);
        series[2].append(atMs, both ? Value(std::max(0.0, *value - *deviation)) : std::nullopt);
    };
    qint64 endMs = m_course.constFirst().fromMs;
    for (const statements::Point &point : std::as_const(m_course)) {
        const double seconds = double(point.toMs - point.fromMs) / 1000;
        const bool isKnown = point.counters && seconds > 0;
        if (point.fromMs > endMs)
            append((endMs + point.fromMs) / 2, std::nullopt, std::nullopt);
        append((point.fromMs + point.toMs) / 2, isKnown ? one.value(*point.counters, seconds) : std::nullopt,
               isKnown && one.deviation ? one.deviation(*point.counters) : std::nullopt);
        endMs = point.toMs;
    }
    for (int i = 0; i < m_chart->lineCount(); ++i)
        m_chart->setSeries(i, series.at(i));
    m_chart->setEvents(m_marks);
    m_chart->setInterval(std::min(m_interval.fromMs, m_course.constFirst().fromMs), std::max(m_interval.toMs, m_course.constLast().toMs), false);
}

} // namespace howdah::ui
