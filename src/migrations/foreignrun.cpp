// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/foreignrun.h"

#include "base/units.h"
#include "migrations/foreignprogram.h"
#include "migrations/runner.h"

#include <QDeadlineTimer>
#include <QDirIterator>
#include <QRegularExpression>
#include <QScopeGuard>
#include <QSet>
#include <QUrl>

#include <algorithm>

#include <poll.h>

namespace howdah::migrations
{

using namespace Qt::StringLiterals;

namespace
{

constexpr qint64 sqitchKey = 75474063; // Sqitch's own lock in its registry's database
constexpr int pollMs = 250;

Result<QStringList> refused(const QString &reason, const QString &message, const QString &hint = {})
{
    return fail(ErrorKind::Client, reason, message, hint);
}

Done isNamed(const QString &name)
{
    static const QRegularExpression form(u"^[\\w@^~.+:/-]+$"_s);
    if (!name.startsWith(u'-') && form.match(name).hasMatch())
        return {};
    return fail(ErrorKind::Client, u"bad_revision"_s, u"%1 is no revision"_s.arg(name));
}

QStringList appliedIds(const ForeignProject &project)
{
    QStringList ids;
    for (const ForeignMigration &one : project.migrations) {
        if (one.applied)
            ids << one.id;
    }
    return ids;
}

Result<QStringList> alembicArguments(const ForeignProject &project, const ForeignWanted &wanted)
{
    const QString revision = !wanted.to.isEmpty() ? wanted.to : wanted.down ? u"-%1"_s.arg(std::max(wanted.count, 1)) : wanted.count > 0 ? u"+%1"_s.arg(wanted.count) : u"head"_s;
    if (!wanted.down && wanted.to.isEmpty() && project.fileHeads.size() > 1)
        return refused(u"several_heads"_s, u"There are several heads: %1"_s.arg(project.fileHeads.join(u", "_s)), u"Merge them (`alembic merge heads`), or say which: --to REVISION, --to heads."_s);
    if (wanted.down && wanted.to.isEmpty() && project.heads.size() > 1)
        return refused(u"several_heads"_s, u"The database stands at several heads: %1"_s.arg(project.heads.join(u", "_s)), u"Say how far back: --to REVISION."_s);
    if (wanted.down && wanted.to.isEmpty() && wanted.count > appliedIds(project).size())
        return QStringList{u"downgrade"_s, u"base"_s};
    return QStringList{wanted.down ? u"downgrade"_s : u"upgrade"_s, revision};
}

// Host, port, role and TLS are in the environment.
QStringList sqitchTarget(const ForeignProject &project, const pg::ConnectionSpec &spec)
{
    QStringList arguments{u"--target"_s, u"db:pg:"_s + QString::fromLatin1(QUrl::toPercentEncoding(spec.database))};
    if (!project.table.isEmpty())
        arguments << u"--registry"_s << project.table.section(u'.', 0, -2);
    return arguments;
}

// The change that stands last after it, by its hash, which is never two.
Result<QStringList> sqitchArguments(const ForeignProject &project, const ForeignWanted &wanted, const pg::ConnectionSpec &spec)
{
    QStringList arguments{wanted.down ? u"revert"_s : u"deploy"_s};
    if (wanted.down)
        arguments << u"-y"_s;
    arguments += sqitchTarget(project, spec);
    QString last;
    if (!wanted.to.isEmpty()) {
        const auto found = std::find_if(project.migrations.crbegin(), project.migrations.crend(), [&](const ForeignMigration &one) { return one.id == wanted.to || one.key == wanted.to; });
        last = found != project.migrations.crend() && !found->key.isEmpty() ? found->key : wanted.to;
    } else if (wanted.down) {
        const QStringList applied = appliedIds(project);
        const qsizetype stay = applied.size() - std::max(wanted.count, 1);
        if (stay > 0)
            last = project.find(applied.at(stay - 1))->key;
    } else if (wanted.count > 0 && wanted.count < project.pending.size()) {
        last = project.find(project.pending.at(wanted.count - 1))->key;
    }
    if (!last.isEmpty())
        arguments << u"--to"_s << last;
    return arguments;
}

// ---- the locks

Result<QString> holderOf(pg::Connection &connection, qint64 key, const CancelToken &cancel)
{
    const auto holder = connection.runFile(u"migrations/lock_holder"_s, {key}, {}, cancel);
    if (!holder)
        return fail(holder.error());
    return holder->isEmpty() ? QString() : u"backend %1 of %2 (%3)"_s.arg(holder->text(0, "pid"_L1), holder->text(0, "role"_L1), units::oneLine(holder->text(0, "application"_L1)));
}

Done takeLock(pg::Connection &connection, const ForeignProject &project, int patienceMs, const CancelToken &cancel)
{
    const QDeadlineTimer deadline(patienceMs);
    for (;;) {
        const auto locked = connection.runFile(u"migrations/lock"_s, {lockKey}, {}, cancel);
        if (!locked)
            return fail(locked.error());
        // Its own program takes its own key; here it is only seen whether another has it.
        auto theirs = locked->boolean(0, 0).value_or(false) && project.tool == "sqitch"_L1 ? holderOf(connection, sqitchKey, cancel) : Result<QString>(QString());
        if (!theirs)
            return fail(std::move(theirs.error()));
        if (locked->boolean(0, 0).value_or(false) && theirs->isEmpty())
            return {};
        if (!theirs->isEmpty())
            (void)connection.runFile(u"migrations/unlock"_s, {lockKey});
        if (deadline.hasExpired()) {
            const QString who = theirs->isEmpty() ? holderOf(connection, lockKey, cancel).value_or(QString()) : *theirs;
            return fail(ErrorKind::Client, u"locked"_s, u"Another run of migrations is under way: %1"_s.arg(who.isEmpty() ? u"another"_s : who), u"Wait for it, or look at it with `howdahctl activity sessions`."_s);
        }
        pollfd wake{cancel.eventFd(), POLLIN, 0};
        ::poll(&wake, 1, pollMs);
        if (cancel.isCancelled())
            return fail(ErrorKind::Cancelled, u"cancelled"_s, u"Given up"_s);
    }
}

// ---- where it leads

bool isLoopback(const QString &host)
{
    return host == "localhost"_L1 || host == "127.0.0.1"_L1 || host == "::1"_L1;
}

// Alembic connects as its env.py says, which may be elsewhere: asked before it changes anything. By the address it tells, and by the heads it finds there.
Done leadsHere(const ForeignProject &project, const ForeignAccess &access, const CancelToken &cancel)
{
    const auto call = foreignCall(project, access, {u"current"_s, u"--verbose"_s});
    if (!call)
        return fail(call.error());
    const auto current = tool::runChecked(call->command, cancel);
    if (!current)
        return fail(Error(current.error()).during(u"ask Alembic where it is connected to"_s));
    const QString said = QString::fromUtf8(current->output);
    static const QRegularExpression address(u"^Current revision\\(s\\) for (\\S+):$"_s, QRegularExpression::MultilineOption), revision(u"^Rev: (\\S+)"_s, QRegularExpression::MultilineOption);
    const auto told = address.match(said);
    const QUrl url(QString(told.captured(1)).replace(u":***@"_s, u"@"_s));
    const pg::ConnectionSpec &spec = access.spec;
    const int port = access.via.isSet() ? access.via.port : spec.port;
    const QString host = url.host(), database = url.path(QUrl::FullyDecoded).mid(1);
    // What it does not name it has from the environment, which is ours.
    const bool here = told.hasMatch() && url.query().isEmpty() && (host.isEmpty() || host == spec.host || (isLoopback(host) && isLoopback(spec.host))) && (host.isEmpty() || url.port(5432) == port)
        && (database.isEmpty() || database == spec.database);
    QStringList heads;
    for (auto found = revision.globalMatch(said); found.hasNext();)
        heads << found.next().captured(1);
    heads.sort();
    QStringList ours = project.heads;
    ours.removeIf([&](const QString &head) { return !project.find(head) || project.find(head)->note == "no file here"_L1; });
    const bool sameHeads = std::all_of(ours.cbegin(), ours.cend(), [&](const QString &head) { return heads.contains(head); });
    if (here && sameHeads)
        return {};
    return fail(ErrorKind::Client, u"another_database"_s,
                told.hasMatch() && !here ? u"Alembic is led to another database: %1, and not %2, %3"_s.arg(told.captured(1), spec.address(), spec.database)
                    : !sameHeads         ? u"Alembic sees other heads (%1) than the database has (%2)"_s.arg(heads.join(u", "_s), project.heads.join(u", "_s))
                                         : u"Alembic did not tell to which database it is led"_s,
                u"Its env.py is to take the address from DATABASE_URL or from libpq's variables (PGHOST, PGDATABASE, …), which are given to it."_s);
}

Done ready(pg::Connection &connection, const ForeignOptions &options, const CancelToken &cancel)
{
    if (connection.facts().inRecovery)
        return fail(ErrorKind::Client, u"standby"_s, u"%1 is a standby: it can't be written to"_s.arg(connection.spec().address()), u"Name the primary."_s);
    (void)connection.readIdentity(cancel);
    if (!options.systemIdentifier.isEmpty() && connection.identity().systemIdentifier != options.systemIdentifier)
        return fail(ErrorKind::Client, u"another_server"_s, u"%1 is not the cluster that is meant: it is %2, not %3"_s.arg(connection.spec().address(), connection.identity().systemIdentifier, options.systemIdentifier));
    return {};
}

// The same project as it stands now.
Result<ForeignProject> again(const ForeignProject &project, pg::Connection &connection, const CancelToken &cancel)
{
    auto all = foreignProjects(project.folder, &connection, cancel);
    if (!all)
        return fail(std::move(all.error()));
    for (ForeignProject &one : *all) {
        if (one.tool == project.tool && one.folder == project.folder && one.asked)
            return std::move(one);
    }
    return fail(ErrorKind::Client, u"not_read"_s, u"How the project in %1 stands can't be read any more"_s.arg(project.folder));
}

// Under our lock, with the project as it stands then. `work` is what runs the program.
Done underLock(const ForeignProject &project, pg::Connection &connection, const ForeignAccess &access, const ForeignOptions &options, const CancelToken &cancel, const std::function<Done(const ForeignProject &)> &work)
{
    if (Done is = ready(connection, options, cancel); !is)
        return is;
    if (Done taken = takeLock(connection, project, options.otherRunnerMs, cancel); !taken)
        return taken;
    const auto unlock = qScopeGuard([&] {
        if (connection.isAlive())
            (void)connection.runFile(u"migrations/unlock"_s, {lockKey});
    });
    const auto now = again(project, connection, cancel);
    if (!now)
        return fail(now.error());
    if (options.planned && now->pending != *options.planned)
        return fail(ErrorKind::Client, u"changed_meanwhile"_s, u"What is pending is not what was shown: %1 now"_s.arg(now->pending.isEmpty() ? u"nothing"_s : now->pending.join(u", "_s)), u"Look at the plan again."_s);
    if (project.tool == "alembic"_L1) {
        if (Done leads = leadsHere(*now, access, cancel); !leads)
            return leads;
    }
    return work(*now);
}

} // namespace

Result<QStringList> foreignArguments(const ForeignProject &project, const ForeignWanted &wanted, const pg::ConnectionSpec &spec)
{
    if (!project.canRun)
        return refused(u"read_only"_s, u"This is a project of %1, which is shown and not run"_s.arg(project.tool), u"Run it by its own program: %1"_s.arg(project.runsBy));
    if (!wanted.to.isEmpty()) {
        if (Done named = isNamed(wanted.to); !named)
            return fail(std::move(named.error()));
    }
    return project.tool == "alembic"_L1 ? alembicArguments(project, wanted) : sqitchArguments(project, wanted, spec);
}

ForeignRun runForeign(const ForeignProject &project, const ForeignWanted &wanted, pg::Connection &connection, const ForeignAccess &access, const ForeignOptions &options, const CancelToken &cancel)
{
    ForeignRun run;
    run.after = project;
    const Done done = underLock(project, connection, access, options, cancel, [&](const ForeignProject &before) -> Done {
        run.after = before;
        const auto arguments = foreignArguments(before, wanted, access.spec);
        if (!arguments)
            return fail(arguments.error());
        auto call = foreignCall(before, access, *arguments);
        if (!call)
            return fail(std::move(call.error()));
        tool::Command shown = call->command;
        shown.environment.clear();
        run.commandLine = tool::commandLine(shown);
        call->command.onLine = options.onLine;
        const auto outcome = tool::runChecked(call->command, cancel);
        if (outcome)
            run.exitCode = outcome->exitCode;
        // Whatever it says, and also after a cancel: what stands is asked of the database.
        auto after = again(before, connection, {});
        run.known = after.has_value();
        if (after) {
            const QStringList was = appliedIds(before), is = appliedIds(*after);
            for (const QString &id : wanted.down ? was : is) {
                if (!(wanted.down ? is : was).contains(id))
                    run.done << id;
            }
            if (wanted.down)
                std::reverse(run.done.begin(), run.done.end());
            run.after = *std::move(after);
        }
        if (!outcome)
            return fail(outcome.error());
        if (!run.known)
            return fail(ErrorKind::Client, u"outcome_unknown"_s, u"%1 ended well, and what stands could not be read"_s.arg(project.runsBy));
        const bool expected = wanted.down ? !before.heads.isEmpty() : wanted.to.isEmpty() && !before.pending.isEmpty();
        if (run.done.isEmpty() && expected)
            return fail(ErrorKind::Tool, u"no_effect"_s, u"%1 ended well, and the database stands where it stood"_s.arg(project.runsBy), u"Is it led to another database, or another schema?"_s);
        return {};
    });
    if (!done)
        run.error = done.error();
    return run;
}

Result<ForeignVerdict> verifyForeign(const ForeignProject &project, pg::Connection &connection, const ForeignAccess &access, const ForeignOptions &options, const CancelToken &cancel)
{
    if (project.tool != "sqitch"_L1)
        return fail(ErrorKind::Client, u"read_only"_s, u"A project of %1 has no scripts that verify"_s.arg(project.tool));
    ForeignVerdict verdict;
    const Done done = underLock(project, connection, access, options, cancel, [&](const ForeignProject &now) -> Done {
        auto call = foreignCall(now, access, QStringList{u"verify"_s} + sqitchTarget(now, access.spec));
        if (!call)
            return fail(std::move(call.error()));
        call->command.onLine = options.onLine;
        const auto ran = tool::run(call->command, cancel);
        if (!ran)
            return fail(ran.error());
        verdict.holds = ran->exitCode == 0;
        for (const QByteArray &line : ran->lastLines)
            verdict.said << QString::fromUtf8(line);
        return {};
    });
    if (!done)
        return fail(done.error());
    return verdict;
}

Result<QStringList> newForeignRevision(const ForeignProject &project, const QString &message, pg::Connection &connection, const ForeignAccess &access, const ForeignOptions &options, const CancelToken &cancel)
{
    if (project.tool != "alembic"_L1)
        return refused(u"read_only"_s, u"This is a project of %1: a new migration is made by its own program"_s.arg(project.tool), u"For instance: %1"_s.arg(project.tool == "sqitch"_L1 ? u"sqitch add NAME -n NOTE"_s : project.runsBy));
    if (message.trimmed().isEmpty())
        return refused(u"no_name"_s, u"It needs a message"_s);
    const auto files = [&] {
        QSet<QString> all;
        QDirIterator found(project.folder, {u"*.py"_s}, QDir::Files, QDirIterator::Subdirectories);
        while (found.hasNext())
            all.insert(found.next());
        return all;
    };
    QStringList made;
    const Done done = underLock(project, connection, access, options, cancel, [&](const ForeignProject &now) -> Done {
        const QSet<QString> before = files();
        // "--message=…": one that begins with a dash is no option.
        auto call = foreignCall(now, access, {u"revision"_s, u"--autogenerate"_s, u"--message="_s + message});
        if (!call)
            return fail(std::move(call.error()));
        call->command.onLine = options.onLine;
        if (const auto ran = tool::runChecked(call->command, cancel); !ran)
            return fail(ran.error());
        made = (files() - before).values();
        made.sort();
        return {};
    });
    if (!done)
        return fail(done.error());
    return made;
}

} // namespace howdah::migrations
