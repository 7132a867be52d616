// SPDX-License-Identifier: GPL-3.0-or-later
// Exports series by OTLP over HTTP on a thread of its own: nothing here blocks, whatever the receiver does. The queue is bounded: the oldest
// request is dropped and counted. Lives on the window's thread (howdahctl: main loop); one for each server that is exported.
#pragma once

#include "base/clock.h"
#include "health/otlpsettings.h"
#include "health/otlpstate.h"

#include <QObject>
#include <QThread>

namespace howdah::health
{

class OtlpSender;

class OtlpExporter : public QObject
{
    Q_OBJECT
public:
    // stream: see otlpResource().
    OtlpExporter(const OtlpSettings &settings, const QString &stream, QObject *parent = nullptr);
    ~OtlpExporter() override; // ends what is under way and waits for its thread, which never waits for anything

    // To be asked with each sample: an interval has passed since the last offer. Then offer() what there is, its starts marked.
    bool isDue() const;
    void offer(const QVector<Series> &series);
    // Before the end: one attempt for what is queued. flushed() follows, at the deadline at the latest.
    void flush(int deadlineMs = 5000);
    const OtlpState &state() const { return m_state; }

signals:
    void changed(const howdah::health::OtlpState &state);
    void flushed();

private:
    int m_intervalMs;
    qint64 m_offeredMs = -1; // monotonic
    OtlpState m_state;
    QThread m_thread;
    OtlpSender *m_sender; // on m_thread, deleted there
};

} // namespace howdah::health
