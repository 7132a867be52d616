// SPDX-License-Identifier: GPL-3.0-or-later
// A trial's remedies as migrations: indexes CONCURRENTLY, outside of a transaction, named, and with the way back. Pure, but for writeDraft(), which is
// called only by who was asked to. Any thread.
#pragma once

#include "migrations/generate.h"
#include "trial/trial.h"

namespace howdah::trial
{

struct Draft {
    QVector<migrations::GeneratedFile> files; // in the order they run
    QString purpose;    // of each: what was measured
    QStringList left;   // what is no migration's, each with where it belongs instead
    bool isEmpty() const { return files.isEmpty(); }
};
// `made` of HypoPG's trials has no names that count: the usual ones are taken. Errors: those of withName().
Result<Draft> draftOf(const Trial &trial);
// "add_index_orders_customer_id": as the file's name will have it behind the time.
QString slugOf(const migrations::GeneratedFile &file);
QByteArray textOf(const Draft &draft, const migrations::GeneratedFile &file);
// Their paths. Errors: those of migrations::writeGenerated().
Result<QStringList> writeDraft(const Draft &draft, const QString &folder, qint64 nowMs);

} // namespace howdah::trial
