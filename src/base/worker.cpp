// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/worker.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <system_error>
#include <utility>
#include <vector>

#include <ctime>

#include <pthread.h>

namespace howdah
{

namespace
{
// Threads of workers that were closed but may still be in their last task. Joined when they have ended, never by who closes them: libpq may block in DNS
// for minutes.
struct Closed {
    std::mutex mutex;
    std::vector<pthread_t> threads;
    std::mutex joining; // one joinClosed() at a time: what it waits for is not in `threads`
};

std::shared_ptr<Closed> closedOnes()
{
    static const auto shared = std::make_shared<Closed>();
    return shared;
}

void *runAndForget(void *given)
{
    const std::unique_ptr<std::function<void()>> loop(static_cast<std::function<void()> *>(given));
    (*loop)();
    return nullptr;
}

pthread_t startThread(std::function<void()> loop)
{
    auto given = std::make_unique<std::function<void()>>(std::move(loop));
    pthread_t thread{};
    if (const int error = ::pthread_create(&thread, nullptr, runAndForget, given.get()); error != 0)
        throw std::system_error(error, std::generic_category(), "a thread");
    given.release();
    return thread;
}
} // namespace

struct Worker::Core {
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<std::function<void()>> tasks;
    std::function<void()> last;
    bool closed = false;
    bool busy = false;
    pthread_t thread{};
};

Worker::Worker(const QString &name) : m_core(std::make_shared<Core>())
{
    m_core->thread = startThread([core = m_core, label = name.left(15).toLatin1()] {
        ::pthread_setname_np(::pthread_self(), label.constData());
        std::unique_lock lock(core->mutex);
        for (;;) {
            core->changed.wait(lock, [&] { return core->closed || !core->tasks.empty(); });
            if (core->closed)
                break;
            auto task = std::move(core->tasks.front());
            core->tasks.pop_front();
            core->busy = true;
            lock.unlock();
            task();
            task = nullptr; // what the task held goes before the next wait, on this thread
            lock.lock();
            core->busy = false;
            core->changed.notify_all();
        }
        auto dropped = std::exchange(core->tasks, {});
        auto last = std::exchange(core->last, nullptr);
        core->changed.notify_all();
        lock.unlock();
        dropped.clear(); // what the tasks held may still be alive only here
        if (last)
            last();
    });
}

Worker::~Worker()
{
    close();
}

void Worker::post(std::function<void()> task)
{
    queue()(std::move(task));
}

std::function<void(std::function<void()>)> Worker::queue() const
{
    return [core = m_core](std::function<void()> task) {
        const std::lock_guard lock(core->mutex);
        if (core->closed)
            return;
        core->tasks.push_back(std::move(task));
        core->changed.notify_all();
    };
}

void Worker::atEnd(std::function<void()> task)
{
    const std::lock_guard lock(m_core->mutex);
    m_core->last = std::move(task);
}

void Worker::close()
{
    const std::lock_guard lock(m_core->mutex);
    if (m_core->closed)
        return;
    {
        const auto others = closedOnes();
        const std::lock_guard othersLock(others->mutex);
        std::erase_if(others->threads, [](pthread_t thread) { return ::pthread_tryjoin_np(thread, nullptr) == 0; });
        others->threads.push_back(m_core->thread);
    }
    m_core->closed = true;
    m_core->changed.notify_all();
}

bool Worker::drain(int timeoutMs)
{
    std::unique_lock lock(m_core->mutex);
    return m_core->changed.wait_for(lock, std::chrono::milliseconds(timeoutMs),
                                    [&] { return m_core->tasks.empty() && !m_core->busy; });
}

bool Worker::joinClosed(int timeoutMs)
{
    using namespace std::chrono;
    timespec until{};
    ::clock_gettime(CLOCK_MONOTONIC, &until);
    const auto end = seconds(until.tv_sec) + nanoseconds(until.tv_nsec) + milliseconds(timeoutMs);
    until = {.tv_sec = duration_cast<seconds>(end).count(), .tv_nsec = (end % seconds(1)).count()};
    const auto closed = closedOnes();
    const std::lock_guard joining(closed->joining);
    std::unique_lock lock(closed->mutex);
    while (!closed->threads.empty()) {
        auto now = std::exchange(closed->threads, {}); // the last task of one may close another
        lock.unlock();
        std::erase_if(now, [&until](pthread_t thread) { return ::pthread_clockjoin_np(thread, nullptr, CLOCK_MONOTONIC, &until) == 0; });
        lock.lock();
        closed->threads.insert(closed->threads.end(), now.begin(), now.end());
        if (!now.empty())
            return false;
    }
    return true;
}

} // namespace howdah
