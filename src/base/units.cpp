// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/units.h"

#include <QLocale>

#include <cmath>

namespace howdah::units
{

static QString threeDigits(double value)
{
    const double size = std::fabs(value);
    return QString::number(value, 'f', size >= 99.95 || value == 0 ? 0 : size >= 9.995 ? 1 : 2);
}

static QString scaled(double value, double base, const QStringList &names)
{
    int step = 0;
    while (std::fabs(value) >= base * 0.9995 && step + 1 < names.size()) {
        value /= base;
        ++step;
    }
    const QString digits = step == 0 && value == std::floor(value) ? QString::number(value, 'f', 0) : threeDigits(value);
    return names[step].isEmpty() ? digits : QString(digits + QLatin1Char(' ') + names[step]);
}

QString bytes(double value)
{
    static const QStringList names{QStringLiteral("B"), QStringLiteral("kB"), QStringLiteral("MB"), QStringLiteral("GB"), QStringLiteral("TB"), QStringLiteral("PB")};
    return scaled(value, 1024, names);
}

QString bytesPerSecond(double value)
{
    return bytes(value) + QStringLiteral("/s");
}

QString count(double value)
{
    static const QStringList names{QString(), QStringLiteral("k"), QStringLiteral("M"), QStringLiteral("G"), QStringLiteral("T")};
    return scaled(value, 1000, names);
}

QString ratio(double share)
{
    return QString::number(share * 100, 'f', 2) + QStringLiteral(" %");
}

QString duration(qint64 ms)
{
    const auto two = [](qint64 n) { return QString::number(n).rightJustified(2, QLatin1Char('0')); };
    if (ms < 1000)
        return QString::number(ms) + QStringLiteral(" ms");
    if (ms < 60'000)
        return QString::number(double(ms) / 1000, 'f', 1) + QStringLiteral(" s");
    const qint64 s = ms / 1000;
    if (s < 3600)
        return QString::number(s / 60) + QStringLiteral(" min ") + two(s % 60) + QStringLiteral(" s");
    if (s < 86'400)
        return QString::number(s / 3600) + QStringLiteral(" h ") + two(s / 60 % 60) + QStringLiteral(" min");
    return QString::number(s / 86'400) + QStringLiteral(" d ") + QString::number(s / 3600 % 24) + QStringLiteral(" h");
}

QString exact(double value)
{
    QLocale grouped = QLocale::c();
    grouped.setNumberOptions(QLocale::DefaultNumberOptions); // the C locale leaves group separators out
    return grouped.toString(value, 'f', value == std::floor(value) ? 0 : 3);
}

bool isInvisibleMark(QChar c)
{
    const ushort u = c.unicode();
    return (u >= 0x200b && u <= 0x200f) || (u >= 0x202a && u <= 0x202e) || (u >= 0x2066 && u <= 0x2069) || u == 0xfeff;
}

QString drawnMark(QChar c)
{
    return QStringLiteral("\u27e8U+") + QString::number(c.unicode(), 16).toUpper() + QStringLiteral("\u27e9");
}

QString oneLine(const QString &serverText)
{
    QString out;
    out.reserve(serverText.size());
    for (const QChar c : serverText) {
        const ushort u = c.unicode();
        if (u < 0x20)
            out += QChar(0x2400 + u); // the Unicode control pictures
        else if (u == 0x7f)
            out += QChar(0x2421);
        else if (isInvisibleMark(c))
            out += drawnMark(c);
        else
            out += c;
    }
    return out;
}

} // namespace howdah::units
