// SPDX-License-Identifier: GPL-3.0-or-later
// An Xvfb of a test's own: a window that a hand (xdotool) can take. Blocking.
#pragma once

#include <QProcess>
#include <QSize>

namespace howdah::e2e
{

class Screen
{
public:
    Screen(); // its number is free by Xvfb's own choice
    ~Screen();
    Screen(const Screen &) = delete;
    Screen &operator=(const Screen &) = delete;

    QString display() const { return m_display; } // ":7"; empty: it did not start
    // The main window of a process; empty until it is on the screen.
    QByteArray windowOf(qint64 pid) const;
    bool resize(const QByteArray &window, const QSize &size) const;

private:
    QProcess m_server;
    QString m_display;
};

} // namespace howdah::e2e
