// SPDX-License-Identifier: GPL-3.0-or-later
#include "activity/waitsampler.h"

#include "session/changeplan.h"

#include <QSet>

#include <algorithm>
#include <utility>

namespace howdah::activity
{

namespace
{

constexpr int sessionsEvery = 10; // samples
constexpr qint64 sessionsKeptMs = 3'600'000;
constexpr qint64 nearMs = 15'000;
constexpr qsizetype keptSessions = 100;
constexpr qsizetype keptStatement = 400;

struct Taken {
    WaitSample waits;
    std::optional<Sessions> sessions;
};

Result<Taken> take(pg::Connection &connection, bool withSessions, const CancelToken &cancel)
{
    auto waits = readWaits(connection, cancel);
    if (!waits)
        return fail(std::move(waits.error()));
    Taken taken{*std::move(waits), std::nullopt};
    if (withSessions) {
        auto sessions = readSessions(connection, cancel);
        if (!sessions)
            return fail(std::move(sessions.error()));
        taken.sessions = *std::move(sessions);
    }
    return taken;
}

} // namespace

QString WaitSampler::waitsSource(const QString &profileId)
{
    return profileId + QStringLiteral("/waits");
}

QString WaitSampler::sessionsSource(const QString &profileId)
{
    return profileId + QStringLiteral("/sessions");
}

WaitSampler::WaitSampler(pg::Session *monitor, store::StoreWorker *store, const QString &profileId, QObject *parent)
    : QObject(parent), m_monitor(monitor), m_store(store), m_waits(store, waitsSource(profileId)), m_sessions(store, sessionsSource(profileId))
{
    m_timer.setTimerType(Qt::PreciseTimer);
    m_timer.setInterval(1000);
    connect(&m_timer, &QTimer::timeout, this, &WaitSampler::tick);
    connect(&m_waits, &store::SampleKeeper::notSaved, this, &WaitSampler::notSaved);
    connect(&m_sessions, &store::SampleKeeper::notSaved, this, &WaitSampler::notSaved);
}

void WaitSampler::start()
{
    m_timer.start();
    tick();
}

void WaitSampler::stop()
{
    m_timer.stop();
}

void WaitSampler::tick()
{
    if (m_inFlight)
        return;
    m_inFlight = true;
    const bool withSessions = m_untilSessions-- <= 0;
    if (withSessions)
        m_untilSessions = sessionsEvery - 1;
    const auto taken = m_monitor->run([withSessions](pg::Connection &connection, const CancelToken &cancel) { return take(connection, withSessions, cancel); });
    async::onFinished(taken, this, [this](const Result<Taken> &result) {
        m_inFlight = false;
        if (!result) {
            if (m_timer.isActive())
                emit failed(result.error());
            return;
        }
        m_waits.keep({result->waits.atMs, result->waits.toJson()});
        if (result->sessions) {
            m_sessions.keep({result->sessions->atMs, worthKeeping(*result->sessions).toJson()});
            if (m_store) {
                m_store->run([source = m_sessions.source(), before = result->sessions->atMs - sessionsKeptMs](store::Store &store) {
                    return store::dropSamples(store, source, before);
                });
            }
        }
        emit sampled(result->waits);
    });
}

Result<QVector<WaitSample>> readWaitSamples(store::Store &store, const QString &profileId, qint64 fromMs, qint64 toMs)
{
    const auto rows = store::readSamples(store, WaitSampler::waitsSource(profileId), fromMs, toMs);
    if (!rows)
        return fail(rows.error());
    QVector<WaitSample> samples;
    samples.reserve(rows->size());
    for (const store::StoredSample &row : *rows)
        samples.append(WaitSample::fromJson(row.atMs, row.values));
    return samples;
}

static bool works(const Backend &one)
{
    return one.state == QLatin1StringView("active") && one.waitType != QLatin1StringView("Client");
}

static int activeIn(const Sessions &sessions)
{
    return sessions.leftOutActive + int(std::count_if(sessions.backends.cbegin(), sessions.backends.cend(), works));
}

Result<std::optional<Sessions>> readSessionsLike(store::Store &store, const QString &profileId, const WaitSample &busiest)
{
    const auto rows = store::readSamples(store, WaitSampler::sessionsSource(profileId), busiest.atMs - nearMs, busiest.atMs + nearMs);
    if (!rows)
        return fail(rows.error());
    std::optional<Sessions> best;
    std::pair<int, qint64> bestDistance;
    for (const store::StoredSample &row : *rows) {
        Sessions sessions = Sessions::fromJson(row.values);
        const std::pair<int, qint64> distance(qAbs(activeIn(sessions) - busiest.total()), qAbs(row.atMs - busiest.atMs));
        if (best && !(distance < bestDistance))
            continue;
        best = std::move(sessions);
        bestDistance = distance;
    }
    return best;
}

Sessions worthKeeping(const Sessions &sessions)
{
    QSet<int> blockers;
    for (const Backend &backend : sessions.backends)
        blockers += QSet<int>(backend.blockedBy.cbegin(), backend.blockedBy.cend());
    const auto weight = [&blockers](const Backend &one) {
        // Who holds others up without waiting is what is looked for afterwards; of a long queue some tell enough.
        if (blockers.contains(one.pid))
            return one.isWaitingForLock() ? 4 : 5;
        if (one.isWaitingForLock())
            return 3;
        if (one.horizonAge() || one.state.startsWith(QLatin1StringView("idle in transaction")))
            return 2;
        return one.state == QLatin1StringView("active") ? 1 : 0;
    };
    Sessions kept = sessions;
    kept.backends.removeIf([&](const Backend &one) { return one.own || weight(one) == 0; });
    std::stable_sort(kept.backends.begin(), kept.backends.end(), [&](const Backend &one, const Backend &other) { return weight(one) > weight(other); });
    if (kept.backends.size() > keptSessions) {
        kept.leftOut = int(kept.backends.size()) - keptSessions;
        kept.leftOutActive = int(std::count_if(kept.backends.cbegin() + keptSessions, kept.backends.cend(), works));
        kept.backends.resize(keptSessions);
    }
    for (Backend &one : kept.backends)
        one.query = session::masked(one.query.left(keptStatement));
    std::sort(kept.backends.begin(), kept.backends.end(), [](const Backend &one, const Backend &other) { return one.pid < other.pid; });
    return kept;
}

} // namespace howdah::activity
