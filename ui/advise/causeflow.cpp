// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/advise/causeflow.h"

#include "advise/gather.h"
#include "advise/kept.h"
#include "base/async.h"
#include "statements/listing.h"
#include "ui/shell/jobmodel.h"

#include <algorithm>

namespace howdah::ui
{

using namespace Qt::StringLiterals;

namespace
{

struct Seen {
    statements::TopList list;
    std::optional<advise::WaitProfile> waits;
};

Result<Seen> seenOver(store::Store &store, const QString &profile, const CausesAsked &asked)
{
    auto list = statements::historyOf(store, statements::historySource(profile), asked.fromMs, asked.toMs);
    if (!list)
        return fail(std::move(list.error()));
    if (!list->isKnown())
        return fail(ErrorKind::Client, u"no_history"_s, u"Nothing was recorded in this time"_s, u"Choose a time in which this window was open"_s);
    auto waits = advise::keptWaits(store, profile, list->fromMs, list->toMs);
    return Seen{*std::move(list), std::move(waits)};
}

QString slowestValues(const std::optional<advise::LoggedPlans> &logged, qint64 queryId)
{
    if (!logged || !logged->statements.contains(queryId))
        return {};
    const auto plans = logged->statements.value(queryId).all();
    const explain::LoggedPlan *slowest = nullptr;
    for (const explain::LoggedPlan &one : plans) {
        if (!one.parameters.isEmpty() && (!slowest || one.durationUs.value_or(0) > slowest->durationUs.value_or(0)))
            slowest = &one;
    }
    return slowest ? slowest->parameters : QString();
}

Result<Causes> causesOf(pg::Connection &connection, const CausesAsked &asked, const Seen &seen, const std::optional<advise::LoggedPlans> &logged,
                        const QString &noLog, const Progress &progress, const CancelToken &cancel)
{
    advise::Gathering how;
    how.only = asked.key;
    how.waits = seen.waits;
    how.logged = logged;
    how.progress = progress;
    how.linkTo = [&connection](const QString &database) -> Result<pg::Connection *> {
        if (database == connection.facts().database)
            return &connection;
        return fail(ErrorKind::Client, u"other_database"_s, u"Only the statement's own database was asked"_s);
    };
    auto evidence = advise::gather(seen.list, how, cancel);
    if (!evidence)
        return fail(std::move(evidence.error()));
    if (!logged)
        evidence->notes.prepend(noLog);
    Causes causes;
    causes.asked = asked;
    causes.advised = advise::adviceAbout(advise::adviceOf(*evidence), asked.key);
    causes.list = seen.list;
    if (const advise::Looked *looked = evidence->find(asked.key))
        causes.looked = *looked;
    causes.logRead = evidence->logRead;
    causes.waitsKnown = seen.waits.has_value();
    causes.loggedValues = slowestValues(logged, asked.key.queryId);
    return causes;
}

} // namespace

struct CauseFlow::Run {
    CausesAsked asked;
    Progress progress;
    CancelToken cancel;
    QPromise<Result<QString>> promise; // the job's
    Seen seen;
    std::optional<advise::LoggedPlans> logged;
    QString noLog;
    Result<Causes> told = fail(ErrorKind::Cancelled, u"cancelled"_s, u"Given up"_s);

    void fails(const Error &error)
    {
        told = fail(error);
        promise.addResult(Result<QString>(fail(error)));
        promise.finish();
    }
};

CauseFlow::CauseFlow(const PaneContext &context, QObject *parent) : QObject(parent), m_context(context) {}

CauseFlow::~CauseFlow()
{
    if (m_job)
        m_job->cancel();
}

bool CauseFlow::mayLook() const
{
    return m_context.editorLink && m_context.jobs && m_context.store;
}

void CauseFlow::drop()
{
    ++m_number;
    if (m_job) {
        m_job->disconnect(this);
        m_job->cancel();
    }
    m_job.clear();
}

void CauseFlow::cancel()
{
    const bool was = isBusy();
    drop();
    if (was)
        emit busyChanged(false);
}

void CauseFlow::look(const CausesAsked &asked)
{
    if (!mayLook())
        return emit failed({ErrorKind::Client, u"no_server"_s, u"No server is chosen"_s, {}, u"Connect to one"_s, {}, {}, 0});
    drop();
    if (!m_link || m_database != asked.database) {
        delete m_link;
        m_database = asked.database;
        m_link = m_context.editorLink(asked.database.isEmpty() ? m_context.profile.spec.database : asked.database, this);
    }
    const auto run = std::make_shared<Run>();
    run->asked = asked;
    session::JobSpec spec;
    spec.title = u"Look for causes of query id %1"_s.arg(asked.key.queryId);
    spec.target = m_context.profile.name; // no change of the server
    m_job = m_context.jobs->start(spec, [self = QPointer(this), run](const Progress &progress, const CancelToken &cancel) {
        run->progress = progress;
        run->cancel = cancel;
        run->promise.start();
        if (self)
            self->begin(run);
        return run->promise.future();
    });
    connect(m_job, &session::Job::progressed, this, &CauseFlow::stepped);
    connect(m_job, &session::Job::finished, this, [this, run, number = m_number] {
        if (number != m_number)
            return;
        m_job.clear();
        emit busyChanged(false);
        if (run->told)
            emit found(*run->told);
        else
            emit failed(run->told.error());
    });
    emit busyChanged(true);
}

void CauseFlow::begin(const std::shared_ptr<Run> &run)
{
    run->progress({u"Read what was recorded"_s, {}, 0, 0, {}});
    const auto taken = [this, run](const Result<Seen> &seen) {
        if (!seen)
            return run->fails(seen.error());
        run->seen = *seen;
        readLog(run, false);
    };
    if (!run->asked.isLifetime()) {
        const auto recorded = [profile = m_context.profile.id, asked = run->asked](store::Store &store) { return seenOver(store, profile, asked); };
        return async::onFinished(m_context.store->run(recorded), this, taken);
    }
    const auto all = [](pg::Connection &connection, const CancelToken &cancel) -> Result<Seen> {
        auto list = statements::readLifetime(connection, cancel);
        if (!list)
            return fail(std::move(list.error()));
        return Seen{*std::move(list), {}};
    };
    async::onFinished(m_context.monitor->run(all, run->cancel), this, taken);
}

// By the profile's own role, else by the monitor's: either may be the one that may read the log.
void CauseFlow::readLog(const std::shared_ptr<Run> &run, bool byMonitor)
{
    run->progress({u"Read auto_explain's plans in the server's log"_s, {}, 0, 0, {}});
    const auto read = [fromMs = run->seen.list.fromMs, toMs = run->seen.list.toMs](pg::Connection &connection, const CancelToken &cancel) {
        return advise::readLogged(connection, {}, fromMs, toMs, cancel);
    };
    pg::Session *link = byMonitor ? m_context.monitor : m_link.data();
    async::onFinished(link->run(read, run->cancel), this, [this, run, byMonitor](const Result<advise::LoggedPlans> &logged) {
        if (!logged && logged.error().kind == ErrorKind::Cancelled)
            return run->fails(logged.error());
        if (!logged && !byMonitor && m_context.monitor && logged.error().kind == ErrorKind::Permission)
            return readLog(run, true);
        if (logged)
            run->logged = *logged;
        else
            run->noLog = advise::notReadNote(logged.error());
        gather(run);
    });
}

void CauseFlow::gather(const std::shared_ptr<Run> &run)
{
    const auto service = [asked = run->asked, seen = run->seen, logged = run->logged, noLog = run->noLog,
                          progress = run->progress](pg::Connection &connection, const CancelToken &cancel) {
        return causesOf(connection, asked, seen, logged, noLog, progress, cancel);
    };
    async::onFinished(m_link->run(service, run->cancel), this, [run](const Result<Causes> &causes) {
        if (!causes)
            return run->fails(causes.error());
        run->told = *causes;
        const qsizetype count = causes->advised.advice.size();
        const bool blind = !causes->looked || causes->looked->plans.isEmpty(); // no cause says nothing then
        const QString none = blind ? u"No plan could be had, and no cause was found"_s : u"Nothing to mend was found"_s;
        const QString words = count == 0 ? none : count == 1 ? u"1 cause was found"_s : u"%1 causes were found"_s.arg(count);
        run->promise.addResult(Result<QString>(words));
        run->promise.finish();
    });
}

} // namespace howdah::ui
