// SPDX-License-Identifier: GPL-3.0-or-later
#include "stack/dockerstack.h"

#include <QDateTime>

namespace howdah::stack
{

namespace
{
const QLatin1StringView folder("/archive/base");
}

Done ensureBaseBackup(const DockerStack &stack, const QString &containerId, const Progress &progress, const CancelToken &cancel)
{
    const QString step = QStringLiteral("Take the first base backup");
    const Inside inside = stack.inside(containerId);
    const QString application = QStringLiteral("howdah-base-backup");
    const auto checked = [&](const QStringList &arguments, int timeoutMs) -> Done {
        if (auto done = tool::runChecked(stack.exec(containerId, arguments, timeoutMs), cancel); !done)
            return fail(dockerError(std::move(done.error())));
        return {};
    };
    Result<ServerIdentity> identity = readIdentity(inside, cancel);
    if (!identity)
        return fail(std::move(identity.error()));

    // A backup of an earlier cluster in the same archive does not count: its manifest names another identifier.
    Result<tool::Outcome> there = tool::run(stack.exec(containerId, {QStringLiteral("grep"), QStringLiteral("-rls"), QStringLiteral("--include=backup_manifest"),
                                                                     QStringLiteral("\"System-Identifier\": %1").arg(identity->systemIdentifier), folder}),
                                            cancel);
    if (!there)
        return fail(std::move(there.error()));
    for (const QByteArray &path : there->output.split('\n')) {
        if (!path.isEmpty() && !path.contains("/.initial-"))
            return {};
    }

    progress({step, {}, 0, 0, {}});
    if (Done made = checked({QStringLiteral("mkdir"), QStringLiteral("-p"), QStringLiteral("-m"), QStringLiteral("0700"), folder}, 20'000); !made)
        return made;
    // What a cancelled start left: nothing restores from a name with a dot.
    if (Done cleaned = checked({QStringLiteral("find"), folder, QStringLiteral("-mindepth"), QStringLiteral("1"), QStringLiteral("-maxdepth"), QStringLiteral("1"),
                                QStringLiteral("-name"), QStringLiteral(".initial-*"), QStringLiteral("-exec"), QStringLiteral("rm"), QStringLiteral("-rf"),
                                QStringLiteral("{}"), QStringLiteral("+")},
                               60'000);
        !cleaned)
        return cleaned;
    const QString name = QStringLiteral("initial-") + QDateTime::currentDateTimeUtc().toString(QStringLiteral("yyyyMMdd'T'HHmmss'Z'"));
    const QString unfinished = folder + QStringLiteral("/.") + name;
    const QString finished = folder + QLatin1Char('/') + name;
    tool::Command backup = inside(QStringLiteral("pg_basebackup"),
                                  {QStringLiteral("-U"), QStringLiteral("howdah_replication"), QStringLiteral("-w"), QStringLiteral("-D"), unfinished,
                                   QStringLiteral("-X"), QStringLiteral("stream"), QStringLiteral("-c"), QStringLiteral("fast"), QStringLiteral("-l"),
                                   QStringLiteral("howdah initial")},
                                  application);
    backup.timeoutMs = 30 * 60'000;
    if (auto done = tool::runChecked(backup, cancel); !done) {
        if (cancel.isCancelled())
            endClients(inside, application);
        return fail(dockerError(std::move(done.error())));
    }
    progress({step, QStringLiteral("checking it"), 0, 0, {}});
    if (Done verified = checked({QStringLiteral("pg_verifybackup"), QStringLiteral("-q"), unfinished}, 30 * 60'000); !verified)
        return verified;
    if (Done named = checked({QStringLiteral("mv"), QStringLiteral("-T"), unfinished, finished}, 20'000); !named)
        return named;
    if (Done durable = checked({QStringLiteral("sync"), folder}, 60'000); !durable)
        return durable;
    progress({step, finished, 0, 0, {}});
    return {};
}

} // namespace howdah::stack
