// SPDX-License-Identifier: GPL-3.0-or-later
// What the wizard's services find, as values: of the backups and the archive, of transactions in WAL, of one moment. Pure, any thread.
#pragma once

#include "backup/changenames.h"
#include "backup/preflight.h"
#include "backup/stand.h"
#include "ui/backup/stripvalues.h"
#include "ui/widgets/stateword.h"

namespace howdah::ui
{

// Of the place, as it was read.
struct WizardFacts {
    QString repository;   // "volume howdah_archive"
    QString archive;      // "/archive (volume howdah_archive)"
    QString image;
    QString systemIdentifier;
    qint64 readMs = 0;    // Unix time
    qsizetype segments = 0;
    quint64 segmentSize = 0;
    backup::Catalogue catalogue;
    QVector<backup::BackupPoint> points;
    QVector<backup::Island> islands;
    QVector<backup::Gap> gaps;
    QVector<backup::WalEvent> restorePoints; // by time
    QStringList problems;
    StripValues strip;
    backup::Branches branches; // that reach on
};
WizardFacts factsOf(const backup::Stand &stand, const backup::PhysicalPlace &place, qint64 nowMs);
QString islandText(const backup::Island &island); // "timeline 1: from … to …"
QString gapText(const backup::Gap &gap, quint64 segmentSize);

struct FindWanted {
    enum class Kind { Any, Deleted, Updated, Inserted, Dropped };
    QString table;      // schema.table; empty: all
    Kind kind = Kind::Any;
    qint64 fromUs = 0, toUs = 0; // 0: no bound
    backup::Timeline timeline = 0; // 0: the only branch, or the one that live is on
    int most = 500;
};
struct FoundTable {
    QString name; // or its file's number where no name is known
    backup::RowCounts rows;
};
struct FoundTransaction {
    quint32 xid = 0;
    backup::Lsn commit;
    qint64 atUs = 0;
    QVector<FoundTable> tables;
    QStringList dropped; // truncated, dropped or rewritten
    QString text() const; // "DELETE of 4,000 rows of public.orders"
    quint64 deleted() const, updated() const, inserted() const;
};
struct Found {
    QVector<FoundTransaction> transactions; // by time
    quint64 committed = 0; // in that time, in all
    bool isComplete = true;
    bool isNamed = true;   // the server told which table lies in which file
    backup::Timeline timeline = 1;
};
// Catalogs and TOAST are left out, and what is then empty, and what is not of that kind.
Found foundOf(const backup::Changes &changes, const backup::RelationNames &names, bool named, backup::Timeline timeline, FindWanted::Kind kind);

// One line of the pre-flight.
struct Finding {
    StateLook look = StateLook::Unknown;
    QString name;
    QString words;
    QString word = {}; // beside the shape; empty: what the shape says
};
// What backup::preflight() saw, in the window's words: not looked at is Unknown.
Finding findingOf(const backup::PreflightCheck &check);
QVector<Finding> preflightOf(const WizardFacts &facts, const backup::Verdict &verdict, const backup::RehearsalPlan *plan, const QVector<backup::PreflightCheck> &checks);

// Of one moment.
struct Judged {
    backup::PitrTarget target;
    backup::Verdict verdict;
    std::optional<backup::RehearsalPlan> plan; // of a good one
    QVector<Finding> findings;
    QString hindrance() const; // the first of them that a rehearsal would be refused for; empty: none
    // What was committed behind the last commit that is kept, by table.
    QVector<FoundTable> lost;
    QStringList lostFiles; // truncated, dropped or rewritten behind it
    bool lostKnown = false; // all of it is in `lost`
};

} // namespace howdah::ui
