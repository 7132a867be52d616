// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/spawn.h"

#include "tool/foreground.h"

#include <QFile>

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

namespace howdah::tool
{

namespace
{

Error notStarted(const QString &program, int code)
{
    return {ErrorKind::Tool, QStringLiteral("not_started"),
            QStringLiteral("%1 could not be started: %2").arg(program, QString::fromLocal8Bit(std::strerror(code))), {}, {}, {}, {}};
}

struct Pipe {
    FileDescriptor read;
    FileDescriptor write;
    bool open()
    {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0)
            return false;
        read.reset(ends[0]);
        write.reset(ends[1]);
        return true;
    }
};

} // namespace

Result<Spawned> spawn(const QString &program, const Command &command)
{
    Pipe in, out, err;
    if (!in.open() || !out.open() || !err.open())
        return fail(notStarted(program, errno));
    for (const FileDescriptor *ours : {&in.write, &out.read, &err.read})
        ::fcntl(ours->get(), F_SETFL, O_NONBLOCK);

    QByteArrayList arguments{QFile::encodeName(program)};
    for (const QString &argument : command.arguments)
        arguments.append(argument.toUtf8());
    const QByteArrayList environment = scrubbedEnvironment(command.environment);

    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in.read.get(), 0);
    posix_spawn_file_actions_adddup2(&actions, out.write.get(), 1);
    posix_spawn_file_actions_adddup2(&actions, err.write.get(), 2);
    posix_spawn_file_actions_addclosefrom_np(&actions, 3); // whatever a library left open without O_CLOEXEC
    const QByteArray folder = QFile::encodeName(command.workingDirectory);
    if (!folder.isEmpty())
        posix_spawn_file_actions_addchdir_np(&actions, folder.constData());

    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none); // a blocked SIGTERM would be inherited
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

    Spawned child;
    const QByteArray path = QFile::encodeName(program);
    const int code =
        ::posix_spawn(&child.pid, path.constData(), &actions, &attributes, pointers(arguments).data(), pointers(environment).data());
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (code != 0)
        return fail(notStarted(program, code));
    child.in.reset(::fcntl(in.write.get(), F_DUPFD_CLOEXEC, 3));
    child.out.reset(::fcntl(out.read.get(), F_DUPFD_CLOEXEC, 3));
    child.err.reset(::fcntl(err.read.get(), F_DUPFD_CLOEXEC, 3));
    return child;
}

} // namespace howdah::tool
