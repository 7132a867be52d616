// SPDX-License-Identifier: GPL-3.0-or-later
// The history of measured values: one row a sample and series key, as opaque JSON of named numbers, so that a new metric needs no new
// column. A gap is the absence of rows. Functions of a Store, on its thread.
#pragma once

#include "store/store.h"

#include <QJsonObject>
#include <QVector>

namespace howdah::store
{

struct StoredSample {
    qint64 atMs = 0;      // Unix time by the server's clock
    QJsonObject values;
};

// `source` names a server and what was sampled: "<profile uuid>/overview".
Done appendSamples(Store &store, const QString &source, const QVector<StoredSample> &samples); // one transaction, durable on return
Result<QVector<StoredSample>> readSamples(Store &store, const QString &source, qint64 fromMs, qint64 toMs, int maxRows = 100'000);
// Thins what is older than each limit to one sample in 10 s, 60 s and drops after keepMs. Returns the rows removed.
Result<qint64> thinSamples(Store &store, const QString &source, qint64 nowMs);
Result<qint64> dropSamples(Store &store, const QString &source, qint64 beforeMs); // returns the rows removed
Done removeSamples(Store &store, const QString &profileId); // of all its sources, with their profile

} // namespace howdah::store
