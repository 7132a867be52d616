// SPDX-License-Identifier: GPL-3.0-or-later
#include "activity/relationusers.h"

namespace howdah::activity
{

using namespace Qt::StringLiterals;

Result<QVector<RelationUser>> readRelationUsers(pg::Connection &connection, quint32 relation, const CancelToken &cancel)
{
    const auto rows = connection.runFile(u"activity/relation_users"_s, {qint64(relation)}, {}, cancel);
    if (!rows)
        return fail(Error(rows.error()).during(u"read who uses the relation"_s));
    QVector<RelationUser> users;
    for (qsizetype row = 0; row < rows->size(); ++row) {
        RelationUser user;
        user.pid = int(rows->integer(row, "pid"_L1).value_or(0));
        user.preparedGid = rows->text(row, "prepared_gid"_L1);
        user.modes = rows->text(row, "modes"_L1);
        user.granted = rows->boolean(row, "granted"_L1).value_or(true);
        user.waitingMs = rows->integer(row, "waiting_ms"_L1);
        user.role = rows->text(row, "role"_L1);
        user.application = rows->text(row, "application"_L1);
        user.state = rows->text(row, "state"_L1);
        user.transactionMs = rows->integer(row, "xact_ms"_L1);
        user.permitted = user.pid == 0 || rows->boolean(row, "permitted"_L1).value_or(false);
        user.query = user.permitted ? rows->text(row, "query"_L1) : QString();
        users.append(user);
    }
    return users;
}

} // namespace howdah::activity
