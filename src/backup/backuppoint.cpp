// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/backuppoint.h"

namespace howdah::backup
{

using namespace Qt::StringLiterals;

QVector<BackupPoint> pointsOf(const Catalogue &catalogue, const Inventory &inventory)
{
    QVector<BackupPoint> points;
    for (const Backup &backup : catalogue.backups) {
        if (backup.kind == BackupKind::Dump)
            continue;
        BackupPoint point;
        point.id = backup.id;
        point.timeline = backup.timeline;
        point.start = backup.startLsn;
        point.stop = backup.stopLsn;
        point.holdsWal = backup.holdsWal;
        point.settings = backup.settings;
        // Not before the true end, whoever says it: the archive's label cuts it to the second, our own record is a little late.
        const auto label = inventory.backupEnds.constFind({backup.timeline, backup.startLsn});
        const qint64 latest = label == inventory.backupEnds.cend() ? 0 : *label + 999'999;
        point.stopUs = backup.stopMs == 0 || (latest != 0 && latest < backup.stopMs * 1000) ? latest : backup.stopMs * 1000;
        const auto chain = catalogue.chain(backup.id);
        if (!chain)
            point.why = chain.error().message;
        else if (!inventory.systemIdentifier.isEmpty() && backup.systemIdentifier != inventory.systemIdentifier)
            point.why = u"it is of another cluster (%1)"_s.arg(backup.systemIdentifier);
        else if (point.stopUs == 0)
            point.why = u"nobody knows when it ended: neither its record nor the archive tells"_s;
        else if (point.stop < point.start || point.start.isNone())
            point.why = u"it does not tell where it begins and ends in WAL"_s;
        for (const Backup *link : chain.value_or(QVector<const Backup *>())) {
            if (point.why.isEmpty() && !link->isUsable())
                point.why = link == chain->constLast() ? u"it is bad: %1"_s.arg(link->verified.words) : u"%1, which it builds on, is bad: %2"_s.arg(link->id, link->verified.words);
        }
        point.usable = point.why.isEmpty();
        points.append(point);
    }
    return points;
}

} // namespace howdah::backup
