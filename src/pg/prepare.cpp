// SPDX-License-Identifier: GPL-3.0-or-later
#include "pg/prepare.h"

#include "pg/wait.h"

#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include <poll.h>

namespace howdah::pg
{

Result<Prepared> prepareWithin(const Prepare &prepare, int timeoutMs, const CancelToken &cancel, const CancelToken &closing)
{
    struct Step {
        Prepare prepare;
        CancelToken stop;
        WakeEvent done;
        std::mutex mutex;
        std::optional<Result<Prepared>> outcome;
    };
    const auto step = std::make_shared<Step>();
    step->prepare = prepare;
    std::thread([step] {
        auto outcome = step->prepare(step->stop);
        step->prepare = nullptr;
        const std::lock_guard lock(step->mutex);
        if (!step->stop.isCancelled())
            step->outcome = std::move(outcome);
        step->done.set();
    }).detach();

    const Woken woken = waitOn(step->done.fd(), POLLIN, {cancel.eventFd(), closing.eventFd()}, Deadline::in(timeoutMs));
    const std::lock_guard lock(step->mutex);
    step->stop.cancel();
    if (step->outcome)
        return std::move(*step->outcome);
    if (woken.interrupted)
        return fail(ErrorKind::Cancelled, QStringLiteral("by_user"), QStringLiteral("Cancelled"));
    return fail(ErrorKind::Timeout, QStringLiteral("prepare"),
                QStringLiteral("The secret or the tunnel was not there within %1 s").arg(timeoutMs / 1000));
}

} // namespace howdah::pg
