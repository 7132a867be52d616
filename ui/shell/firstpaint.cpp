// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/firstpaint.h"

#include <QAbstractEventDispatcher>
#include <QCoreApplication>
#include <QEvent>
#include <QFile>

#include <time.h>
#include <unistd.h>

namespace howdah::ui
{

namespace
{

double clockMs(clockid_t clock)
{
    timespec t{};
    ::clock_gettime(clock, &t);
    return double(t.tv_sec) * 1e3 + double(t.tv_nsec) / 1e6;
}

} // namespace

double msSinceExec()
{
    bool given = false;
    const qint64 execNs = qgetenv("HOWDAH_EXEC_NS").toLongLong(&given);
    if (given)
        return clockMs(CLOCK_MONOTONIC) - double(execNs) / 1e6;
    QFile stat(QStringLiteral("/proc/self/stat"));
    if (!stat.open(QIODevice::ReadOnly))
        return 0;
    // Field 22, counted from behind the program's name, which may hold spaces.
    const QByteArray line = stat.readAll();
    const QList<QByteArray> fields = line.mid(line.lastIndexOf(')') + 2).split(' ');
    if (fields.size() < 20)
        return 0;
    return clockMs(CLOCK_BOOTTIME) - fields.at(19).toDouble() * 1e3 / double(::sysconf(_SC_CLK_TCK));
}

FirstPaint::FirstPaint(QWidget *window) : QObject(window)
{
    window->installEventFilter(this);
}

bool FirstPaint::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::Paint) {
        watched->removeEventFilter(this);
        // What is painted now is flushed to the screen before any posted event runs.
        QCoreApplication::postEvent(this, new QEvent(QEvent::User), Qt::HighEventPriority);
    }
    return false;
}

void FirstPaint::customEvent(QEvent *)
{
    m_firstPaintMs = msSinceExec();
    emit painted();
    auto *dispatcher = QAbstractEventDispatcher::instance();
    connect(dispatcher, &QAbstractEventDispatcher::aboutToBlock, this, [this, dispatcher] {
        disconnect(dispatcher, nullptr, this, nullptr);
        m_idleMs = msSinceExec();
        emit idle();
    });
}

} // namespace howdah::ui
