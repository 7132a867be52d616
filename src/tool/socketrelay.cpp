// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/socketrelay.h"

#include "tool/childio.h"
#include "tool/foreground.h"

#include <QDeadlineTimer>
#include <QDir>
#include <QFile>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <list>
#include <optional>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

namespace howdah::tool
{

namespace
{

constexpr qsizetype wordsKept = 4096;
constexpr int lookMs = 50; // at programs that may have ended

struct Served {
    pid_t pid = -1;
    FileDescriptor errors;
    QByteArray said;
};

void listenTo(Served &one)
{
    char bytes[1024];
    for (;;) {
        const ssize_t size = ::read(one.errors.get(), bytes, sizeof bytes);
        if (size > 0) {
            one.said.append(bytes, qsizetype(size));
            if (one.said.size() > wordsKept)
                one.said = one.said.last(wordsKept);
            continue;
        }
        if (size == 0)
            one.errors.close();
        if (size == 0 || errno != EINTR)
            return;
    }
}

const QByteArray folderStem = "/tmp/howdah-relay-"; // not TMPDIR, which may be long; behind it whose it is

// Of programs that were killed. Another user's can't be removed, and is not.
void removeLeft()
{
    for (const QString &name : QDir(QStringLiteral("/tmp")).entryList({QStringLiteral("howdah-relay-*")}, QDir::Dirs)) {
        const pid_t maker = pid_t(name.section(QLatin1Char('-'), 2, 2).toLongLong());
        if (maker > 0 && ::kill(maker, 0) != 0 && errno == ESRCH)
            QDir(QStringLiteral("/tmp/") + name).removeRecursively();
    }
}

// Its standard input and output are the connection; a group of its own, so that what it starts ends with it.
Done start(const Command &command, int connection, Served &served)
{
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return fail(ErrorKind::Tool, QStringLiteral("not_started"), QString::fromLocal8Bit(std::strerror(errno)));
    served.errors.reset(ends[0]);
    const FileDescriptor theirs(ends[1]);
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
    QByteArrayList arguments{QFile::encodeName(command.program)};
    for (const QString &argument : command.arguments)
        arguments.append(argument.toUtf8());
    const QByteArrayList environment = scrubbedEnvironment(command.environment);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, connection, 0);
    posix_spawn_file_actions_adddup2(&actions, connection, 1);
    posix_spawn_file_actions_adddup2(&actions, theirs.get(), 2);
    posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    const int code = ::posix_spawn(&served.pid, arguments.first().constData(), &actions, &attributes, pointers(arguments).data(), pointers(environment).data());
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (code == 0)
        return {};
    served.pid = -1;
    return fail(ErrorKind::Tool, QStringLiteral("not_started"), QStringLiteral("%1 could not be started: %2").arg(command.program, QString::fromLocal8Bit(std::strerror(code))));
}

// Reaped; nullopt: it runs.
std::optional<int> ended(const Served &one)
{
    int status = 0;
    return ::waitpid(one.pid, &status, WNOHANG) == one.pid ? std::optional(status) : std::nullopt;
}

} // namespace

Result<std::unique_ptr<SocketRelay>> SocketRelay::listen(const QString &name, const Command &perConnection)
{
    std::unique_ptr<SocketRelay> made(new SocketRelay);
    made->m_command = dyingWithUs(perConnection);
    if (!made->m_command.program.startsWith(QLatin1Char('/'))) {
        const Result<QString> found = findProgram(made->m_command.program);
        if (!found)
            return fail(found.error());
        made->m_command.program = *found;
    }
    const auto failed = [](const char *what) {
        return fail(ErrorKind::Io, QStringLiteral("socket"), QStringLiteral("%1: %2").arg(QLatin1StringView(what), QString::fromLocal8Bit(std::strerror(errno))));
    };
    removeLeft();
    QByteArray folder = folderStem + QByteArray::number(qint64(::getpid())) + "-XXXXXX";
    if (!::mkdtemp(folder.data()))
        return failed("A folder for a socket can't be made");
    made->m_folder = QFile::decodeName(folder);
    const QByteArray path = folder + '/' + QFile::encodeName(name);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= qsizetype(sizeof address.sun_path))
        return fail(ErrorKind::Io, QStringLiteral("socket"), QStringLiteral("The name of the socket is too long"));
    std::memcpy(address.sun_path, path.constData(), size_t(path.size()));
    made->m_listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (made->m_listener < 0 || ::bind(made->m_listener, reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0 || ::listen(made->m_listener, 16) != 0)
        return failed("A socket can't be made");
    made->m_path = QFile::decodeName(path);
    made->m_thread = std::thread([relay = made.get()] { relay->serve(); });
    return made;
}

SocketRelay::~SocketRelay()
{
    m_stop.cancel();
    if (m_thread.joinable())
        m_thread.join();
    if (m_listener >= 0)
        ::close(m_listener);
    if (!m_path.isEmpty())
        ::unlink(QFile::encodeName(m_path).constData());
    if (!m_folder.isEmpty())
        ::rmdir(QFile::encodeName(m_folder).constData());
}

QString SocketRelay::lastWords() const
{
    const std::lock_guard lock(m_mutex);
    return QString::fromUtf8(m_lastWords).trimmed();
}

// One thread for all of them: the kernel ends a program with the thread that started it.
void SocketRelay::serve()
{
    std::list<Served> all;
    const auto keep = [this](const QByteArray &words) {
        const std::lock_guard lock(m_mutex);
        m_lastWords = words;
    };
    const auto look = [&] {
        all.remove_if([&](Served &one) {
            if (one.errors.isOpen())
                listenTo(one);
            const auto status = ended(one);
            if (!status)
                return false;
            if (one.errors.isOpen())
                listenTo(one);
            if (!WIFEXITED(*status) || WEXITSTATUS(*status) != 0)
                keep(one.said);
            return true;
        });
    };
    while (!m_stop.isCancelled()) {
        std::vector<pollfd> polled{{m_listener, POLLIN, 0}, {m_stop.eventFd(), POLLIN, 0}};
        ::poll(polled.data(), nfds_t(polled.size()), all.empty() ? -1 : lookMs);
        look();
        if (m_stop.isCancelled() || polled.front().revents == 0)
            continue;
        const FileDescriptor connection(::accept4(m_listener, nullptr, nullptr, SOCK_CLOEXEC));
        if (!connection.isOpen())
            continue;
        Served served;
        if (Done started = start(m_command, connection.get(), served); !started) {
            keep(started.error().message.toUtf8());
            continue; // the connection is closed: whoever made it is told so
        }
        all.emplace_back();
        all.back().pid = served.pid;
        all.back().errors.reset(::fcntl(served.errors.get(), F_DUPFD_CLOEXEC, 3));
    }
    for (const Served &one : all)
        ::kill(-one.pid, SIGTERM);
    const QDeadlineTimer grace(m_command.graceMs);
    while (!all.empty() && !grace.hasExpired()) {
        look();
        if (!all.empty())
            ::poll(nullptr, 0, 10);
    }
    for (const Served &one : all) {
        ::kill(-one.pid, SIGKILL);
        ::waitpid(one.pid, nullptr, 0);
    }
}

} // namespace howdah::tool
