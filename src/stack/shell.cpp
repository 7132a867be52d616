// SPDX-License-Identifier: GPL-3.0-or-later
#include "stack/shell.h"

#include "stack/dockerstack.h"
#include "tool/foreground.h"

#include <QScopeGuard>
#include <QUuid>

#include <unistd.h>

namespace howdah::stack
{

static QString quoted(QString value)
{
    return QLatin1Char('\'') + value.replace(QLatin1Char('\\'), QLatin1StringView("\\\\")).replace(QLatin1Char('\''), QLatin1StringView("\\'")) + QLatin1Char('\'');
}

QStringList shellArguments(const QString &containerId, const QString &passwordFile, const ShellOptions &options)
{
    QStringList arguments{QStringLiteral("exec"), QStringLiteral("-i")};
    if (options.terminal)
        arguments << QStringLiteral("-t");
    const auto set = [&arguments](const char *name, const QString &value) {
        arguments << QStringLiteral("-e") << QString::fromLatin1(name) + QLatin1Char('=') + value;
    };
    set("PGAPPNAME", options.applicationName);
    set("PGSSLMODE", QStringLiteral("verify-full"));
    set("PGSSLROOTCERT", QStringLiteral("/etc/howdah/tls/ca.crt"));
    set("PGCHANNELBINDING", QStringLiteral("require"));
    set("HOME", QStringLiteral("/tmp")); // its history: gone with the container
    if (options.readOnly)
        set("PGOPTIONS", QStringLiteral("-c default_transaction_read_only=on"));
    if (!options.terminalName.isEmpty())
        set("TERM", options.terminalName);
    arguments << containerId << QStringLiteral("psql") << QStringLiteral("-h") << QStringLiteral("localhost") << QStringLiteral("-U") << options.role
              << QStringLiteral("-d") << QStringLiteral("dbname=") + quoted(options.database) + QStringLiteral(" passfile=") + quoted(passwordFile) << QStringLiteral("-w");
    return arguments + options.arguments;
}

Secret passwordLine(const QString &role, const Secret &password)
{
    QByteArray line = "localhost:5432:*:" + role.toUtf8().replace('\\', "\\\\").replace(':', "\\:") + ':';
    line.reserve(line.size() + 2 * password.size() + 1); // growing would leave copies behind
    for (qsizetype i = 0; i < password.size(); ++i) {
        const char c = password.data()[i];
        if (c == ':' || c == '\\')
            line += '\\';
        line += c;
    }
    line += '\n';
    Secret secret(line);
    line.fill('\0');
    return secret;
}

Result<int> shell(const QString &stackName, const ShellOptions &options, const Secret &password, const CancelToken &cancel)
{
    const auto record = readRecord(stackName);
    if (!record)
        return fail(record.error());
    if (record->backend != Backend::Docker) {
        return fail(ErrorKind::Tool, QStringLiteral("no_docker_stack"), QStringLiteral("The stack %1 is a local cluster: there is no image to take psql from").arg(stackName),
                    QStringLiteral("Its psql lies in %1; statements also run by: howdahctl query").arg(record->baseImage));
    }
    const auto docker = DockerStack::find(*record, cancel);
    if (!docker)
        return fail(docker.error());
    const auto running = docker->running(cancel);
    if (!running)
        return fail(running.error());
    const QString id = QUuid::createUuid().toString(QUuid::WithoutBraces);
    const QString file = QStringLiteral("/dev/shm/howdah-shell-") + id;
    ShellOptions own = options;
    own.applicationName = QStringLiteral("howdah shell ") + id.left(8);
    const tool::SignalsLeftAlone untilAllIsCleanedUp;
    bool endedByItself = false;
    const auto inContainer = [&](const QStringList &words) {
        (void)tool::run(docker->exec(running->id, words, 5'000)); // even after a cancel
    };
    const auto cleanUp = qScopeGuard([&] {
        inContainer({QStringLiteral("rm"), QStringLiteral("-f"), file});
        if (endedByItself)
            return;
        // A closed terminal ends docker, not what it started: psql and its statement would go on in their transaction, with nobody before them.
        inContainer({QStringLiteral("pkill"), QStringLiteral("-f"), file});
        endClients(docker->inside(running->id), own.applicationName);
    });
    // Made with 0600 before the first byte is in it.
    tool::Command write = docker->exec(running->id, {QStringLiteral("install"), QStringLiteral("-m"), QStringLiteral("0600"), QStringLiteral("/dev/stdin"), file});
    const Secret line = passwordLine(options.role, password);
    write.input = QByteArray::fromRawData(line.data(), line.size());
    if (auto written = tool::runChecked(write, cancel); !written)
        return fail(dockerError(written.error()));
    const auto ended = tool::runInForeground(docker->engine().command(shellArguments(running->id, file, own)), cancel);
    // By psql's own codes; docker says 0 as well when its terminal was closed, which then is none any more.
    endedByItself = ended && *ended <= 3 && !cancel.isCancelled() && (!options.terminal || ::isatty(STDIN_FILENO) == 1);
    return ended;
}

} // namespace howdah::stack
