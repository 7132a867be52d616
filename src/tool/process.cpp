// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/process.h"

#include "base/sigpipeblock.h"
#include "tool/childio.h"
#include "tool/foreground.h"
#include "tool/spawn.h"

#include <QDeadlineTimer>
#include <QFile>
#include <QFileInfo>
#include <QStandardPaths>

#include <cerrno>
#include <optional>

#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ; // NOLINT: POSIX declares it nowhere

namespace howdah::tool
{

namespace
{

bool isPassedOn(const QByteArray &name)
{
    return name == "PATH" || name == "HOME" || name == "TMPDIR" || name.startsWith("XDG_") || name.startsWith("DOCKER_");
}

// One child in a process group of its own. The leader is reaped last: until then its group's id can't become another's.
class Child
{
public:
    explicit Child(const Command &command)
        : m_command(command), m_out(command, m_lastLines, command.secretOutput), m_err(command, m_lastLines), m_in(command.input)
    {
    }
    ~Child()
    {
        if (m_pid > 0)
            reap();
    }
    Child(const Child &) = delete;
    Child &operator=(const Child &) = delete;

    Done start(const QString &program);
    Result<Outcome> talk(const CancelToken &cancel);

private:
    bool waitSome(int eventFd, int timeoutMs);
    bool hasExited();
    void endGroup();
    void reap();

    const Command &m_command;
    QByteArrayList m_lastLines;
    OutputStream m_out;
    OutputStream m_err;
    InputStream m_in;
    FileDescriptor m_pidFd;
    pid_t m_pid = -1;
    int m_status = 0;
};

Done Child::start(const QString &program)
{
    auto spawned = spawn(program, m_command);
    if (!spawned)
        return fail(std::move(spawned.error()));
    m_pid = spawned->pid;
    m_pidFd.reset(int(::syscall(SYS_pidfd_open, m_pid, 0))); // -1 on a kernel before 5.3: then looked at every 50 ms
    m_in.fd = std::move(spawned->in);
    m_out.fd = std::move(spawned->out);
    m_err.fd = std::move(spawned->err);
    return {};
}

// Waits for bytes, the child's end, the event or the time; serves the pipes. True when the event was seen.
bool Child::waitSome(int eventFd, int timeoutMs)
{
    if (!m_pidFd.isOpen())
        timeoutMs = std::min(timeoutMs, 50);
    pollfd polled[] = {
        {m_out.fd.get(), POLLIN, 0}, {m_err.fd.get(), POLLIN, 0}, {m_in.fd.get(), POLLOUT, 0}, {m_pidFd.get(), POLLIN, 0}, {eventFd, POLLIN, 0},
    };
    if (::poll(polled, std::size(polled), timeoutMs) <= 0)
        return false;
    if (polled[0].revents)
        m_out.readSome();
    if (polled[1].revents)
        m_err.readSome();
    if (polled[2].revents)
        m_in.writeSome();
    return polled[4].revents != 0;
}

bool Child::hasExited()
{
    siginfo_t info{};
    return ::waitid(P_PID, id_t(m_pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == m_pid;
}

void Child::reap()
{
    while (::waitpid(m_pid, &m_status, 0) < 0 && errno == EINTR) {
    }
    m_pid = -1;
}

// TERM, then KILL. Ends when the leader is dead and nobody of its group holds our pipes any more.
void Child::endGroup()
{
    m_in.fd.close();
    ::kill(-m_pid, SIGTERM);
    const QDeadlineTimer grace(m_command.graceMs);
    while (!grace.hasExpired()) {
        const bool talks = m_out.fd.isOpen() || m_err.fd.isOpen();
        if (hasExited() && !talks)
            break;
        // After the leader's end its pidfd is always readable: waiting for pipes alone then.
        if (hasExited())
            m_pidFd.close();
        waitSome(-1, int(std::clamp<qint64>(grace.remainingTime(), 1, 50)));
        if (!talks && !m_pidFd.isOpen())
            ::usleep(5'000);
    }
    ::kill(-m_pid, SIGKILL); // whoever closed its pipes but stayed
}

Result<Outcome> Child::talk(const CancelToken &cancel)
{
    const QDeadlineTimer deadline =
        m_command.timeoutMs > 0 ? QDeadlineTimer(m_command.timeoutMs) : QDeadlineTimer(QDeadlineTimer::Forever);
    std::optional<Error> stopped;
    while (!hasExited()) {
        const int wait = deadline.isForever() ? 60'000 : int(std::clamp<qint64>(deadline.remainingTime(), 0, 60'000));
        waitSome(cancel.eventFd(), cancel.eventFd() < 0 ? std::min(wait, 100) : wait);
        if (cancel.isCancelled()) {
            stopped = Error{ErrorKind::Cancelled, QStringLiteral("cancelled"), QStringLiteral("Cancelled"), {}, {}, {}, {}};
        } else if (deadline.hasExpired() && !hasExited()) {
            stopped = Error{ErrorKind::Timeout, QStringLiteral("tool"),
                            QStringLiteral("%1 was still running after %2 s and was ended")
                                .arg(QFileInfo(m_command.program).fileName())
                                .arg(double(m_command.timeoutMs) / 1000),
                            {}, {}, {}, {}};
        }
        if (stopped) {
            endGroup();
            break;
        }
    }
    if (!stopped) {
        // A daemon it left behind may hold the pipes for ever: what was said by the leader is in them already.
        m_pidFd.close();
        const QDeadlineTimer drain(200);
        while ((m_out.fd.isOpen() || m_err.fd.isOpen()) && !drain.hasExpired())
            waitSome(-1, int(std::max<qint64>(drain.remainingTime(), 1)));
    }
    m_out.finish();
    m_err.finish();
    reap();
    if (stopped)
        return fail(std::move(*stopped));
    Outcome outcome;
    outcome.exitCode = WIFEXITED(m_status) ? WEXITSTATUS(m_status) : 128 + WTERMSIG(m_status);
    outcome.output = m_out.kept();
    outcome.errors = m_err.kept();
    outcome.truncated = m_out.truncated() || m_err.truncated();
    outcome.lastLines = m_lastLines;
    return outcome;
}

} // namespace

QByteArrayList scrubbedEnvironment(const QStringList &added)
{
    QByteArrayList result{QByteArrayLiteral("LANG=C.UTF-8")};
    for (char **entry = environ; *entry; ++entry) {
        const QByteArray line(*entry);
        if (isPassedOn(line.left(line.indexOf('='))))
            result.append(line);
    }
    for (const QString &entry : added) {
        const QByteArray line = entry.toUtf8();
        const QByteArray name = line.left(line.indexOf('=') + 1);
        result.removeIf([&name](const QByteArray &other) { return other.startsWith(name); });
        result.append(line);
    }
    return result;
}

Result<Outcome> run(const Command &command, const CancelToken &cancel)
{
    QString program = command.program;
    if (!program.startsWith(QLatin1Char('/'))) {
        Result<QString> found = findProgram(program);
        if (!found)
            return fail(std::move(found.error()));
        program = *found;
    }
    if (cancel.isCancelled())
        return fail(ErrorKind::Cancelled, QStringLiteral("cancelled"), QStringLiteral("Cancelled"));
    const SigpipeBlock noSigpipe;
    Child child(command);
    if (Done started = child.start(program); !started)
        return fail(std::move(started.error()));
    return child.talk(cancel).map_error([&command](Error error) { return std::move(error).during(commandLine(command)); });
}

Result<Outcome> runChecked(const Command &command, const CancelToken &cancel)
{
    Result<Outcome> outcome = run(command, cancel);
    if (!outcome || outcome->exitCode == 0)
        return outcome;
    Error error;
    error.kind = ErrorKind::Tool;
    error.reason = QStringLiteral("failed");
    error.message = QStringLiteral("%1 ended with exit code %2").arg(QFileInfo(command.program).fileName()).arg(outcome->exitCode);
    error.detail = QString::fromUtf8(outcome->lastLines.join('\n'));
    error.context = commandLine(command);
    return fail(std::move(error));
}

Result<QString> findProgram(const QString &name, const QStringList &places)
{
    QString found = places.isEmpty() ? QString() : QStandardPaths::findExecutable(name, places);
    if (found.isEmpty())
        found = QStandardPaths::findExecutable(name);
    if (found.isEmpty())
        return fail(ErrorKind::Tool, QStringLiteral("not_found"), QStringLiteral("There is no program %1 on this machine").arg(name));
    return found;
}

QString commandLine(const Command &command)
{
    const auto quoted = [](const QString &word) {
        static const QLatin1StringView plain("_-./:=,@%+");
        const bool isPlain = !word.isEmpty() && std::all_of(word.begin(), word.end(), [](QChar c) {
            return (c.unicode() < 128 && c.isLetterOrNumber()) || plain.contains(c);
        });
        return isPlain ? word : QLatin1Char('\'') + QString(word).replace(QLatin1Char('\''), QLatin1String("'\\''")) + QLatin1Char('\'');
    };
    QStringList words;
    for (const QString &entry : command.environment) // NAME=value: what follows the sign is quoted by itself
        words.append(entry.section(QLatin1Char('='), 0, 0) + QLatin1Char('=') + quoted(entry.section(QLatin1Char('='), 1)));
    words.append(quoted(command.program));
    for (const QString &argument : command.arguments)
        words.append(quoted(argument));
    return words.join(QLatin1Char(' '));
}

} // namespace howdah::tool
