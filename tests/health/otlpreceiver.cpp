// SPDX-License-Identifier: GPL-3.0-or-later
#include "health/otlpreceiver.h"

#include <QHostAddress>
#include <QSslSocket>

#include <memory>

namespace howdah::test
{

OtlpReceiver::OtlpReceiver(const QSslConfiguration *tls) : m_secure(tls != nullptr)
{
    if (tls)
        m_tls = *tls;
    answer = [](int) { return reply("200 OK"); };
    listen(QHostAddress::LocalHost);
}

QString OtlpReceiver::address() const
{
    return QStringLiteral("%1://127.0.0.1:%2").arg(QLatin1StringView(m_secure ? "https" : "http")).arg(serverPort());
}

QByteArray OtlpReceiver::reply(const QByteArray &status, const QByteArray &headers, const QByteArray &body)
{
    return "HTTP/1.1 " + status + "\r\n" + headers + "Content-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body;
}

void OtlpReceiver::incomingConnection(qintptr handle)
{
    auto *socket = new QSslSocket(this);
    socket->setSocketDescriptor(handle);
    auto bytes = std::make_shared<QByteArray>();
    connect(socket, &QSslSocket::readyRead, this, [this, socket, bytes] {
        *bytes += socket->readAll();
        take(socket, *bytes);
    });
    connect(socket, &QSslSocket::disconnected, socket, &QObject::deleteLater);
    if (m_secure) {
        socket->setSslConfiguration(m_tls);
        socket->startServerEncryption();
    }
}

void OtlpReceiver::take(QSslSocket *socket, QByteArray &bytes)
{
    const qsizetype end = bytes.indexOf("\r\n\r\n");
    if (end < 0)
        return;
    const QByteArray head = bytes.first(end);
    const QByteArray key = "content-length:";
    const qsizetype at = head.toLower().indexOf(key);
    const qsizetype length = at < 0 ? 0 : head.mid(at + key.size()).split('\r').first().trimmed().toLongLong();
    if (bytes.size() < end + 4 + length)
        return;
    m_requests.append({head, bytes.mid(end + 4, length)});
    bytes.clear();
    const QByteArray said = answer(int(m_requests.size()) - 1);
    if (said == "close") {
        socket->abort();
        return;
    }
    socket->write(said);
    if (endless) {
        connect(socket, m_secure ? &QSslSocket::encryptedBytesWritten : &QSslSocket::bytesWritten, this, [this, socket](qint64 count) {
            m_written += count;
            QMetaObject::invokeMethod(socket, [this, socket] { pour(socket); }, Qt::QueuedConnection); // from within, TLS would go on for ever
        });
        pour(socket);
    }
}

void OtlpReceiver::pour(QSslSocket *socket)
{
    static const QByteArray block(64 * 1024, 'x');
    if (socket->bytesToWrite() + socket->encryptedBytesToWrite() < 4 * block.size())
        socket->write(block);
}

} // namespace howdah::test
