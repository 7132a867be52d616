// SPDX-License-Identifier: GPL-3.0-or-later
// A long way to a server: what goes in at 127.0.0.1:port() comes out at the server later by the delay, in each direction, order kept. For
// kernels without netem. The delay may change while links stand. One thread a direction; ends, with its links, when destroyed.
#pragma once

#include <QString>

#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

namespace howdah::test
{

class DelayProxy
{
public:
    DelayProxy(const QString &address, quint16 port); // IPv4
    ~DelayProxy();
    DelayProxy(const DelayProxy &) = delete;
    DelayProxy &operator=(const DelayProxy &) = delete;

    quint16 port() const { return m_port; }
    void setDelay(int oneWayMs) { m_delayMs = oneWayMs; }
    void cut(); // the links that stand, on both ends; new ones go through

private:
    void accept();
    void carry(int from, int to) const;

    QString m_address;
    quint16 m_target = 0;
    quint16 m_port = 0;
    int m_listener = -1;
    std::atomic<int> m_delayMs = 0;
    std::atomic<bool> m_ending = false;
    std::mutex m_mutex;
    std::vector<int> m_sockets;
    std::vector<std::thread> m_threads;
    std::thread m_acceptor;
};

} // namespace howdah::test
