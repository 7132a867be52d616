// SPDX-License-Identifier: GPL-3.0-or-later
// A Secret Service on the test's own bus that says no: howdah_denyingkeyring as a child. It knows one secret's name and gives it to nobody.
#pragma once

#include <QProcess>

class DenyingKeyring
{
public:
    enum class How { PromptDismissed, AccessDenied };

    DenyingKeyring(How how, const QString &key)
    {
        m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_process.start(QStringLiteral(HOWDAH_DENYINGKEYRING), {how == How::PromptDismissed ? QStringLiteral("dismiss") : QStringLiteral("deny"), key});
        m_running = m_process.waitForReadyRead(10'000) && m_process.readLine() == "ready\n";
    }
    ~DenyingKeyring()
    {
        m_process.closeWriteChannel();
        m_process.kill();
        m_process.waitForFinished(5000);
    }
    DenyingKeyring(const DenyingKeyring &) = delete;
    DenyingKeyring &operator=(const DenyingKeyring &) = delete;

    bool isRunning() const { return m_running; }
    QString error() const { return m_process.errorString(); }
    int asked() { return int(m_process.readAllStandardOutput().count("no\n")); } // how often it said no

private:
    QProcess m_process;
    bool m_running = false;
};
