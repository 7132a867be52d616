// SPDX-License-Identifier: GPL-3.0-or-later
// Children of the bench: started, watched for their greatest memory, ended. The bench's own thread only.
#pragma once

#include "base/result.h"

#include <QElapsedTimer>
#include <QJsonObject>
#include <QProcess>

#include <memory>

namespace howdah::bench
{

// An X server of the bench's own, so that both programs meet the same one. Ended with the object.
class XServer
{
public:
    static Result<std::unique_ptr<XServer>> start();
    ~XServer();
    QString display() const { return m_display; } // ":99"

private:
    QProcess m_process;
    QString m_display;
};

QProcessEnvironment environmentOn(const QString &display);
double peakRssMb(qint64 pid);    // VmHWM of a living process; 0 where it is gone
double currentRssMb(qint64 pid); // VmRSS
qint64 monotonicNs();            // CLOCK_MONOTONIC

// Runs this program as `--child name args`, waits, returns its one JSON object.
Result<QJsonObject> child(const QString &display, const QString &name, const QStringList &arguments, int timeoutMs);

} // namespace howdah::bench
