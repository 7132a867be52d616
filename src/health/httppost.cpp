// SPDX-License-Identifier: GPL-3.0-or-later
#include "health/httppost.h"

#include <QNetworkProxy>
#include <QSslError>

namespace howdah::health
{

using namespace Qt::StringLiterals;

HttpPost::HttpPost(const QUrl &url, const Headers &headers, const QByteArray &body, const QSslConfiguration &tls, int timeoutMs, QObject *parent)
    : QObject(parent), m_url(url), m_socket(this), m_deadline(this)
{
    QByteArray target = url.path(QUrl::FullyEncoded).toLatin1();
    if (target.isEmpty())
        target = "/";
    if (url.hasQuery())
        target += '?' + url.query(QUrl::FullyEncoded).toLatin1();
    const QString authority = url.authority(QUrl::FullyEncoded);
    m_request = "POST " + target + " HTTP/1.1\r\nHost: " + authority.toLatin1() + "\r\nConnection: close\r\nContent-Length: "
        + QByteArray::number(body.size()) + "\r\n";
    for (const auto &[name, value] : headers)
        m_request += name + ": " + value + "\r\n";
    m_request += "\r\n" + body;
    m_socket.setProxy(QNetworkProxy::NoProxy);
    m_socket.setSslConfiguration(tls);
    m_socket.setPeerVerifyMode(QSslSocket::VerifyPeer);
    m_socket.setReadBufferSize(replyLimit);
    m_deadline.setSingleShot(true);
    m_deadline.setInterval(timeoutMs);
    connect(&m_socket, &QSslSocket::readyRead, this, &HttpPost::read);
    connect(&m_socket, &QSslSocket::errorOccurred, this, [this] { end(true); });
    connect(&m_socket, &QSslSocket::disconnected, this, [this] { end(true); });
    connect(&m_deadline, &QTimer::timeout, this, [this] {
        // A status that came is an answer, though its body hangs.
        HttpReply reply = readHttpReply(m_answer, true).value_or(HttpReply());
        if (reply.status != 0) {
            reply.isCut = true;
        } else {
            reply.timedOut = m_request.isEmpty(); // before that nothing has left
            reply.error = (reply.timedOut ? u"No answer within %1 s"_s : u"No connection within %1 s"_s).arg(m_deadline.interval() / 1000.0);
        }
        finish(reply);
    });
}

// A socket says at its end that it has ended, to whom there is no timer any more.
HttpPost::~HttpPost()
{
    m_socket.disconnect(this);
}

void HttpPost::start()
{
    m_deadline.start();
    const bool secure = m_url.scheme() == "https"_L1;
    const QString host = m_url.host(QUrl::FullyEncoded);
    connect(&m_socket, secure ? &QSslSocket::encrypted : &QSslSocket::connected, this, &HttpPost::send);
    if (secure)
        m_socket.connectToHostEncrypted(host, quint16(m_url.port(443)));
    else
        m_socket.connectToHost(host, quint16(m_url.port(80)));
}

void HttpPost::send()
{
    m_socket.write(m_request);
    m_request.clear();
}

void HttpPost::read()
{
    while (!m_finished && m_socket.bytesAvailable() > 0) {
        m_answer += m_socket.read(replyLimit - m_answer.size() + 1);
        if (m_answer.size() > replyLimit) {
            HttpReply reply = readHttpReply(QByteArrayView(m_answer).first(replyLimit), true).value_or(HttpReply());
            reply.isCut = true;
            finish(reply);
        } else {
            end(false);
        }
    }
}

void HttpPost::end(bool atEnd)
{
    if (m_finished)
        return;
    if (atEnd && m_socket.bytesAvailable() > 0)
        read();
    if (const auto reply = readHttpReply(m_answer, atEnd)) {
        finish(*reply);
    } else if (atEnd) {
        HttpReply none;
        const QList<QSslError> untrusted = m_socket.sslHandshakeErrors();
        none.error = untrusted.isEmpty() ? m_socket.errorString() : untrusted.first().errorString();
        finish(none);
    }
}

void HttpPost::finish(HttpReply reply)
{
    if (m_finished)
        return;
    m_finished = true;
    m_deadline.stop();
    m_socket.abort();
    emit finished(reply);
}

} // namespace howdah::health
