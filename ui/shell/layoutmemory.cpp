// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/layoutmemory.h"

#include "base/async.h"
#include "store/copies.h"
#include "store/settings.h"

namespace howdah::ui
{

namespace
{
const QString key = QStringLiteral("shell/layout");
}

LayoutMemory::LayoutMemory(store::StoreWorker *store, bool remember, QObject *parent)
    : QObject(parent), m_store(store), m_remember(remember)
{
    m_delay.setSingleShot(true);
    m_delay.setInterval(500);
    connect(&m_delay, &QTimer::timeout, this, &LayoutMemory::saveNow);
}

void LayoutMemory::load()
{
    const auto read = [remember = m_remember](store::Store &store) -> Result<Remembered> {
        Remembered remembered;
        remembered.repaired = store.repair().text();
        remembered.storePath = store.path();
        if (remember) {
            Result<QJsonValue> layout = store::readSetting(store, key);
            if (!layout)
                return fail(layout.error());
            remembered.layout = layout->toObject();
        }
        Result<QVector<session::Profile>> profiles = session::readProfiles(store);
        if (!profiles)
            return fail(profiles.error());
        remembered.profiles = *profiles;
        return remembered;
    };
    async::onFinished(m_store->run(read), this, [this](const Result<Remembered> &remembered) {
        if (!remembered) {
            emit failed(remembered.error());
            return;
        }
        m_layout = remembered->layout;
        emit loaded(*remembered);
        // On a thread of its own: of a store full of samples the check takes a while, and nothing waits for it.
        async::onFinished(m_copier.run([path = remembered->storePath] { return store::copyIfDue(path); }), this, [this](const Result<bool> &copied) {
            if (!copied)
                emit notCopied(copied.error());
        });
        m_loaded = m_remember; // applying what was remembered is no change
    });
}

void LayoutMemory::set(const QString &name, const QJsonValue &value)
{
    if (!m_loaded || m_layout.value(name) == value)
        return;
    m_layout.insert(name, value);
    // Not restarted: half a second after the first change, however long the changing goes on.
    if (!m_delay.isActive())
        m_delay.start();
}

void LayoutMemory::saveNow()
{
    m_delay.stop();
    if (!m_loaded)
        return;
    m_store->run([layout = m_layout](store::Store &store) { return store::writeSetting(store, key, layout); });
}

} // namespace howdah::ui
