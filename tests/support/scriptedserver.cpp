// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/scriptedserver.h"

#include <QtEndian>

#include <chrono>

#include <csignal>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace howdah::test
{

void ScriptedServer::Client::FreeTls::operator()(SSL *ssl) const
{
    ::SSL_free(ssl);
}

ScriptedServer::Client::Client(int socket) : m_socket(socket)
{
    // OpenSSL writes without MSG_NOSIGNAL. Of this thread alone: what the program under test does with the signal is its own.
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
}

ScriptedServer::Client::~Client() = default;

bool ScriptedServer::Client::startTls(const QString &certificate) const
{
    SSL_CTX *context = ::SSL_CTX_new(::TLS_server_method());
    const bool ready = ::SSL_CTX_use_certificate_chain_file(context, qPrintable(certificate + QStringLiteral(".crt"))) == 1
        && ::SSL_CTX_use_PrivateKey_file(context, qPrintable(certificate + QStringLiteral(".key")), SSL_FILETYPE_PEM) == 1;
    std::unique_ptr<SSL, FreeTls> ssl(ready ? ::SSL_new(context) : nullptr);
    ::SSL_CTX_free(context);
    if (!ssl || ::SSL_set_fd(ssl.get(), m_socket) != 1 || ::SSL_accept(ssl.get()) != 1)
        return false;
    m_ssl = std::move(ssl);
    return true;
}

int ScriptedServer::Client::some(char *to, int count) const
{
    return m_ssl ? ::SSL_read(m_ssl.get(), to, count) : int(::recv(m_socket, to, size_t(count), 0));
}

QByteArray ScriptedServer::Client::read(int count) const
{
    QByteArray bytes;
    while (bytes.size() < count) {
        char buffer[4096];
        const int got = some(buffer, int(std::min<qsizetype>(count - bytes.size(), qsizetype(sizeof buffer))));
        if (got <= 0)
            break;
        bytes.append(buffer, got);
    }
    return bytes;
}

QByteArray ScriptedServer::Client::readMessage() const
{
    const QByteArray head = read(5);
    return head.size() < 5 ? QByteArray() : QByteArray(head.left(1) + read(int(qFromBigEndian<quint32>(head.constData() + 1)) - 4));
}

QByteArray ScriptedServer::Client::readStartup() const
{
    const QByteArray head = read(4);
    return head.size() < 4 ? QByteArray() : read(int(qFromBigEndian<quint32>(head.constData())) - 4);
}

bool ScriptedServer::Client::readUntil(char type) const
{
    for (;;) {
        const QByteArray message = readMessage();
        if (message.isEmpty() || message.at(0) == type)
            return !message.isEmpty();
    }
}

bool ScriptedServer::Client::send(const QByteArray &bytes) const
{
    if (m_ssl)
        return bytes.isEmpty() || ::SSL_write(m_ssl.get(), bytes.constData(), int(bytes.size())) == bytes.size();
    return ::send(m_socket, bytes.constData(), size_t(bytes.size()), MSG_NOSIGNAL) == bytes.size();
}

bool ScriptedServer::Client::drip(const QByteArray &bytes, int everyMs) const
{
    for (const char byte : bytes) {
        if (!send(QByteArray(1, byte)))
            return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(everyMs));
    }
    return true;
}

void ScriptedServer::Client::flood(const QByteArray &bytes) const
{
    while (send(bytes)) {
    }
}

bool ScriptedServer::Client::sendMessage(char type, const QByteArray &body) const
{
    QByteArray message(5, type);
    qToBigEndian(quint32(body.size() + 4), message.data() + 1);
    return send(message + body);
}

void ScriptedServer::Client::waitForEnd() const
{
    char buffer[4096];
    while (some(buffer, sizeof buffer) > 0) {
    }
}

void ScriptedServer::Client::closeNow() const
{
    ::shutdown(m_socket, SHUT_RDWR);
}

ScriptedServer::ScriptedServer(Script script) : m_script(std::move(script))
{
    m_listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(m_listener, reinterpret_cast<const sockaddr *>(&address), sizeof address);
    ::listen(m_listener, 16);
    socklen_t size = sizeof address;
    ::getsockname(m_listener, reinterpret_cast<sockaddr *>(&address), &size);
    m_port = ntohs(address.sin_port);
    m_acceptor = std::thread([this] { accept(); });
}

ScriptedServer::~ScriptedServer()
{
    m_ending = true;
    ::shutdown(m_listener, SHUT_RDWR);
    m_acceptor.join();
    {
        const std::lock_guard lock(m_mutex);
        for (const int socket : m_sockets)
            ::shutdown(socket, SHUT_RDWR);
    }
    for (std::thread &thread : m_threads)
        thread.join();
    for (const int socket : m_sockets)
        ::close(socket);
    ::close(m_listener);
}

void ScriptedServer::accept()
{
    for (;;) {
        const int socket = ::accept4(m_listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (socket < 0 || m_ending) {
            if (socket >= 0)
                ::close(socket);
            return;
        }
        ++m_clients;
        const std::lock_guard lock(m_mutex);
        m_sockets.push_back(socket);
        m_threads.emplace_back([this, socket] {
            const Client client(socket);
            m_script(client);
            ::shutdown(socket, SHUT_RDWR);
        });
    }
}

ScriptedServer::Script ScriptedServer::silent()
{
    return [](const Client &client) { client.waitForEnd(); };
}

ScriptedServer::Script ScriptedServer::says(const QByteArray &bytes)
{
    return [bytes](const Client &client) {
        client.read(8);
        client.send(bytes);
        client.waitForEnd();
    };
}

ScriptedServer::Script ScriptedServer::closesAtOnce()
{
    return [](const Client &client) { client.read(8); };
}

ScriptedServer::Script ScriptedServer::drips(const QByteArray &bytes, int everyMs)
{
    return [bytes, everyMs](const Client &client) {
        client.read(8);
        client.drip(bytes, everyMs);
        client.waitForEnd();
    };
}

ScriptedServer::Script ScriptedServer::endlessScram(int iterations)
{
    return [iterations](const Client &client) {
        client.readStartup();
        const QByteArray sasl("\0\0\0\x0aSCRAM-SHA-256\0\0", 19);
        client.sendMessage('R', sasl);
        const QByteArray first = client.readMessage();
        const QByteArray nonce = first.mid(first.indexOf("r=") + 2);
        client.sendMessage('R', QByteArray("\0\0\0\x0b", 4) + "r=" + nonce + "howdah,s=c2FsdHNhbHRzYWx0c2FsdA==,i=" + QByteArray::number(iterations));
        client.waitForEnd();
    };
}

} // namespace howdah::test
