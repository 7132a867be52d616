// SPDX-License-Identifier: GPL-3.0-or-later
#include "pg/sessioncore.h"

#include <QDateTime>
#include <QMetaObject>

#include <algorithm>
#include <array>

#include <poll.h>

namespace howdah::pg
{

using namespace std::chrono_literals;

// By itself again after a refused or broken link; never after a refused password or certificate, which trying again can't better, and never
// where that would ask for a keychain's password or run a command again and again.
static bool mayRetry(const Error &error)
{
    return error.kind == ErrorKind::Connection || error.kind == ErrorKind::Timeout || error.kind == ErrorKind::Protocol || error.kind == ErrorKind::Sql;
}

static std::chrono::seconds backOff(int failures)
{
    static constexpr std::array steps{1s, 2s, 5s, 10s, 30s};
    return steps[std::min(size_t(std::max(failures, 1)) - 1, steps.size() - 1)];
}

Session::Core::Core(ConnectionSpec linkSpec, Secret linkPassword, Prepare linkPrepare, Purpose linkPurpose, Session *session)
    : spec(std::move(linkSpec)), purpose(linkPurpose), m_session(session), m_password(std::move(linkPassword)), m_prepare(std::move(linkPrepare))
{
    m_status.sinceMs = QDateTime::currentMSecsSinceEpoch();
}

void Session::Core::post(Task task)
{
    const std::lock_guard lock(m_mutex);
    if (m_quit)
        return;
    m_tasks.push_back(std::move(task));
    m_wake.set();
}

void Session::Core::open()
{
    const std::lock_guard lock(m_mutex);
    m_opened = m_wanted = true;
    m_failures = 0;
    if (!m_link)
        m_retry = Deadline::in(0);
    m_wake.set();
}

void Session::Core::close()
{
    std::deque<Task> dropped; // destroyed after the lock: their promises wake watchers
    const std::lock_guard lock(m_mutex);
    m_opened = m_wanted = false;
    m_closing = true;
    m_closed.cancel();
    m_closed = CancelToken();
    dropped.swap(m_tasks);
    if (m_link)
        m_link->abandon();
    m_wake.set();
}

void Session::Core::quit()
{
    close();
    const std::lock_guard lock(m_mutex);
    m_session = nullptr;
    m_quit = true;
    m_wake.set();
}

LinkStatus Session::Core::status() const
{
    const std::lock_guard lock(m_mutex);
    return m_status;
}

std::shared_ptr<Connection> Session::Core::link() const
{
    const std::lock_guard lock(m_mutex);
    return m_link;
}

bool Session::Core::isBusy() const
{
    const std::lock_guard lock(m_mutex);
    return m_busy || !m_tasks.empty();
}

std::optional<quint64> Session::Core::takeRunningCancelled()
{
    const std::lock_guard lock(m_mutex);
    if (!m_running || !m_link || !m_running->isCancelled())
        return std::nullopt;
    m_running.reset();
    return m_link->cancelProgress().statement; // one that begins later looks at the token itself
}

std::vector<Session::Core::Task> Session::Core::takeCancelled()
{
    const std::lock_guard lock(m_mutex);
    std::vector<Task> taken;
    const auto keep = std::stable_partition(m_tasks.begin(), m_tasks.end(), [](const Task &task) { return !task.cancel.isCancelled(); });
    std::move(keep, m_tasks.end(), std::back_inserter(taken));
    m_tasks.erase(keep, m_tasks.end());
    return taken;
}

std::vector<Session::Core::Task> Session::Core::takeAll()
{
    const std::lock_guard lock(m_mutex);
    std::vector<Task> taken(std::make_move_iterator(m_tasks.begin()), std::make_move_iterator(m_tasks.end()));
    m_tasks.clear();
    return taken;
}

void Session::Core::loop()
{
    while (step()) {
    }
}

bool Session::Core::step()
{
    std::unique_lock lock(m_mutex);
    if (m_quit || m_closing)
        drop();
    if (m_quit)
        return false;
    if (!m_tasks.empty()) {
        Task task = std::move(m_tasks.front());
        m_tasks.pop_front();
        m_busy = true;
        lock.unlock();
        runTask(std::move(task));
        lock.lock();
        m_busy = false;
        return true;
    }
    if (m_wanted && !m_link && m_retry.hasPassed()) {
        const CancelToken none;
        lock.unlock();
        (void)connect(none, false); // what came of it is in the status
        return true;
    }
    const Deadline retry = m_wanted && !m_link ? m_retry : Deadline::never();
    lock.unlock();
    idle(retry);
    return true;
}

// Until there is something to do; meanwhile the socket is watched, so that the server's last words are heard.
void Session::Core::idle(const Deadline &retry)
{
    const auto link = this->link();
    const Woken woken = waitOn(link ? link->socket() : -1, POLLIN, {m_wake.fd()}, retry);
    m_wake.clear();
    if (!link || woken.events == 0)
        return;
    link->readIdle();
    heard(*link);
    if (!link->isAlive())
        lost(link->lostReason(), link->lastTransactionState());
}

void Session::Core::runTask(Task task)
{
    if (task.cancel.isCancelled()) {
        task.run(fail(ErrorKind::Cancelled, QStringLiteral("by_user"), QStringLiteral("Cancelled before it began")));
        return;
    }
    if (auto done = connect(task.cancel, true); !done) {
        task.run(fail(std::move(done.error())));
        return;
    }
    const auto link = this->link();
    if (!link) // closed in between: the task goes without a result
        return;
    const auto running = [this](std::optional<CancelToken> token) {
        const std::lock_guard lock(m_mutex);
        m_running = std::move(token);
    };
    running(task.cancel);
    task.run(link.get());
    running({});
    task.run = nullptr; // what it held goes on this thread, before the next
    heard(*link);
    if (!link->isAlive())
        lost(link->lostReason(), link->lastTransactionState());
}

// `byHand`: a task asks. It tries at once where the sampler would only hammer at a closed door each second.
Done Session::Core::connect(const CancelToken &cancel, bool byHand)
{
    std::unique_lock lock(m_mutex);
    if (m_link)
        return {};
    const bool due = m_wanted && m_retry.hasPassed();
    if (byHand && m_status.state == LinkState::Lost && !due && (purpose == Purpose::Monitor || !mayRetry(m_status.error)))
        return fail(m_status.error);
    m_wanted = true;
    m_status.state = LinkState::Connecting;
    m_status.sinceMs = QDateTime::currentMSecsSinceEpoch();
    m_status.retryAtMs = 0;
    publish();
    const CancelToken closed = m_closed;
    lock.unlock();

    auto opened = openLink(cancel, closed);
    if (opened) {
        connected(std::move(*opened));
        return {};
    }
    if (opened.error().kind == ErrorKind::Cancelled) {
        // Only this attempt was given up: whoever else wants the link makes the next one.
        lock.lock();
        m_status.state = LinkState::Closed;
        m_status.error = opened.error();
        m_wanted = m_opened;
        m_retry = m_wanted ? Deadline::in(0) : Deadline::never();
        publish();
    } else {
        lost(opened.error());
    }
    return fail(std::move(opened.error()));
}

// With what it needs to know of the server, so that a comeback can be told.
Result<std::shared_ptr<Connection>> Session::Core::openLink(const CancelToken &cancel, const CancelToken &closed)
{
    constexpr int prepareWithinMs = 60'000; // a command has 30 s, and a tunnel as long
    Prepared prepared{m_password, {}};
    if (m_prepare) {
        auto made = prepareWithin(m_prepare, prepareWithinMs, cancel, closed);
        if (!made)
            return fail(std::move(made.error()));
        prepared = std::move(*made);
    }
    auto opened = Connection::open(spec, prepared.secret, cancel, closed, prepared.via);
    if (!opened)
        return fail(std::move(opened.error()));
    if (auto known = (*opened)->readIdentity(cancel); !known && !(*opened)->isAlive())
        return fail(std::move(known.error()));
    return std::shared_ptr<Connection>(std::move(*opened));
}

void Session::Core::connected(std::shared_ptr<Connection> opened)
{
    const std::lock_guard lock(m_mutex);
    if (m_closing || m_quit) // step() drops it
        opened->abandon();
    m_link = std::move(opened);
    m_connectedAt = Deadline::Clock::now();
    m_retry = Deadline::never();
    m_status.state = LinkState::Connected;
    m_status.facts = m_link->facts();
    m_status.error = {};
    m_status.lostIn = TransactionState::Idle;
    m_status.comeback = m_status.generation == 0 ? Comeback::First : comebackOf(m_status.server, m_link->identity());
    m_status.server = m_link->identity();
    m_status.sinceMs = QDateTime::currentMSecsSinceEpoch();
    m_status.retryAtMs = 0;
    ++m_status.generation;
    publish();
}

void Session::Core::lost(const Error &error, TransactionState in)
{
    const std::lock_guard lock(m_mutex);
    // A link that lived for a while begins the back-off anew; one that breaks at once does not.
    if (m_link && Deadline::Clock::now() - m_connectedAt > 10s)
        m_failures = 0;
    if (m_link) { // a failed try to come back tells nothing of it
        m_status.lostIn = in;
        m_status.lostGeneration = m_status.generation;
    }
    m_link.reset();
    ++m_failures;
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    m_status.state = LinkState::Lost;
    m_status.error = error;
    m_status.sinceMs = now;
    m_status.retryAtMs = 0;
    m_retry = Deadline::never();
    if (m_wanted && mayRetry(error)) {
        const auto pause = backOff(m_failures);
        m_retry = Deadline::in(int(std::chrono::milliseconds(pause).count()));
        m_status.retryAtMs = now + std::chrono::milliseconds(pause).count();
    }
    publish();
}

void Session::Core::drop()
{
    const auto link = std::exchange(m_link, nullptr);
    m_closing = false;
    m_retry = m_wanted ? Deadline::in(0) : Deadline::never(); // opened again right after close()
    m_status.state = LinkState::Closed;
    m_status.error = {};
    m_status.retryAtMs = 0;
    m_status.sinceMs = QDateTime::currentMSecsSinceEpoch();
    publish();
}

void Session::Core::publish()
{
    // The Session clears m_session under the lock before it dies; an event posted to it goes with it.
    if (m_session)
        QMetaObject::invokeMethod(m_session, [session = m_session] { emit session->statusChanged(session->status()); }, Qt::QueuedConnection);
}

void Session::Core::heard(Connection &link)
{
    auto notices = link.takeNotices();
    const std::lock_guard lock(m_mutex);
    if (m_status.facts != link.facts()) { // promoted, made read-only, another role: as the server reports it
        m_status.facts = link.facts();
        publish();
    }
    if (m_session && !notices.empty())
        QMetaObject::invokeMethod(
            m_session, [session = m_session, notices = std::move(notices)] { emit session->noticesArrived(notices); }, Qt::QueuedConnection);
}

} // namespace howdah::pg
