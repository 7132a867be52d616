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
    plan.steps.append({QStringLiteral("The statement"), statement.text, false, {}, {}});
    plan.transactional = false; // whose transaction it is, is the pane's affair
    plan.undo = guarding.inTransaction ? QStringLiteral("It runs in a transaction that stays open: the rows are shown, then Commit or Roll back")
                                       : QStringLiteral("Not by Howdah: it is not run in a transaction that could be rolled back");
    plan.rows = statement.rows;
    plan.dependants = statement.dependants;
    plan.lastBackupMs = statement.lastBackupMs;
    plan.backupNote = statement.backupNote;
    askChange(parent, plan, guarding, context, std::move(answered));
}

} // namespace howdah::ui
