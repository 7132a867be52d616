// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/logicalrun.h"

#include "base/units.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

std::function<Done()> whileThereIsRoom(const Repository &repository, const CancelToken &cancel)
{
    return [&repository, cancel, next = std::chrono::steady_clock::time_point()]() mutable -> Done {
        if (std::chrono::steady_clock::now() < next)
            return {};
        const auto free = repository.freeBytes(cancel);
        if (free && *free < keptFree)
            return fail(ErrorKind::Io, u"disk_full"_s, u"%1 has %2 free by now: it was ended, since %3 are kept free for the WAL that is archived there"_s.arg(repository.name(), units::bytes(double(*free)), units::bytes(double(keptFree))),
                        u"Nothing was kept of it. Remove older ones (howdahctl backup prune), or take it to another disk (--to FOLDER)"_s);
        // No disk takes more than a gigabyte in a second.
        next = std::chrono::steady_clock::now() + std::chrono::milliseconds(free ? std::clamp<qint64>((*free - keptFree) >> 20, 500, 10'000) : 1'000);
        return {};
    };
}

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
    // Both who called and what is watched may end it.
    const CancelToken ending;
    std::optional<Error> why;
    // The program's own thread has the waiting; the link to the server stays with the caller's.
    std::thread runner([&] {
        auto outcome = toolbox.run(call, ending);
        const std::lock_guard lock(mutex);
        ended = std::move(outcome);
        changed.notify_one();
    });
    constexpr auto aMoment = std::chrono::milliseconds(50); // a cancel is looked for
    auto nextTick = std::chrono::steady_clock::now() + std::chrono::milliseconds(500);
    for (bool more = true; more;) {
        QByteArrayList said;
        {
            std::unique_lock lock(mutex);
            changed.wait_until(lock, std::min(nextTick, std::chrono::steady_clock::now() + aMoment), [&] { return ended || !lines.isEmpty(); });
            said.swap(lines);
            more = !ended;
        }
        if (cancel.isCancelled())
            ending.cancel();
        if (watching.onLine) {
            for (const QByteArray &line : std::as_const(said))
                watching.onLine(line);
        }
        if (more && std::chrono::steady_clock::now() >= nextTick) {
            if (watching.onTick)
                watching.onTick();
            if (const Done on = watching.mayGoOn && !why ? watching.mayGoOn() : Done(); !on) {
                why = on.error();
                ending.cancel();
            }
            nextTick = std::chrono::steady_clock::now() + std::chrono::milliseconds(500);
        }
    }
    runner.join();
    // It may have ended well all the same.
    if (why && !cancel.isCancelled() && !(*ended && (*ended)->exitCode == 0))
        return fail(std::move(*why));
    return std::move(*ended);
}

} // namespace howdah::backup
