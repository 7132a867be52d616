// SPDX-License-Identifier: GPL-3.0-or-later
// The backups of a place as rows, the newest on top. A state is green only where it was looked at: what was never verified is a ring. Pure but for the words' zone.
#pragma once

#include "ui/backup/backupreading.h"
#include "ui/widgets/keyedmodel.h"

namespace howdah::ui
{

struct BackupStanding {
    QString word;  // "complete", "being written", "incomplete", "orphan", "damaged", "not readable"
    QString why;   // empty: nothing to be said
    StateLook look = StateLook::Unknown;
};
BackupStanding standingOf(const backup::Catalogue &catalogue, const backup::Backup &backup);
QString verifiedText(const backup::Verification &verified, qint64 nowMs); // "good, 2 h ago", "never"
QString chainText(const backup::Catalogue &catalogue, const backup::Backup &backup);
QString kindWord(backup::BackupKind kind);
qint64 takenMs(const backup::Backup &backup); // as of which moment its content is; 0: not known
QString zonedTime(qint64 ms);  // in the user's zone, with its offset, to the second
QString zonedTip(qint64 ms);   // the same in milliseconds, and UTC

QVector<KeyedColumn> backupColumns();
QVector<KeyedRow> backupRows(const BackupReading &reading, qint64 nowMs);

} // namespace howdah::ui
