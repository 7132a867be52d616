// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/backup/restorewatch.h"

#include "backup/schedulekeeping.h"
#include "base/async.h"
#include "base/clock.h"
#include "store/desktopnote.h"

#include <utility>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;

static constexpr int periodMs = 60'000;

RestoreWatch::RestoreWatch(const session::Profile &profile, pg::Session *monitor, store::StoreWorker *store, const Clock *clock, QObject *parent)
    : QObject(parent), m_profile(profile), m_monitor(monitor), m_store(store), m_clock(clock), m_worker(u"restores"_s)
{
    m_timer.setInterval(periodMs);
    connect(&m_timer, &QTimer::timeout, this, &RestoreWatch::ask);
    // Which cluster it is, is known from the first answer on.
    connect(monitor, &pg::Session::statusChanged, this, [this] {
        if (m_monitor->status().state == pg::LinkState::Connected && (!m_proof || m_proof->state == Proof::State::NotKnown))
            ask();
    });
}

void RestoreWatch::start()
{
    m_timer.start();
    ask();
}

void RestoreWatch::ask()
{
    if (!m_store || !m_monitor)
        return;
    m_again = m_asking; // the link may have come while it was asked: what was found without it is not the last word
    if (m_asking)
        return;
    m_asking = true;
    const auto service = [id = m_profile.id](store::Store &store) -> Result<Known> {
        Known known;
        const auto told = keptTold(store, id);
        if (!told)
            return fail(told.error());
        known.told = *told;
        const auto runs = keptRuns(store, id);
        if (!runs)
            return fail(runs.error());
        known.facts.run = runs->value(ScheduledTask::Drill);
        // One that is not understood wants nothing; the pane Backups says so.
        if (const auto schedule = keptSchedule(store, id))
            known.facts.schedule = *schedule;
        return known;
    };
    async::onFinished(m_store->run(service), this, [this](const Result<Known> &known) {
        if (known)
            return askIdentity(*known);
        ProofFacts unknown;
        unknown.why = known.error().text();
        m_proof = proofOf(unknown);
        emit changed();
        asked();
    });
}

void RestoreWatch::askIdentity(Known known)
{
    if (!m_monitor || m_monitor->status().state != pg::LinkState::Connected) // a server that is down has its drills all the same
        return look(std::move(known));
    const auto service = [](pg::Connection &connection, const CancelToken &cancel) -> Result<QString> {
        if (Done read = connection.readIdentity(cancel); !read)
            return fail(std::move(read.error()));
        return connection.identity().systemIdentifier;
    };
    async::onFinished(m_monitor->run(service), this, [this, known](const Result<QString> &identifier) mutable {
        if (identifier && identifier->isEmpty())
            known.facts.why = u"the server does not say"_s; // a pooler stands before it
        else if (identifier)
            known.told.systemIdentifier = *identifier;
        else
            known.facts.why = identifier.error().text();
        look(std::move(known));
    });
}

void RestoreWatch::look(Known known)
{
    struct Seen {
        Proof proof;
        ProofTold told;
    };
    known.facts.nowMs = m_clock->wallMs();
    const auto service = [known, server = m_profile.name]() mutable -> Result<Seen> {
        ProofFacts &facts = known.facts;
        if (known.told.systemIdentifier.isEmpty()) {
            facts.why = u"which cluster this is was never seen%1"_s.arg(facts.why.isEmpty() ? QString() : u": "_s + facts.why);
        } else if (auto drills = keptDrills(known.told.systemIdentifier)) {
            facts.drills = *std::move(drills);
        } else {
            facts.why = drills.error().text();
        }
        Seen seen{proofOf(facts), known.told};
        ProofTold told = known.told;
        // What no desktop took stays to be told, by whoever has one.
        if (const auto notice = noticeOf(seen.proof, server, facts.nowMs, told); !notice || store::showDesktopNote({notice->title, notice->body, true}))
            seen.told = told;
        return seen;
    };
    async::onFinished(m_worker.run(service), this, [this, before = known.told](const Result<Seen> &seen) {
        if (!seen)
            return asked();
        m_proof = seen->proof;
        // Before it is asked again, which reads what was told.
        if (seen->told != before)
            std::ignore = m_store->run([id = m_profile.id, told = seen->told](store::Store &store) { return keepTold(store, id, told); });
        emit changed();
        asked();
    });
}

void RestoreWatch::asked()
{
    m_asking = false;
    if (std::exchange(m_again, false))
        ask();
}

} // namespace howdah::ui
