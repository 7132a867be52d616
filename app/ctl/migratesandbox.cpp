// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/migratesandbox.h"

#include "backup/labs.h"

#include <QFile>

namespace howdah::ctl
{

using namespace Qt::StringLiterals;

void addSandboxOptions(CLI::App *verb, const std::shared_ptr<SandboxOptions> &options)
{
    verb->add_option("--sandbox", options->url, "A server to try it on: a superuser, or a role with CREATEDB; or lab:NAME, with the target's own rows (pitr lab); else a private cluster of this machine's PostgreSQL, else a container");
    verb->add_flag("--sandbox-may-be-target", options->mayBeTarget, "Though it is of the target's own cluster, or nobody can tell whether it is");
    verb->add_option("--base", options->base, "A script of what stands before the first migration: roles, extensions, schemas");
}

std::optional<QString> labOf(const SandboxOptions &options)
{
    const QString word = QString::fromStdString(options.url);
    return word.startsWith("lab:"_L1) ? std::optional(word.sliced(4)) : std::nullopt;
}

Result<stack::Sandbox> sandboxFor(Ctl &ctl, const SandboxOptions &options, const pg::Connection *target)
{
    stack::SandboxChoice choice;
    choice.leastMajor = target ? target->facts().serverVersionNum / 10000 : options.serverMajor;
    choice.targetIdentifier = target ? target->identity().systemIdentifier : QString();
    choice.mayBeTarget = options.mayBeTarget;
    if (const auto lab = labOf(options)) {
        const auto found = backup::findLab(*lab, ctl.cancel());
        if (!found)
            return fail(found.error());
        if (!found->running)
            return fail(ErrorKind::Client, u"not_running"_s, u"The lab %1 does not run"_s.arg(*lab), u"docker start %1"_s.arg(found->rehearsal.id));
        choice.given = found->rehearsal.spec(u"postgres"_s);
        choice.copy = u"the lab %1"_s.arg(*lab);
    } else if (!options.url.empty()) {
        auto parsed = pg::parseUrl(QString::fromStdString(options.url));
        if (!parsed)
            return fail(std::move(parsed.error()));
        choice.given = parsed->spec;
        choice.password = std::move(parsed->password);
        if (!ctl.caFile.empty())
            choice.given->caFile = QString::fromStdString(ctl.caFile);
    }
    return stack::openSandbox(choice, ctl.progress(), ctl.cancel());
}

Result<QByteArray> baseScript(const SandboxOptions &options)
{
    if (options.base.empty())
        return QByteArray();
    QFile file(QString::fromStdString(options.base));
    if (!file.open(QIODevice::ReadOnly))
        return fail(ErrorKind::Io, u"unreadable"_s, u"%1 can't be read: %2"_s.arg(file.fileName(), file.errorString()));
    return file.readAll();
}

} // namespace howdah::ctl
