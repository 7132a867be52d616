// SPDX-License-Identifier: GPL-3.0-or-later
// One POST, once: never sent again by itself, no redirect followed, no cookie, no proxy, TLS verified, at most 64 KB of the reply read.
// QNetworkAccessManager does none of the first and the last: it sends a POST again where a connection ends before the reply. Lives on a
// thread with an event loop, which it never blocks.
#pragma once

#include "health/httpreply.h"

#include <QObject>
#include <QSslConfiguration>
#include <QSslSocket>
#include <QTimer>
#include <QUrl>
#include <QVector>

#include <utility>

namespace howdah::health
{

class HttpPost : public QObject
{
    Q_OBJECT
public:
    using Headers = QVector<std::pair<QByteArray, QByteArray>>;
    // `tls` is for https. Headers are sent as they are given, after Host, Content-Length and Connection.
    HttpPost(const QUrl &url, const Headers &headers, const QByteArray &body, const QSslConfiguration &tls, int timeoutMs, QObject *parent = nullptr);
    ~HttpPost() override;
    void start();

signals:
    void finished(const howdah::health::HttpReply &reply); // once

private:
    void send();
    void read();
    void end(bool atEnd);
    void finish(HttpReply reply);

    QUrl m_url;
    QByteArray m_request;
    QByteArray m_answer;
    QSslSocket m_socket;
    QTimer m_deadline;
    bool m_finished = false;
};

} // namespace howdah::health
