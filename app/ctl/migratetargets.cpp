// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/migratetargets.h"

#include "ctl/migraterun.h"
#include "migrations/targets.h"

#include <QJsonArray>
#include <QMap>

#include <cstdio>

namespace howdah::ctl
{

using namespace Qt::StringLiterals;
using namespace howdah::migrations;

Result<MigrateOptions> atTarget(Ctl &ctl, const MigrateOptions &options, const QString &name)
{
    const auto target = findTarget(folderOf(options), name);
    if (!target)
        return fail(target.error());
    ctl.useProfile(target->profile);
    MigrateOptions there = options;
    there.target = name.toStdString();
    there.cluster = target->cluster.toStdString();
    there.database = target->database.toStdString();
    if (!target->role.isEmpty())
        there.role = target->role.toStdString();
    if (!target->searchPath.isEmpty())
        there.searchPath = target->searchPath.toStdString();
    return there;
}

Result<Answer> pin(Ctl &ctl, const MigrateOptions &options)
{
    if (!ctl.url.empty())
        return fail(ErrorKind::Client, u"usage"_s, u"A target is a saved server: name it with --profile"_s, u"`howdahctl profile add` saves one."_s);
    auto connection = ctl.connect(Ctl::Link::Profile);
    if (!connection)
        return fail(std::move(connection.error()));
    (void)(*connection)->readIdentity(ctl.cancel());
    const QString cluster = (*connection)->identity().systemIdentifier;
    if (cluster.isEmpty())
        return fail(ErrorKind::Permission, u"identity_unknown"_s, u"%1 does not tell which cluster it is"_s.arg((*connection)->spec().address()), u"To permit it: GRANT EXECUTE ON FUNCTION pg_control_system() TO the role."_s);
    const NamedTarget target{QString::fromStdString(options.word), QString::fromStdString(ctl.profileName), cluster, (*connection)->facts().database, QString::fromStdString(options.role),
                             options.searchPath == "public" ? QString() : QString::fromStdString(options.searchPath)};
    if (Done pinned = pinTarget(folderOf(options), target); !pinned)
        return fail(std::move(pinned.error()));
    return Answer{{{u"target"_s, target.name}, {u"profile"_s, target.profile}, {u"cluster"_s, cluster}, {u"database"_s, target.database}, {u"file"_s, targetsFile(folderOf(options))}},
                  u"%1 is database %2 of cluster %3 (%4)\n"_s.arg(target.name, target.database, cluster, target.profile), ExitCode::Success};
}

Result<Answer> targets(Ctl &ctl, const MigrateOptions &options)
{
    const auto named = readTargets(folderOf(options));
    if (!named)
        return fail(named.error());
    QJsonArray json;
    QMap<QString, QMap<QString, QString>> cells; // by name of a migration, by target
    QString problems;
    for (const NamedTarget &target : *named) {
        QJsonObject one{{u"name"_s, target.name}, {u"profile"_s, target.profile}, {u"cluster"_s, target.cluster}, {u"database"_s, target.database}};
        const auto there = atTarget(ctl, options, target.name);
        auto stand = there ? standOf(ctl, *there, Ctl::Link::Profile) : Result<Stand>(fail(there.error()));
        if (stand) {
            one.insert(u"state"_s, stand->state.toJson());
            for (const Entry &entry : stand->state.entries)
                cells[entry.name.isEmpty() ? entry.version : entry.name][target.name] = standingText(entry.standing);
        } else {
            one.insert(u"error"_s, stand.error().toJson());
            problems += u"%1: %2\n"_s.arg(target.name, stand.error().text());
        }
        json.append(one);
    }
    QString text = QString().leftJustified(48);
    for (const NamedTarget &target : *named)
        text += u"  "_s + target.name.leftJustified(22);
    text += u'\n';
    for (auto row = cells.cbegin(); row != cells.cend(); ++row) {
        text += row.key().leftJustified(48);
        for (const NamedTarget &target : *named)
            text += u"  "_s + row.value().value(target.name, u"not known"_s).leftJustified(22);
        text += u'\n';
    }
    if (named->isEmpty())
        text = u"No target is named: `howdahctl --profile PROFILE migrate pin NAME` names one\n"_s;
    return Answer{{{u"targets"_s, json}}, text + problems, problems.isEmpty() ? ExitCode::Success : ExitCode::Failed};
}

Result<Answer> upOnTargets(Ctl &ctl, const MigrateOptions &options, const Upwards &wanted)
{
    const QStringList names = QString::fromStdString(options.target).split(u',', Qt::SkipEmptyParts);
    QJsonArray json;
    Answer all{{}, {}, ExitCode::Success};
    for (const QString &name : names) {
        if (Result<NamedTarget> known = findTarget(folderOf(options), name); !known) // before the first is touched
            return fail(std::move(known.error()));
    }
    for (const QString &name : names) {
        const auto there = atTarget(ctl, options, name);
        if (!there)
            return fail(there.error());
        if (names.size() > 1)
            std::fprintf(stderr, "== %s\n", qPrintable(name));
        auto went = goUp(ctl, *there, wanted, false);
        if (names.size() == 1)
            return went;
        QJsonObject one = went ? went->json : QJsonObject{{u"error"_s, went.error().toJson()}};
        one.insert(u"target"_s, name);
        json.append(one);
        all.text += u"== %1\n%2"_s.arg(name, went ? went->text : went.error().text() + u'\n');
        all.exit = went ? went->exit : went.error().kind == ErrorKind::Client ? ExitCode::Usage : exitCodeOf(went.error());
        if (all.exit != ExitCode::Success) {
            const QStringList left = names.mid(names.indexOf(name) + 1);
            if (!left.isEmpty())
                all.text += u"Not begun, since %1 failed: %2\n"_s.arg(name, left.join(u", "_s));
            break;
        }
    }
    all.json = {{u"targets"_s, json}};
    return all;
}

} // namespace howdah::ctl
