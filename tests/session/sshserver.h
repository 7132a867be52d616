// SPDX-License-Identifier: GPL-3.0-or-later
// A throw-away sshd on 127.0.0.1 with its own keys, and an `ssh` on PATH that has our configuration file instead of the user's: the host
// alias "jump" of it leads to this server. Needs openssh-server. For tests only.
#pragma once

#include <QMap>
#include <QProcess>
#include <QTemporaryDir>

class SshServer
{
public:
    SshServer(); // PATH of this process now begins with our folder
    ~SshServer();

    bool isRunning() const { return m_error.isEmpty(); }
    QString error() const { return m_error; }
    bool useOtherHostKey(); // what `ssh` knows is then wrong
    QMap<qint64, QString> clients() const; // what runs as our ssh and has not ended: process id -> command line
    void stop();

private:
    bool write(const QString &name, const QByteArray &text, bool executable = false);
    bool run(const QString &program, const QStringList &arguments);
    bool launch();

    QTemporaryDir m_folder;
    QProcess m_server;
    QByteArray m_path;
    quint16 m_port = 0;
    QString m_error;
};
