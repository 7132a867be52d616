// SPDX-License-Identifier: GPL-3.0-or-later
// A client of sockets for the health endpoints: it sends what it is told, byte for byte, good or bad. Blocking; for tests only.
#pragma once

#include <QElapsedTimer>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTcpSocket>
#include <QThread>

namespace howdah::test
{

struct ProbeReply {
    int status = 0; // 0: none came
    QByteArray head, body;
    QJsonObject json() const { return QJsonDocument::fromJson(body).object(); }
    QByteArray header(const QByteArray &name) const // of the first of that name
    {
        for (const QByteArray &line : head.split('\n')) {
            if (line.toLower().startsWith(QByteArray(name.toLower() + ':')))
                return line.mid(name.size() + 1).trimmed();
        }
        return {};
    }
};

class HttpClient
{
public:
    explicit HttpClient(quint16 port)
    {
        m_socket.connectToHost(QStringLiteral("127.0.0.1"), port);
        m_socket.waitForConnected(5000);
    }

    void takeNothing() { m_socket.setReadBufferSize(1); } // from now on
    bool isConnected() const { return m_socket.state() == QAbstractSocket::ConnectedState; }
    void send(const QByteArray &bytes)
    {
        m_socket.write(bytes);
        while (m_socket.bytesToWrite() > 0 && m_socket.waitForBytesWritten(2000)) { }
    }
    ProbeReply read(int mostMs = 5000)
    {
        QElapsedTimer clock;
        clock.start();
        ProbeReply reply;
        for (;;) {
            m_bytes += m_socket.readAll();
            const qsizetype end = m_bytes.indexOf("\r\n\r\n");
            if (end >= 0) {
                reply.head = m_bytes.first(end + 2);
                const qsizetype length = isBodiless ? 0 : reply.header("Content-Length").toLongLong();
                if (m_bytes.size() >= end + 4 + length) {
                    reply.status = reply.head.mid(9, 3).toInt();
                    reply.body = m_bytes.mid(end + 4, length);
                    m_bytes.remove(0, end + 4 + length);
                    return reply;
                }
            }
            const qint64 left = mostMs - clock.elapsed();
            if (left <= 0 || (!m_socket.waitForReadyRead(int(left)) && m_socket.state() != QAbstractSocket::ConnectedState && m_socket.bytesAvailable() == 0))
                return reply;
        }
    }
    // How long until the other side has closed it; -1: it has not.
    qint64 closedWithin(int mostMs)
    {
        QElapsedTimer clock;
        clock.start();
        while (isConnected() && clock.elapsed() < mostMs) {
            m_socket.waitForReadyRead(20);
            m_socket.readAll();
        }
        return isConnected() ? -1 : clock.elapsed();
    }

    bool isBodiless = false; // HEAD is asked

private:
    QTcpSocket m_socket;
    QByteArray m_bytes;
};

inline ProbeReply httpGet(quint16 port, const QByteArray &path, const QByteArray &headers = {}, const QByteArray &method = "GET")
{
    HttpClient client(port);
    client.isBodiless = method == "HEAD";
    client.send(method + ' ' + path + " HTTP/1.1\r\nHost: localhost:" + QByteArray::number(port) + "\r\n" + headers + "\r\n");
    return client.read();
}

} // namespace howdah::test
