// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/targets.h"

#include "base/savefile.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

namespace howdah::migrations
{

using namespace Qt::StringLiterals;

QString targetsFile(const QString &folder)
{
    return QDir::cleanPath(QDir(folder).absoluteFilePath(u"../targets.json"_s));
}

static tl::unexpected<Error> bad(const QString &path, const QString &what)
{
    return fail(ErrorKind::Client, u"bad_targets"_s, u"%1: %2"_s.arg(path, what), u"`howdahctl migrate pin NAME` writes it."_s);
}

Result<QVector<NamedTarget>> readTargets(const QString &folder)
{
    const QString path = targetsFile(folder);
    QFile file(path);
    if (!file.exists())
        return QVector<NamedTarget>();
    if (!file.open(QIODevice::ReadOnly))
        return fail(ErrorKind::Io, u"unreadable"_s, u"%1: %2"_s.arg(path, file.errorString()));
    QJsonParseError wrong;
    const QJsonDocument json = QJsonDocument::fromJson(file.readAll(), &wrong);
    if (!json.isObject())
        return bad(path, wrong.error == QJsonParseError::NoError ? u"it is no object"_s : wrong.errorString());
    QVector<NamedTarget> targets;
    const QJsonArray all = json.object().value("targets"_L1).toArray();
    for (const QJsonValue &value : all) {
        const QJsonObject one = value.toObject();
        const NamedTarget target{one.value("name"_L1).toString(), one.value("profile"_L1).toString(), one.value("cluster"_L1).toString(), one.value("database"_L1).toString(),
                                 one.value("role"_L1).toString(), one.value("search_path"_L1).toString()};
        if (target.name.isEmpty() || target.profile.isEmpty() || target.cluster.isEmpty())
            return bad(path, u"target %1 lacks its name, profile or cluster"_s.arg(targets.size() + 1));
        if (std::any_of(targets.cbegin(), targets.cend(), [&](const NamedTarget &other) { return other.name == target.name; }))
            return bad(path, u"two targets are named %1"_s.arg(target.name));
        targets.append(target);
    }
    return targets;
}

Done pinTarget(const QString &folder, const NamedTarget &target)
{
    auto targets = readTargets(folder);
    if (!targets)
        return fail(std::move(targets.error()));
    const auto same = std::find_if(targets->begin(), targets->end(), [&](const NamedTarget &one) { return one.name == target.name; });
    if (same != targets->end())
        *same = target;
    else
        targets->append(target);
    QJsonArray all;
    for (const NamedTarget &one : std::as_const(*targets)) {
        QJsonObject json{{u"name"_s, one.name}, {u"profile"_s, one.profile}, {u"cluster"_s, one.cluster}, {u"database"_s, one.database}};
        if (!one.role.isEmpty())
            json.insert(u"role"_s, one.role);
        if (!one.searchPath.isEmpty())
            json.insert(u"search_path"_s, one.searchPath);
        all.append(json);
    }
    return saveFile(targetsFile(folder), QJsonDocument(QJsonObject{{u"targets"_s, all}}).toJson(), 0644);
}

Result<NamedTarget> findTarget(const QString &folder, const QString &name)
{
    const auto targets = readTargets(folder);
    if (!targets)
        return fail(targets.error());
    QStringList names;
    for (const NamedTarget &one : *targets) {
        if (one.name == name)
            return one;
        names << one.name;
    }
    return fail(ErrorKind::Client, u"no_such_target"_s, u"There is no target %1; there are: %2"_s.arg(name, names.isEmpty() ? u"none"_s : names.join(u", "_s)),
                u"`howdahctl --profile PROFILE migrate pin %1` makes one."_s.arg(name));
}

} // namespace howdah::migrations
