// SPDX-License-Identifier: GPL-3.0-or-later
#include "e2e/screen.h"

#include "e2e/program.h"

namespace howdah::e2e
{

using namespace Qt::StringLiterals;

Screen::Screen()
{
    m_server.start(u"Xvfb"_s, words(u"-displayfd 1 -screen 0 1920x1200x24 -nolisten tcp -noreset"_s));
    while (m_server.waitForReadyRead(10'000)) {
        if (m_server.canReadLine()) {
            m_display = u':' + QString::fromLatin1(m_server.readLine().trimmed());
            return;
        }
    }
}

Screen::~Screen()
{
    m_server.terminate();
    if (!m_server.waitForFinished(5000)) {
        m_server.kill();
        m_server.waitForFinished();
    }
}

static Ran xdotool(const QString &display, const QStringList &arguments)
{
    return run(u"env"_s, QStringList{u"DISPLAY="_s + display, u"xdotool"_s} + arguments, {}, 10'000);
}

QByteArray Screen::windowOf(qint64 pid) const
{
    const Ran found = xdotool(m_display, {u"search"_s, u"--all"_s, u"--onlyvisible"_s, u"--pid"_s, QString::number(pid), u"--name"_s, u"Howdah$"_s});
    return found.output.split('\n').value(0);
}

bool Screen::resize(const QByteArray &window, const QSize &size) const
{
    return xdotool(m_display, {u"windowsize"_s, QString::fromLatin1(window), QString::number(size.width()), QString::number(size.height())}).exit == 0;
}

} // namespace howdah::e2e
