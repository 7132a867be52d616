// SPDX-License-Identifier: GPL-3.0-or-later
// One client of a server: statements one after the other, or one left running on a thread of its own, so that who is blocked blocks nobody else. It
// goes with what it runs. For tests only.
#pragma once

#include "support/testserver.h"

#include <memory>
#include <thread>

namespace howdah::test
{

class Client
{
public:
    explicit Client(std::unique_ptr<pg::Connection> link) : m_link(std::move(link)) {}
    Client(const pg::ConnectionSpec &spec, const Secret &password)
    {
        if (auto opened = pg::Connection::open(spec, password))
            m_link = std::move(*opened);
        else
            qWarning("%s", qPrintable(opened.error().text()));
    }
    Client(const TestServer &server, const QString &applicationName) : Client(named(server.spec(), applicationName), server.password()) {}
    ~Client()
    {
        m_stop.cancel();
        join();
        if (m_link)
            m_link->abandon();
    }
    Client(const Client &) = delete;
    Client &operator=(const Client &) = delete;

    int pid() const { return m_link ? m_link->facts().backendPid : -1; }
    pg::Connection &link() { return *m_link; }
    bool run(const QByteArray &statement) // to its end
    {
        if (!m_link)
            return false;
        const auto done = m_link->run({statement, {}});
        if (!done)
            qWarning("%s: %s", statement.constData(), qPrintable(done.error().text()));
        return done.has_value();
    }
    void start(const QByteArray &statement) // and leave it running
    {
        m_thread = std::thread([this, statement] {
            if (!m_link)
                return;
            const auto done = m_link->run({statement, {}}, {}, {}, m_stop);
            m_state = done ? QStringLiteral("done") : done.error().sqlstate;
        });
    }
    QString end() // of what was left running: "done" or the error's SQLSTATE
    {
        join();
        return m_state;
    }

private:
    static pg::ConnectionSpec named(pg::ConnectionSpec spec, const QString &applicationName)
    {
        spec.applicationName = applicationName;
        return spec;
    }
    void join()
    {
        if (m_thread.joinable())
            m_thread.join();
    }

    std::unique_ptr<pg::Connection> m_link;
    CancelToken m_stop;
    QString m_state;
    std::thread m_thread;
};

} // namespace howdah::test
