// SPDX-License-Identifier: GPL-3.0-or-later
// The two files by which a base backup says what it is: backup_manifest (JSON, by pg_basebackup) and backup_label. Read from wherever a backup lies, so
// not believed: what is not understood is an error, never a default. Pure, any thread.
#pragma once

#include "backup/walname.h"
#include "base/result.h"

#include <QVector>

#include <optional>

namespace howdah::backup
{

// WAL without which the backup is not consistent.
struct WalRange {
    Timeline timeline = 0;
    Lsn start;
    Lsn end;
};

struct BackupManifest {
    int version = 0;          // 1 before PostgreSQL 17
    QString systemIdentifier; // empty: version 1 does not say
    qint64 files = 0;
    qint64 bytes = 0;         // of these files
    QString checksumAlgorithm; // "SHA256"; "mixed"; empty: none
    QVector<WalRange> wal;    // oldest first
    QByteArray autoConfSha256; // hex, of postgresql.auto.conf, which pg_verifybackup passes over; empty: not told
    bool incremental = false; // some of its files are INCREMENTAL.*
    // Its own checksum is compared. Errors: Io/bad_manifest.
    static Result<BackupManifest> parse(const QByteArray &bytes);
};

struct BackupLabel {
    Lsn start;
    Timeline timeline = 0;
    QString segment;     // "000000010000000000000002"
    QString label;
    std::optional<qint64> startMs; // Unix time; nullopt where the server's log_timezone is none that names itself without doubt
    std::optional<qint64> stopMs;  // of a backup history file in the archive; a backup in the archive's own clock's whole second
    std::optional<Lsn> stop;       // likewise
    std::optional<Lsn> incrementalFrom;
    Timeline incrementalFromTimeline = 0;
    // Of backup_label and of N24.XXXXXXXX.backup. nullopt: neither.
    static std::optional<BackupLabel> parse(const QByteArray &text);
};

} // namespace howdah::backup
