// SPDX-License-Identifier: GPL-3.0-or-later
// Whether a base backup is what was taken. By pg_verifybackup, and by what that passes over: another backup's manifest, a missing empty folder, a changed
// postgresql.auto.conf, a signal file, and of tar files the WAL. pg_combinebackup computes new checksums over whatever it reads, so every link of a
// chain is verified before it is combined. Blocking; any thread but the window's.
#pragma once

#include "backup/repository.h"

namespace howdah::backup
{

// `parent`: of an incremental, where it is at hand: that this is what it builds on. An error is that it could not be looked at, not that it is bad.
Result<Verification> verifyOne(const Repository &repository, const Backup &backup, const Backup *parent, const Progress &progress = {}, const CancelToken &cancel = {});

struct LinkVerdict {
    QString id;
    Verification verdict;
    bool kept = false; // in its record
};
// These of the catalogue, each kept in its record. Errors: Client/no_such_backup; one that is not complete is not looked at, and said to be bad.
Result<QVector<LinkVerdict>> verifyEach(const Repository &repository, const Catalogue &catalogue, const QStringList &ids, const Progress &progress = {}, const CancelToken &cancel = {});
// From the full one to `id`, each kept in its record; all are looked at, whatever the first ones are. Errors: those of Catalogue::chain.
Result<QVector<LinkVerdict>> verifyChain(const Repository &repository, const Catalogue &catalogue, const QString &id, const Progress &progress = {}, const CancelToken &cancel = {});

} // namespace howdah::backup
