// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/moment.h"

#include <QDateTime>
#include <QRegularExpression>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

struct Typed {
    QDate date;
    int hour = 0, minute = 0, second = 0, us = 0;
    std::optional<int> offsetS;
};

Result<Typed> read(const QString &text)
{
    static const QRegularExpression form(u"^(\\d{4})-(\\d\\d)-(\\d\\d)[T ](\\d\\d):(\\d\\d)(?::(\\d\\d)(?:\\.(\\d{1,6}))?)?\\s?(Z|[+-]\\d\\d(?::?\\d\\d)?)?$"_s);
    const auto match = form.match(text.trimmed());
    Typed typed;
    if (match.hasMatch()) {
        typed.date = QDate(match.capturedView(1).toInt(), match.capturedView(2).toInt(), match.capturedView(3).toInt());
        typed.hour = match.capturedView(4).toInt();
        typed.minute = match.capturedView(5).toInt();
        typed.second = match.capturedView(6).toInt();
        typed.us = match.captured(7).leftJustified(6, u'0').toInt();
        const QString offset = match.captured(8);
        if (offset == "Z"_L1)
            typed.offsetS = 0;
        else if (!offset.isEmpty())
            typed.offsetS = (offset.at(0) == u'-' ? -1 : 1) * (offset.mid(1, 2).toInt() * 3600 + (offset.size() > 3 ? offset.right(2).toInt() * 60 : 0));
    }
    if (!typed.date.isValid() || typed.hour > 23 || typed.minute > 59 || typed.second > 59 || std::abs(typed.offsetS.value_or(0)) > 15 * 3600 + 59 * 60)
        return fail(ErrorKind::Client, u"bad_moment"_s, u"%1 is no moment"_s.arg(text.trimmed().isEmpty() ? u"Nothing"_s : text.trimmed().left(60)), u"As in 2026-11-27 02:11:54.95+01:00"_s);
    return typed;
}

qint64 inUtc(const Typed &typed, int offsetS)
{
    const QDateTime at(typed.date, QTime(typed.hour, typed.minute, typed.second), Qt::UTC);
    return (at.toSecsSinceEpoch() - offsetS) * 1'000'000 + typed.us;
}

} // namespace

QString momentText(qint64 us)
{
    return momentText(us, QTimeZone::utc());
}

QString secondText(qint64 us, const QTimeZone &zone)
{
    constexpr qint64 second = 1'000'000;
    return momentText((us - (us % second + second) % second), zone);
}

QString momentText(qint64 us, const QTimeZone &zone)
{
    const qint64 part = ((us % 1'000'000) + 1'000'000) % 1'000'000;
    const QDateTime at = QDateTime::fromSecsSinceEpoch((us - part) / 1'000'000, zone);
    const int offset = at.offsetFromUtc();
    QString text = at.toString(u"yyyy-MM-dd HH:mm:ss"_s);
    if (part != 0)
        text += u".%1"_s.arg(part, 6, 10, QLatin1Char('0'));
    text += u"%1%2"_s.arg(offset < 0 ? u"-"_s : u"+"_s).arg(std::abs(offset) / 3600, 2, 10, QLatin1Char('0'));
    if (offset % 3600 != 0)
        text += u":%1"_s.arg(std::abs(offset) / 60 % 60, 2, 10, QLatin1Char('0'));
    return text;
}

Result<qint64> parseMoment(const QString &text)
{
    const auto typed = read(text);
    if (!typed)
        return fail(typed.error());
    if (!typed->offsetS)
        return fail(ErrorKind::Client, u"no_offset"_s, u"%1 is of no zone: the server would read it in its own"_s.arg(text.trimmed()),
                    u"Write the offset: %1 for UTC"_s.arg(momentText(inUtc(*typed, 0))));
    return inUtc(*typed, *typed->offsetS);
}

Result<QVector<qint64>> instantsOf(const QString &text, const QTimeZone &zone)
{
    const auto typed = read(text);
    if (!typed)
        return fail(typed.error());
    if (typed->offsetS)
        return QVector<qint64>{inUtc(*typed, *typed->offsetS)};
    // Every offset that the zone has about then; those under which a clock shows this.
    const qint64 naive = inUtc(*typed, 0);
    QVector<qint64> instants;
    for (int hours = -26; hours <= 26; ++hours) {
        const int offset = zone.offsetFromUtc(QDateTime::fromSecsSinceEpoch(naive / 1'000'000 + qint64(hours) * 3600, Qt::UTC));
        const qint64 instant = naive - qint64(offset) * 1'000'000;
        if (zone.offsetFromUtc(QDateTime::fromMSecsSinceEpoch(instant / 1000, Qt::UTC)) == offset && !instants.contains(instant))
            instants << instant;
    }
    std::sort(instants.begin(), instants.end());
    return instants;
}

Result<qint64> parseWallClock(const QString &text, const QTimeZone &zone)
{
    const auto known = instantsOf(text, zone);
    if (!known)
        return fail(known.error());
    const QVector<qint64> &instants = *known;
    const QString name = QString::fromUtf8(zone.id());
    if (instants.isEmpty())
        return fail(ErrorKind::Client, u"never"_s, u"The clocks of %1 never showed %2: they were set forward then"_s.arg(name, text.trimmed()));
    if (instants.size() > 1) {
        QStringList both;
        for (qint64 instant : instants)
            both << momentText(instant, zone);
        return fail(ErrorKind::Client, u"twice"_s, u"The clocks of %1 showed %2 twice: they were set back then"_s.arg(name, text.trimmed()), u"Which one: %1"_s.arg(both.join(u" or "_s)));
    }
    return instants.constFirst();
}

} // namespace howdah::backup
