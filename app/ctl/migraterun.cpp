// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/migraterun.h"

#include "ctl/migrateplan.h"
#include "ctl/migratepreview.h"

#include <QJsonArray>

#include <cstdio>

namespace howdah::ctl
{

using namespace Qt::StringLiterals;
using namespace howdah::migrations;

namespace
{

QString countOf(qsizetype migrations)
{
    return migrations == 1 ? u"1 migration"_s : u"%1 migrations"_s.arg(migrations);
}

// What looks like a password is kept with the text, so that the migration can be undone without its file: said before it is.
void warnOfSecrets(const QVector<Wanted> &wanted)
{
    for (const Wanted &one : wanted) {
        const QString text = QString::fromUtf8(one.file->text);
        if (session::masked(text) != text)
            std::fprintf(stderr, "%s: what looks like a password in it is kept in howdah.migration_event with the rest of its text\n", qPrintable(one.file->name));
    }
}

// Files that live as long as the plan.
struct Chosen {
    std::vector<std::unique_ptr<File>> files;
    QVector<Wanted> wanted;
    QStringList versions;

    void add(const File &file, Direction direction)
    {
        files.push_back(std::make_unique<File>(file));
        wanted.append({files.back().get(), direction, {}});
    }
};

Answer nothingToDo()
{
    return {Run().toJson(), u"Nothing was to be done\n"_s, ExitCode::Success};
}

} // namespace

Result<Answer> goUp(Ctl &ctl, const MigrateOptions &options, const Upwards &wanted, bool planOnly)
{
    auto run = runOptionsOf(options);
    if (!run)
        return fail(run.error());
    auto stand = standOf(ctl, options, planOnly ? Ctl::Link::Profile : Ctl::Link::Writer);
    if (!stand)
        return fail(std::move(stand.error()));
    if (!wanted.upTo.isEmpty() && !stand->folder.find(wanted.upTo))
        return fail(ErrorKind::Client, u"no_such_version"_s, u"There is no migration %1"_s.arg(wanted.upTo));
    if (!options.plan.empty()) {
        auto refused = heldToPlan(ctl, options.plan, *stand, *run);
        if (!refused || *refused)
            return refused ? Result<Answer>(**std::move(refused)) : fail(std::move(refused.error()));
    }
    Chosen chosen;
    chosen.versions = plannedUp(stand->folder, stand->ledger, wanted);
    for (const QString &version : std::as_const(chosen.versions)) {
        if (const File *file = stand->folder.find(version))
            chosen.add(*file, Direction::Up);
    }
    const session::ChangePlan plan = planOf(stand->target, *stand->connection, chosen.wanted, u"Run %1"_s.arg(countOf(chosen.versions.size())));
    if (planOnly) {
        if (Done may = mayGoUp(stand->state, *run); !may) // as `up` would
            return answerOf(Run{{}, {}, may.error(), {}});
        QJsonArray steps;
        for (const session::ChangeStep &step : plan.steps)
            steps.append(QJsonObject{{u"title"_s, step.title}, {u"sql"_s, session::masked(QString::fromUtf8(step.text))}, {u"blocks"_s, step.blocks}});
        return Answer{{{u"server"_s, plan.server}, {u"role"_s, plan.role}, {u"steps"_s, steps}}, planText(plan), ExitCode::Success};
    }
    // An edited file is told even where nothing is pending.
    if (chosen.versions.isEmpty() && (options.edited || stand->state.count(Standing::Edited) == 0))
        return nothingToDo();
    run->planned = chosen.versions;
    warnOfSecrets(chosen.wanted);
    return answerOf(runPlan(ctl, plan, QString::fromStdString(options.confirm), [&] { return up(*stand->connection, stand->folder, wanted, *run, tell, ctl.cancel()); }));
}

Result<Answer> goDown(Ctl &ctl, const MigrateOptions &options, const Downwards &wanted)
{
    auto run = runOptionsOf(options);
    if (!run)
        return fail(run.error());
    auto stand = standOf(ctl, options, Ctl::Link::Writer);
    if (!stand)
        return fail(std::move(stand.error()));
    if (!wanted.downTo.isEmpty() && !stand->ledger.isApplied(wanted.downTo))
        return fail(ErrorKind::Client, u"not_applied"_s, u"%1 is not applied"_s.arg(wanted.downTo));
    Chosen chosen;
    chosen.versions = plannedDown(stand->ledger, wanted);
    for (const QString &version : std::as_const(chosen.versions)) {
        const auto file = fileToUndo(stand->folder, stand->ledger, version, options.edited);
        if (!file)
            return fail(file.error());
        chosen.add(*file, Direction::Down);
    }
    if (chosen.versions.isEmpty())
        return nothingToDo();
    run->planned = chosen.versions;
    const session::ChangePlan plan = planOf(stand->target, *stand->connection, chosen.wanted, u"Undo %1"_s.arg(countOf(chosen.versions.size())));
    return answerOf(runPlan(ctl, plan, QString::fromStdString(options.confirm), [&] { return down(*stand->connection, stand->folder, wanted, *run, tell, ctl.cancel()); }));
}

Result<Answer> goRedo(Ctl &ctl, const MigrateOptions &options)
{
    auto run = runOptionsOf(options);
    if (!run)
        return fail(run.error());
    auto stand = standOf(ctl, options, Ctl::Link::Writer);
    if (!stand)
        return fail(std::move(stand.error()));
    const QString version = wayBack(stand->ledger).value(0);
    const File *file = stand->folder.find(version);
    if (version.isEmpty() || !file)
        return fail(ErrorKind::Client, u"no_text"_s, version.isEmpty() ? u"Nothing is applied"_s : u"Migration %1 has no file here: it could not be run again"_s.arg(version));
    const auto undo = fileToUndo(stand->folder, stand->ledger, version, options.edited);
    if (!undo)
        return fail(undo.error());
    Chosen chosen;
    chosen.add(*undo, Direction::Down);
    chosen.add(*file, Direction::Up);
    run->planned = QStringList{version};
    const session::ChangePlan plan = planOf(stand->target, *stand->connection, chosen.wanted, u"Undo migration %1 and run it again"_s.arg(file->name));
    return answerOf(runPlan(ctl, plan, QString::fromStdString(options.confirm), [&] { return redo(*stand->connection, stand->folder, *run, tell, ctl.cancel()); }));
}

Result<Answer> goTo(Ctl &ctl, const MigrateOptions &options)
{
    const QString version = QString::fromStdString(options.word);
    auto stand = standOf(ctl, options, Ctl::Link::Profile);
    if (!stand)
        return fail(std::move(stand.error()));
    const bool applied = stand->ledger.isApplied(version);
    stand->connection.reset();
    return applied ? goDown(ctl, options, {0, version}) : goUp(ctl, options, {-1, version}, false);
}

} // namespace howdah::ctl
