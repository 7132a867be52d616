// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/watch.h"

#include "base/units.h"
#include "session/changeplan.h"

#include <poll.h>

#include <utility>

namespace howdah::migrations
{

using namespace Qt::StringLiterals;

static constexpr int everyMs = 200;

QString Blocker::text() const
{
    if (pid == 0)
        return u"a prepared transaction"_s;
    QString words = u"backend %1 of %2"_s.arg(pid).arg(role.isEmpty() ? u"a role that is not known"_s : role);
    if (!application.isEmpty())
        words += u" (%1)"_s.arg(units::oneLine(application));
    if (state.isEmpty())
        return words + u", whose state may not be seen"_s;
    words += u", "_s + state;
    if (transactionMs)
        words += u", its transaction %1 old"_s.arg(units::duration(*transactionMs));
    return query.isEmpty() ? words : words + u": "_s + units::oneLine(session::masked(query).left(120));
}

bool Blocked::operator==(const Blocked &other) const
{
    return waiting == other.waiting && by.size() == other.by.size()
        && std::equal(by.cbegin(), by.cend(), other.by.cbegin(), [](const Blocker &a, const Blocker &b) { return a.pid == b.pid && a.state == b.state; });
}

struct Watch::Core {
    std::unique_ptr<pg::Connection> link;
    int pid = 0;
    std::function<void(const Blocked &)> tell;
    CancelToken end;
    std::mutex mutex;
    QVector<Blocker> last;
    Blocked told;

    Result<Blocked> read() const
    {
        pg::RunOptions options;
        options.prepared = true;
        options.timeoutMs = 5000;
        const auto rows = link->runFile(u"migrations/blockers"_s, {pid}, options, end);
        if (!rows)
            return fail(rows.error());
        Blocked blocked;
        for (qsizetype row = 0; row < rows->size(); ++row) {
            blocked.waiting = int(rows->integer(row, "blocked"_L1).value_or(0));
            if (rows->isNull(row, 0))
                continue;
            blocked.by.append({int(rows->integer(row, "pid"_L1).value_or(0)), rows->text(row, "role"_L1), rows->text(row, "application"_L1), rows->text(row, "state"_L1),
                               rows->integer(row, "transaction_ms"_L1), rows->text(row, "query"_L1)});
        }
        return blocked;
    }

    void watch()
    {
        while (!end.isCancelled() && link->isAlive()) {
            if (auto blocked = read()) {
                if (!blocked->by.isEmpty()) {
                    const std::lock_guard lock(mutex);
                    last = blocked->by;
                }
                const std::lock_guard lock(mutex);
                if (tell && !(*blocked == told)) {
                    told = *blocked;
                    tell(told);
                }
            }
            pollfd wake{end.eventFd(), POLLIN, 0};
            ::poll(&wake, 1, everyMs);
        }
    }
};

Watch::Watch(const pg::Connection &watched, std::function<void(const Blocked &)> tell) : m_core(std::make_shared<Core>()), m_worker(u"watch"_s)
{
    auto link = watched.another();
    if (!link)
        return;
    m_core->link = std::move(*link);
    m_core->pid = watched.facts().backendPid;
    m_core->tell = std::move(tell);
    m_on = true;
    m_worker.post([core = m_core] { core->watch(); });
}

Watch::~Watch()
{
    m_core->end.cancel();
    // What it tells goes to who ends it: not a word afterwards.
    const std::lock_guard lock(m_core->mutex);
    m_core->tell = nullptr;
}

QVector<Blocker> Watch::takeLast()
{
    const std::lock_guard lock(m_core->mutex);
    return std::exchange(m_core->last, {});
}

} // namespace howdah::migrations
