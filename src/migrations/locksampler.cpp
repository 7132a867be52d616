// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/locksampler.h"

#include <atomic>
#include <condition_variable>
#include <mutex>

namespace howdah::migrations
{

using namespace Qt::StringLiterals;

struct LockSampler::Core {
    std::unique_ptr<pg::Connection> link;
    int pid = 0;
    std::mutex mutex;
    std::condition_variable looked;
    std::atomic_bool ends{false};
    bool looking = false;
    bool failed = false;
    QSet<Lock> seen;

    void look()
    {
        pg::RunOptions options;
        options.prepared = true;
        while (!ends) {
            const auto rows = link->runFile(u"migrations/preview_locks"_s, {pid}, options);
            const std::lock_guard lock(mutex);
            for (qsizetype row = 0; rows && row < rows->size(); ++row)
                seen.insert({rows->integer(row, 0).value_or(0), rows->text(row, 1)});
            looking = true;
            looked.notify_all();
            if (!rows) {
                failed = true;
                break;
            }
        }
    }
};

Result<std::unique_ptr<LockSampler>> LockSampler::make(const pg::Connection &watched, const CancelToken &cancel)
{
    auto link = watched.another(cancel);
    if (!link)
        return fail(std::move(link.error()));
    auto core = std::make_shared<Core>();
    core->link = *std::move(link);
    core->pid = watched.facts().backendPid;
    return std::unique_ptr<LockSampler>(new LockSampler(std::move(core)));
}

LockSampler::~LockSampler()
{
    m_core->ends = true;
}

void LockSampler::begin()
{
    m_core->ends = false;
    m_core->seen.clear();
    m_core->looking = m_core->failed = false;
    m_worker.post([core = m_core] { core->look(); });
    std::unique_lock lock(m_core->mutex);
    m_core->looked.wait(lock, [&] { return m_core->looking; });
}

QSet<LockSampler::Lock> LockSampler::take()
{
    m_core->ends = true;
    const bool ended = m_worker.drain(30'000);
    const std::lock_guard lock(m_core->mutex);
    m_core->failed = m_core->failed || !ended;
    return std::exchange(m_core->seen, {});
}

bool LockSampler::failed() const
{
    const std::lock_guard lock(m_core->mutex);
    return m_core->failed;
}

} // namespace howdah::migrations
