// SPDX-License-Identifier: GPL-3.0-or-later
// A receiver of OTLP that answers as a test tells it, and keeps what it was sent. On the test's thread.
#pragma once

#include <QByteArray>
#include <QSslConfiguration>
#include <QTcpServer>
#include <QVector>

#include <functional>

class QSslSocket;

namespace howdah::test
{

struct OtlpRequest {
    QByteArray head; // request line and headers
    QByteArray body;
};

class OtlpReceiver : public QTcpServer
{
    Q_OBJECT
public:
    explicit OtlpReceiver(const QSslConfiguration *tls = nullptr);
    QString address() const; // http(s)://127.0.0.1:port
    // What the nth request (from 0) is answered with, as it is; empty: nothing, the connection stays open. "close": it ends.
    std::function<QByteArray(int)> answer;
    bool endless = false; // after the answer, bytes without end
    const QVector<OtlpRequest> &requests() const { return m_requests; }
    qint64 written() const { return m_written; }

    static QByteArray reply(const QByteArray &status, const QByteArray &headers = {}, const QByteArray &body = {});

protected:
    void incomingConnection(qintptr handle) override;

private:
    void take(QSslSocket *socket, QByteArray &bytes);
    void pour(QSslSocket *socket);

    bool m_secure;
    QSslConfiguration m_tls;
    QVector<OtlpRequest> m_requests;
    qint64 m_written = 0;
};

} // namespace howdah::test
