// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/restorepoint.h"

#include "backup/moment.h"
#include "store/settings.h"

#include <QDateTime>
#include <QJsonArray>

#include <algorithm>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

constexpr int longestName = 63; // MAXFNAMELEN is 64
constexpr qsizetype mostKept = 100;

QString key(const QString &systemIdentifier)
{
    return u"backup/points/"_s + systemIdentifier;
}

Result<Lsn> lsnOf(const QString &text)
{
    const auto lsn = Lsn::parse(text.trimmed());
    return lsn ? Result<Lsn>(*lsn) : fail(ErrorKind::Protocol, u"bad_answer"_s, u"The server did not say where the restore point is"_s);
}

} // namespace

Done checkPointName(const QString &name)
{
    const bool odd = std::any_of(name.cbegin(), name.cend(), [](QChar c) { return c.unicode() < 0x20 || (c.unicode() >= 0x7f && c.unicode() < 0xa0); });
    if (name.trimmed().isEmpty() || odd || name.toUtf8().size() > longestName)
        return fail(ErrorKind::Client, u"usage"_s, u"A restore point's name has 1 to %1 bytes and no control characters"_s.arg(longestName));
    return {};
}

QVector<RestorePoint> archivedPoints(const Inventory &inventory)
{
    QVector<RestorePoint> points;
    for (const SegmentFacts &facts : inventory.segments) {
        for (const WalEvent &mark : facts.marks) {
            if (mark.kind == WalEvent::Kind::RestorePoint)
                points.append({QString::fromUtf8(mark.name), mark.end, mark.atUs});
        }
    }
    return points;
}

Result<QVector<RestorePoint>> keptPoints(store::Store &store, const QString &systemIdentifier)
{
    const auto kept = store::readSetting(store, key(systemIdentifier));
    if (!kept)
        return fail(kept.error());
    QVector<RestorePoint> points;
    for (const QJsonValue &one : kept->toArray()) {
        const QJsonObject point = one.toObject();
        points.append({point.value("name"_L1).toString(), Lsn::parse(point.value("lsn"_L1).toString()).value_or(Lsn()), point.value("at_us"_L1).toInteger()});
    }
    return points;
}

Done keepPoint(store::Store &store, const QString &systemIdentifier, const RestorePoint &point)
{
    auto points = keptPoints(store, systemIdentifier);
    if (!points)
        return fail(std::move(points.error()));
    points->append(point);
    QJsonArray all;
    for (const RestorePoint &one : points->sliced(std::max<qsizetype>(0, points->size() - mostKept)))
        all.append(QJsonObject{{u"name"_s, one.name}, {u"lsn"_s, one.lsn.text()}, {u"at_us"_s, one.atUs}});
    return store::writeSetting(store, key(systemIdentifier), all);
}

Done checkPointIsNew(const QString &name, const QVector<RestorePoint> &known)
{
    const auto it = std::find_if(known.cbegin(), known.cend(), [&](const RestorePoint &one) { return one.name == name; });
    if (it == known.cend())
        return {};
    return fail(ErrorKind::Client, u"name_taken"_s, u"There is a restore point %1 already, of %2 (%3): recovery would stop at that one"_s.arg(name, momentText(it->atUs), it->lsn.text()), u"Take another name"_s);
}

Result<session::ChangePlan> planPoint(const QString &name, const QString &server, session::Environment environment)
{
    if (Done good = checkPointName(name); !good)
        return fail(std::move(good.error()));
    const auto statement = pg::sqlFile(u"backup/restore_point"_s, 180000);
    if (!statement)
        return fail(statement.error());
    session::ChangePlan plan;
    plan.title = u"Make the restore point %1 on %2"_s.arg(name, server);
    plan.verb = u"Make the restore point"_s;
    plan.server = server;
    plan.environment = environment;
    plan.object = name;
    plan.transactional = false;
    plan.steps.append({plan.title, statement->text, false, {name}, u"a record in the WAL; nothing is locked"_s});
    plan.undo = u"there is none, and it needs none: it changes no data"_s;
    return plan;
}

Result<Lsn> makePoint(pg::Connection &connection, const QString &name, const CancelToken &cancel)
{
    const auto rows = connection.runFile(u"backup/restore_point"_s, {name}, {}, cancel);
    if (!rows) {
        Error error = rows.error();
        if (error.kind == ErrorKind::Permission)
            error.hint = u"The role needs EXECUTE on pg_create_restore_point(text), which superusers alone have at first"_s;
        return fail(std::move(error).during(u"make the restore point %1"_s.arg(name)));
    }
    return lsnOf(rows->text(0, "lsn"_L1));
}

Result<Lsn> makePoint(const Toolbox &toolbox, const PhysicalSource &source, const QString &name, const CancelToken &cancel)
{
    const auto rows = askServer(toolbox, source, u"restore_point"_s, toolbox.versionNum(), {name}, 1 << 12, cancel);
    if (!rows)
        return fail(Error(rows.error()).during(u"make the restore point %1 on %2"_s.arg(name, source.name)));
    return lsnOf(QString::fromLatin1(rows->value(0).value(0)));
}

} // namespace howdah::backup
