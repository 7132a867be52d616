// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/pitrlab.h"

#include "backup/labs.h"
#include "backup/moment.h"
#include "base/units.h"
#include "stack/dockerengine.h"
#include "tool/foreground.h"

#include <QJsonArray>

#include <unistd.h>

namespace howdah::ctl
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;

namespace
{

struct LabOptions {
    std::string name;
    std::string database = "postgres";
    std::vector<std::string> arguments;
};

Result<Answer> listVerb(Ctl &ctl, const LabOptions &)
{
    const auto all = labs(ctl.cancel());
    if (!all)
        return fail(all.error());
    QJsonArray list;
    QString text;
    for (const Lab &lab : *all) {
        QJsonObject json = lab.rehearsal.toJson();
        json.insert(u"name"_s, lab.name);
        json.insert(u"running"_s, lab.running);
        list.append(json);
        text += u"%1  %2, made %3 from %4  %5\n    %6\n"_s.arg(lab.name.leftJustified(16), lab.running ? u"running"_s : u"STOPPED"_s, momentText(lab.rehearsal.atMs * 1000), lab.rehearsal.verdict.backup, lab.rehearsal.id,
                                                           lab.rehearsal.stopped.isEmpty() ? u"where it stopped is not known"_s : lab.rehearsal.stopped);
        for (const QString &change : lab.rehearsal.changed)
            text += u"    changed since: %1\n"_s.arg(units::oneLine(change));
    }
    return Answer{{{u"labs"_s, list}}, list.isEmpty() ? u"There is no lab. `howdahctl pitr lab create NAME --latest` makes one\n"_s : text, ExitCode::Success};
}

Result<Answer> dropVerb(Ctl &ctl, const LabOptions &options)
{
    const QString name = QString::fromStdString(options.name);
    if (Done dropped = dropLab(name, ctl.cancel()); !dropped)
        return fail(std::move(dropped.error()));
    return Answer{{{u"dropped"_s, name}}, u"The lab %1 is gone: its container, its volume, its record\n"_s.arg(name), ExitCode::Success};
}

// psql of its own image, in this terminal; nobody else can get in, so no password is needed.
Result<Answer> connectVerb(Ctl &ctl, const LabOptions &options)
{
    const auto lab = findLab(QString::fromStdString(options.name), ctl.cancel());
    if (!lab)
        return fail(lab.error());
    if (!lab->running)
        return fail(ErrorKind::Client, u"not_running"_s, u"The lab %1 does not run"_s.arg(lab->name), u"docker start %1"_s.arg(lab->rehearsal.id));
    const auto engine = stack::findDocker(ctl.cancel());
    if (!engine)
        return fail(engine.error());
    QStringList words{u"exec"_s, u"--interactive"_s, u"--env"_s, u"HOME=/tmp"_s};
    if (::isatty(STDIN_FILENO) == 1 && ::isatty(STDOUT_FILENO) == 1)
        words << u"--tty"_s << u"--env"_s << u"TERM="_s + qEnvironmentVariable("TERM");
    words << lab->rehearsal.id << u"psql"_s << u"--host"_s << u"/rehearsal-socket"_s << u"--username"_s << lab->rehearsal.superuser << u"--dbname"_s << QString::fromStdString(options.database);
    for (const std::string &argument : options.arguments)
        words << QString::fromStdString(argument);
    const auto ended = tool::runInForeground(engine->command(words, 0), ctl.cancel());
    if (!ended)
        return fail(ended.error());
    return Answer{{}, {}, ExitCode(*ended)}; // psql's own
}

} // namespace

CLI::App *addLabVerbs(CLI::App *pitr, Ctl &ctl)
{
    CLI::App *lab = pitr->add_subcommand("lab", "Copies that are kept under a name, to try migrations and indexes on: the cluster's own rows, sizes and statistics; no network, no archive");
    lab->require_subcommand(1);
    const auto options = std::make_shared<LabOptions>();
    const auto add = [&](const char *name, const char *what, Result<Answer> (*action)(Ctl &, const LabOptions &)) {
        CLI::App *one = lab->add_subcommand(name, what);
        one->fallthrough();
        one->callback([&ctl, options, action] { ctl.choose([options, action](Ctl &c) { return action(c, *options); }); });
        return one;
    };
    add("list", "Those there are", listVerb);
    add("drop", "Remove one", dropVerb)->add_option("name", options->name, "Which")->required();
    CLI::App *connect = add("connect", "psql in it, as its superuser", connectVerb);
    connect->add_option("name", options->name, "Which")->required();
    connect->add_option("--database", options->database, "In which database")->capture_default_str();
    connect->add_option("arguments", options->arguments, "psql's own arguments, behind --");
    return lab;
}

} // namespace howdah::ctl
