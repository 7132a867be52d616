// SPDX-License-Identifier: GPL-3.0-or-later
// One cancel from the request to its confirmation, in steps on the session's own thread (the window's): nothing in it waits.
#pragma once

#include "pg/session.h"

#include <QElapsedTimer>
#include <QPointer>
#include <QPromise>

namespace howdah::pg
{

class CancelTrip : public QObject
{
    Q_OBJECT
public:
    CancelTrip(std::shared_ptr<Connection> link, Session *control, QObject *parent);
    QFuture<Result<CancelOutcome>> future() const { return m_promise.future(); }
    void begin(); // ends by deleting itself

private:
    bool canAsk() const; // the control link, whether the statement still runs
    void byControl();
    void byLibpq();
    void look();
    void askServer();
    void finish(CancelOutcome::What what);

    const std::shared_ptr<Connection> m_link;
    const QPointer<Session> m_control;
    QPromise<Result<CancelOutcome>> m_promise;
    CancelOutcome m_outcome;
    QString m_queryStart; // as the server names it; empty: not known
    quint64 m_statement = 0;
    bool m_asking = false;
    bool m_finished = false;
    QElapsedTimer m_clock;
    QTimer m_timer;
};

} // namespace howdah::pg
