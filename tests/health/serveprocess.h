// SPDX-License-Identifier: GPL-3.0-or-later
// A real `howdahctl serve` over a real server, with a home of its own. Blocking; for tests only.
#pragma once

#include "health/httpclient.h"
#include "session/loopback.h"
#include "session/program.h"
#include "support/testserver.h"

#include <QTemporaryDir>

namespace howdah::test
{

class ServeProcess
{
public:
    ~ServeProcess() { end(); }

    // False, and why, where it does not listen in time.
    bool start(const TestServer &server, const QProcessEnvironment &more = {}, QString *why = nullptr)
    {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("DBUS_SESSION_BUS_ADDRESS"), QStringLiteral("unix:path=/nonexistent"));
        environment.insert(QStringLiteral("HOME"), m_home.path());
        for (const char *name : {"XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"})
            environment.insert(QString::fromLatin1(name), m_home.filePath(QString::fromLatin1(name)));
        environment.remove(QStringLiteral("CORS_ORIGINS"));
        environment.insert(more);
        m_process.setProcessEnvironment(environment);
        m_port = session::freePort();
        m_process.start(Program::path(), {QStringLiteral("serve"), QStringLiteral("--json"), QStringLiteral("--port"), QString::number(m_port), QStringLiteral("--url"),
                                          QStringLiteral("postgresql://postgres@127.0.0.1:%1/postgres").arg(server.port()), QStringLiteral("--ca"), server.caFile(),
                                          QStringLiteral("--password-stdin")});
        const Secret password = server.password();
        m_process.write(QByteArray(password.data(), password.size()) + '\n');
        m_process.closeWriteChannel();
        QElapsedTimer clock;
        clock.start();
        while (clock.elapsed() < 20'000 && !m_process.waitForFinished(100)) {
            if (httpGet(m_port, "/readyz").status == 200)
                return true;
        }
        if (why)
            *why = QString::fromUtf8(errors());
        return false;
    }
    // SIGTERM; how long it took in ms, -1: it did not end by itself within 15 s.
    qint64 end()
    {
        if (m_process.state() == QProcess::NotRunning)
            return -1;
        QElapsedTimer clock;
        clock.start();
        m_process.terminate();
        if (m_process.waitForFinished(15'000))
            return clock.elapsed();
        m_process.kill();
        m_process.waitForFinished(5000);
        return -1;
    }
    quint16 port() const { return m_port; }
    QProcess &process() { return m_process; }
    QByteArray errors() { return m_errors += m_process.readAllStandardError(); } // all so far
    QJsonObject answer() { return QJsonDocument::fromJson(m_process.readAllStandardOutput()).object(); } // after end()

private:
    QTemporaryDir m_home;
    QProcess m_process;
    QByteArray m_errors;
    quint16 m_port = 0;
};

} // namespace howdah::test
