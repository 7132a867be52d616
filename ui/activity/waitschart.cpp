// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/activity/waitschart.h"

#include "ui/activity/waitsfeed.h"
#include "ui/metrics/timechart.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;

namespace
{

// In fixed order, so that a type keeps its colour.
const QStringList &types()
{
    static const QStringList all = {u"CPU"_s, u"IO"_s, u"Lock"_s, u"LWLock"_s, u"IPC"_s, u"Timeout"_s, u"BufferPin"_s, u"Extension"_s};
    return all;
}

// What stands beside another is told apart in both themes.
constexpr int colors[] = {0, 1, 3, 4, 5, 2, 6, 7};

QVector<ChartLine> lines()
{
    QVector<ChartLine> all;
    for (int i = 0; i < types().size(); ++i)
        all.append({types().at(i), colors[i], false});
    return all;
}

QVector<int> countsOf(const activity::WaitSample &sample)
{
    QVector<int> counts(types().size(), 0);
    for (const auto &[key, count] : sample.sessions) {
        const qsizetype type = types().indexOf(key.typeText());
        counts[type < 0 ? types().size() - 1 : type] += count; // what newer servers add comes from extensions, mostly
    }
    return counts;
}

} // namespace

WaitsChart::WaitsChart(WaitsFeed *feed, RedrawQueue *queue, QWidget *parent)
    : QFrame(parent), m_feed(feed), m_chart(new TimeChart(u"Active sessions by what they wait for"_s, Quantity::Count, lines(), queue)),
      m_head(new QHBoxLayout), m_now(new PlainLabel), m_note(new ElidedLabel({}, nullptr, "muted")), m_seen(types().size(), false)
{
    setProperty("card", true);
    auto *title = new PlainLabel(u"Active sessions"_s, nullptr, "muted");
    title->setFont(smallFont());
    m_now->setFont(figureFont(18));
    m_note->setFont(smallFont());
    m_head->addWidget(title);
    m_head->addSpacing(space::part);
    m_head->addWidget(m_now);
    m_head->addSpacing(space::part);
    m_head->addWidget(m_note, 1);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(space::part, space::part, space::part, space::inside);
    column->setSpacing(space::inside);
    column->addLayout(m_head);
    column->addWidget(m_chart, 1);
    setMinimumHeight(146);

    connect(m_feed, &WaitsFeed::reset, this, &WaitsChart::fill);
    connect(m_feed, &WaitsFeed::added, this, [this](const activity::WaitSample &sample) {
        append(sample);
        showNow();
        advance();
    });
    connect(m_feed, &WaitsFeed::gap, this, [this](qint64 atMs) {
        for (int i = 0; i < m_chart->lineCount(); ++i)
            m_chart->append(i, atMs, std::nullopt);
        advance();
    });
    connect(m_chart, &TimeChart::intervalPicked, this, &WaitsChart::intervalPicked);
    fill();
}

// A type that was not there before is drawn from the interval's start on: it was nobody until now, and that is what makes it a rise.
void WaitsChart::append(const activity::WaitSample &sample)
{
    const QVector<int> counts = countsOf(sample);
    for (int i = 0; i < counts.size(); ++i) {
        if (!m_seen.at(i) && counts.at(i) > 0)
            return fill();
    }
    for (int i = 0; i < counts.size(); ++i) {
        if (m_seen.at(i))
            m_chart->append(i, sample.atMs, double(counts.at(i)));
    }
}

void WaitsChart::fill()
{
    m_seen.fill(false);
    m_seen[0] = true; // CPU
    QVector<TimeSeries> series(types().size());
    for (const activity::WaitSample &sample : m_feed->samples()) {
        const QVector<int> counts = countsOf(sample);
        for (int i = 0; i < counts.size(); ++i) {
            m_seen[i] = m_seen.at(i) || counts.at(i) > 0;
            series[i].append(sample.atMs, double(counts.at(i)));
        }
    }
    for (int i = 0; i < types().size(); ++i)
        m_chart->setSeries(i, m_seen.at(i) ? series.at(i) : TimeSeries());
    showNow();
    advance();
}

void WaitsChart::showNow()
{
    const auto &samples = m_feed->samples();
    if (samples.isEmpty()) {
        m_now->setText(u"–"_s);
        m_note->setText(m_feed->error() ? u"what was sampled could not be read: "_s + m_feed->error()->text()
                        : m_feed->isRead() ? u"nothing was sampled in this interval"_s
                                           : QString());
        return;
    }
    const QString unread = m_feed->error() ? u"what was sampled before could not be read; "_s : QString();
    const QString all = unread + ( samples.constLast().mayReadAll ? QString() : u"only of this role: GRANT pg_monitor shows all; "_s);
    if (m_feed->isFollowing()) {
        m_now->setText(QString::number(samples.constLast().total()));
        m_note->setText(all + u"by what they wait for, sampled each second; drag to pick an interval"_s);
        return;
    }
    const TimeRange::Interval picked = m_feed->interval();
    const activity::WaitAverages averages = activity::averagesOf(samples, picked.fromMs, picked.toMs);
    const std::map<QString, double> byType = averages.byType();
    QStringList words;
    for (const auto &[type, average] : byType)
        words.append(u"%1 %2"_s.arg(type).arg(average, 0, 'f', 2));
    m_now->setText(QString::number(averages.total(), 'f', 2));
    m_note->setText(all + u"on average in the picked interval: "_s + (words.isEmpty() ? u"nobody"_s : words.join(u", "_s)));
}

void WaitsChart::advance()
{
    const TimeRange::Interval now = m_feed->interval();
    m_chart->setInterval(now.fromMs, now.toMs, m_feed->isFollowing());
}

QString WaitsChart::valuesAt(qint64 atMs) const
{
    QStringList values;
    for (int i = 0; i < m_chart->lineCount(); ++i) {
        if (const auto value = m_chart->series(i).valueAt(atMs); value && *value > 0)
            values.append(u"%1 %2"_s.arg(types().at(i)).arg(*value, 0, 'f', 0));
    }
    return values.join(u", "_s);
}

} // namespace howdah::ui
