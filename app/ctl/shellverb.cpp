// SPDX-License-Identifier: GPL-3.0-or-later
// howdahctl shell: psql of the stack's own image, with the profile's credential.
#include "ctl/ctl.h"

#include "ctl/terminal.h"
#include "stack/bringup.h"
#include "stack/record.h"
#include "stack/shell.h"

#include <unistd.h>

namespace howdah::ctl
{

using namespace Qt::StringLiterals;

namespace
{

struct ShellVerbOptions {
    bool write = false;
    std::vector<std::string> arguments;
};

// The stack that the profile is of: by its name, and it has to lead there.
Result<QString> stackOf(const session::Profile &profile)
{
    for (const QString &name : {u"howdah"_s, profile.name}) {
        if (profile.name.isEmpty() || stack::profileNameOf(name) != profile.name || !stack::checkName(name))
            continue;
        const auto record = stack::readRecord(name);
        if (record && record->exists && record->port == profile.spec.port && (profile.spec.host == "localhost"_L1 || profile.spec.host == "127.0.0.1"_L1))
            return name;
    }
    return fail(ErrorKind::Client, u"not_a_stack"_s, u"%1 is no stack of this machine: there is no image to take psql from"_s.arg(profile.spec.address()),
                u"Run statements and scripts by howdahctl query, or start a psql of your own"_s);
}

Result<Answer> shell(Ctl &ctl, const ShellVerbOptions &given)
{
    auto target = ctl.target();
    if (!target)
        return fail(std::move(target.error()));
    const auto name = stackOf(target->profile);
    if (!name)
        return fail(name.error());
    Secret password = std::move(target->password);
    if (password.isEmpty()) {
        auto saved = ctl.readSecret(target->profile.secretKey());
        if (!saved)
            return fail(std::move(saved.error()));
        password = std::move(*saved);
    }
    stack::ShellOptions options;
    options.role = target->profile.spec.role;
    options.database = target->profile.spec.database;
    options.readOnly = target->profile.environment == session::Environment::Production && !given.write;
    options.terminal = ::isatty(STDIN_FILENO) == 1 && ::isatty(STDOUT_FILENO) == 1;
    options.terminalName = options.terminal ? qEnvironmentVariable("TERM") : QString();
    for (const std::string &argument : given.arguments)
        options.arguments << QString::fromStdString(argument);
    const auto ended = stack::shell(*name, options, password, ctl.cancel());
    if (!ended)
        return fail(ended.error());
    return Answer{{}, {}, ExitCode(*ended)}; // psql's own
}

} // namespace

void addShellVerb(CLI::App &app, Ctl &ctl)
{
    CLI::App *verb = app.add_subcommand("shell", "psql of the server's own version, from the stack's image, as the profile's role. What follows -- is psql's own:\n"
                                                 "howdahctl shell -- -c 'SELECT 1'. The exit code is psql's");
    auto options = std::make_shared<ShellVerbOptions>();
    verb->add_flag("--write", options->write, "Read-write on a profile that is production (it opens read-only)");
    verb->add_option("arguments", options->arguments, "psql's own arguments, behind --");
    verb->callback([&ctl, options] { ctl.choose([options](Ctl &c) { return shell(c, *options); }); });
}

} // namespace howdah::ctl
