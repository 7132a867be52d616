// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/drill.h"

#include "backup/moment.h"
#include "base/json.h"
#include "base/paths.h"
#include "base/units.h"

#include <QFile>
#include <QJsonDocument>
#include <QLockFile>

#include <unistd.h>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

QString file()
{
    return paths::dataDir() + u"/drills.jsonl"_s;
}

Result<QByteArray> kept()
{
    QFile lines(file());
    if (!lines.exists())
        return QByteArray();
    if (!lines.open(QIODevice::ReadOnly))
        return fail(ErrorKind::Io, u"unreadable"_s, u"%1 can't be read: %2"_s.arg(lines.fileName(), lines.errorString()));
    return lines.readAll();
}

QJsonValue orNull(const std::optional<qint64> &value)
{
    return value ? QJsonValue(*value) : QJsonValue(QJsonValue::Null);
}

} // namespace

QJsonObject Drill::toJson() const
{
    return {{u"system_identifier"_s, systemIdentifier},
            {u"at_ms"_s, atMs},
            {u"at"_s, momentText(atMs * 1000)},
            {u"good"_s, good},
            {u"words"_s, words.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(words)},
            {u"backup"_s, backup.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(backup)},
            {u"recovery_ms"_s, orNull(recoveryMs)},
            {u"last_commit_us"_s, orNull(lastCommitUs)},
            {u"last_commit"_s, lastCommitUs ? QJsonValue(momentText(*lastCommitUs)) : QJsonValue(QJsonValue::Null)}};
}

std::optional<Drill> Drill::fromJson(const QJsonObject &json)
{
    Drill drill;
    drill.systemIdentifier = json.value("system_identifier"_L1).toString();
    drill.atMs = json.value("at_ms"_L1).toInteger();
    drill.good = json.value("good"_L1).toBool();
    drill.words = json.value("words"_L1).toString();
    drill.backup = json.value("backup"_L1).toString();
    if (json.value("recovery_ms"_L1).isDouble())
        drill.recoveryMs = json.value("recovery_ms"_L1).toInteger();
    if (json.value("last_commit_us"_L1).isDouble())
        drill.lastCommitUs = json.value("last_commit_us"_L1).toInteger();
    return drill.systemIdentifier.isEmpty() || drill.atMs <= 0 ? std::nullopt : std::optional(drill);
}

Drill drillOf(const QString &systemIdentifier, qint64 atMs, const Result<Rehearsal> &rehearsed)
{
    Drill drill;
    drill.systemIdentifier = systemIdentifier;
    drill.atMs = atMs;
    if (!rehearsed) {
        drill.words = rehearsed.error().text();
        return drill;
    }
    drill.good = rehearsed->isGood();
    drill.backup = rehearsed->verdict.backup;
    drill.recoveryMs = rehearsed->recoveryMs();
    drill.lastCommitUs = rehearsed->verdict.lastCommitUs;
    const QStringList wrong = rehearsed->faults();
    drill.words = drill.good || !wrong.isEmpty() ? wrong.join(u"; "_s) : u"nothing of it could be told"_s;
    return drill;
}

Done keepDrill(const Drill &drill)
{
    if (Done made = paths::makePrivateDir(paths::dataDir()); !made)
        return made;
    // At its end and under a lock: two timers at one time are two lines.
    QLockFile turn(file() + u".lock"_s);
    turn.setStaleLockTime(0);
    if (!turn.tryLock(30'000))
        return fail(ErrorKind::Io, u"locked"_s, u"%1 is held by another program"_s.arg(file()));
    const auto before = kept();
    if (!before)
        return fail(before.error());
    QFile lines(file());
    if (!lines.open(QIODevice::Append | QIODevice::Unbuffered))
        return fail(ErrorKind::Io, u"not_written"_s, u"%1 can't be written: %2"_s.arg(file(), lines.errorString()));
    std::ignore = lines.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
    // What a full disk cut short is a line of its own, which is passed over.
    const QByteArray line = (before->isEmpty() || before->endsWith('\n') ? QByteArray() : QByteArray("\n")) + jsonLine(drill.toJson());
    if (lines.write(line) != line.size() || ::fsync(lines.handle()) != 0)
        return fail(ErrorKind::Io, u"not_written"_s, u"%1 was not written to its end: %2"_s.arg(file(), lines.errorString()));
    return {};
}

Result<QVector<Drill>> keptDrills(const QString &systemIdentifier)
{
    const auto lines = kept();
    if (!lines)
        return fail(lines.error());
    QVector<Drill> drills;
    for (const QByteArray &line : lines->split('\n')) {
        const auto drill = Drill::fromJson(QJsonDocument::fromJson(line).object());
        if (drill && drill->systemIdentifier == systemIdentifier)
            drills.append(*drill);
    }
    return drills;
}

QString provenAge(const Drill &drill)
{
    constexpr qint64 freshMs = 3'600'000;
    if (!drill.lastCommitUs || drill.atMs - *drill.lastCommitUs / 1000 <= freshMs)
        return {};
    return u"its last commit was %1 old then"_s.arg(units::duration(drill.atMs - *drill.lastCommitUs / 1000));
}

QString provenText(const QVector<Drill> &drills, qint64 nowMs)
{
    const auto last = std::find_if(drills.crbegin(), drills.crend(), [](const Drill &drill) { return drill.good; });
    QString text = last == drills.crend() ? u"No restore of this cluster was ever proven: `howdahctl backup drill`"_s
                                          : u"Last proven restore: %1 ago, from backup %2, in %3"_s.arg(units::duration(nowMs - last->atMs), last->backup, units::duration(last->recoveryMs.value_or(0)));
    if (last != drills.crend() && !provenAge(*last).isEmpty())
        text += u"; "_s + provenAge(*last);
    if (!drills.isEmpty() && !drills.constLast().good)
        text += u". The newest drill FAILED (%1): %2"_s.arg(momentText(drills.constLast().atMs * 1000), drills.constLast().words);
    return text;
}

} // namespace howdah::backup
