// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/sortkey.h"

#include <QList>
#include <QVarLengthArray>

#include <algorithm>
#include <bit>
#include <charconv>
#include <limits>
#include <optional>

namespace howdah::query
{

namespace
{

constexpr qint64 dayUs = qint64(86'400) * 1'000'000;
constexpr quint64 signBit = quint64(1) << 63;

void appendBigEndian(QByteArray &out, quint64 value, int bytes = 8)
{
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
        out += char(value >> shift & 0xff);
}

void appendSigned(QByteArray &out, qint64 value)
{
    appendBigEndian(out, quint64(value) ^ signBit);
}

template<typename Number>
std::optional<Number> whole(QByteArrayView text, int base = 10)
{
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (text.isEmpty() || error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

bool appendFloat(QByteArray &out, QByteArrayView cell)
{
    double value = 0;
    if (cell == "NaN")
        value = std::numeric_limits<double>::quiet_NaN(); // positive: after infinity, as on the server
    else if (cell == "Infinity")
        value = std::numeric_limits<double>::infinity();
    else if (cell == "-Infinity")
        value = -std::numeric_limits<double>::infinity();
    else if (const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
             cell.isEmpty() || (error != std::errc() && error != std::errc::result_out_of_range) || end != cell.data() + cell.size())
        return false;
    if (value == 0)
        value = 0; // minus zero is the same
    const auto bits = std::bit_cast<quint64>(value);
    appendBigEndian(out, bits & signBit ? ~bits : bits | signBit);
    return true;
}

// A class, then the exponent and the digits, two a byte: exact at any length.
bool appendNumeric(QByteArray &out, QByteArrayView cell)
{
    enum Class : char { MinusInfinity = 1, Negative, Zero, Positive, Infinity, NotANumber };
    if (cell == "NaN" || cell == "Infinity" || cell == "-Infinity") {
        out += cell == "NaN" ? NotANumber : cell == "Infinity" ? Infinity : MinusInfinity;
        return true;
    }
    const bool negative = cell.startsWith('-');
    QVarLengthArray<char, 64> digits;
    qint64 exponent = 0; // of 0.digits
    bool point = false, any = false;
    for (const char c : cell.sliced(negative ? 1 : 0)) {
        if (c == '.' && !point) {
            point = true;
        } else if (c >= '0' && c <= '9') {
            any = true;
            if (digits.isEmpty() && c == '0') {
                exponent -= point ? 1 : 0;
                continue;
            }
            digits.append(c);
            exponent += point ? 0 : 1;
        } else {
            return false; // the server writes no exponent for numeric
        }
    }
    if (!any)
        return false;
    if (digits.isEmpty()) {
        out += Zero;
        return true;
    }
    while (digits.last() == '0')
        digits.removeLast();
    out += negative ? Negative : Positive;
    const qsizetype from = out.size();
    appendBigEndian(out, quint64(exponent + 0x800000), 3);
    for (qsizetype i = 0; i < digits.size(); i += 2)
        out += char(1 + (digits[i] - '0') * 10 + (i + 1 < digits.size() ? digits[i + 1] - '0' : 0));
    out += '\0';
    for (qsizetype i = from; negative && i < out.size(); ++i)
        out[i] = char(~out[i]);
    return true;
}

// Days from 1970-01-01 in the Gregorian calendar for all time, as the server counts.
qint64 daysOf(qint64 year, int month, int day)
{
    year -= month <= 2 ? 1 : 0;
    const qint64 era = (year >= 0 ? year : year - 399) / 400;
    const qint64 ofEra = year - era * 400;
    const qint64 ofYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146'097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719'468;
}

// "04:05:06.789", hours without bound; microseconds.
std::optional<qint64> timeOf(QByteArrayView text)
{
    const qsizetype minutes = text.indexOf(':');
    if (minutes < 1 || text.size() < minutes + 3)
        return std::nullopt;
    const auto hour = whole<qint64>(text.first(minutes));
    const auto minute = whole<int>(text.sliced(minutes + 1, 2));
    std::optional<int> second = 0;
    qint64 fraction = 0;
    QByteArrayView rest = text.sliced(minutes + 3);
    if (!rest.isEmpty()) {
        if (rest[0] != ':' || rest.size() < 3)
            return std::nullopt;
        second = whole<int>(rest.sliced(1, 2));
        rest = rest.sliced(3);
        if (!rest.isEmpty()) {
            const auto digits = rest[0] == '.' && rest.size() <= 7 ? whole<qint64>(rest.sliced(1)) : std::nullopt;
            if (!digits)
                return std::nullopt;
            fraction = *digits;
            for (qsizetype i = rest.size(); i < 7; ++i)
                fraction *= 10;
        }
    }
    if (!hour || !minute || !second || *hour < 0 || *hour > 10'000'000'000)
        return std::nullopt;
    return ((*hour * 60 + *minute) * 60 + *second) * 1'000'000 + fraction;
}

// ISO, with or without a time and an offset.
bool appendMoment(QByteArray &out, CellKind kind, QByteArrayView cell)
{
    if (cell == "infinity" || cell == "-infinity") {
        appendSigned(out, cell == "infinity" ? std::numeric_limits<qint64>::max() : std::numeric_limits<qint64>::min());
        return true;
    }
    const bool bc = cell.endsWith(QByteArrayView(" BC"));
    if (bc)
        cell = cell.chopped(3);
    const qsizetype dash = cell.indexOf('-');
    if (dash < 4 || cell.size() < dash + 6 || cell[dash + 3] != '-')
        return false;
    auto year = whole<qint64>(cell.first(dash));
    const auto month = whole<int>(cell.sliced(dash + 1, 2));
    const auto day = whole<int>(cell.sliced(dash + 4, 2));
    if (!year || !month || !day || *month < 1 || *month > 12)
        return false;
    const qint64 days = daysOf(bc ? 1 - *year : *year, *month, *day);
    QByteArrayView rest = cell.sliced(dash + 6);
    if (kind == CellKind::Date) {
        appendSigned(out, days);
        return rest.isEmpty();
    }
    if (rest.size() < 9 || rest[0] != ' ')
        return false;
    rest = rest.sliced(1);
    qint64 offset = 0;
    if (kind == CellKind::TimestampTz) {
        const auto sign = std::find_if(rest.begin(), rest.end(), [](char c) { return c == '+' || c == '-'; });
        if (sign == rest.end())
            return false;
        const qsizetype at = sign - rest.begin();
        const QByteArrayView zone = rest.sliced(at + 1); // 02, 05:30, 00:53:28
        auto span = zone.size() == 2 ? whole<qint64>(zone) : timeOf(zone);
        if (!span)
            return false;
        if (zone.size() == 2)
            *span *= qint64(3600) * 1'000'000;
        offset = *sign == '-' ? -*span : *span;
        rest = rest.first(at);
    }
    const auto time = timeOf(rest);
    if (!time)
        return false;
    appendSigned(out, days * dayUs + *time - offset);
    return true;
}

// As the server compares: a month is 30 days, a day 24 hours. "1 year 2 mons -3 days +04:05:06"
bool appendInterval(QByteArray &out, QByteArrayView cell)
{
    if (cell == "infinity" || cell == "-infinity") {
        appendSigned(out, cell == "infinity" ? std::numeric_limits<qint64>::max() : std::numeric_limits<qint64>::min());
        appendBigEndian(out, 0);
        return true;
    }
    qint64 days = 0, us = 0;
    const QList<QByteArray> words = cell.toByteArray().split(' ');
    for (qsizetype i = 0; i < words.size(); ++i) {
        QByteArrayView word = words[i];
        const bool negative = word.startsWith('-');
        if (negative || word.startsWith('+'))
            word = word.sliced(1);
        if (word.contains(':')) {
            const auto time = timeOf(word);
            if (!time || i + 1 < words.size())
                return false;
            us = negative ? -*time : *time;
            continue;
        }
        const auto count = whole<qint64>(word);
        const QByteArray unit = words.value(++i);
        const qint64 each = unit.startsWith("year") ? 360 : unit.startsWith("mon") ? 30 : unit.startsWith("day") ? 1 : 0;
        if (!count || each == 0 || *count > 10'000'000'000)
            return false;
        days += (negative ? -*count : *count) * each;
    }
    days += us / dayUs;
    us %= dayUs;
    if (us < 0) {
        us += dayUs;
        --days;
    }
    appendSigned(out, days);
    appendSigned(out, us);
    return true;
}

} // namespace

bool appendSortKey(QByteArray &out, CellKind kind, QByteArrayView cell)
{
    switch (kind) {
    case CellKind::Integer: {
        const auto value = whole<qint64>(cell);
        if (value)
            appendSigned(out, *value);
        return value.has_value();
    }
    case CellKind::Float: return appendFloat(out, cell);
    case CellKind::Numeric: return appendNumeric(out, cell);
    case CellKind::Date:
    case CellKind::Timestamp:
    case CellKind::TimestampTz: return appendMoment(out, kind, cell);
    case CellKind::Interval: return appendInterval(out, cell);
    case CellKind::Lsn: {
        const qsizetype slash = cell.indexOf('/');
        const auto high = slash > 0 ? whole<quint32>(cell.first(slash), 16) : std::nullopt;
        const auto low = slash > 0 ? whole<quint32>(cell.sliced(slash + 1), 16) : std::nullopt;
        if (!high || !low)
            return false;
        appendBigEndian(out, quint64(*high) << 32 | *low);
        return true;
    }
    case CellKind::Boolean:
    case CellKind::Json:
    case CellKind::Bytea:
    case CellKind::Text: break;
    }
    out += cell;
    out += '\0'; // which no text of the server's holds
    return true;
}

} // namespace howdah::query
