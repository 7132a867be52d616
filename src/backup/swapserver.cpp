// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/swapserver.h"

#include "pg/statement.h"

#include <QDeadlineTimer>
#include <QJsonArray>
#include <QJsonDocument>

#include <poll.h>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

constexpr int endSessionsMs = 30'000;
constexpr int logLinesShown = 20;

// false: cancelled.
bool rest(int ms, const CancelToken &cancel)
{
    pollfd wake{cancel.eventFd(), POLLIN, 0};
    ::poll(&wake, 1, ms);
    return !cancel.isCancelled();
}

auto cancelled()
{
    return fail(ErrorKind::Cancelled, u"cancelled"_s, u"Cancelled"_s);
}

} // namespace

Result<ServerState> ServerState::fromJson(const QByteArray &text)
{
    const QJsonObject json = QJsonDocument::fromJson(text).object();
    ServerState state;
    state.systemIdentifier = json.value("system_identifier"_L1).toString();
    state.timeline = Timeline(json.value("timeline"_L1).toInteger());
    state.inRecovery = json.value("in_recovery"_L1).toBool();
    state.lsn = Lsn::parse(json.value("lsn"_L1).toString()).value_or(Lsn());
    for (const QJsonValue &database : json.value("databases"_L1).toArray())
        state.databases << database.toString();
    state.prepared = json.value("prepared"_L1).toInteger();
    state.tablespaces = json.value("tablespaces"_L1).toInteger();
    state.replicationSlots = json.value("slots"_L1).toInteger();
    state.receivers = json.value("receivers"_L1).toInteger();
    state.subscriptions = json.value("subscriptions"_L1).toInteger();
    state.segmentSize = quint64(json.value("segment_size"_L1).toInteger());
    if (state.systemIdentifier.isEmpty() || state.timeline == 0 || state.lsn.isNone() || !isSegmentSize(state.segmentSize))
        return fail(ErrorKind::Protocol, u"bad_answer"_s, u"The server did not say what it is"_s);
    return state;
}

Result<QByteArray> SwapServer::ask(const QString &file, const QString &application, const CancelToken &cancel) const
{
    const auto container = running(cancel);
    if (!container)
        return fail(container.error());
    const auto statement = pg::sqlFile(file, 180000);
    if (!statement)
        return fail(statement.error());
    tool::Command command = m_stack.inside(container->id)(u"psql"_s, {u"-X"_s, u"-q"_s, u"-At"_s, u"-v"_s, u"ON_ERROR_STOP=1"_s, u"-w"_s, u"-U"_s, u"postgres"_s, u"-d"_s, u"postgres"_s, u"-f"_s, u"-"_s}, application);
    command.input = statement->text;
    command.timeoutMs = 30'000;
    return tool::runChecked(command, cancel).map([](const tool::Outcome &said) { return said.output.trimmed(); });
}

Result<ServerState> SwapServer::state(const CancelToken &cancel) const
{
    const auto said = ask(u"backup/swap_state"_s, u"howdah-swap"_s, cancel);
    return said ? ServerState::fromJson(*said) : Result<ServerState>(fail(said.error()));
}

// By a file in the container's memory that the image's pg_hba.conf includes: the old volume is not written, and the next start is without it.
Done SwapServer::rejectAll(const stack::Container &container, const Progress &progress, const CancelToken &cancel) const
{
    tool::Command write = m_stack.exec(container.id, {u"sh"_s, u"-c"_s, u"umask 077; cat >\"$0.new\" && mv -f \"$0.new\" \"$0\""_s, u"/var/run/postgresql/howdah-fence.conf"_s});
    write.input = "local all postgres peer map=howdah\nlocal all all reject\nlocal replication all reject\nhost all all all reject\nhost replication all all reject\n";
    if (auto written = tool::runChecked(write, cancel); !written)
        return fail(stack::dockerError(std::move(written.error())));
    const auto said = ask(u"backup/swap_fence"_s, u"howdah-swap"_s, cancel);
    if (!said)
        return fail(said.error());
    const QByteArrayList fields = said->split('|');
    if (fields.value(1) != "0" || fields.value(2) != "t" || (fields.value(0) != "5" && fields.value(0) != "0"))
        return fail(ErrorKind::Tool, u"fence_failed"_s, u"The server does not take the rules that turn everybody away"_s);
    if (fields.value(0) == "0")
        progress({u"Fence the server off"_s, u"its image is older and has no place for such rules: by the network alone"_s, 0, 0, {}});
    return {};
}

Done SwapServer::fence(const Progress &progress, const CancelToken &cancel) const
{
    const QString step = u"Fence the server off"_s;
    const auto container = running(cancel);
    if (!container)
        return fail(container.error());
    const stack::DockerEngine &engine = m_stack.engine();
    // A machine that starts anew in the midst of it would start the server with its network.
    if (auto done = tool::runChecked(engine.command({u"update"_s, u"--restart"_s, u"no"_s, container->id}), cancel); !done)
        return fail(stack::dockerError(std::move(done.error())));
    if (Done rejected = rejectAll(*container, progress, cancel); !rejected)
        return rejected;
    const auto networks = [&]() -> Result<QStringList> {
        const auto said = tool::runChecked(engine.command({u"container"_s, u"inspect"_s, u"--format"_s, u"{{range $name, $network := .NetworkSettings.Networks}}{{$name}}\n{{end}}"_s, container->id}), cancel);
        if (!said)
            return fail(stack::dockerError(said.error()));
        return QString::fromUtf8(said->output).split(u'\n', Qt::SkipEmptyParts);
    };
    auto joined = networks();
    if (!joined)
        return fail(joined.error());
    for (const QString &network : std::as_const(*joined)) {
        progress({step, u"off the network %1"_s.arg(network), 0, 0, {}});
        if (auto done = tool::runChecked(engine.command({u"network"_s, u"disconnect"_s, u"--force"_s, network, container->id}), cancel); !done)
            return fail(stack::dockerError(std::move(done.error())));
    }
    joined = networks();
    if (!joined)
        return fail(joined.error());
    if (!joined->isEmpty())
        return fail(ErrorKind::Tool, u"fence_failed"_s, u"Docker did not take the server off its network"_s);
    const QDeadlineTimer deadline(endSessionsMs);
    for (;;) {
        const auto left = ask(u"backup/swap_end_sessions"_s, u"howdah-swap"_s, cancel);
        if (!left)
            return fail(left.error());
        const QByteArray sessions = left->split('|').value(0);
        if (sessions == "0")
            break;
        progress({step, u"%1 sessions are ended"_s.arg(QString::fromLatin1(sessions)), 0, 0, {}});
        if (deadline.hasExpired())
            return fail(ErrorKind::Tool, u"fence_failed"_s, u"%1 sessions of the server do not end"_s.arg(QString::fromLatin1(sessions)));
        if (!rest(100, cancel))
            return cancelled();
    }
    // Nobody is left who could end one, and it holds its locks and its rows without a session.
    const auto now = state(cancel);
    if (!now)
        return fail(now.error());
    if (now->prepared > 0)
        return fail(ErrorKind::Client, u"prepared_transactions"_s, u"%1 transactions are prepared and not ended"_s.arg(now->prepared), u"COMMIT PREPARED or ROLLBACK PREPARED them first (pg_prepared_xacts)"_s);
    return {};
}

Done SwapServer::awaitArchived(int deadlineMs, const Progress &progress, const CancelToken &cancel) const
{
    const QDeadlineTimer deadline(deadlineMs);
    for (;;) {
        const auto said = ask(u"backup/swap_unarchived"_s, u"howdah-swap"_s, cancel);
        if (!said)
            return fail(said.error());
        const QByteArrayList fields = said->split('|');
        if (fields.value(0) == "0")
            return {};
        progress({u"Wait for the archive"_s, u"%1 files"_s.arg(QString::fromLatin1(fields.value(0))), 0, 0, {}});
        if (deadline.hasExpired()) {
            Error error{ErrorKind::Tool, u"not_archived"_s, u"The archive did not take the WAL in time: %1 files wait"_s.arg(QString::fromLatin1(fields.value(0))), {}, u"howdahctl stack logs says why; then try again"_s, {}, {}};
            if (!fields.value(1).isEmpty())
                error.detail = u"The archiver failed last with %1"_s.arg(QString::fromLatin1(fields.value(1)));
            return fail(std::move(error));
        }
        if (!rest(200, cancel))
            return cancelled();
    }
}

Result<LastWal> SwapServer::archiveAll(int deadlineMs, const Progress &progress, const CancelToken &cancel) const
{
    const auto said = ask(u"backup/swap_last_wal"_s, u"howdah-swap"_s, cancel);
    if (!said)
        return fail(said.error());
    const QByteArrayList fields = said->split('|');
    const auto lsn = Lsn::parse(QString::fromLatin1(fields.value(0)));
    if (!lsn || fields.value(1).size() != 24)
        return fail(ErrorKind::Protocol, u"bad_answer"_s, u"The server did not say where its WAL ends"_s);
    if (Done done = awaitArchived(deadlineMs, progress, cancel); !done)
        return fail(std::move(done.error()));
    const auto names = archived(cancel);
    if (!names)
        return fail(names.error());
    if (!names->contains(QString::fromLatin1(fields.at(1))))
        return fail(ErrorKind::Tool, u"not_archived"_s, u"The last WAL segment, %1, is not in the archive, though the archiver says so"_s.arg(QString::fromLatin1(fields.at(1))));
    return LastWal{*lsn, QString::fromLatin1(fields.at(1))};
}

Result<QStringList> SwapServer::archived(const CancelToken &cancel) const
{
    const auto container = running(cancel);
    if (!container)
        return fail(container.error());
    tool::Command command = m_stack.exec(container->id, {u"ls"_s, u"-A"_s, u"/archive"_s});
    command.maxOutput = 256 << 20;
    const auto said = tool::runChecked(command, cancel);
    if (!said)
        return fail(stack::dockerError(said.error()));
    return QString::fromUtf8(said->output).split(u'\n', Qt::SkipEmptyParts);
}

Done SwapServer::stop(const Progress &progress, const CancelToken &cancel) const
{
    const auto container = m_stack.container(cancel);
    if (!container)
        return fail(container.error());
    if (container->id.isEmpty())
        return {};
    progress({u"Stop the server"_s, {}, 0, 0, {}});
    if (auto done = tool::runChecked(m_stack.engine().command({u"stop"_s, u"--time"_s, u"120"_s, container->id}, 180'000), cancel); !done)
        return fail(stack::dockerError(std::move(done.error())));
    const auto after = m_stack.container(cancel);
    if (!after)
        return fail(after.error());
    if (after->isRunning() || after->exitCode != 0)
        return fail(ErrorKind::Tool, u"not_stopped"_s, u"The server did not end as it should (exit code %1)"_s.arg(after->exitCode));
    return {};
}

Done SwapServer::start(bool fenced, int deadlineMs, const Progress &progress, const CancelToken &cancel) const
{
    if (Done removed = m_stack.removeContainers(progress, cancel); !removed)
        return removed;
    const stack::DockerEngine &engine = m_stack.engine();
    // A tool's container that outlived its program runs no server.
    const auto users = tool::runChecked(engine.command({u"ps"_s, u"--filter"_s, u"volume="_s + m_stack.record().data(), u"--format"_s, u"{{.Names}}|{{.Label \"howdah.toolbox\"}}"_s}), cancel);
    if (!users)
        return fail(stack::dockerError(users.error()));
    for (const QByteArray &user : users->output.trimmed().split('\n')) {
        if (user.endsWith('|'))
            return fail(ErrorKind::Tool, u"in_use"_s, u"The container %1 has the volume %2: no second server is started on it"_s.arg(QString::fromUtf8(user.chopped(1)), m_stack.record().data()));
    }
    // Docker would make an empty one, and the image a new and healthy cluster in it.
    if (const auto there = tool::runChecked(engine.command({u"volume"_s, u"inspect"_s, m_stack.record().data()}), cancel); !there)
        return fail(stack::dockerError(there.error()));
    m_stack.record().fenced = fenced;
    if (Done started = m_stack.startContainer(progress, cancel); !started)
        return started;
    const QDeadlineTimer deadline(deadlineMs);
    for (;;) {
        const auto now = m_stack.container(cancel);
        if (!now)
            return fail(now.error());
        const bool over = !now->isRunning() || now->restarts > 0 || deadline.hasExpired();
        if (!over) {
            // What its health check asks, and without its rests.
            const auto asked = tool::run(m_stack.exec(now->id, {u"pg_isready"_s, u"-q"_s, u"-h"_s, u"127.0.0.1"_s, u"-U"_s, u"howdah_monitor"_s, u"-d"_s, u"jeex_idea"_s}), cancel);
            if (!asked)
                return fail(asked.error());
            if (asked->exitCode == 0)
                break;
        } else {
            Error error{ErrorKind::Tool, u"unhealthy"_s, u"PostgreSQL does not start on the volume %1"_s.arg(m_stack.record().data()), {}, {}, {}, {}};
            if (const auto lines = m_stack.logs(logLinesShown, cancel))
                error.detail = QString::fromUtf8(lines->trimmed());
            return fail(std::move(error));
        }
        if (!rest(200, cancel))
            return cancelled();
    }
    const auto container = running(cancel);
    if (!container)
        return fail(container.error());
    const auto mounted = m_stack.mountedData(*container, cancel);
    if (!mounted)
        return fail(mounted.error());
    if (*mounted != m_stack.record().data())
        return fail(ErrorKind::Tool, u"other_volume"_s, u"The server runs on the volume %1, and not on %2"_s.arg(*mounted, m_stack.record().data()));
    return fenced ? rejectAll(*container, progress, cancel) : Done();
}

} // namespace howdah::backup
