// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/backupdumpstand.h"

#include <QDir>
#include <QFileInfo>

namespace howdah::ctl
{

using namespace Qt::StringLiterals;

namespace
{

Result<DumpStand> named(const session::Profile &profile, Result<backup::DumpStand> stand, const QString &flag)
{
    if (!stand && stand.error().reason == "no_place"_L1)
        return fail(ErrorKind::Client, u"usage"_s, u"%1 is no stack of this machine: name a folder for its dumps"_s.arg(profile.spec.address()), flag + " FOLDER"_L1);
    if (!stand)
        return fail(std::move(stand.error()));
    return DumpStand{*std::move(stand), profile};
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
    const auto target = ctl.target();
    if (!target)
        return fail(target.error());
    const backup::StandChoice choice{target->profile, QString::fromStdString(options.folder), {}};
    return named(target->profile, backup::openDumpStand(choice, QString::fromStdString(options.role), QString::fromStdString(options.database), seamsOf(ctl), ctl.progress(), ctl.cancel()), u"--to"_s);
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
    const auto target = ctl.target();
    if (!target)
        return fail(target.error());
    const backup::StandChoice choice{target->profile, path ? path->folder : QString::fromStdString(options.folder), {}};
    return named(target->profile, backup::openRestoreStand(choice, QString::fromStdString(options.role), seamsOf(ctl), ctl.progress(), ctl.cancel()), u"--in"_s);
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
