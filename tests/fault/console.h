// SPDX-License-Identifier: GPL-3.0-or-later
// faultconsole as a child: its lines as they come, its clock and its sleep in the test's hands.
#pragma once

#include "support/testserver.h"

#include <QDir>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

class Console
{
public:
    Console(const howdah::pg::ConnectionSpec &spec, const howdah::Secret &password, const QString &scene, const QStringList &more = {})
        : m_arguments(QStringList{scene, spec.host, QString::number(spec.port), spec.caFile} + more), m_password(password)
    {
        m_process.setProcessEnvironment(QProcessEnvironment::systemEnvironment());
        m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    }
    ~Console()
    {
        if (m_process.state() == QProcess::NotRunning)
            return;
        ::kill(pid_t(m_process.processId()), SIGCONT);
        m_process.kill();
        m_process.waitForFinished(5000);
    }
    Console(const Console &) = delete;
    Console &operator=(const Console &) = delete;

    // Before start(): its wall clock is the test's to set. The monotonic clock is left alone, as a machine leaves it.
    bool ownClock(const QString &zone = {})
    {
        const QString library = QStringLiteral("libfaketimeMT.so.1");
        QString path;
        for (const QString &folder : QDir(QStringLiteral("/usr/lib")).entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
            const QString candidate = QStringLiteral("/usr/lib/%1/faketime/%2").arg(folder, library);
            if (QFile::exists(candidate))
                path = candidate;
        }
        auto environment = m_process.processEnvironment();
        environment.insert(QStringLiteral("LD_PRELOAD"), path);
        environment.insert(QStringLiteral("FAKETIME_TIMESTAMP_FILE"), m_folder.filePath(QStringLiteral("offset")));
        environment.insert(QStringLiteral("FAKETIME_NO_CACHE"), QStringLiteral("1"));
        environment.insert(QStringLiteral("FAKETIME_DONT_FAKE_MONOTONIC"), QStringLiteral("1"));
        if (!zone.isEmpty())
            environment.insert(QStringLiteral("TZ"), zone);
        m_process.setProcessEnvironment(environment);
        return !path.isEmpty() && setClock(0);
    }
    bool setClock(qint64 seconds) // ahead of the true one; at once, whole or not at all
    {
        const QString path = m_folder.filePath(QStringLiteral("offset"));
        QFile next(path + QStringLiteral(".new"));
        const QByteArray text = (seconds < 0 ? QByteArray() : QByteArray("+")) + QByteArray::number(seconds) + "\n";
        if (!next.open(QIODevice::WriteOnly) || next.write(text) != text.size())
            return false;
        next.close();
        return ::rename(qPrintable(next.fileName()), qPrintable(path)) == 0;
    }

    bool start()
    {
        m_process.start(QStringLiteral(HOWDAH_FAULTCONSOLE), m_arguments);
        m_process.write(QByteArray(m_password.data(), m_password.size()) + '\n');
        return m_process.waitForStarted();
    }
    void suspend() { ::kill(pid_t(m_process.processId()), SIGSTOP); }
    void resume() { ::kill(pid_t(m_process.processId()), SIGCONT); }
    bool isRunning() const { return m_process.state() == QProcess::Running; }
    bool endedWell()
    {
        return (!isRunning() || m_process.waitForFinished(20'000)) && m_process.exitStatus() == QProcess::NormalExit && m_process.exitCode() == 0;
    }

    // The next line that begins so, of those not seen yet; null when none came in time.
    QString next(const QString &beginning, int timeoutMs)
    {
        QString found;
        (void)QTest::qWaitFor(
            [&] {
                m_said += m_process.readAllStandardOutput();
                qsizetype end = 0;
                while (found.isNull() && (end = m_said.indexOf('\n')) >= 0) {
                    const QString line = QString::fromUtf8(m_said.left(end));
                    m_said.remove(0, end + 1);
                    m_all << line;
                    if (line.startsWith(beginning))
                        found = line;
                }
                return !found.isNull() || (m_process.state() == QProcess::NotRunning && m_process.bytesAvailable() == 0);
            },
            timeoutMs);
        return found;
    }
    QString all() const { return m_all.join(QLatin1Char('\n')); }

private:
    QStringList m_arguments;
    howdah::Secret m_password;
    QTemporaryDir m_folder;
    QProcess m_process;
    QByteArray m_said;
    QStringList m_all;
};
