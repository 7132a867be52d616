// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/foreground.h"

#include "tool/childio.h"

#include <QFile>

#include <cerrno>
#include <cstring>

#include <spawn.h>
#include <sys/wait.h>
#include <time.h>

namespace howdah::tool
{

SignalsLeftAlone::SignalsLeftAlone()
{
    struct sigaction ignored;
    std::memset(&ignored, 0, sizeof ignored);
    ignored.sa_handler = SIG_IGN;
    for (size_t i = 0; i < which.size(); ++i)
        ::sigaction(which[i], &ignored, &m_before[i]);
}

SignalsLeftAlone::~SignalsLeftAlone()
{
    for (size_t i = 0; i < which.size(); ++i)
        ::sigaction(which[i], &m_before[i], nullptr);
}

Result<int> runInForeground(const Command &command, const CancelToken &cancel)
{
    const Result<QString> program = command.program.startsWith(QLatin1Char('/')) ? Result<QString>(command.program) : findProgram(command.program);
    if (!program)
        return fail(program.error());
    QByteArrayList arguments{QFile::encodeName(*program)};
    for (const QString &argument : command.arguments)
        arguments.append(argument.toUtf8());
    const QByteArrayList environment = scrubbedEnvironment(command.environment);

    const SignalsLeftAlone leftAlone;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    pid_t pid = -1;
    const int code = ::posix_spawn(&pid, arguments.first().constData(), &actions, &attributes, pointers(arguments).data(), pointers(environment).data());
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (code != 0)
        return fail(ErrorKind::Tool, QStringLiteral("not_started"), QStringLiteral("%1 was not started: %2").arg(*program, QString::fromLocal8Bit(std::strerror(code))));
    int status = 0;
    bool told = false;
    while (::waitpid(pid, &status, WNOHANG) != pid) {
        if (cancel.isCancelled() && !std::exchange(told, true))
            ::kill(pid, SIGTERM);
        const timespec moment{0, 20'000'000};
        ::nanosleep(&moment, nullptr);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

} // namespace howdah::tool
