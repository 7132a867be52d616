// SPDX-License-Identifier: GPL-3.0-or-later
// A link asked from a job's thread: the job waits, the link is asked by the window's thread, which knows whether it is still there.
#pragma once

#include "base/async.h"
#include "pg/session.h"

#include <QPointer>

namespace howdah::ui
{

// Call on the job's thread. `home` lives on the window's thread and outlives the job. A link that goes meanwhile: Cancelled/dropped.
template<typename Fn>
auto askLink(const QPointer<pg::Session> &session, QObject *home, const CancelToken &cancel, Fn service)
    -> std::invoke_result_t<Fn, pg::Connection &, const CancelToken &>
{
    using R = std::invoke_result_t<Fn, pg::Connection &, const CancelToken &>;
    auto promise = std::make_shared<QPromise<R>>();
    promise->start();
    QFuture<R> answer = promise->future();
    QMetaObject::invokeMethod(home, [session, cancel, service = std::move(service), promise = std::move(promise)]() mutable {
        if (session)
            async::onFinished(session->run(std::move(service), cancel), session, [promise](const R &result) {
                promise->addResult(result);
                promise->finish();
            });
    });
    answer.waitForFinished();
    if (answer.resultCount() == 0)
        return fail(ErrorKind::Cancelled, QStringLiteral("dropped"), QStringLiteral("The link was closed before it was done"));
    return answer.result();
}

} // namespace howdah::ui
