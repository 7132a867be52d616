// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/advise/trialflow.h"

#include "base/async.h"
#include "trial/labtrial.h"
#include "ui/shell/jobmodel.h"

namespace howdah::ui
{

using namespace Qt::StringLiterals;

namespace
{

Result<QString> wordsOf(const Result<trial::Trial> &tried)
{
    return tried ? Result<QString>(tried->judgement.words) : Result<QString>(fail(tried.error()));
}

QString commandsOf(const trial::TrialRequest &request)
{
    return request.remedies.join(u";\n"_s) + u';';
}

} // namespace

TrialFlow::TrialFlow(const PaneContext &context, QObject *parent) : QObject(parent), m_context(context), m_worker(u"trial"_s) {}

TrialFlow::~TrialFlow()
{
    cancel();
}

void TrialFlow::cancel()
{
    if (m_job)
        m_job->cancel();
}

void TrialFlow::readWays(const QString &database)
{
    const auto without = [this](const QString &why) {
        async::onFinished(m_worker.run([why]() -> Result<trial::Ways> {
            trial::Ways ways = trial::readWays(nullptr);
            if (!why.isEmpty())
                ways.hypoPgMissing = why;
            return ways;
        }),
                          this, [this](const Result<trial::Ways> &ways) { emit waysRead(ways.value_or(trial::Ways())); });
    };
    if (!m_context.editorLink)
        return without({});
    auto *link = m_context.editorLink(database, this);
    const auto service = [](pg::Connection &connection, const CancelToken &cancel) -> Result<trial::Ways> { return trial::readWays(&connection, cancel); };
    async::onFinished(link->run(service), this, [this, link = QPointer(link), without](const Result<trial::Ways> &ways) {
        if (link)
            link->deleteLater();
        if (ways)
            emit waysRead(*ways);
        else
            without(ways.error().text()); // labs are of this machine, and need no server
    });
}

void TrialFlow::follow(session::Job *job, const Told &told)
{
    m_job = job;
    connect(job, &session::Job::progressed, this, &TrialFlow::stepped);
    connect(job, &session::Job::finished, this, [this, told, job] {
        m_job.clear();
        if (m_link)
            m_link->deleteLater();
        m_link.clear();
        emit busyChanged(false);
        if (*told)
            emit tried(**told);
        else
            emit failed(job->error()); // also where it never began
    });
    emit busyChanged(true);
}

void TrialFlow::tryOnLab(const QString &lab, const QString &database, const trial::TrialRequest &request)
{
    if (isBusy() || !m_context.jobs)
        return;
    session::JobSpec spec;
    spec.title = u"Try a remedy on the lab %1"_s.arg(lab);
    spec.target = u"the lab %1"_s.arg(lab);
    spec.commands = commandsOf(request);
    const auto told = std::make_shared<Result<trial::Trial>>(fail(ErrorKind::Cancelled, u"cancelled"_s, u"Cancelled before it began"_s));
    follow(m_context.jobs->start(spec, m_worker,
                                 [lab, database, request, told](const Progress &progress, const CancelToken &cancel) {
                                     *told = trial::tryOnLab(lab, database, request, progress, cancel);
                                     return wordsOf(*told);
                                 }),
           told);
}

void TrialFlow::tryHypothetical(const QString &database, const trial::TrialRequest &request)
{
    if (isBusy() || !m_context.jobs || !m_context.editorLink)
        return;
    session::JobSpec spec;
    spec.title = u"Estimate a remedy by HypoPG"_s;
    spec.target = m_context.profile.name;
    spec.commands = commandsOf(request);
    const auto told = std::make_shared<Result<trial::Trial>>(fail(ErrorKind::Cancelled, u"cancelled"_s, u"Cancelled before it began"_s));
    m_link = m_context.editorLink(database, this); // its own: what HypoPG supposes is of the session
    follow(m_context.jobs->start(spec,
                                 [link = m_link, database, request, told](const Progress &progress, const CancelToken &cancel) -> QFuture<Result<QString>> {
                                     if (!link) {
                                         QPromise<Result<QString>> none; // finishes without an answer
                                         none.start();
                                         return none.future();
                                     }
                                     progress({u"Plan the statement before and after"_s, {}, 0, 0, {}});
                                     return link->run(
                                         [database, request, told](pg::Connection &connection, const CancelToken &stop) -> Result<QString> {
                                             trial::TrialRequest here = request;
                                             here.where = u"%1, database %2, PostgreSQL %3"_s.arg(connection.spec().address(), database,
                                                                                                  connection.facts().serverVersion);
                                             // Planning may run functions of the statement's role: not with a superuser's rights. Others may not take its role.
                                             if (!connection.facts().superuser || request.role == connection.facts().role)
                                                 here.role.clear();
                                             *told = trial::tryHypothetical(connection, here, stop);
                                             return wordsOf(*told);
                                         },
                                         cancel);
                                 }),
           told);
}

} // namespace howdah::ui
