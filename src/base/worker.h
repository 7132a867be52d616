// SPDX-License-Identifier: GPL-3.0-or-later
// A thread that runs tasks one after the other, in the order they were given; base of pg::Session, the store and the tools.
// Owned by whoever made it; run() from any thread. close() is asynchronous: a destructor that joined here would stall the window, so
// the thread finishes on its own and is waited for by app/ at the program's end (joinClosed), or abandoned there.
#pragma once

#include "base/result.h"

#include <QFuture>
#include <QPromise>

#include <functional>
#include <memory>
#include <type_traits>

namespace howdah
{

class Worker
{
public:
    explicit Worker(const QString &name);
    ~Worker(); // close(); tasks still queued are dropped: their futures finish without a result
    Worker(const Worker &) = delete;
    Worker &operator=(const Worker &) = delete;

    // fn() -> Result<T>, run on the worker's thread.
    template<typename Fn>
    auto run(Fn fn) -> QFuture<std::invoke_result_t<Fn>>
    {
        using R = std::invoke_result_t<Fn>;
        auto promise = std::make_shared<QPromise<R>>();
        promise->start();
        QFuture<R> future = promise->future();
        post([promise, fn = std::move(fn)]() mutable {
            promise->addResult(fn());
            promise->finish();
        });
        return future;
    }

    void post(std::function<void()> task);
    // The same, for who may outlive this object: what is posted after close() is dropped.
    std::function<void(std::function<void()>)> queue() const;
    // Runs on the worker's thread as its last act, also when queued tasks are dropped: for what must go on the thread that made it.
    void atEnd(std::function<void()> task);
    void close();
    // Waits until every task given so far has run, for tests and for howdahctl; false when the time ran out.
    bool drain(int timeoutMs);
    // At the program's end: waits for closed workers' threads, all together, at most so long; true when none is left. Then their thread-local data
    // are gone too, which otherwise go while main's end destroys what they use.
    static bool joinClosed(int timeoutMs);

private:
    struct Core;
    std::shared_ptr<Core> m_core;
};

} // namespace howdah
