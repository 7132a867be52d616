// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/pitrrestore.h"

#include "backup/recoveryfolder.h"

#include <QDir>

namespace howdah::ctl
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;

Result<Answer> restoreIntoFolder(Ctl &ctl, const PitrStand &stand, const Verdict &verdict, const PitrTarget &target, const QString &folder, bool planOnly)
{
    const auto plan = planRecoveryFolder(stand, stand.backups.place, verdict, target, QDir::cleanPath(QDir::current().absoluteFilePath(folder)));
    if (!plan)
        return fail(plan.error());
    if (planOnly)
        return Answer{{{u"folder"_s, plan->folder}, {u"verdict"_s, verdict.toJson()}, {u"wal_bytes"_s, plan->bytes}, {u"plan"_s, plan->text()}}, plan->text(), ExitCode::Success};
    session::ChangePlan change = backupPlanOf(stand.backups, u"Restore to %1 into the folder %2"_s.arg(target.text(), plan->folder));
    change.steps.append({u"By PostgreSQL's own tools"_s, plan->text().toUtf8(), true, {}, u"a copy of the backup and of its WAL on this machine's disk; nothing of a server is written"_s});
    change.undo = u"the folder is removed"_s;
    return changeInJournal(ctl, change, [&]() -> Result<Answer> {
        const auto made = makeRecoveryFolder(*plan, target, ctl.progress(), ctl.cancel());
        if (!made)
            return fail(made.error());
        return Answer{made->toJson(),
                      u"%1 leads to %2, from backup %3 with %4 segments of WAL, which were read there\nREADME.md in it says how a server is started from it\n"_s.arg(made->folder, target.text(), made->links.constLast()).arg(made->segments),
                      ExitCode::Success};
    });
}

} // namespace howdah::ctl
