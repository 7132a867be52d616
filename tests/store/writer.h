// SPDX-License-Identifier: GPL-3.0-or-later
// Another program with the store open: storewriter as a child.
#pragma once

#include <QProcess>
#include <QStringList>

class Writer
{
public:
    Writer(const QString &path, int count)
    {
        m_process.start(QStringLiteral(HOWDAH_STOREWRITER), {path, QString::number(count)});
    }
    ~Writer()
    {
        m_process.closeWriteChannel();
        m_process.waitForFinished(20'000);
    }
    Writer(const Writer &) = delete;
    Writer &operator=(const Writer &) = delete;

    // The lines it said, once there are so many, or it has ended.
    QStringList lines(int atLeast)
    {
        while (m_said.count('\n') < atLeast && m_process.waitForReadyRead(20'000))
            m_said += m_process.readAllStandardOutput();
        return complete();
    }
    QStringList kill()
    {
        m_process.kill();
        m_process.waitForFinished(20'000);
        m_said += m_process.readAllStandardOutput();
        return complete();
    }
    int exitCode()
    {
        m_process.closeWriteChannel();
        m_process.waitForFinished(20'000);
        return m_process.exitStatus() == QProcess::NormalExit ? m_process.exitCode() : -1;
    }

private:
    QStringList complete() const
    {
        return QString::fromUtf8(m_said.left(m_said.lastIndexOf('\n') + 1)).split(QLatin1Char('\n'), Qt::SkipEmptyParts);
    }

    QProcess m_process;
    QByteArray m_said;
};
