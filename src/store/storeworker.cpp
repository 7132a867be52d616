// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/storeworker.h"

namespace howdah::store
{

StoreWorker::StoreWorker(const QString &path) : m_opened(std::make_shared<Opened>()), m_worker(QStringLiteral("store"))
{
    m_opened->path = path;
    // An SQLite handle goes on the thread that made it, not wherever the last reference happens to be.
    m_worker.atEnd([opened = m_opened] { opened->store.reset(); });
}

Result<Store *> StoreWorker::Opened::get()
{
    if (!store) {
        auto opened = Store::open(path);
        if (!opened)
            return fail(std::move(opened.error()));
        store = std::move(*opened);
    }
    return store.get();
}

} // namespace howdah::store
