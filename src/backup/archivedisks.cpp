// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/archivewatch.h"

#include <QRegularExpression>

#include <sys/sysmacros.h>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

QString partName(DiskFacts::Part part)
{
    switch (part) {
    case DiskFacts::Part::Data: return u"data"_s;
    case DiskFacts::Part::Wal: return u"WAL"_s;
    case DiskFacts::Part::Archive: return u"archive"_s;
    case DiskFacts::Part::Backups: return u"backups"_s;
    }
    return {};
}

// "/sys/devices/…/block/sda/sda1" -> "sda". What lies on others (dm-0, md0) or on none (0:31) is not told.
static QString diskOf(const QString &sysPath)
{
    static const QRegularExpression disk(u"/block/([^/]+)(?:/[^/]+)?$"_s), onOthers(u"^(?:dm-|md|loop|zram|nbd|rbd|drbd|bcache)"_s);
    const QString name = disk.match(sysPath).captured(1);
    return name.contains(u':') || onOthers.match(name).hasMatch() ? QString() : name;
}

Result<QVector<DiskFacts>> readDisks(const Toolbox &toolbox, const QVector<std::pair<DiskFacts::Part, QString>> &places, const CancelToken &cancel)
{
    QVector<DiskFacts> disks;
    for (const auto &[part, path] : places) {
        DiskFacts one;
        one.part = part;
        one.path = path;
        // pg_wal may be a link to another disk: what counts is where it leads.
        const auto device = toolbox.run({u"stat"_s, {u"-L"_s, u"--format=%d"_s, u"--"_s, path}, {}}, cancel);
        if (!device)
            return fail(device.error());
        const auto space = toolbox.run({u"df"_s, {u"--block-size=1"_s, u"--output=size,avail"_s, u"--"_s, path}, {}}, cancel);
        if (!space)
            return fail(space.error());
        bool is = false;
        const quint64 number = device->output.trimmed().toULongLong(&is);
        if (device->exitCode != 0 || !is) {
            one.unknown = QString::fromUtf8(device->errors.trimmed()).section(u'\n', 0, 0);
            if (one.unknown.isEmpty())
                one.unknown = u"%1 can't be looked at"_s.arg(path);
            disks.append(one);
            continue;
        }
        one.device = number;
        const auto sys = toolbox.run({u"readlink"_s, {u"-f"_s, u"/sys/dev/block/%1:%2"_s.arg(gnu_dev_major(number)).arg(gnu_dev_minor(number))}, {}}, cancel);
        if (sys && sys->exitCode == 0)
            one.disk = diskOf(QString::fromUtf8(sys->output.trimmed()));
        const QList<QByteArray> lines = space->output.trimmed().split('\n');
        const QList<QByteArray> figures = lines.constLast().simplified().split(' ');
        bool total = false, free = false;
        if (space->exitCode == 0 && lines.size() == 2 && figures.size() == 2) {
            const qint64 all = figures.at(0).toLongLong(&total), left = figures.at(1).toLongLong(&free);
            if (total && all > 0)
                one.totalBytes = all;
            if (free)
                one.freeBytes = left;
        }
        disks.append(one);
    }
    return disks;
}

} // namespace howdah::backup
