// SPDX-License-Identifier: GPL-3.0-or-later
// The program's switch "Answer health checks over HTTP" and its true state. It answers on 127.0.0.1 from the samples that the open connection takes anyway
// (HealthFeed puts them on the board), on threads of its own. Off unless switched on; ends with its owner, the window. Window's thread.
#pragma once

#include "base/worker.h"
#include "health/board.h"
#include "health/httpserver.h"
#include "store/keychain.h"
#include "store/storeworker.h"

#include <QObject>

namespace howdah::ui
{

class HealthEndpoint : public QObject
{
    Q_OBJECT
public:
    // Failed: it should answer, and does not; error() has why and what to do.
    enum class State { Off, Beginning, Answering, Failed };

    HealthEndpoint(store::StoreWorker *store, store::Keychain *keychain, QObject *parent = nullptr);
    ~HealthEndpoint() override;

    void load(); // what was chosen before: on and where, and whether a token is asked for
    void switchOn(quint16 port); // kept once it answers
    void switchOff();
    void retry();
    void makeToken();   // tokenMade tells it, once; whoever has the one before is refused from then on
    void removeToken();

    State state() const { return m_state; }
    const Error &error() const { return m_error; }
    quint16 port() const { return m_port; }
    bool asksForToken() const { return m_asksForToken; }
    bool isTokenChanging() const { return m_tokenChanging; }
    QString address() const; // "http://127.0.0.1:5210"
    struct Counts {
        qint64 answered = 0, refused = 0; // since it was switched on
        bool operator==(const Counts &) const = default;
    };
    Counts counts() const;

    // The server that is answered for; empty: none is open, and the endpoints say so with 503.
    void watch(const QString &serverId);
    void put(const health::Standing &standing) { m_board->put(standing); }

signals:
    void changed();
    void tokenMade(const QByteArray &token);
    void tokenFailed(const howdah::Error &error);

private:
    void open();
    void listen(const Secret &token, int attempt);
    void opened(const Result<std::shared_ptr<health::HttpServer>> &server);
    void failed(const Error &error);
    void end();
    void keep(bool on);
    void tokenKept(const Done &kept, bool asks);
    void enter(State state);

    store::StoreWorker *m_store;
    store::Keychain *m_keychain;
    Worker m_worker; // opens and ends the server: not even its thread's start is waited for here
    std::shared_ptr<health::Board> m_board;
    std::shared_ptr<health::HttpServer> m_server;
    State m_state = State::Off;
    Error m_error;
    quint16 m_port = 5210;
    bool m_asksForToken = false;
    bool m_tokenChanging = false;
    bool m_isKept = false;   // the store says that it is on
    int m_attempt = 0;       // an answer to an earlier one ends what it opened
};

} // namespace howdah::ui
