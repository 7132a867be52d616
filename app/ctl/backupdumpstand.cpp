// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/backupdumpstand.h"

#include "stack/record.h"

#include <QDir>
#include <QFileInfo>

namespace howdah::ctl
{

using namespace Qt::StringLiterals;

namespace
{

// Where it is known: of the profile's stack, else of the usual one.
QString imageOf(const QString &stackName)
{
    const auto record = stack::readRecord(stackName.isEmpty() ? u"howdah"_s : stackName);
    return record && record->exists && record->backend == stack::Backend::Docker ? record->image : QString();
}

Result<DumpStand> standOf(Ctl &ctl, const QString &folder, const QString &role, const QString &database)
{
    DumpStand stand;
    auto target = ctl.target();
    if (!target)
        return fail(std::move(target.error()));
    stand.profile = target->profile;
    auto own = ctl.connect();
    if (!own)
        return fail(std::move(own.error()));
    const QString as = role.isEmpty() ? stand.profile.spec.role : role;
    const pg::ConnectionSpec spec = (*own)->spec().withRole(as).withDatabase(database.isEmpty() ? (*own)->facts().database : database);
    const auto prepared = ctl.prepared(as);
    if (!prepared)
        return fail(prepared.error());
    if (spec == (*own)->spec()) {
        stand.link = std::move(*own);
    } else {
        auto link = pg::Connection::open(spec, prepared->secret, ctl.cancel(), {}, prepared->via);
        if (!link)
            return fail(std::move(link.error()).during(u"connect as %1 to %2"_s.arg(as, spec.database)));
        stand.link = std::move(*link);
    }
    const QString stack = stand.profile.stack;
    auto place = folder.isEmpty() ? backup::openDumpOfStack(stack, as, spec.database, ctl.progress(), ctl.cancel())
                                  : backup::openDumpFolder(folder, stand.link->facts().serverVersionNum / 10000, imageOf(stack), spec, *prepared, ctl.progress(), ctl.cancel());
    if (!place)
        return fail(std::move(place.error()));
    stand.place = std::move(*place);
    return stand;
}

Result<QString> stackOf(Ctl &ctl, const DumpVerbOptions &options, const QString &flag)
{
    const auto target = ctl.target();
    if (!target)
        return fail(target.error());
    if (target->profile.stack.isEmpty() && options.folder.empty())
        return fail(ErrorKind::Client, u"usage"_s, u"%1 is no stack of this machine: name a folder for its dumps"_s.arg(target->profile.spec.address()), flag + " FOLDER"_L1);
    return target->profile.stack;
}

} // namespace

QStringList wordsOf(const std::vector<std::string> &words)
{
    QStringList list;
    for (const std::string &word : words)
        list << QString::fromStdString(word);
    return list;
}

Result<DumpStand> dumpStandOf(Ctl &ctl, const DumpVerbOptions &options)
{
    const auto stack = stackOf(ctl, options, u"--to"_s);
    if (!stack)
        return fail(stack.error());
    // The one that reads every row past row security.
    const QString role = !options.role.empty() ? QString::fromStdString(options.role) : stack->isEmpty() ? QString() : u"howdah_backup"_s;
    return standOf(ctl, QString::fromStdString(options.folder), role, QString::fromStdString(options.database));
}

std::optional<DumpPath> dumpPathOf(const QString &word)
{
    if (!word.contains(u'/') && !QFileInfo::exists(word))
        return std::nullopt;
    const QFileInfo file(QDir::cleanPath(QDir::current().absoluteFilePath(word)));
    const QString path = file.absoluteFilePath();
    const QString id = file.fileName();
    if (backup::isId(id) && path.section(u'/', -2, -2) == "dump"_L1)
        return DumpPath{path.section(u'/', 0, -3), path, id};
    return DumpPath{file.absolutePath(), path, {}};
}

Result<DumpStand> restoreStandOf(Ctl &ctl, const DumpVerbOptions &options)
{
    const auto path = dumpPathOf(QString::fromStdString(options.word));
    const QString folder = path ? path->folder : QString::fromStdString(options.folder);
    const auto stack = path ? Result<QString>(QString()) : stackOf(ctl, options, u"--in"_s);
    if (!stack)
        return fail(stack.error());
    if (!folder.isEmpty())
        return standOf(ctl, folder, QString::fromStdString(options.role), {});
    // By the socket of the stack's own container, where a superuser needs no password.
    DumpStand stand;
    auto target = ctl.target();
    if (!target)
        return fail(std::move(target.error()));
    stand.profile = target->profile;
    auto place = backup::openDumpOfStack(*stack, options.role.empty() ? u"postgres"_s : QString::fromStdString(options.role), u"postgres"_s, ctl.progress(), ctl.cancel());
    if (!place)
        return fail(std::move(place.error()));
    stand.place = std::move(*place);
    return stand;
}

Result<backup::DumpSource> openWanted(Ctl &ctl, const DumpVerbOptions &options, const backup::PhysicalPlace &place)
{
    const QString word = QString::fromStdString(options.word);
    const auto path = dumpPathOf(word);
    if (path && path->id.isEmpty())
        return backup::openDumpAt(*place.toolbox, path->path, ctl.cancel());
    const QString id = path ? path->id : word;
    const auto catalogue = place.repository->list(ctl.cancel());
    if (!catalogue)
        return fail(catalogue.error());
    const backup::Backup *backup = catalogue->find(id);
    if (!backup)
        return fail(ErrorKind::Client, u"no_such_backup"_s, u"There is no backup %1 in %2"_s.arg(id, place.repository->name()), u"howdahctl backup list"_s);
    return backup::openDump(*place.repository, *backup, options.readThrough, ctl.progress(), ctl.cancel());
}

} // namespace howdah::ctl
