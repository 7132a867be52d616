// SPDX-License-Identifier: GPL-3.0-or-later
// A TCP server that says what a test scripted, for servers that no PostgreSQL would be: silent, garbage, HTTP, slow, hostile. Listens on
// 127.0.0.1; one thread a client. Stops, and wakes its scripts, when destroyed.
#pragma once

#include <QByteArray>

#include <atomic>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace howdah::test
{

class ScriptedServer
{
public:
    // One client's end of the talk, on its own thread. After the script returns the connection is closed.
    class Client
    {
    public:
        explicit Client(int socket) : m_socket(socket) {}
        QByteArray read(int count) const; // shorter when the client or the test ends it
        QByteArray readMessage() const;   // one protocol message: type and body, without its length
        QByteArray readStartup() const;   // the startup packet's (or SSLRequest's) body
        bool send(const QByteArray &bytes) const;
        bool sendMessage(char type, const QByteArray &body) const;
        void waitForEnd() const;          // until the client goes or the test ends

    private:
        int m_socket;
    };
    using Script = std::function<void(const Client &)>;

    explicit ScriptedServer(Script script);
    ~ScriptedServer();
    ScriptedServer(const ScriptedServer &) = delete;
    ScriptedServer &operator=(const ScriptedServer &) = delete;

    quint16 port() const { return m_port; }
    int clients() const { return m_clients; }

    static Script silent();
    static Script says(const QByteArray &bytes); // to whatever the client sent first
    static Script closesAtOnce();
    static Script drips(const QByteArray &bytes, int everyMs);
    // A SCRAM exchange whose work would take the client very long; no TLS.
    static Script endlessScram(int iterations);

private:
    void accept();

    Script m_script;
    int m_listener = -1;
    quint16 m_port = 0;
    std::atomic<int> m_clients = 0;
    std::atomic<bool> m_ending = false;
    std::thread m_acceptor;
    std::mutex m_mutex;
    std::vector<int> m_sockets;
    std::vector<std::thread> m_threads;
};

} // namespace howdah::test
