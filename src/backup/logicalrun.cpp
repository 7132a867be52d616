// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/logicalrun.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace howdah::backup
{

Result<tool::Outcome> runWatched(const Toolbox &toolbox, Toolbox::Call call, const Watching &watching, const CancelToken &cancel)
{
    std::mutex mutex;
    std::condition_variable changed;
    QByteArrayList lines;
    std::optional<Result<tool::Outcome>> ended;
    call.onLine = [&](const QByteArray &line) {
        const std::lock_guard lock(mutex);
        lines << line;
        changed.notify_one();
    };
    // The program's own thread has the waiting; the link to the server stays with the caller's.
    std::thread runner([&] {
        auto outcome = toolbox.run(call, cancel);
        const std::lock_guard lock(mutex);
        ended = std::move(outcome);
        changed.notify_one();
    });
    auto nextTick = std::chrono::steady_clock::now() + std::chrono::milliseconds(500);
    for (bool more = true; more;) {
        QByteArrayList said;
        {
            std::unique_lock lock(mutex);
            changed.wait_until(lock, nextTick, [&] { return ended || !lines.isEmpty(); });
            said.swap(lines);
            more = !ended;
        }
        if (watching.onLine) {
            for (const QByteArray &line : std::as_const(said))
                watching.onLine(line);
        }
        if (more && std::chrono::steady_clock::now() >= nextTick) {
            if (watching.onTick)
                watching.onTick();
            nextTick = std::chrono::steady_clock::now() + std::chrono::milliseconds(500);
        }
    }
    runner.join();
    return std::move(*ended);
}

} // namespace howdah::backup
