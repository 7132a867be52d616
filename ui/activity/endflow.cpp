// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/activity/endflow.h"

#include "base/async.h"
#include "ui/activity/linkcall.h"
#include "ui/session/changeplandialog.h"
#include "ui/shell/jobmodel.h"

namespace howdah::ui
{

using namespace Qt::StringLiterals;

namespace
{

QString whatOf(activity::End how, int pid)
{
    return (how == activity::End::Cancel ? u"The statement of backend %1 can't be cancelled"_s : u"Backend %1 can't be terminated"_s).arg(pid);
}

} // namespace

EndFlow::EndFlow(const PaneContext &context, QWidget *window) : QObject(window), m_context(context), m_window(window), m_worker(u"end a backend"_s) {}

QVector<pg::Session *> EndFlow::links() const
{
    QVector<pg::Session *> all;
    for (pg::Session *session : {m_context.catalog, m_context.control}) {
        if (session && session->status().state == pg::LinkState::Connected)
            all.append(session);
    }
    return all;
}

void EndFlow::begin(activity::End how, int pid, const std::optional<activity::Backend> &shown, qint64 atMs)
{
    read(how, pid, {shown, atMs}, 0);
}

void EndFlow::read(activity::End how, int pid, const Shown &shown, int link)
{
    const QVector<pg::Session *> all = links();
    if (link >= all.size()) {
        Error error;
        error.reason = u"no_link"_s;
        error.message = u"There is no link to do it on"_s;
        error.hint = u"It is connected again by itself; try then."_s;
        emit refused(whatOf(how, pid), error);
        return;
    }
    const auto target = all.at(link)->run([pid](pg::Connection &connection, const CancelToken &cancel) { return activity::readEndTarget(connection, pid, cancel); });
    async::onFinished(target, this, [this, how, pid, shown, link, count = all.size()](const Result<activity::EndTarget> &read) {
        if (!read)
            return emit refused(whatOf(how, pid), read.error());
        if (read->maySignal && !*read->maySignal && link + 1 < count)
            return this->read(how, pid, shown, link + 1);
        if (const Done same = shown.backend ? activity::isTheOneShown(how, *read, *shown.backend, shown.atMs) : Done(); !same) {
            emit refused(whatOf(how, pid), same.error());
            return emit ended(); // so that it is read again
        }
        confirm(how, *read, shown, link);
    });
}

void EndFlow::confirm(activity::End how, const activity::EndTarget &target, const Shown &shown, int link)
{
    QVector<int> own;
    for (const pg::Session *session : {m_context.monitor, m_context.catalog, m_context.control}) {
        if (session)
            own.append(session->status().facts.backendPid);
    }
    const auto plan = activity::planEnd(how, target, m_context.profile, own);
    if (!plan) {
        emit refused(whatOf(how, target.pid), plan.error());
        return;
    }
    askChange(m_window, *plan, this, [this, how, target, plan = *plan, shown, link](bool accepted) {
        const QVector<pg::Session *> all = links();
        if (!accepted)
            return;
        if (link >= all.size())
            return read(how, target.pid, shown, link); // says that there is none
        run(how, target, plan, all.at(link));
    });
}

void EndFlow::run(activity::End how, const activity::EndTarget &target, const session::ChangePlan &plan, pg::Session *session)
{
    session::JobSpec spec;
    spec.title = plan.title;
    spec.target = plan.server;
    spec.commands = session::planAsSql(plan);
    spec.undo = plan.undo;
    const auto service = [how, target, at = QPointer(session), home = m_context.jobs](const Progress &, const CancelToken &cancel) -> Result<QString> {
        const Result<activity::Ended> ended = askLink(at, home, cancel, [how, target](pg::Connection &connection, const CancelToken &token) {
            return activity::end(connection, how, target, token);
        });
        if (!ended)
            return fail(ended.error());
        if (!ended->confirmed)
            return fail(ErrorKind::Timeout, u"not_confirmed"_s, ended->message, u"Look again in a moment, or terminate it."_s);
        return ended->message;
    };
    const session::Job *job = m_context.jobs->start(spec, m_worker, service);
    connect(job, &session::Job::finished, this, &EndFlow::ended);
}

} // namespace howdah::ui
