// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/owner.h"

#include <QCryptographicHash>
#include <QFile>
#include <QSysInfo>

#include <cerrno>

#include <signal.h>
#include <unistd.h>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

// Field 22 of /proc/<pid>/stat; 0: there is no such process, it has ended, or it is hidden from us.
qint64 startTicksOf(qint64 process)
{
    QFile stat(u"/proc/%1/stat"_s.arg(process));
    const QByteArray text = stat.open(QIODevice::ReadOnly) ? stat.readAll() : QByteArray();
    const QList<QByteArray> fields = text.mid(text.lastIndexOf(')') + 2).split(' ');
    return fields.value(0) == "Z" ? 0 : fields.value(19).toLongLong();
}

// The id itself is nobody's business (machine-id(5)).
QString machineHash()
{
    const QByteArray id = QSysInfo::machineUniqueId();
    return id.isEmpty() ? QString() : QString::fromLatin1(QCryptographicHash::hash(QByteArray("howdah " + id), QCryptographicHash::Sha256).toHex().left(32));
}

QString firstLineOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QString::fromLatin1(file.read(256).split('\n').value(0).trimmed()) : QString();
}

} // namespace

Owner Owner::ourselves()
{
    char space[64] = {};
    const ssize_t size = ::readlink("/proc/self/ns/pid", space, sizeof space - 1); // "pid:[4026531836]"
    const QString number = size > 0 ? QString::fromLatin1(space).section(u'[', 1).chopped(1) : QString();
    return {QSysInfo::machineHostName(), machineHash(), firstLineOf(u"/proc/sys/kernel/random/boot_id"_s), number, qint64(::getpid()), startTicksOf(::getpid())};
}

Owner::State Owner::state() const
{
    const Owner here = ourselves();
    if (process <= 0 || boot.isEmpty() || here.boot.isEmpty())
        return State::Unknown;
    if (boot != here.boot) // no process outlives its kernel; another machine's may well be up
        return !machine.isEmpty() && machine == here.machine && host == here.host ? State::Gone : State::Unknown;
    if (space.isEmpty() || space != here.space)
        return State::Unknown;
    const qint64 ticks = startTicksOf(process);
    if (ticks != 0)
        return ticks == startTicks ? State::Lives : State::Gone;
    const bool hidden = ::kill(pid_t(process), 0) != 0 && errno == EPERM; // /proc may show only our own
    return hidden ? State::Unknown : State::Gone;
}

Owner Owner::fromJson(const QJsonObject &json)
{
    const auto text = [&](QLatin1StringView key) { return json.value(key).toString().left(255); };
    return {text("host"_L1), text("machine"_L1), text("boot"_L1), text("process_space"_L1), json.value("process"_L1).toInteger(), json.value("start_ticks"_L1).toInteger()};
}

QJsonObject Owner::toJson() const
{
    return {{u"host"_s, host}, {u"machine"_s, machine}, {u"boot"_s, boot}, {u"process_space"_s, space}, {u"process"_s, process}, {u"start_ticks"_s, startTicks}};
}

Owner Owner::fromLabel(const QString &label)
{
    const QStringList words = label.split(u':');
    return words.size() < 6 ? Owner() : Owner{words.mid(5).join(u':'), words.at(0), words.at(1), words.at(2), words.at(3).toLongLong(), words.at(4).toLongLong()};
}

QString Owner::label() const
{
    return u"%1:%2:%3:%4:%5:%6"_s.arg(machine, boot, space).arg(process).arg(startTicks).arg(host);
}

} // namespace howdah::backup
