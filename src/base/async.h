// SPDX-License-Identifier: GPL-3.0-or-later
// The one place where a background answer reaches the thread that asked.
#pragma once

#include "base/result.h"

#include <QFuture>
#include <QFutureWatcher>
#include <QObject>

namespace howdah::async
{

// Calls fn(Result<T>) on context's thread once the future is finished, and not at all once context is gone. QFuture::then(context, …)
// is not used: on Qt 6.4 it aborts when the context dies first. A promise dropped with its session finishes without a result, which
// becomes Error{Cancelled}. Call on context's thread.
template<typename T, typename Fn>
void onFinished(const QFuture<Result<T>> &future, QObject *context, Fn fn)
{
    auto *watcher = new QFutureWatcher<Result<T>>(context);
    QObject::connect(watcher, &QFutureWatcherBase::finished, context, [watcher, fn = std::move(fn)]() mutable {
        watcher->deleteLater();
        const QFuture<Result<T>> finished = watcher->future();
        if (finished.resultCount() > 0)
            fn(finished.result());
        else
            fn(Result<T>(fail(ErrorKind::Cancelled, QStringLiteral("dropped"), QStringLiteral("The task was dropped before it ran"))));
    });
    watcher->setFuture(future);
}

} // namespace howdah::async
