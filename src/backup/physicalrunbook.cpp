// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/physicalrunbook.h"

#include <QDateTime>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

QByteArray runbookOf(const Backup &backup)
{
    const QString stop = backup.stopMs == 0 ? u"the STOP TIME of the .backup file of that name in the archive"_s : QDateTime::fromMSecsSinceEpoch(backup.stopMs, Qt::UTC).toString(u"yyyy-MM-dd HH:mm:ss.zzz'+00'"_s);
    QString text = u"# Restoring %1 without Howdah\n\n"
                   "A %2 backup of the cluster %3, PostgreSQL %4. It is consistent from %5 (timeline %6) on, reached at %7; no earlier moment can be had from it.\n"
                   "All you need is the programs of PostgreSQL %8, this folder%9, and the archive of WAL segments that were written since.\n"
                   "Work on a copy, on another machine or in a container without a network: never where the live server's files are.\n\n"_s
                       .arg(backup.id, kindName(backup.kind), backup.systemIdentifier, backup.serverVersion, backup.stopLsn.text())
                       .arg(backup.timeline)
                       .arg(stop)
                       .arg(backup.serverVersionNum / 10000)
                       .arg(backup.parent.isEmpty() ? QString() : u", the folder %1 beside it"_s.arg(backup.parent));
    text += "1. Is it whole?\n\n"_L1;
    if (!backup.parent.isEmpty())
        text += u"       pg_verifybackup ../%1/data\n"_s.arg(backup.parent);
    text += u"       pg_verifybackup %1data\n"_s.arg(backup.tar ? u"-n "_s : QString());
    text += u"       sha256sum data/backup_manifest    # %1\n\n"_s.arg(QString::fromLatin1(backup.manifestSha256));
    text += "   Stop here where one of them complains: pg_combinebackup would make damage look sound.\n\n2. A data folder, NEW below:\n\n"_L1;
    if (backup.tar) {
        const QString pipe = backup.compression.isEmpty() ? u"tar -xf data/base.tar -C NEW"_s : u"zstd -dc data/base.tar.zst | tar -xf - -C NEW"_s;
        text += "       mkdir -m 700 NEW && "_L1 + pipe + "\n       tar -xf data/pg_wal.tar -C NEW/pg_wal\n\n"_L1
            + "   The other tar files are tablespaces, named by their number: unpack each into a new folder of its own, and write that folder's path into\n"
              "   NEW/tablespace_map before the first start, or two servers write into one folder.\n"_L1;
        if (!backup.parent.isEmpty())
            text += u"   Unpack %1 into OLD the same way, then: pg_combinebackup OLD NEW -o COMBINED, and go on with COMBINED.\n"_s.arg(backup.parent);
        text += u'\n';
    } else if (backup.parent.isEmpty()) {
        text += "       cp -a data NEW && chmod 700 NEW\n\n"_L1;
    } else {
        text += u"       pg_combinebackup ../%1/data data -o NEW    # ../%1/data unpacked first, where it holds tar files\n\n"_s.arg(backup.parent);
    }
    text += u"3. Where to stop. Into NEW/postgresql.auto.conf, WAL being the folder of the archive:\n\n"
            "       restore_command = 'cp \"WAL/%f\" \"%p\"'\n"
            "       recovery_target_time = '2026-01-31 14:02:12+00'   # with an offset, after %1, before the last commit there is WAL of\n"
            "       recovery_target_timeline = '%2'                   # a number, never 'latest': a clone may have left a branch in the archive\n"
            "       recovery_target_action = 'promote'\n"
            "       archive_mode = off                               # or it writes its own branch into the archive\n\n"
            "   Without a recovery_target the server starts at the first gap in the archive as if all were well. To have everything, set recovery_target_lsn\n"
            "   to the last COMMIT that pg_waldump -p WAL -t %2 -s %3 --rmgr=Transaction shows.\n\n"
            "4. touch NEW/recovery.signal, then start: pg_ctl -D NEW -o \"-c listen_addresses=''\" -w start. That it has started does not say that it has arrived:\n"
            "   its log names what it stopped before or after, and pg_is_in_recovery() is then false.\n\n"
            "5. Look before you believe: pg_amcheck -a, and after a stop pg_checksums --check -D NEW.\n\n"
            "The server's own configuration is in config/ (config/PLACES says where each file was): read it before it replaces yours.\n"_s
                .arg(stop)
                .arg(backup.timeline)
                .arg(backup.startLsn.text());
    return text.toUtf8();
}

} // namespace howdah::backup
