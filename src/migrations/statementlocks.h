// SPDX-License-Identifier: GPL-3.0-or-later
// What one statement locks and for whom that is in the way: by its words, and by what was measured on PostgreSQL 18. What a function or a DO block does
// no words tell. Pure, any thread.
#pragma once

#include <QByteArray>
#include <QString>
#include <QVector>

namespace howdah::migrations
{

struct StatementLock {
    QString relation; // as the statement names it
    QString mode;     // "SHARE UPDATE EXCLUSIVE"
    QString blocks;   // "writes": what of others waits for it
    bool scans = false;    // the table is read while it is held
    bool rewrites = false; // it is written anew
};
// The strongest first; empty: none, or not known.
QVector<StatementLock> locksOf(const QByteArray &statement);

} // namespace howdah::migrations
