// SPDX-License-Identifier: GPL-3.0-or-later
#include "pg/canceltrip.h"

#include "base/async.h"

#include <atomic>

namespace howdah::pg
{

// The link itself is given up when a cancel that the server took shows no effect after five seconds.
static constexpr qint64 confirmWithinMs = 7000;
static constexpr qint64 seeWithinMs = 2000;
static constexpr int lookEveryMs = 5;

QString cancelText(const CancelOutcome &outcome)
{
    const QString took = QStringLiteral(" (%1 ms)").arg(outcome.tookMs);
    const QString seen = outcome.seenEnded ? QStringLiteral(", seen ended in pg_stat_activity") : QString();
    switch (outcome.what) {
    case CancelOutcome::What::NothingRan: return QStringLiteral("nothing ran");
    case CancelOutcome::What::Cancelled: return QStringLiteral("cancelled") + seen + took;
    case CancelOutcome::What::HadFinished: return QStringLiteral("it had finished already") + seen + took;
    case CancelOutcome::What::LinkLost: return QStringLiteral("the link was lost before it could be cancelled") + seen;
    case CancelOutcome::What::NotConfirmed: break;
    }
    return outcome.seenEnded ? QStringLiteral("it no longer runs; whether it was cancelled or had finished is not known")
                             : QStringLiteral("not confirmed: the server was asked to cancel it, and may still be running it");
}

CancelTrip::CancelTrip(std::shared_ptr<Connection> link, Session *control, QObject *parent) : QObject(parent), m_link(std::move(link)), m_control(control)
{
    m_promise.start();
    m_timer.setInterval(lookEveryMs);
    connect(&m_timer, &QTimer::timeout, this, &CancelTrip::look);
}

// Behind a pooler the backend's number is the pooler's invention.
bool CancelTrip::canAsk() const
{
    return m_control && !m_link->spec().pooler && m_control->status().state == LinkState::Connected;
}

void CancelTrip::begin()
{
    m_clock.start();
    const CancelProgress progress = m_link->cancelProgress();
    if (!progress.running)
        return finish(m_link->isAlive() ? CancelOutcome::What::NothingRan : CancelOutcome::What::LinkLost);
    m_statement = progress.statement;
    m_timer.start();
    if (canAsk() && m_link->noteCancelAsked(m_statement))
        byControl();
    else
        byLibpq();
}

void CancelTrip::byControl()
{
    m_outcome.way = CancelOutcome::Way::ControlLink;
    const int pid = m_link->facts().backendPid;
    using Sent = std::pair<bool, QString>;
    // The link hears of the answer on the control link's own thread: what it waits for is not kept by a window that is busy.
    const auto heard = std::make_shared<std::atomic<bool>>(false);
    const auto answer = m_control->run([pid, heard, link = m_link](Connection &connection, const CancelToken &) -> Result<Sent> {
        RunOptions options;
        options.timeoutMs = 3000;
        const auto rows = connection.runFile(QStringLiteral("session/cancel"), {pid}, options);
        const bool delivered = rows && rows->boolean(0, 0).value_or(false);
        heard->store(true);
        link->noteCancelAnswered(delivered);
        if (!rows)
            return fail(rows.error());
        return Sent(delivered, rows->text(0, 1));
    });
    // On the session's account: the link must hear of it even when nobody waits for this trip any more.
    async::onFinished(answer, parent(), [heard, link = m_link, statement = m_statement, self = QPointer<CancelTrip>(this)](const Result<Sent> &sent) {
        const bool delivered = sent && sent->first;
        if (!heard->load()) // the control link never came to ask
            link->noteCancelAnswered(false);
        if (self && delivered)
            self->m_queryStart = sent->second;
        else if (self)
            self->byLibpq();
        else if (!delivered)
            link->requestCancel(statement);
    });
}

void CancelTrip::byLibpq()
{
    m_outcome.way = CancelOutcome::Way::Libpq;
    m_outcome.inClear = m_link->facts().tls && !libpqFeatures().encryptedCancel;
    m_link->requestCancel(m_statement);
}

void CancelTrip::look()
{
    const CancelProgress progress = m_link->cancelProgress();
    const bool runs = progress.running && progress.statement == m_statement;
    if (runs && m_clock.elapsed() < confirmWithinMs)
        return;
    // While the statement holds the link, its answer may be on its way already: the server's own view is asked last.
    const bool late = m_clock.elapsed() > confirmWithinMs + seeWithinMs;
    if (canAsk() && !m_queryStart.isEmpty() && !m_outcome.seenEnded && !late)
        return askServer();
    if (runs)
        return finish(CancelOutcome::What::NotConfirmed);
    switch (progress.endOf(m_statement)) {
    case CancelProgress::End::Cancelled: return finish(CancelOutcome::What::Cancelled);
    case CancelProgress::End::Lost: return finish(CancelOutcome::What::LinkLost);
    case CancelProgress::End::Done:
    case CancelProgress::End::Failed: return finish(CancelOutcome::What::HadFinished);
    case CancelProgress::End::Unknown: break;
    }
    finish(CancelOutcome::What::NotConfirmed);
}

void CancelTrip::askServer()
{
    if (m_asking)
        return;
    m_asking = true;
    const int pid = m_link->facts().backendPid;
    const auto answer = m_control->run([pid, start = m_queryStart](Connection &connection, const CancelToken &) -> Result<std::optional<bool>> {
        RunOptions options;
        options.timeoutMs = 2000;
        const auto rows = connection.runFile(QStringLiteral("session/running"), {pid, start}, options);
        if (!rows)
            return fail(rows.error());
        return rows->isEmpty() ? std::optional<bool>(false) : rows->boolean(0, 0);
    });
    async::onFinished(answer, this, [this](const Result<std::optional<bool>> &running) {
        m_asking = false;
        if (!running || !*running)
            m_queryStart.clear(); // not to be known
        else if (!**running)
            m_outcome.seenEnded = true;
        look();
    });
}

void CancelTrip::finish(CancelOutcome::What what)
{
    if (std::exchange(m_finished, true))
        return;
    m_timer.stop();
    m_outcome.what = what;
    m_outcome.tookMs = m_clock.elapsed();
    m_promise.addResult(Result<CancelOutcome>(m_outcome));
    m_promise.finish();
    deleteLater();
}

} // namespace howdah::pg
