// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/samplekeeper.h"

#include "base/async.h"
#include "base/clock.h"

#include <algorithm>
#include <utility>

namespace howdah::store
{

namespace
{

// What a store that cannot be written (disk full) may cost in memory: ten minutes at one a second.
constexpr qsizetype maxUnsaved = 600;
constexpr qint64 thinEveryMs = 3'600'000;

} // namespace

SampleKeeper::SampleKeeper(StoreWorker *store, QString source, QObject *parent) : QObject(parent), m_store(store), m_source(std::move(source)) {}

SampleKeeper::~SampleKeeper()
{
    // Samples that wait for a write under way.
    if (m_store && m_saving && !m_unsaved.isEmpty())
        m_store->run([source = m_source, rows = m_unsaved](Store &store) { return appendSamples(store, source, rows); });
}

void SampleKeeper::keep(const StoredSample &sample)
{
    if (!m_store)
        return;
    m_unsaved.append(sample);
    if (m_unsaved.size() > maxUnsaved)
        m_unsaved.removeFirst();
    save();
    thin(sample.atMs);
}

// A row a tick in a transaction of its own: what another reader of the store has seen survives a kill.
void SampleKeeper::save()
{
    if (m_saving || m_unsaved.isEmpty())
        return;
    m_saving = true;
    const QVector<StoredSample> rows = std::exchange(m_unsaved, {});
    async::onFinished(m_store->run([source = m_source, rows](Store &store) { return appendSamples(store, source, rows); }), this,
                      [this, rows](const Done &written) {
        m_saving = false;
        if (!written) {
            m_unsaved = rows + m_unsaved;
            while (m_unsaved.size() > maxUnsaved)
                m_unsaved.removeFirst();
            emit notSaved(written.error());
            return;
        }
        save(); // what came meanwhile
    });
}

// Once an hour, and at the first sample. Not by the server's clock alone: one that is years ahead would empty the history.
void SampleKeeper::thin(qint64 serverMs)
{
    const Clock clock;
    if (m_thinnedMs != 0 && clock.monotonicMs() - m_thinnedMs < thinEveryMs)
        return;
    m_thinnedMs = clock.monotonicMs();
    const qint64 nowMs = std::min(serverMs, clock.wallMs());
    async::onFinished(m_store->run([source = m_source, nowMs](Store &store) { return thinSamples(store, source, nowMs); }), this,
                      [this](const Result<qint64> &removed) {
        if (!removed)
            emit notSaved(removed.error());
    });
}

} // namespace howdah::store
