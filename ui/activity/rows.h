// SPDX-License-Identifier: GPL-3.0-or-later
// What was read of the activity, as rows of tables: columns, words and figures. Pure functions of values; window's thread.
#pragma once

#include "activity/horizon.h"
#include "activity/locktree.h"
#include "activity/progress.h"
#include "activity/waits.h"
#include "ui/widgets/keyedmodel.h"

namespace howdah::ui
{

enum class Grouping { None, State, Wait, Database, Role, Application, Client };
QString groupingText(Grouping grouping); // "no groups", "by state", …

struct SessionsShown {
    Grouping grouping = Grouping::None;
    bool idle = true;    // with sessions that do nothing
    bool servers = false; // with the server's own processes
};

// Keys of rows: "pid 4711"; of groups: their value.
QString pidKey(int pid);
std::optional<int> pidOfKey(const QString &key);

QVector<KeyedColumn> sessionColumns();
QVector<KeyedRow> sessionRows(const activity::LockTree &tree, const SessionsShown &shown);

// The tree of locks; many that wait for the same in the same mode behind the same are one row that opens to them.
QVector<KeyedColumn> lockColumns();
QVector<KeyedRow> lockRows(const activity::LockTree &tree);

QVector<KeyedColumn> waitColumns();
QVector<KeyedRow> waitRows(const activity::WaitAverages &averages, const QHash<QString, QString> &statements); // by query id

QVector<KeyedColumn> taskColumns();
QVector<KeyedRow> taskRows(const activity::Tasks &before, const activity::Tasks &now);

QVector<KeyedColumn> holderColumns();
QVector<KeyedRow> holderRows(const QVector<activity::Holder> &holders);
QVector<KeyedColumn> databaseAgeColumns();
QVector<KeyedRow> databaseAgeRows(const QVector<activity::DatabaseAge> &databases);
QVector<KeyedColumn> tableAgeColumns();
QVector<KeyedRow> tableAgeRows(const QVector<activity::TableAge> &tables);

// "waits for a lock: transactionid", "runs", "idle in transaction for 4 min", "not permitted"
QString doesText(const activity::Backend &backend);
StateLook doesLook(const activity::Backend &backend, bool blocks);
QString ageText(std::optional<qint64> ms); // an en dash where not known
QString who(const activity::Backend &backend); // "app@orders"

} // namespace howdah::ui
