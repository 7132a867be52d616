// SPDX-License-Identifier: GPL-3.0-or-later
// Sends what is being written below a folder to the disk while more comes. Else all of it waits for the end, where pg_basebackup makes it durable: of
// 5 GB that took 4 s of 15. It promises nothing: whoever writes still syncs. A thread of its own; the toolbox outlives it.
#pragma once

#include "backup/toolbox.h"
#include "base/canceltoken.h"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace howdah::backup
{

class EarlyFlush
{
public:
    EarlyFlush(const Toolbox &toolbox, QString folder, CancelToken cancel);
    ~EarlyFlush(); // waits for the flush under way
    EarlyFlush(const EarlyFlush &) = delete;
    EarlyFlush &operator=(const EarlyFlush &) = delete;

private:
    void run();

    const Toolbox &m_toolbox;
    QString m_folder;
    CancelToken m_cancel;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_enough = false;
    std::thread m_thread;
};

} // namespace howdah::backup
