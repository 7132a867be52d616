// SPDX-License-Identifier: GPL-3.0-or-later
#include "process.h"

#include <QCoreApplication>
#include <QFile>
#include <QJsonDocument>

#include <ctime>

namespace howdah::bench
{

Result<std::unique_ptr<XServer>> XServer::start()
{
    auto server = std::make_unique<XServer>();
    server->m_process.setProgram(QStringLiteral("Xvfb"));
    // The server picks a free display and writes its number to descriptor 1.
    server->m_process.setArguments({QStringLiteral("-displayfd"), QStringLiteral("1"), QStringLiteral("-screen"), QStringLiteral("0"),
                                    QStringLiteral("1920x1200x24"), QStringLiteral("-nolisten"), QStringLiteral("tcp"),
                                    // Without it the server starts anew after its last client and refuses the next one meanwhile.
                                    QStringLiteral("-noreset")});
    server->m_process.setStandardErrorFile(QProcess::nullDevice());
    server->m_process.start();
    QByteArray number;
    while (!number.endsWith('\n')) {
        if (!server->m_process.waitForReadyRead(15'000))
            return fail(ErrorKind::Tool, QStringLiteral("no_display"), QStringLiteral("Xvfb did not start"), QStringLiteral("apt-get install xvfb"));
        number += server->m_process.readAllStandardOutput();
    }
    server->m_display = QLatin1Char(':') + QString::fromLatin1(number.trimmed());
    return server;
}

XServer::~XServer()
{
    m_process.terminate();
    if (!m_process.waitForFinished(5000))
        m_process.kill();
}

QProcessEnvironment environmentOn(const QString &display)
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("DISPLAY"), display);
    environment.insert(QStringLiteral("QT_QPA_PLATFORM"), QStringLiteral("xcb"));
    environment.remove(QStringLiteral("WAYLAND_DISPLAY"));
    return environment;
}

static double statusMb(qint64 pid, const QByteArray &key)
{
    QFile file(QStringLiteral("/proc/%1/status").arg(pid));
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    const QList<QByteArray> lines = file.readAll().split('\n');
    for (const QByteArray &line : lines) {
        if (line.startsWith(key))
            return line.mid(key.size()).simplified().split(' ').value(0).toDouble() / 1024;
    }
    return 0;
}

double peakRssMb(qint64 pid)
{
    return statusMb(pid, "VmHWM:");
}

double currentRssMb(qint64 pid)
{
    return statusMb(pid, "VmRSS:");
}

qint64 monotonicNs()
{
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return qint64(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

Result<QJsonObject> child(const QString &display, const QString &name, const QStringList &arguments, int timeoutMs)
{
    QProcess process;
    process.setProcessEnvironment(environmentOn(display));
    process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    process.start(QCoreApplication::applicationFilePath(), QStringList{QStringLiteral("--child"), name} + arguments);
    if (!process.waitForFinished(timeoutMs)) {
        process.kill();
        process.waitForFinished();
        return fail(ErrorKind::Timeout, QStringLiteral("child"), QStringLiteral("The measured child ") + name + QStringLiteral(" did not end"));
    }
    const QJsonObject object = QJsonDocument::fromJson(process.readAllStandardOutput()).object();
    if (process.exitCode() != 0 || object.isEmpty() || object.contains(QStringLiteral("error")))
        return fail(ErrorKind::Client, QStringLiteral("child_failed"),
                    QStringLiteral("The measured child ") + name + QStringLiteral(" failed: ") + object.value(QStringLiteral("error")).toString());
    return object;
}

} // namespace howdah::bench
