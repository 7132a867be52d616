// SPDX-License-Identifier: GPL-3.0-or-later
// Keeps the samples of one source: a row a tick, durable one after the other; what a store that can't be written does not take is kept in
// memory, bounded, and tried again with the next; old rows are thinned once an hour. Lives on its maker's thread (the window's).
#pragma once

#include "store/samples.h"
#include "store/storeworker.h"

#include <QObject>

namespace howdah::store
{

class SampleKeeper : public QObject
{
    Q_OBJECT
public:
    // The worker outlives this; null: nothing is kept.
    SampleKeeper(StoreWorker *store, QString source, QObject *parent = nullptr);
    ~SampleKeeper() override; // what waits is still written

    void keep(const StoredSample &sample);
    const QString &source() const { return m_source; }

signals:
    void notSaved(const howdah::Error &error); // kept, and tried again

private:
    void save();
    void thin(qint64 serverMs);

    StoreWorker *m_store;
    QString m_source;
    QVector<StoredSample> m_unsaved; // not known to be in the store yet
    bool m_saving = false;
    qint64 m_thinnedMs = 0; // monotonic
};

} // namespace howdah::store
