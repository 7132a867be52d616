// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/migrations/runflow.h"

#include "base/async.h"
#include "base/units.h"
#include "migrations/runplan.h"
#include "ui/session/changeplandialog.h"
#include "ui/shell/jobmodel.h"

#include <atomic>
#include <utility>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::migrations;
using What = MigrationRequest::What;

namespace
{

// What a run tells, brought to the window's thread; it outlives the pane where the run does.
class News : public QObject
{
public:
    std::function<void(const Told &)> told; // window's thread; empty: nobody listens any more
    std::function<void(const Run &)> ended;
};

QString countOf(qsizetype count)
{
    return count == 1 ? u"1 migration"_s : u"%1 migrations"_s.arg(count);
}

QString summary(const Run &run)
{
    qint64 ms = 0;
    for (const Step &step : run.done)
        ms += step.ms;
    return u"%1 in %2"_s.arg(countOf(run.done.size()), units::duration(ms));
}

ProgressStep stepOf(const Told &told, qint64 done, qint64 total)
{
    ProgressStep step;
    step.step = told.name;
    step.note = told.statement > 0 ? u"statement %1 of %2"_s.arg(told.statement).arg(told.statements) : QString();
    step.done = done;
    step.total = total;
    step.unit = u"migrations"_s;
    return step;
}

} // namespace

struct RunFlow::Planned {
    Folder folder;
    MigrationRequest request;
    RunOptions options;
    std::vector<std::unique_ptr<File>> files; // as long as the plan
    QStringList names;
    session::ChangePlan plan;
};

RunFlow::RunFlow(const PaneContext &context, QWidget *window) : QObject(window), m_context(context), m_window(window) {}

pg::Session *RunFlow::link()
{
    if (!m_link && m_context.catalogLink)
        m_link = m_context.catalogLink(m_context.profile.spec.database, this);
    return m_link;
}

int RunFlow::backendPid() const
{
    return m_link ? m_link->status().facts.backendPid : 0;
}

Result<RunFlow::Planned> RunFlow::planned(const Project &project, const MigrationOptions &options, const MigrationRequest &request) const
{
    Planned planned;
    planned.folder = project.folder;
    planned.request = request;
    planned.options.lockTimeoutMs = options.lockTimeoutMs;
    planned.options.lockTries = options.tries;
    planned.options.searchPath = options.searchPath;
    planned.options.role = options.role;
    planned.options.client = u"howdah "_s + QStringLiteral(HOWDAH_VERSION);
    planned.options.allowOutOfOrder = request.allowOutOfOrder;
    planned.options.systemIdentifier = m_context.catalog ? m_context.catalog->status().server.systemIdentifier : QString();
    QVector<Wanted> wanted;
    const auto add = [&](const File &file, Direction direction, const QString &mark = {}) {
        planned.files.push_back(std::make_unique<File>(file));
        planned.names << file.name;
        wanted.append({planned.files.back().get(), direction, mark});
    };
    QString title;
    QStringList versions;
    switch (request.what) {
    case What::Up:
        if (Done may = mayGoUp(project.state, planned.options); !may)
            return fail(std::move(may.error()));
        versions = plannedUp(project.folder, project.ledger, request.up);
        for (const QString &version : std::as_const(versions)) {
            const File *file = project.folder.find(version);
            if (!file)
                return fail(ErrorKind::Client, u"interrupted"_s, u"%1 was interrupted, and its file is not here"_s.arg(version), u"Bring the file back, or say what became of it."_s);
            add(*file, Direction::Up);
        }
        title = u"Run %1"_s.arg(countOf(versions.size()));
        break;
    case What::Down:
        versions = plannedDown(project.ledger, request.down);
        for (const QString &version : std::as_const(versions)) {
            const auto file = fileToUndo(project.folder, project.ledger, version, false);
            if (!file)
                return fail(file.error());
            add(*file, Direction::Down);
        }
        title = u"Revert %1"_s.arg(countOf(versions.size()));
        break;
    case What::Redo: {
        versions = wayBack(project.ledger).first(std::min<qsizetype>(1, project.ledger.versions.size()));
        const File *file = project.folder.find(versions.value(0));
        if (!file)
            return fail(ErrorKind::Client, u"no_text"_s, u"It has no file here: it could not be run again"_s, u"Bring the file back."_s);
        const auto undo = fileToUndo(project.folder, project.ledger, file->version, false);
        if (!undo)
            return fail(undo.error());
        add(*undo, Direction::Down);
        add(*file, Direction::Up);
        title = u"Revert %1 and run it again"_s.arg(file->name);
        break;
    }
    case What::Baseline:
    case What::Adopt:
    case What::Resolve: {
        const auto file = project.fileOf(request.version);
        const QString mark = request.what == What::Baseline ? u"applied up to here"_s
            : request.what == What::Adopt                   ? u"adopted"_s
            : request.how == Resolved::Applied              ? u"applied"_s
            : request.how == Resolved::NotApplied           ? u"not applied"_s
            : request.how == Resolved::StatementDone        ? u"its statement done"_s
                                                            : u"its statement not done"_s;
        if (file)
            add(*file, Direction::Up, mark);
        title = u"Mark %1 as %2"_s.arg(file ? file->name : request.version, mark);
        break;
    }
    }
    if (request.what != What::Baseline && request.what != What::Adopt && request.what != What::Resolve) {
        if (wanted.isEmpty())
            return fail(ErrorKind::Client, u"nothing_to_do"_s, u"Nothing is to be done"_s);
        planned.options.planned = versions;
    }
    const session::Profile &profile = m_context.profile;
    planned.plan = planOf({u"%1 on %2"_s.arg(profile.name, profile.spec.address()), profile.spec.database, options.role.isEmpty() ? profile.spec.role : options.role, profile.environment}, wanted, title);
    planned.plan.undo = request.what == What::Up ? u"Revert, for those that have a way back; what is lost with dropped rows stays lost"_s : request.what == What::Down ? u"Run them again; what they dropped is not brought back by it"_s : planned.plan.undo;
    return planned;
}

void RunFlow::begin(const Project &project, const MigrationOptions &options, const MigrationRequest &request)
{
    if (isRunning() || !m_context.jobs || !link())
        return;
    auto made = planned(project, options, request);
    if (!made)
        return emit refused(u"This can't be run"_s, made.error());
    const auto keep = std::make_shared<const Planned>(*std::move(made));
    askChange(m_window, keep->plan, this, [this, keep](bool accepted) {
        if (accepted && !isRunning())
            run(keep);
    });
}

void RunFlow::run(const std::shared_ptr<const Planned> &planned)
{
    session::JobSpec spec;
    spec.title = planned->plan.title;
    spec.target = u"%1 / %2"_s.arg(planned->plan.server, planned->plan.database);
    spec.commands = session::planAsSql(planned->plan);
    spec.undo = planned->plan.undo;
    const auto news = std::shared_ptr<News>(new News, [](News *gone) { gone->deleteLater(); });
    const QPointer<RunFlow> self(this);
    news->told = [self](const Told &told) {
        if (self)
            emit self->told(told);
    };
    const auto service = [planned, news](pg::Connection &connection, const Progress &progress, const CancelToken &cancel) -> Result<QString> {
        const auto done = std::make_shared<std::atomic<int>>(0);
        const Tell tell = [news, progress, done, total = planned->names.size()](const Told &told) {
            if (told.what == Told::What::Done)
                ++*done;
            if (progress && (told.what == Told::What::Statement || told.what == Told::What::Done))
                progress(stepOf(told, *done, total));
            QMetaObject::invokeMethod(news.get(), [news, told] { news->told(told); }, Qt::QueuedConnection);
        };
        const MigrationRequest &request = planned->request;
        Run ran;
        switch (request.what) {
        case What::Up: ran = migrations::up(connection, planned->folder, request.up, planned->options, tell, cancel); break;
        case What::Down: ran = migrations::down(connection, planned->folder, request.down, planned->options, tell, cancel); break;
        case What::Redo: ran = migrations::redo(connection, planned->folder, planned->options, tell, cancel); break;
        case What::Baseline: ran = migrations::baseline(connection, planned->folder, request.version, planned->options, tell, cancel); break;
        case What::Adopt: ran = migrations::adopt(connection, planned->folder, request.version, request.reason, planned->options, tell, cancel); break;
        case What::Resolve: ran = migrations::resolve(connection, planned->folder, request.version, request.how, planned->options, tell, cancel); break;
        }
        QMetaObject::invokeMethod(news.get(), [news, ran] { news->ended(ran); }, Qt::QueuedConnection);
        if (ran.error)
            return fail(*ran.error);
        return summary(ran);
    };
    m_job = m_context.jobs->start(spec, [service, link = m_link](const Progress &progress, const CancelToken &cancel) -> QFuture<Result<QString>> {
        if (!link)
            return QtFuture::makeReadyFuture(Result<QString>(fail(ErrorKind::Cancelled, u"dropped"_s, u"Its link was closed"_s)));
        return link->run([service, progress](pg::Connection &connection, const CancelToken &token) { return service(connection, progress, token); }, cancel);
    });
    emit began(planned->plan.title, planned->names);
    // What ended before the run itself began (no link, no journal) is told all the same, and once.
    const auto told = std::make_shared<bool>(false);
    news->ended = [self, told](const Run &ran) {
        if (self && !std::exchange(*told, true))
            emit self->ended(ran);
    };
    connect(m_job, &session::Job::finished, this, [job = m_job, news] {
        if (!job || job->state() == session::Job::State::Done)
            return;
        Run ran;
        ran.error = job->error();
        QMetaObject::invokeMethod(news.get(), [news, ran] { news->ended(ran); }, Qt::QueuedConnection); // behind what the run has sent itself
    });
}

void RunFlow::giveUp()
{
    if (m_job)
        m_job->cancel();
}

} // namespace howdah::ui
