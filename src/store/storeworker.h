// SPDX-License-Identifier: GPL-3.0-or-later
// The store on a thread of its own, for a window and for howdahctl: opened at the first task, each task a function from a Store.
// Owned by app/; run() from any thread.
#pragma once

#include "base/worker.h"
#include "store/store.h"

namespace howdah::store
{

class StoreWorker
{
public:
    explicit StoreWorker(const QString &path = {});

    // fn(Store&) -> Result<T>
    template<typename Fn>
    auto run(Fn fn) -> QFuture<std::invoke_result_t<Fn, Store &>>
    {
        using R = std::invoke_result_t<Fn, Store &>;
        return m_worker.run([opened = m_opened, fn = std::move(fn)]() mutable -> R {
            Result<Store *> store = opened->get();
            return store ? fn(**store) : R(fail(std::move(store.error())));
        });
    }
    bool drain(int timeoutMs) { return m_worker.drain(timeoutMs); }

private:
    struct Opened {
        QString path;
        std::unique_ptr<Store> store;
        Result<Store *> get(); // on the worker's thread; a failed open is tried again at the next task
    };
    std::shared_ptr<Opened> m_opened;
    Worker m_worker;
};

} // namespace howdah::store
