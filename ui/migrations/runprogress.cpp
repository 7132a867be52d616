// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/migrations/runprogress.h"

#include "activity/progress.h"
#include "base/async.h"
#include "base/units.h"

#include <algorithm>

namespace howdah::ui
{

using namespace Qt::StringLiterals;

RunProgress::RunProgress(pg::Session *monitor, QObject *parent) : QObject(parent), m_monitor(monitor)
{
    m_tick.setInterval(1000);
    connect(&m_tick, &QTimer::timeout, this, [this] { read(); });
}

void RunProgress::start(std::function<int()> backendPid)
{
    m_pid = std::move(backendPid);
    m_tick.start();
}

void RunProgress::read()
{
    const int pid = m_pid ? m_pid() : 0;
    if (!m_monitor || pid == 0 || m_reads)
        return;
    m_reads = true;
    async::onFinished(m_monitor->run([](pg::Connection &connection, const CancelToken &cancel) { return activity::readTasks(connection, cancel); }), this,
                      [this, pid](const Result<activity::Tasks> &tasks) {
                          m_reads = false;
                          if (!tasks || !m_tick.isActive())
                              return;
                          const auto ours = std::find_if(tasks->tasks.cbegin(), tasks->tasks.cend(), [pid](const activity::Task &task) { return task.pid == pid; });
                          if (ours == tasks->tasks.cend())
                              return emit seen({}, -1);
                          QString text = ours->relation.isEmpty() ? ours->kind : u"%1 on %2"_s.arg(ours->kind, ours->relation);
                          if (!ours->phase.isEmpty())
                              text += u": "_s + ours->phase;
                          if (ours->done && ours->total)
                              text += u", %1 of %2 %3"_s.arg(units::exact(double(*ours->done)), units::exact(double(*ours->total)), ours->unit);
                          emit seen(text, ours->share().value_or(-1));
                      });
}

} // namespace howdah::ui
