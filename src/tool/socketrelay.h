// SPDX-License-Identifier: GPL-3.0-or-later
// A Unix socket of ours behind which each connection gets a program of its own: the connection is the program's standard input and output. So what speaks to a
// socket reaches what only a program reaches. The socket lies in a folder that nobody else enters; it, its folder and every program end with this object, the
// programs with us also where we are killed. Any thread but the window's: its end waits for the programs.
#pragma once

#include "base/canceltoken.h"
#include "tool/process.h"

#include <memory>
#include <mutex>
#include <thread>

namespace howdah::tool
{

class SocketRelay
{
public:
    // `name` of the socket in its folder. Of the command program, arguments, environment and graceMs are used. Errors: Tool/not_found, Io/socket.
    static Result<std::unique_ptr<SocketRelay>> listen(const QString &name, const Command &perConnection);
    ~SocketRelay();
    SocketRelay(const SocketRelay &) = delete;
    SocketRelay &operator=(const SocketRelay &) = delete;

    const QString &folder() const { return m_folder; } // mode 0700, absolute, short: a socket's path has 107 bytes
    QString lastWords() const; // of the last program that failed, on standard error; empty: none did

private:
    SocketRelay() = default;
    void serve();

    Command m_command;
    QString m_folder, m_path;
    int m_listener = -1;
    CancelToken m_stop;
    mutable std::mutex m_mutex;
    QByteArray m_lastWords;
    std::thread m_thread;
};

} // namespace howdah::tool
