// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/migrateroundtrip.h"

#include "migrations/roundtrip.h"

namespace howdah::ctl
{

using namespace Qt::StringLiterals;
using namespace howdah::migrations;

namespace
{

struct RoundTripOptions : SandboxOptions {
    std::vector<std::string> versions;
};

// From the files alone: no target is asked.
Result<Answer> roundTripOf(Ctl &ctl, const MigrateOptions &more, const RoundTripOptions &options)
{
    const auto folder = readFolder(folderOf(more));
    if (!folder)
        return fail(folder.error());
    const auto script = baseScript(options);
    if (!script)
        return fail(script.error());
    auto sandbox = sandboxFor(ctl, options, nullptr);
    if (!sandbox)
        return fail(std::move(sandbox.error()));
    const QString searchPath = QString::fromStdString(more.searchPath);
    QStringList left, versions;
    for (const std::string &version : options.versions)
        versions << QString::fromStdString(version);
    const FreshBase fresh = [&]() -> Result<std::unique_ptr<Scratch>> {
        auto scratch = Scratch::make(sandbox->spec(), sandbox->password(), sandbox->isPrivate(), ctl.cancel());
        if (!scratch)
            return fail(std::move(scratch.error()));
        if (Done entered = (*scratch)->enter(searchPath, {}, ctl.cancel()); !entered)
            return fail(std::move(entered.error()));
        const auto loaded = (*scratch)->load(*script, ctl.cancel());
        if (!loaded)
            return fail(loaded.error());
        left = loaded->left;
        return scratch;
    };
    auto trips = roundTrip(fresh, folder->files, versions, searchPath, ctl.progress(), ctl.cancel());
    if (!trips) {
        Error error = std::move(trips.error());
        if (!left.isEmpty())
            error.detail += u" Left out of what stands before: %1"_s.arg(left.join(u"; "_s));
        if (error.kind == ErrorKind::Sql && error.hint.isEmpty())
            error.hint = u"What stands before the first migration (roles, extensions, schemas) is given with --base FILE."_s;
        return fail(std::move(error));
    }
    trips->left = left + trips->left;
    QJsonObject json = trips->toJson();
    json.insert(u"where"_s, sandbox->where());
    return Answer{json, u"Tried in %1\n"_s.arg(sandbox->where()) + trips->text(), trips->passes() ? ExitCode::Success : ExitCode::Findings};
}

} // namespace

void addRoundTripVerb(CLI::App *migrate, Ctl &ctl, const std::shared_ptr<MigrateOptions> &more)
{
    CLI::App *verb = migrate->add_subcommand("roundtrip", "Up, down and up again in a sandbox: whether each way back leads back; exit 5 where one does not");
    verb->fallthrough();
    const auto options = std::make_shared<RoundTripOptions>();
    verb->add_option("versions", options->versions, "None: all of the folder");
    verb->add_option("--server", options->serverMajor, "The server's major version: the sandbox is no older")->check(CLI::Range(15, 30))->capture_default_str();
    addSandboxOptions(verb, options);
    verb->callback([&ctl, more, options] { ctl.choose([more, options](Ctl &c) { return roundTripOf(c, *more, *options); }); });
}

} // namespace howdah::ctl
