// SPDX-License-Identifier: GPL-3.0-or-later
// A link with a thread: services are given to it and run there one after the other, on its Connection, which it opens, watches while idle,
// and opens again after a loss (nothing is re-run). Lives on the window's thread (or howdahctl's main loop); its work does not.
#pragma once

#include "base/async.h"
#include "base/canceltoken.h"
#include "base/worker.h"
#include "pg/cancel.h"
#include "pg/connection.h"

#include <QObject>
#include <QTimer>

#include <atomic>

namespace howdah::pg
{

enum class LinkState { Closed, Connecting, Connected, NoAnswer, Lost };

struct LinkStatus {
    LinkState state = LinkState::Closed;
    LinkFacts facts;         // of the last good connection
    Error error;             // of Lost, and of a failed connect
    qint64 sinceMs = 0;      // Unix time the state began
    qint64 retryAtMs = 0;    // Unix time of the next attempt; 0: none by itself (authentication and certificate errors stop it)
    ServerIdentity server;   // of the last good connection
    Comeback comeback = Comeback::First; // how that server compares with the one before
    TransactionState lostIn = TransactionState::Idle; // of Lost: Open and Failed were rolled back by the server
    quint64 generation = 0;  // counts connections: another number is another backend (temp tables, SET, transaction are gone)
    quint64 lostGeneration = 0; // the last that was lost, not closed by us: told also to who was too busy to see the state itself
};
QString linkStateText(LinkState state); // "connected", "no answer", …

class Session : public QObject
{
    Q_OBJECT
public:
    enum class Purpose { Control, Monitor, Editor };

    // The secret is kept for reconnects, in memory that is wiped with the session.
    Session(ConnectionSpec spec, Secret password, Purpose purpose, QObject *parent = nullptr);
    // The secret and the way are asked for anew each time before it connects, on the link's side; 60 s at most.
    Session(ConnectionSpec spec, Prepare prepare, Purpose purpose, QObject *parent = nullptr);
    ~Session() override; // cancels what runs; does not wait

    const ConnectionSpec &spec() const { return m_spec; }
    LinkStatus status() const;
    void open();  // asynchronous; statusChanged tells
    void close();

    // Runs service(Connection&, CancelToken) -> Result<T> on the session's thread, connecting first where needed. Cancelling the returned
    // token stops it: a statement that runs is cancelled on the server; control returns at once with Error{Cancelled} even when the server
    // does not answer (the link is then given up).
    template<typename Fn>
    auto run(Fn service, CancelToken cancel = {}) -> QFuture<std::invoke_result_t<Fn, Connection &, const CancelToken &>>
    {
        using R = std::invoke_result_t<Fn, Connection &, const CancelToken &>;
        auto promise = std::make_shared<QPromise<R>>();
        promise->start();
        QFuture<R> future = promise->future();
        post(
            [promise, service = std::move(service), cancel](Result<Connection *> connection) mutable {
                promise->addResult(connection ? service(**connection, cancel) : R(fail(std::move(connection.error()))));
                promise->finish();
            },
            cancel);
        return future;
    }

    // For a Monitor, a task is refused with Timeout/no_answer while the server does not answer: samples must not pile up.

    // Cancels the statement that runs now on this session's connection, through `control` (pg_cancel_backend) when given and alive, else
    // through libpq's own cancel; `control` then also tells whether the server still runs it. On the session's thread; never an error but
    // Cancelled, of a session that goes meanwhile.
    QFuture<Result<CancelOutcome>> cancelRunning(Session *control = nullptr);

signals:
    void statusChanged(const howdah::pg::LinkStatus &status);
    void noticesArrived(const std::vector<howdah::pg::Notice> &notices);

private:
    struct Core;
    void post(std::function<void(Result<Connection *>)> task, const CancelToken &cancel);

    void begin(std::shared_ptr<Core> core);
    void watch();

    ConnectionSpec m_spec;
    std::shared_ptr<Core> m_core;
    Worker m_worker; // its one task is the core's loop: so Worker::joinClosed counts this thread too
    QTimer m_watch;  // runs while a task does: shows "no answer", frees tasks that were cancelled while they waited
    std::atomic<bool> m_noAnswer = false;
};

} // namespace howdah::pg
Q_DECLARE_METATYPE(howdah::pg::LinkStatus)
