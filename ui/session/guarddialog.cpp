// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/guarddialog.h"

#include "ui/session/changeplandialog.h"

#include <QTimer>

namespace howdah::ui
{

void askGuard(QWidget *parent, const session::Guarding &guarding, const GuardedStatement &statement, QObject *context,
              std::function<void(bool accepted)> answered)
{
    if (guarding.demand == session::Demand::Nothing) {
        QTimer::singleShot(0, context, [answered = std::move(answered)] { answered(true); });
        return;
    }
    session::ChangePlan plan;
    plan.title = QStringLiteral("Run this statement on %1").arg(statement.server);
    plan.verb = QStringLiteral("Run the statement");
    plan.server = statement.server;
    plan.database = statement.database;
    plan.role = statement.role;
    plan.environment = statement.environment;
    // Which locks a text of the user's takes is not looked at: never told as none.
    plan.steps.append({QStringLiteral("The statement"), statement.text, false, {}, QStringLiteral("not known")});
    plan.transactional = false; // whose transaction it is, is the pane's affair
    if (guarding.demand == session::Demand::Refused)
        plan.undo = QStringLiteral("Unlocking runs nothing and changes nothing; Lock again ends it. The statement is asked about anew");
    else if (guarding.inTransaction)
        plan.undo = QStringLiteral("It runs in a transaction that stays open: the rows are shown, then Commit or Roll back");
    else
        plan.undo = QStringLiteral("Not by Howdah: it is not run in a transaction that could be rolled back");
    plan.rows = statement.rows;
    plan.rowsEstimated = statement.rowsEstimated;
    plan.dependants = statement.dependants;
    plan.lastBackupMs = statement.lastBackupMs;
    plan.backupNote = statement.backupNote;
    askChange(parent, plan, guarding, context, std::move(answered));
}

} // namespace howdah::ui
