// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/query/draftkeeper.h"

#include "base/async.h"

namespace howdah::ui
{

namespace
{
constexpr int restMs = 600;
constexpr int latestMs = 1500; // and half a second for the store: two in all
}

DraftKeeper::DraftKeeper(store::StoreWorker *store, std::function<std::optional<store::Draft>(const QString &)> draftOf, QObject *parent)
    : QObject(parent), m_store(store), m_draftOf(std::move(draftOf))
{
    m_rest.setSingleShot(true);
    connect(&m_rest, &QTimer::timeout, this, &DraftKeeper::saveNow);
}

void DraftKeeper::changed(const QString &id)
{
    if (!m_store)
        return;
    if (m_waiting.isEmpty())
        m_since.start();
    m_waiting.insert(id);
    m_rest.start(int(qBound(qint64(0), latestMs - m_since.elapsed(), qint64(restMs))));
}

void DraftKeeper::remove(const QString &id)
{
    m_waiting.remove(id);
    if (m_store)
        m_store->run([id](store::Store &store) { return store::removeDraft(store, id); });
}

void DraftKeeper::saveNow()
{
    m_rest.stop();
    for (const QString &id : std::exchange(m_waiting, {})) {
        const std::optional<store::Draft> draft = m_draftOf(id);
        if (!draft)
            continue;
        const auto saving = m_store->run([draft = *draft](store::Store &store) -> Result<bool> {
            const Done done = store::saveDraft(store, draft);
            return done ? Result<bool>(true) : fail(done.error());
        });
        async::onFinished(saving, this, [this](const Result<bool> &done) {
            if (done) {
                m_told = false;
                return emit saved();
            }
            if (!std::exchange(m_told, true))
                emit failed(done.error());
        });
    }
}

} // namespace howdah::ui
