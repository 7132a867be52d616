// SPDX-License-Identifier: GPL-3.0-or-later
// What can be known before a rehearsal starts: whether backup, archive, tools and image fit each other and there is room. Read by PostgreSQL's own programs in a
// container that sees the places for reading only. Blocking; any thread but the window's.
#pragma once

#include "backup/rehearsal.h"

namespace howdah::backup
{

struct PreflightCheck {
    QString code;  // "chain", "version", "minor", "cluster", "segments", "settings", "libraries", "space"
    std::optional<bool> good; // nullopt: it could not be looked at, which is no hindrance but is said
    QString words;
    QJsonObject toJson() const;
};
// Errors: those of the toolbox (Tool/no_tools where the image is of another major), of reading.
Result<QVector<PreflightCheck>> preflight(const RehearsalChoice &choice, const Progress &progress = {}, const CancelToken &cancel = {});
// Client/preflight with what is not good; none is good.
Done preflightIsGood(const QVector<PreflightCheck> &checks);

// `copy`: what it takes, nullopt: not known. It is refused where `keptFree` would not stay free; pure.
PreflightCheck spaceCheck(std::optional<qint64> copy, qint64 replay, qint64 keptFree, std::optional<qint64> free);
// WAL is best replayed by the very version that wrote it: another minor one is no hindrance, and said. Pure.
PreflightCheck minorCheck(const Backup &backup, const QString &image, const QString &version, int versionNum);
// "'a, $libdir/b'" of "shared_preload_libraries = 'a, $libdir/b'": the last that counts; of none empty.
QStringList preloadedLibraries(const QByteArray &configuration);

} // namespace howdah::backup
