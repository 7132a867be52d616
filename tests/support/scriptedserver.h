// SPDX-License-Identifier: GPL-3.0-or-later
// A TCP server that says what a test scripted, for servers that no PostgreSQL would be: silent, garbage, HTTP, slow, hostile; in clear or
// inside TLS. Listens on 127.0.0.1; one thread a client. Stops, and wakes its scripts, when destroyed.
#pragma once

#include <QByteArray>
#include <QString>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

typedef struct ssl_st SSL;

namespace howdah::test
{

class ScriptedServer
{
public:
    // One client's end of the talk, on its own thread. After the script returns the connection is closed.
    class Client
    {
    public:
        explicit Client(int socket);
        ~Client();
        Client(const Client &) = delete;
        Client &operator=(const Client &) = delete;

        QByteArray read(int count) const; // shorter when the client or the test ends it
        QByteArray readMessage() const;   // one protocol message: type and body, without its length
        QByteArray readStartup() const;   // the startup packet's (or SSLRequest's) body
        bool readUntil(char type) const;  // messages up to and with one of this type
        bool send(const QByteArray &bytes) const;
        bool sendMessage(char type, const QByteArray &body) const;
        bool drip(const QByteArray &bytes, int everyMs) const;
        void flood(const QByteArray &bytes) const; // again and again, until nobody takes them
        void waitForEnd() const;          // until the client goes or the test ends
        void closeNow() const;            // both ways, as a process that dies
        // The server's side of a handshake, with the PEM files <certificate>.crt and .key; from then on everything is inside it.
        bool startTls(const QString &certificate) const;

    private:
        struct FreeTls {
            void operator()(SSL *ssl) const;
        };
        int some(char *to, int count) const;

        int m_socket;
        mutable std::unique_ptr<SSL, FreeTls> m_ssl;
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
