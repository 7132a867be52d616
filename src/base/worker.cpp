// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/worker.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

#include <pthread.h>

namespace howdah
{

namespace
{
// Threads of workers that were closed but may still be in their last task. Counted, not joined: libpq may block in DNS for minutes.
struct Running {
    std::mutex mutex;
    std::condition_variable changed;
    int threads = 0;
};

std::shared_ptr<Running> running()
{
    static const auto shared = std::make_shared<Running>();
    return shared;
}
} // namespace

struct Worker::Core {
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<std::function<void()>> tasks;
    std::function<void()> last;
    bool closed = false;
    bool busy = false;
};

Worker::Worker(const QString &name) : m_core(std::make_shared<Core>())
{
    std::thread([core = m_core, count = running(), label = name.left(15).toLatin1()] {
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
        dropped.clear(); // before the thread counts as gone: what the tasks held may still be alive only here
        if (last)
            last();
        last = nullptr;
        const std::lock_guard countLock(count->mutex);
        --count->threads;
        count->changed.notify_all();
    }).detach();
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
        const auto count = running();
        const std::lock_guard countLock(count->mutex);
        ++count->threads; // its thread takes it back, which can't be before it sees the flag
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
    const auto count = running();
    std::unique_lock lock(count->mutex);
    return count->changed.wait_for(lock, std::chrono::milliseconds(timeoutMs), [&] { return count->threads == 0; });
}

} // namespace howdah
