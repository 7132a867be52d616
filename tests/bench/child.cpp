// SPDX-License-Identifier: GPL-3.0-or-later
#include "child.h"

#include "process.h"

#include "base/savefile.h"

#include <QCoreApplication>
#include <QEventLoop>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTimer>

#include <unistd.h>

namespace howdah::bench
{

Done writeTarget(const QString &path, const Target &target)
{
    const QJsonObject object{{QStringLiteral("host"), target.spec.host},
                             {QStringLiteral("port"), target.spec.port},
                             {QStringLiteral("database"), target.spec.database},
                             {QStringLiteral("role"), target.spec.role},
                             {QStringLiteral("ca"), target.spec.caFile},
                             {QStringLiteral("password"), QString::fromUtf8(target.password.data())}};
    return saveFile(path, QJsonDocument(object).toJson());
}

Target readTarget(const QString &path)
{
    QFile file(path);
    Target target;
    if (!file.open(QIODevice::ReadOnly))
        return target;
    const QJsonObject object = QJsonDocument::fromJson(file.readAll()).object();
    target.spec.host = object.value(QStringLiteral("host")).toString();
    target.spec.port = quint16(object.value(QStringLiteral("port")).toInt());
    target.spec.database = object.value(QStringLiteral("database")).toString();
    target.spec.role = object.value(QStringLiteral("role")).toString();
    target.spec.caFile = object.value(QStringLiteral("ca")).toString();
    target.password = Secret(object.value(QStringLiteral("password")).toString().toUtf8());
    return target;
}

double selfPeakRssMb()
{
    return peakRssMb(::getpid());
}

double selfRssMb()
{
    return currentRssMb(::getpid());
}

bool turnUntil(int timeoutMs, const std::function<bool()> &done)
{
    QElapsedTimer time;
    time.start();
    QTimer wake; // so that a loop with nothing to do looks at done() again, and sleeps in between
    wake.start(2);
    while (!done()) {
        if (time.elapsed() > timeoutMs)
            return false;
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    }
    return true;
}

} // namespace howdah::bench
