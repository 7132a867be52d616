// SPDX-License-Identifier: GPL-3.0-or-later
#include "pg/session.h"

#include "pg/canceltrip.h"
#include "pg/sessioncore.h"

#include <QThread>

namespace howdah::pg
{

static constexpr int watchPeriodMs = 100;
static constexpr qint64 noAnswerAfterMs = 10'000;

QString linkStateText(LinkState state)
{
    switch (state) {
    case LinkState::Closed: return QStringLiteral("closed");
    case LinkState::Connecting: return QStringLiteral("connecting");
    case LinkState::Connected: return QStringLiteral("connected");
    case LinkState::NoAnswer: return QStringLiteral("no answer");
    case LinkState::Lost: return QStringLiteral("lost");
    }
    return QStringLiteral("closed");
}

static QString threadName(Session::Purpose purpose)
{
    switch (purpose) {
    case Session::Purpose::Control: return QStringLiteral("pg-control");
    case Session::Purpose::Monitor: return QStringLiteral("pg-monitor");
    case Session::Purpose::Editor: return QStringLiteral("pg-editor");
    }
    return QStringLiteral("pg");
}

Session::Session(ConnectionSpec spec, Secret password, Purpose purpose, QObject *parent) : QObject(parent), m_spec(std::move(spec)), m_worker(threadName(purpose))
{
    begin(std::make_shared<Core>(m_spec, std::move(password), nullptr, purpose, this));
}

Session::Session(ConnectionSpec spec, Prepare prepare, Purpose purpose, QObject *parent) : QObject(parent), m_spec(std::move(spec)), m_worker(threadName(purpose))
{
    begin(std::make_shared<Core>(m_spec, Secret(), std::move(prepare), purpose, this));
}

void Session::begin(std::shared_ptr<Core> core)
{
    m_core = std::move(core);
    qRegisterMetaType<LinkStatus>();
    m_worker.post([core = m_core] { core->loop(); });
    m_watch.setInterval(watchPeriodMs);
    connect(&m_watch, &QTimer::timeout, this, &Session::watch);
}

Session::~Session()
{
    m_core->quit();
}

LinkStatus Session::status() const
{
    LinkStatus status = m_core->status();
    if (m_noAnswer && status.state == LinkState::Connected)
        status.state = LinkState::NoAnswer;
    return status;
}

void Session::open()
{
    m_core->open();
}

void Session::close()
{
    m_core->close();
}

static Error noAnswer(const ConnectionSpec &spec)
{
    Error error;
    error.kind = ErrorKind::Timeout;
    error.reason = QStringLiteral("no_answer");
    error.message = QStringLiteral("%1 does not answer").arg(spec.address());
    return error;
}

void Session::post(std::function<void(Result<Connection *>)> task, const CancelToken &cancel)
{
    if (m_core->purpose == Purpose::Monitor && m_noAnswer) {
        task(fail(noAnswer(m_spec)));
        return;
    }
    m_core->post({std::move(task), cancel});
    if (QThread::currentThread() == thread())
        m_watch.start();
    else
        QMetaObject::invokeMethod(this, [this] { m_watch.start(); }, Qt::QueuedConnection);
}

void Session::watch()
{
    for (const Core::Task &task : m_core->takeCancelled())
        task.run(fail(ErrorKind::Cancelled, QStringLiteral("by_user"), QStringLiteral("Cancelled before it began")));

    const auto link = m_core->link();
    if (const auto statement = m_core->takeRunningCancelled(); link && statement && *statement != whatRuns)
        link->requestCancel(*statement); // its thread may be held up by a reader, where no token is seen
    const qint64 silentMs = link ? link->silentForMs() : 0;
    const bool noAnswerNow = silentMs >= noAnswerAfterMs;
    if (m_noAnswer.exchange(noAnswerNow) != noAnswerNow)
        emit statusChanged(status());
    if (noAnswerNow && m_core->purpose == Purpose::Monitor) {
        for (const Core::Task &task : m_core->takeAll())
            task.run(fail(noAnswer(m_spec)));
    }
    // An editor's statement may be long: there only TCP decides. The other links' statements are short by nature.
    if (m_core->purpose != Purpose::Editor && silentMs >= m_spec.linkTimeoutMs)
        link->abandon(Connection::End::NoAnswer);
    if (!m_core->isBusy())
        m_watch.stop();
}

QFuture<Result<CancelOutcome>> Session::cancelRunning(Session *control)
{
    if (const auto link = m_core->link()) {
        auto *trip = new CancelTrip(link, control == this ? nullptr : control, this);
        const auto future = trip->future();
        trip->begin();
        return future;
    }
    QPromise<Result<CancelOutcome>> promise;
    promise.start();
    promise.addResult(Result<CancelOutcome>(CancelOutcome()));
    promise.finish();
    return promise.future();
}

} // namespace howdah::pg
