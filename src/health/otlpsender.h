// SPDX-License-Identifier: GPL-3.0-or-later
// The part of an OtlpExporter (otlpexporter.h) that lives on its thread: makes the bodies, queues them, sends one at a time.
#pragma once

#include "health/httpreply.h"
#include "health/otlpsettings.h"
#include "health/otlpstate.h"

#include <QHash>
#include <QObject>
#include <QSslConfiguration>
#include <QTimer>

#include <deque>
#include <optional>

namespace howdah::health
{

class OtlpSender : public QObject
{
    Q_OBJECT
public:
    OtlpSender(OtlpSettings settings, OtlpResource resource);

    void take(const QVector<Series> &series);
    void flush(int deadlineMs); // one attempt each for what is queued; then flushed(), at the deadline at the latest

signals:
    void changed(const howdah::health::OtlpState &state);
    void flushed();

private:
    struct Request {
        QByteArray body;
        qint64 points = 0;
        int attempt = 0;
    };
    QVector<Series> unsent(const QVector<Series> &series);
    void readFiles();
    void sendNext();
    void answered(const HttpReply &reply);
    void drop(const Request &request);
    void keepBounded();
    void note(const QString &error);
    void publish();
    void endFlush();

    OtlpSettings m_settings;
    OtlpResource m_resource;
    QSslConfiguration m_tls;
    QString m_fileError;             // of a certificate or key that can't be read: nothing is sent then
    QHash<QString, qint64> m_taken;  // series and attributes -> the time of the last point of it that was queued
    std::deque<Request> m_queue;
    std::optional<Request> m_underway;
    QTimer m_again;
    QTimer m_flushDeadline;
    bool m_flushing = false;
    OtlpState m_state;
};

} // namespace howdah::health
