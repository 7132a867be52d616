// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/statements/statementsource.h"

#include "activity/waitsampler.h"
#include "base/async.h"
#include "base/units.h"
#include "statements/listing.h"
#include "statements/sampler.h"
#include "store/journal.h"

#include <algorithm>

namespace howdah::ui
{

using statements::Sampler;

namespace
{

constexpr qint64 hourMs = 3'600'000, dayMs = 24 * hourMs, weekMs = 7 * dayMs;

Result<StatementReading> readingOf(store::Store &store, const QString &source, const TimeRange::Interval &now, const std::optional<Against> &against)
{
    auto list = statements::historyOf(store, source, now.fromMs, now.toMs);
    if (!list)
        return fail(std::move(list.error()));
    StatementReading reading;
    if (against) {
        const TimeRange::Interval earlier = earlierOf(now, *against);
        // A piece of time on the border would be in both.
        const qint64 endMs = list->isKnown() ? std::min(earlier.toMs, list->fromMs) : earlier.toMs;
        auto before = statements::historyOf(store, source, earlier.fromMs, endMs);
        if (!before)
            return fail(std::move(before.error()));
        reading.before = *std::move(before);
    }
    reading.table = statementTable(*std::move(list));
    return reading;
}

constexpr int mostDone = 100;
constexpr qsizetype mostWord = 28; // characters: on a chart there is room for a word

Result<StatementCourse> courseOf(store::Store &store, const QString &source, const QString &address, const statements::Key &key, const TimeRange::Interval &now)
{
    auto points = statements::pointsOf(store, source, key, now.fromMs, now.toMs);
    if (!points)
        return fail(std::move(points.error()));
    const auto journal = store::searchJournal(store, address, mostDone, 0, now.fromMs);
    if (!journal)
        return fail(journal.error());
    StatementCourse course{*std::move(points), {}};
    for (const store::JournalEntry &entry : *journal) {
        const bool ran = !entry.outcome.isEmpty() && entry.outcome != QLatin1StringView("cancelled");
        if (ran && entry.startedMs < now.toMs && entry.target.contains(address))
            course.done.append({entry.startedMs, units::oneLine(entry.action.left(mostWord))});
    }
    return course;
}

struct Waits {
    activity::WaitAverages averages;
    bool mayReadAll = true;
};

Result<Waits> waitsOf(store::Store &store, const QString &profile, qint64 queryId, const TimeRange::Interval &now)
{
    const auto samples = activity::readWaitSamples(store, profile, now.fromMs, now.toMs);
    if (!samples)
        return fail(samples.error());
    Waits waits{activity::averagesOf(*samples, now.fromMs, now.toMs), samples->isEmpty() || samples->constLast().mayReadAll};
    std::erase_if(waits.averages.sessions, [id = QString::number(queryId)](const auto &one) { return one.first.queryId != id; });
    return waits;
}

} // namespace

qint64 shiftMs(Against against, qint64 spanMs)
{
    switch (against) {
    case Against::SameBefore: return spanMs;
    case Against::HourEarlier: return hourMs;
    case Against::DayEarlier: return dayMs;
    case Against::WeekEarlier: return weekMs;
    }
    return spanMs;
}

TimeRange::Interval earlierOf(const TimeRange::Interval &interval, Against against)
{
    const qint64 shift = shiftMs(against, interval.spanMs());
    return {interval.fromMs - shift, interval.toMs - shift};
}

StatementSource::StatementSource(const PaneContext &context, QObject *parent)
    : QObject(parent), m_context(context), m_source(statements::historySource(context.profile.id))
{
    const auto stale = [this] {
        m_stale = true;
        if (m_shown && !m_lifetime)
            read();
    };
    connect(m_context.range, &TimeRange::changed, this, stale);
    if (!m_context.statements)
        return;
    connect(m_context.statements, &Sampler::began, this, &StatementSource::recordingChanged);
    connect(m_context.statements, &Sampler::failed, this, &StatementSource::recordingChanged);
    connect(m_context.statements, &Sampler::notSaved, this, &StatementSource::recordingChanged);
    connect(m_context.statements, &Sampler::recorded, this, [this, stale](const statements::Interval &recorded) {
        emit recordingChanged();
        if (m_context.range->isFollowing() || interval().toMs > recorded.fromMs)
            stale();
    });
}

std::optional<Error> StatementSource::trouble() const
{
    return m_context.statements ? m_context.statements->trouble() : std::nullopt;
}

qint64 StatementSource::beganMs() const
{
    return m_context.statements ? m_context.statements->beganMs() : 0;
}

void StatementSource::setShown(bool shown)
{
    m_shown = shown;
    if (shown && m_stale)
        read();
}

void StatementSource::setLifetime(bool lifetime)
{
    if (lifetime == m_lifetime)
        return;
    m_lifetime = lifetime;
    m_read = false;
    read();
}

void StatementSource::setAgainst(const std::optional<Against> &against)
{
    if (against == m_against)
        return;
    m_against = against;
    read();
}

void StatementSource::readNow()
{
    read();
}

TimeRange::Interval StatementSource::interval() const
{
    return m_context.range->at(m_context.clock->wallMs());
}

void StatementSource::read()
{
    m_stale = !m_shown;
    if (!m_shown)
        return;
    const quint64 number = ++m_reading;
    const auto taken = [this, number](const Result<StatementReading> &reading) { take(number, reading); };
    if (m_lifetime ? !m_context.monitor : !m_context.store)
        return take(number, StatementReading());
    if (m_lifetime) {
        const auto all = [](pg::Connection &connection, const CancelToken &cancel) -> Result<StatementReading> {
            auto list = statements::readLifetime(connection, cancel);
            if (!list)
                return fail(std::move(list.error()));
            return StatementReading{statementTable(*std::move(list)), {}};
        };
        async::onFinished(m_context.monitor->run(all), this, taken);
    } else {
        const auto of = [source = m_source, now = interval(), against = m_against](store::Store &store) { return readingOf(store, source, now, against); };
        async::onFinished(m_context.store->run(of), this, taken);
    }
    readStatement();
}

void StatementSource::take(quint64 number, const Result<StatementReading> &reading)
{
    if (number != m_reading)
        return;
    m_read = true;
    if (reading)
        emit tableRead(*reading);
    else
        emit failed(reading.error());
}

void StatementSource::setStatement(const std::optional<statements::Key> &key)
{
    if (key == m_statement)
        return;
    m_statement = key;
    readStatement();
}

void StatementSource::readStatement()
{
    const quint64 number = ++m_statementReading;
    if (!m_statement || !m_context.store)
        return;
    const TimeRange::Interval now = interval();
    const auto course = [source = m_source, address = m_context.profile.spec.address(), key = *m_statement, now](store::Store &store) {
        return courseOf(store, source, address, key, now);
    };
    async::onFinished(m_context.store->run(course), this, [this, number, key = *m_statement](const Result<StatementCourse> &read) {
        if (number != m_statementReading)
            return;
        if (read)
            emit courseRead(key, *read);
        else
            emit failed(read.error());
    });
    const auto waits = [profile = m_context.profile.id, id = m_statement->queryId, now](store::Store &store) { return waitsOf(store, profile, id, now); };
    async::onFinished(m_context.store->run(waits), this, [this, number, key = *m_statement](const Result<Waits> &read) {
        if (number != m_statementReading)
            return;
        if (read)
            emit waitsRead(key, read->averages, read->mayReadAll);
        else
            emit failed(read.error());
    });
}

} // namespace howdah::ui
