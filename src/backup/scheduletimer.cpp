// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/scheduletimer.h"

#include "base/savefile.h"
#include "base/unitwords.h"

#include <QDir>
#include <QRegularExpression>
#include <QStandardPaths>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

using unitwords::argument;
using unitwords::word;

QString calendarOf(const Rhythm &rhythm, const QByteArray &zone)
{
    static constexpr const char *days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    const auto two = [](int number) { return u"%1"_s.arg(number, 2, 10, QLatin1Char('0')); };
    switch (rhythm.kind) {
    case Rhythm::Kind::Off: break;
    // Which of these hours it is, the schedule itself knows: what doesn't divide a day has no calendar.
    case Rhythm::Kind::Hours: return u"*-*-* *:%1:00 UTC"_s.arg(two(rhythm.minute));
    case Rhythm::Kind::Days: return u"*-*-* %1:%2:00 %3"_s.arg(two(rhythm.minute / 60), two(rhythm.minute % 60), QString::fromLatin1(zone));
    case Rhythm::Kind::Weekly: return u"%1 *-*-* %2:%3:00 %4"_s.arg(QString::fromLatin1(days[rhythm.weekday - 1]), two(rhythm.minute / 60), two(rhythm.minute % 60), QString::fromLatin1(zone));
    }
    return {};
}

} // namespace

TimerUnits timerUnits(const Schedule &schedule, const QString &profile, const QString &program, const QStringList &environment)
{
    static const QRegularExpression odd(u"[^A-Za-z0-9_.-]"_s);
    TimerUnits units;
    units.name = u"howdah-backup-"_s + QString(profile).replace(odd, u"_"_s);
    const QString described = QString(profile).replace(u'%', u"%%"_s);
    QString service = u"# Written by howdahctl backup schedule write-timer. Passwords come from the keychain; none is here.\n"
                      "[Unit]\nDescription=Backups of %1 by Howdah's schedule\n\n[Service]\nType=oneshot\nExecStart=%2 backup schedule run-due %3\n"_s.arg(described, argument(program), argument(profile));
    for (const QString &one : environment)
        service += u"Environment=%1\n"_s.arg(word(one));
    // 6: somebody else is at it, and the next hour comes. 5, findings, is a failure that is to be seen.
    service += u"SuccessExitStatus=6\nNice=10\nIOSchedulingClass=idle\n"_s;
    units.service = service.toUtf8();
    QStringList calendars;
    for (const ScheduledTask task : scheduledTasks) {
        if (const QString calendar = calendarOf(schedule.rhythm(task), schedule.zone); !calendar.isEmpty() && !calendars.contains(calendar))
            calendars << calendar;
    }
    QString timer = u"# Written by howdahctl backup schedule write-timer.\n[Unit]\nDescription=Backups of %1 by Howdah's schedule\n\n[Timer]\n"_s.arg(described);
    for (const QString &calendar : std::as_const(calendars))
        timer += u"OnCalendar=%1\n"_s.arg(calendar);
    timer += u"# What failed, or waited for somebody else.\nOnCalendar=hourly\nPersistent=true\nAccuracySec=30s\n\n[Install]\nWantedBy=timers.target\n"_s;
    units.timer = timer.toUtf8();
    return units;
}

Result<QStringList> writeTimer(const TimerUnits &units, const QString &folder)
{
    const QString home = QDir::cleanPath(QDir::current().absoluteFilePath(folder));
    if (!QDir().mkpath(home))
        return fail(ErrorKind::Io, u"folder"_s, u"The folder %1 can't be made"_s.arg(home));
    for (const auto &[name, text] : {std::pair(QString(units.name + ".service"_L1), units.service), std::pair(QString(units.name + ".timer"_L1), units.timer)}) {
        if (Done saved = saveFile(home + u'/' + name, text, 0644); !saved)
            return fail(std::move(saved.error()));
    }
    const QString own = QDir::cleanPath(QStandardPaths::writableLocation(QStandardPaths::ConfigLocation) + "/systemd/user"_L1);
    const auto quoted = [](const QString &path) -> QString { return u'\'' + QString(path).replace(u'\'', "'\\''"_L1) + u'\''; };
    return QStringList{home == own ? u"systemctl --user daemon-reload"_s : u"systemctl --user link %1 %2"_s.arg(quoted(home + u'/' + units.name + ".service"_L1), quoted(home + u'/' + units.name + ".timer"_L1)),
                       u"systemctl --user enable --now %1.timer"_s.arg(units.name)};
}

} // namespace howdah::backup
