// SPDX-License-Identifier: GPL-3.0-or-later
// A rescue's two transactions and what waits in live's temporary tables: staged and measured for the plan, the same again and written for the run. For this
// room alone. Blocking.
#pragma once

#include "backup/compareside.h"
#include "backup/rescue.h"

namespace howdah::backup
{

struct RescueStatements {
    QByteArray stage, copyOut, sourceSums, copyIn, analyze, sums, dropEqual, counts, keepMissing, keepChanged, keepNamed, overwritten, update, insert, verify, came, altered, patience, lock;
};

struct ForeignKey {
    QString name, referencedName;
    quint32 referenced = 0;
    bool deferrable = false, partial = false, period = false;
    QByteArray dangling, remaining, hold; // empty where it is partial
    QString whyPartial() const { return period ? QStringLiteral("it is of ranges of time") : QStringLiteral("not all of its columns are brought back"); }
};

struct RescueSequence {
    QString name;
    bool owned = false;
    QByteArray reached, behind, hold, advance;
};

struct Staged {
    RescueTablePlan plan;
    const TableFacts *live = nullptr;
    const TableFacts *rehearsed = nullptr;
    CommonTable common;
    QString temporary;
    RescueStatements statements;
    QVector<ForeignKey> foreignKeys;
    QVector<RescueSequence> sequences;
};

class RescueWork
{
public:
    RescueWork(pg::Connection &live, pg::Connection &rehearsed, const RescueChoice &choice, const Progress &progress, const CancelToken &cancel)
        : m_live(live, cancel), m_rehearsed(rehearsed, cancel), m_choice(choice), m_progress(progress)
    {
    }

    // Both transactions begun, the rows in live's temporary tables, all that can be known of them in `plan`. `first`: on live, before its snapshot is taken.
    Done stage(RescuePlan &plan, const QByteArrayList &first = {});
    // After stage(), to the COMMIT.
    Result<RescueOutcome> write();

private:
    Done judge(const RescueTable &wanted, Staged &staged, RescuePlan &plan); // what speaks against it before any row is read
    Done fetch(Staged &staged);
    Done measure(Staged &staged, RescuePlan &plan);
    Done lookForAltered(Staged &staged, RescuePlan &plan); // values that live's types can't hold as they were
    Done lookForFollowers(Staged &staged, RescuePlan &plan); // who refers to what is overwritten
    Done readForeignKeys();
    Done lookForDangling(RescuePlan &plan);
    void sortByReference(RescuePlan &plan);
    void putIntoWords(RescuePlan &plan) const;
    bool isOverwriting(const RescueTable &wanted) const { return wanted.rows != RescueTable::Rows::Missing && m_choice.conflict == RescueChoice::Conflict::Overwrite; }

    Result<RescueOutcome::Table> writeTable(const Staged &staged);
    Done holdReferences();
    Done verify(const Staged &staged, RescueOutcome::Table &table);
    Done advanceSequences(RescueOutcome &outcome);
    Result<RescueOutcome> commit(RescueOutcome outcome);
    void tell(const QString &step, const TableName &table, qint64 done = 0, const QString &unit = {}) const;

    Side m_live, m_rehearsed;
    const RescueChoice m_choice;
    const Progress m_progress;
    QVector<Staged> m_staged; // in the order of writing
};

} // namespace howdah::backup
