// SPDX-License-Identifier: GPL-3.0-or-later
// A reading of the locks as JSON, for the snapshot of an incident, and back.
#include "activity/locktree.h"

#include <QJsonArray>

namespace howdah::activity
{

using namespace Qt::StringLiterals;

static QJsonValue orNull(const std::optional<qint64> &value)
{
    return value ? QJsonValue(*value) : QJsonValue(QJsonValue::Null);
}

static std::optional<qint64> numberOf(const QJsonValue &value)
{
    return value.isDouble() ? std::optional<qint64>(value.toInteger()) : std::nullopt;
}

QJsonObject Locks::toJson() const
{
    QJsonArray lockList;
    for (const ObjectLock &lock : locks)
        lockList.append(QJsonObject{{u"pid"_s, lock.pid},
                                    {u"prepared"_s, lock.preparedGid},
                                    {u"transaction"_s, lock.transactionId},
                                    {u"kind"_s, lock.kind},
                                    {u"mode"_s, lock.mode},
                                    {u"granted"_s, lock.granted},
                                    {u"waiting_ms"_s, orNull(lock.waitingMs)},
                                    {u"relation"_s, lock.relation},
                                    {u"relation_oid"_s, qint64(lock.relationOid)},
                                    {u"database_oid"_s, qint64(lock.databaseOid)},
                                    {u"detail"_s, lock.detail}});
    QJsonArray preparedList;
    for (const Prepared &one : prepared)
        preparedList.append(QJsonObject{{u"gid"_s, one.gid},
                                        {u"transaction"_s, one.transactionId},
                                        {u"role"_s, one.role},
                                        {u"database"_s, one.database},
                                        {u"prepared_ms"_s, orNull(one.preparedMs)},
                                        {u"xid_age"_s, orNull(one.xidAge)}});
    return {{u"at_ms"_s, atMs}, {u"locks"_s, lockList}, {u"prepared"_s, preparedList}};
}

Locks Locks::fromJson(const QJsonObject &json)
{
    Locks locks;
    locks.atMs = json.value("at_ms"_L1).toInteger();
    const QJsonArray lockList = json.value("locks"_L1).toArray();
    for (const QJsonValue &value : lockList) {
        const QJsonObject one = value.toObject();
        const auto text = [&one](QLatin1StringView name) { return one.value(name).toString(); };
        ObjectLock lock;
        lock.pid = one.value("pid"_L1).toInt();
        lock.preparedGid = text("prepared"_L1);
        lock.transactionId = text("transaction"_L1);
        lock.kind = text("kind"_L1);
        lock.mode = text("mode"_L1);
        lock.granted = one.value("granted"_L1).toBool();
        lock.waitingMs = numberOf(one.value("waiting_ms"_L1));
        lock.relation = text("relation"_L1);
        lock.relationOid = quint32(one.value("relation_oid"_L1).toInteger());
        lock.databaseOid = quint32(one.value("database_oid"_L1).toInteger());
        lock.detail = text("detail"_L1);
        locks.locks.append(lock);
    }
    const QJsonArray preparedList = json.value("prepared"_L1).toArray();
    for (const QJsonValue &value : preparedList) {
        const QJsonObject one = value.toObject();
        locks.prepared.append({one.value("gid"_L1).toString(), one.value("transaction"_L1).toString(), one.value("role"_L1).toString(),
                               one.value("database"_L1).toString(), numberOf(one.value("prepared_ms"_L1)), numberOf(one.value("xid_age"_L1))});
    }
    return locks;
}

} // namespace howdah::activity
