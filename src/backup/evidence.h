// SPDX-License-Identifier: GPL-3.0-or-later
// The evidence of a recovery: what it was made from (hashes of the manifests and of each WAL segment that was replayed), what it aimed at and where it stopped,
// what was checked, compared, brought back or swapped, and what it cost in time and in commits. Kept in <data folder>/evidence/<rehearsal>.json from the
// rehearsal on, added to by whoever goes on with it, and there when the copy is gone. No secret. What was not measured is said to be so. Blocking; any thread
// but the window's.
#pragma once

#include "backup/rehearsal.h"
#include "backup/stand.h"

namespace howdah::backup
{

struct EvidenceBackup { // one link of the chain
    QString id, kind;
    QByteArray manifestSha256; // hex; empty: nobody recorded it
    Timeline timeline = 0;
    Lsn start, stop;
    bool verified = false;     // by pg_verifybackup, at some time before
};

struct EvidenceSegment {
    QString file;
    qint64 bytes = 0;
    QByteArray sha256; // hex, of the file as it lies in the archive
};

struct EvidenceEvent {
    qint64 atMs = 0;
    QString what;      // "compare", "rescue", "swap", "rollback"
    QString words;     // for people
    QJsonObject facts; // what the service told
};

struct Evidence {
    QString rehearsal;        // id
    QString target;           // as it was asked for
    QString systemIdentifier;
    QString repository, archive; // where backups and WAL lay
    bool inputsKnown = false; // else the rehearsal was made where nobody recorded them
    QVector<EvidenceBackup> chain;
    QVector<EvidenceSegment> segments; // in the order of replay
    QJsonObject verdict, outcome;      // Verdict and Rehearsal as they tell themselves; outcome empty: it failed, or is not finished
    QString failed;                    // why it failed
    std::optional<qint64> lastArchivedUs; // of the newest commit that the archive had when it was rehearsed
    qint64 atMs = 0;
    std::optional<qint64> lost;        // commits behind the target that are not in the copy
    QVector<EvidenceEvent> events;     // in their order

    std::optional<qint64> recoveryMs() const; // RTO as measured: copy and replay
    std::optional<qint64> exposedMs() const;  // RPO as measured: between the newest commit in the archive and the rehearsal
    QJsonObject toJson() const;
    static Result<Evidence> fromJson(const QJsonObject &json); // Client/bad_record
    QString toMarkdown() const;
};

// Before the rehearsal: all that it will be made from.
Evidence evidenceOf(const Stand &stand, const PhysicalPlace &place, const QString &target, const Verdict &verdict, const QString &rehearsal, qint64 nowMs);
void conclude(Evidence &evidence, const Result<Rehearsal> &rehearsed);

Done keepEvidence(const Evidence &evidence);
Result<Evidence> readEvidence(const QString &rehearsal); // Client/no_such_report
Result<QStringList> keptEvidence();                      // ids, oldest first
// Added to what is kept; where nothing is, a record that says so is begun. `rehearsal` empty: of none of ours, and nothing is kept.
Done addEvidence(const QString &rehearsal, const EvidenceEvent &event);
// <rehearsal>.md and <rehearsal>.json in that folder, readable by us alone; their paths.
Result<QStringList> writeReport(const Evidence &evidence, const QString &folder);

} // namespace howdah::backup
