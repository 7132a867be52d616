// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/backupdumpstand.h"

#include "backup/backupchange.h"
#include "ctl/terminal.h"

#include <QJsonArray>

namespace howdah::ctl
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;

namespace
{

QString planText(const session::ChangePlan &change, const RestorePlan &plan)
{
    QString text = u"%1 (%2, as %3)\n"_s.arg(change.title, change.server, change.role);
    for (const session::ChangeStep &step : change.steps)
        text += step.title + u"\n    "_s + QString::fromUtf8(step.text) + u'\n' + (step.blocks.isEmpty() ? QString() : u"    blocks: "_s + step.blocks + u'\n');
    for (const QString &clash : plan.clashes)
        text += u"drops: "_s + clash + u'\n';
    for (const QString &note : plan.notes)
        text += u"note: "_s + note + u'\n';
    return text;
}

} // namespace

Result<Answer> restoreDump(Ctl &ctl, const DumpVerbOptions &options)
{
    auto stand = restoreStandOf(ctl, options);
    if (!stand)
        return fail(std::move(stand.error()));
    const auto dump = openWanted(ctl, options, stand->place);
    if (!dump)
        return fail(dump.error());
    RestoreOptions wanted;
    wanted.database = QString::fromStdString(options.database);
    wanted.create = options.create;
    wanted.clean = options.clean;
    wanted.only = wordsOf(options.only);
    wanted.jobs = options.jobs;
    wanted.noOwner = options.noOwner;
    wanted.noPrivileges = options.noPrivileges;
    wanted.becomes = QString::fromStdString(options.becomes);
    const auto plan = planRestore(*stand->place.toolbox, *stand->place.source, *dump, wanted, ctl.cancel());
    if (!plan)
        return fail(plan.error());
    const session::ChangePlan change = restoreChange(*stand->place.toolbox, stand->profile.environment, *dump, *plan);
    if (options.planOnly) {
        QJsonArray steps;
        for (const session::ChangeStep &step : change.steps)
            steps.append(QJsonObject{{u"title"_s, step.title}, {u"text"_s, QString::fromUtf8(step.text)}, {u"blocks"_s, step.blocks}});
        return Answer{{{u"server"_s, change.server},
                       {u"role"_s, change.role},
                       {u"database"_s, change.database},
                       {u"steps"_s, steps},
                       {u"entries"_s, plan->entries.size()},
                       {u"drops"_s, QJsonArray::fromStringList(plan->clashes)},
                       {u"notes"_s, QJsonArray::fromStringList(plan->notes)}},
                      planText(change, *plan), ExitCode::Success};
    }
    // Whatever the environment says of it: what drops is never begun by one word too many in a shell's history.
    const bool demanded = session::guardFor(change).demand != session::Demand::Nothing || change.environment == session::Environment::Production || wanted.clean;
    if (demanded && options.confirm != options.database) {
        toErrors(printable(planText(change, *plan)));
        return fail(ErrorKind::Client, u"usage"_s, options.confirm.empty() ? u"%1 is to be confirmed"_s.arg(change.title) : u"Confirmed was %1, and the database is %2"_s.arg(QString::fromStdString(options.confirm), change.database),
                    u"Say --confirm %1 to do it"_s.arg(change.database));
    }
    return changeInJournal(ctl, change, [&]() -> Result<Answer> {
        const RestoreReport report = restore(*stand->place.toolbox, *dump, *plan, ctl.progress(), ctl.cancel());
        if (report.error) {
            // What stands is said with why, in one.
            Error error = *report.error;
            error.message += u". "_s + report.stands;
            return fail(std::move(error));
        }
        QString text = u"%1: %2\n"_s.arg(change.title, report.stands);
        for (auto it = report.kinds.begin(); it != report.kinds.end(); ++it)
            text += u"%1 of %2  %3\n"_s.arg(it->first, 6).arg(it->second, 6).arg(it.key());
        for (const QString &note : plan->notes)
            text += u"note: "_s + note + u'\n';
        QJsonObject json = report.toJson();
        json.insert(u"dump"_s, dump->name);
        json.insert(u"database"_s, change.database);
        return Answer{json, text, ExitCode::Success};
    });
}

} // namespace howdah::ctl
