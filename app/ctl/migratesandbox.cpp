// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/migratesandbox.h"

#include <QFile>

namespace howdah::ctl
{

using namespace Qt::StringLiterals;

void addSandboxOptions(CLI::App *verb, const std::shared_ptr<SandboxOptions> &options)
{
    verb->add_option("--sandbox", options->url, "A server to try it on: a superuser, or a role with CREATEDB; else a private cluster of this machine's PostgreSQL, else a container");
    verb->add_flag("--sandbox-may-be-target", options->mayBeTarget, "Though it is of the target's own cluster, or nobody can tell whether it is");
    verb->add_option("--base", options->base, "A script of what stands before the first migration: roles, extensions, schemas");
}

Result<stack::Sandbox> sandboxFor(Ctl &ctl, const SandboxOptions &options, const pg::Connection *target)
{
    stack::SandboxChoice choice;
    choice.leastMajor = target ? target->facts().serverVersionNum / 10000 : options.serverMajor;
    choice.targetIdentifier = target ? target->identity().systemIdentifier : QString();
    choice.mayBeTarget = options.mayBeTarget;
    if (!options.url.empty()) {
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
