// SPDX-License-Identifier: GPL-3.0-or-later
// The guard rail before a statement of the user's own: a ChangePlanDialog of one step. Window's thread.
#pragma once

#include "session/guard.h"

#include <QByteArray>
#include <QString>

#include <functional>
#include <optional>

class QWidget;

namespace howdah::ui
{

struct GuardedStatement {
    QByteArray text;
    QString server;   // "orders on db1:5432"
    QString database;
    QString role;
    session::Environment environment = session::Environment::Production;
    // What is known of the consequence; nullopt: not known, which is said.
    std::optional<qint64> rows;
    bool rowsEstimated = false;
    std::optional<qint64> dependants;
    std::optional<qint64> lastBackupMs; // Unix time
    QString backupNote;                 // why it is not known
};

// Answers accepted at once (by a later call all the same) where nothing is demanded. Where the session is locked (Demand::Refused) the user
// is asked to unlock it: accepted then means "unlock this session", a step of its own; the statement is to be asked about anew.
void askGuard(QWidget *parent, const session::Guarding &guarding, const GuardedStatement &statement, QObject *context,
              std::function<void(bool accepted)> answered);

} // namespace howdah::ui
