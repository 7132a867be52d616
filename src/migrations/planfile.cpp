// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/planfile.h"

#include "base/savefile.h"

#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>

namespace howdah::migrations
{

using namespace Qt::StringLiterals;

static constexpr auto form = "howdah-migration-plan-1"_L1;
static constexpr qint64 mostBytes = 256LL << 20;

QStringList PlanFile::versions() const
{
    QStringList all;
    for (const Step &step : steps)
        all << step.version;
    return all;
}

QJsonObject PlanFile::toJson() const
{
    QJsonArray all;
    for (const Step &step : steps)
        all.append(QJsonObject{{u"version"_s, step.version}, {u"name"_s, step.name}, {u"sha256"_s, step.sha256}});
    return {{u"form"_s, QString(form)},
            {u"made"_s, made.toUTC().toString(Qt::ISODate)},
            {u"by"_s, by},
            {u"system_identifier"_s, systemIdentifier},
            {u"database"_s, database},
            {u"server_version"_s, serverVersion},
            {u"search_path"_s, searchPath},
            {u"role"_s, role},
            {u"migrations"_s, all},
            {u"snapshot_hash"_s, QString::fromLatin1(snapshot.hash())},
            {u"snapshot"_s, snapshot.toJson()},
            {u"preview"_s, preview.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(preview)},
            {u"preview_missing"_s, previewMissing.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(previewMissing)}};
}

static Result<QString> clusterOf(pg::Connection &target, const CancelToken &cancel)
{
    if (Done read = target.identity().isKnown() ? Done() : target.readIdentity(cancel); !read)
        return fail(std::move(read.error()));
    if (!target.identity().isKnown())
        return fail(ErrorKind::Client, u"no_identity"_s, u"%1 does not tell which cluster it is: a plan for it could be run anywhere"_s.arg(target.spec().address()),
                    u"Behind a pooler connect to the server itself."_s);
    return target.identity().systemIdentifier;
}

Result<PlanFile> planFileOf(pg::Connection &target, const Folder &folder, const QStringList &versions, const RunOptions &options, const catalog::Snapshot &snapshot, const CancelToken &cancel)
{
    const auto cluster = clusterOf(target, cancel);
    if (!cluster)
        return fail(cluster.error());
    PlanFile plan;
    plan.made = QDateTime::currentDateTimeUtc();
    plan.by = thisClient();
    plan.systemIdentifier = *cluster;
    plan.database = target.facts().database;
    plan.serverVersion = target.facts().serverVersion;
    plan.searchPath = options.searchPath;
    plan.role = options.role;
    plan.snapshot = snapshot;
    for (const QString &version : versions) {
        if (const File *file = folder.find(version))
            plan.steps.append({file->version, file->name, file->sha256});
    }
    return plan;
}

Done writePlan(const QString &path, const PlanFile &plan, bool over)
{
    if (!over && QFileInfo::exists(path))
        return fail(ErrorKind::Io, u"exists"_s, u"%1 is there already"_s.arg(path), u"Name another file, or say --force to replace it."_s);
    return saveFile(path, QJsonDocument(plan.toJson()).toJson(QJsonDocument::Indented), 0644);
}

Result<PlanFile> readPlan(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fail(ErrorKind::Io, u"unreadable"_s, u"%1 can't be read: %2"_s.arg(path, file.errorString()));
    if (file.size() > mostBytes)
        return fail(ErrorKind::Client, u"bad_plan"_s, u"%1 is no plan: it is larger than any"_s.arg(path));
    const QJsonObject json = QJsonDocument::fromJson(file.readAll()).object();
    if (json.value("form"_L1).toString() != form)
        return fail(ErrorKind::Client, u"bad_plan"_s, u"%1 is no plan of this form (%2)"_s.arg(path, form), u"Make one: howdahctl migrate plan -o FILE"_s);
    auto snapshot = catalog::snapshotFromJson(json.value("snapshot"_L1).toObject());
    if (!snapshot)
        return fail(ErrorKind::Client, u"bad_plan"_s, u"%1 was changed: %2"_s.arg(path, snapshot.error().message), u"Make a new plan."_s);
    PlanFile plan;
    plan.made = QDateTime::fromString(json.value("made"_L1).toString(), Qt::ISODate);
    plan.by = json.value("by"_L1).toString();
    plan.systemIdentifier = json.value("system_identifier"_L1).toString();
    plan.database = json.value("database"_L1).toString();
    plan.serverVersion = json.value("server_version"_L1).toString();
    plan.searchPath = json.value("search_path"_L1).toString();
    plan.role = json.value("role"_L1).toString();
    plan.preview = json.value("preview"_L1).toObject();
    plan.previewMissing = json.value("preview_missing"_L1).toString();
    plan.snapshot = *std::move(snapshot);
    // A plan that was edited by hand is none.
    if (QString::fromLatin1(plan.snapshot.hash()) != json.value("snapshot_hash"_L1).toString() || plan.systemIdentifier.isEmpty())
        return fail(ErrorKind::Client, u"bad_plan"_s, u"%1 was changed: its schema is not of the hash that stands in it"_s.arg(path), u"Make a new plan."_s);
    const QJsonArray steps = json.value("migrations"_L1).toArray();
    for (const QJsonValue &one : steps) {
        const QJsonObject step = one.toObject();
        plan.steps.append({step.value("version"_L1).toString(), step.value("name"_L1).toString(), step.value("sha256"_L1).toString()});
    }
    return plan;
}

Result<QStringList> planDiffers(const PlanFile &plan, pg::Connection &target, const Folder &folder, const QStringList &pending, const RunOptions &options, const CancelToken &cancel)
{
    QStringList differs;
    const auto cluster = clusterOf(target, cancel);
    if (!cluster)
        return fail(cluster.error());
    if (*cluster != plan.systemIdentifier)
        differs << u"it was made for the cluster %1, and %2 is of %3"_s.arg(plan.systemIdentifier, target.spec().address(), *cluster);
    if (target.facts().database != plan.database)
        differs << u"it was made for the database %1, and this is %2"_s.arg(plan.database, target.facts().database);
    if (!differs.isEmpty())
        return differs; // of another database nothing else need be said
    if (options.searchPath != plan.searchPath || options.role != plan.role)
        differs << u"it was made with the search path %1 and the role %2"_s.arg(plan.searchPath, plan.role.isEmpty() ? u"of the session"_s : plan.role);
    for (const PlanFile::Step &step : plan.steps) {
        const File *file = folder.find(step.version);
        if (!file)
            differs << u"the file of %1 (%2) is gone"_s.arg(step.version, step.name);
        else if (file->sha256 != step.sha256)
            differs << u"%1 was edited since"_s.arg(file->name);
    }
    if (pending != plan.versions())
        differs << u"pending are %1, and planned were %2"_s.arg(pending.isEmpty() ? u"none"_s : pending.join(u", "_s), plan.versions().isEmpty() ? u"none"_s : plan.versions().join(u", "_s));
    const auto now = catalog::readSnapshot(target, cancel);
    if (!now)
        return fail(now.error());
    const auto changed = catalog::compare(plan.snapshot, *now);
    for (const catalog::Difference &one : changed)
        differs << one.text();
    return differs;
}

} // namespace howdah::migrations
