// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/earlyflush.h"

#include <chrono>
#include <tuple>
#include <utility>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{
constexpr auto pause = std::chrono::milliseconds(250);
constexpr int longest = 10 * 60'000; // ms: a disk that is that slow is its own trouble
}

EarlyFlush::EarlyFlush(const Toolbox &toolbox, QString folder, CancelToken cancel)
    : m_toolbox(toolbox), m_folder(std::move(folder)), m_cancel(std::move(cancel)), m_thread([this] { run(); })
{
}

EarlyFlush::~EarlyFlush()
{
    {
        const std::lock_guard lock(m_mutex);
        m_enough = true;
    }
    m_changed.notify_all();
    m_thread.join();
}

void EarlyFlush::run()
{
    std::unique_lock lock(m_mutex);
    while (!m_changed.wait_for(lock, pause, [this] { return m_enough; }) && !m_cancel.isCancelled()) {
        lock.unlock();
        // Large ones, of the last seconds. A find or sync that can't do it leaves it to the end, as if this were not here.
        std::ignore = m_toolbox.run({u"find"_s, {m_folder, u"-type"_s, u"f"_s, u"-size"_s, u"+1M"_s, u"-mmin"_s, u"-0.1"_s, u"-exec"_s, u"sync"_s, u"-d"_s, u"--"_s, u"{}"_s, u"+"_s}, {}, longest}, m_cancel);
        lock.lock();
    }
}

} // namespace howdah::backup
