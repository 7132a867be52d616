// SPDX-License-Identifier: GPL-3.0-or-later
#include "statements/pack.h"

#include <QtEndian>

#include <algorithm>
#include <bit>

namespace howdah::statements
{

using namespace Qt::StringLiterals;

namespace
{

constexpr char version = 1;

// What stands before a figure's counts: these, then a bit for each measure.
constexpr quint64 nestedMark = 1, execMark = 2, planMark = 4;
constexpr int markBits = 3;

void putNumber(QByteArray &out, quint64 number)
{
    for (; number >= 0x80; number >>= 7)
        out += char(number | 0x80);
    out += char(number);
}

void putReal(QByteArray &out, double real)
{
    char bytes[8];
    qToLittleEndian(std::bit_cast<quint64>(real), bytes);
    out.append(bytes, sizeof bytes);
}

void putCounters(QByteArray &out, const Counters &counters, bool nested)
{
    quint64 mark = nestedMark * nested | execMark * (counters.execSquares != 0) | planMark * (counters.planSquares != 0);
    for (int i = 0; i < measureCount; ++i)
        mark |= counters[Measure(i)] ? quint64(1) << (i + markBits) : 0;
    putNumber(out, mark);
    for (const qint64 value : counters.values) {
        if (value)
            putNumber(out, quint64(value));
    }
    if (counters.execSquares != 0)
        putReal(out, counters.execSquares);
    if (counters.planSquares != 0)
        putReal(out, counters.planSquares);
}

class Reader
{
public:
    Reader(const QByteArray &bytes, qsizetype from) : m_at(bytes.constData() + from), m_end(bytes.constData() + bytes.size()) {}
    bool isGood() const { return m_good; }
    bool isAtEnd() const { return m_at == m_end; }

    quint64 number()
    {
        if (m_at != m_end && quint8(*m_at) < 0x80) // most are
            return quint8(*m_at++);
        quint64 number = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (m_at == m_end)
                break;
            const auto byte = quint8(*m_at++);
            number |= quint64(byte & 0x7f) << shift;
            if (byte < 0x80)
                return number;
        }
        m_good = false;
        return 0;
    }

    double real()
    {
        if (m_end - m_at < 8) {
            m_good = false;
            return 0;
        }
        m_at += 8;
        return std::bit_cast<double>(qFromLittleEndian<quint64>(m_at - 8));
    }

    // What stands before a figure's counts.
    quint64 mark()
    {
        const quint64 mark = number();
        m_good = m_good && !(mark >> (measureCount + markBits)); // else of a later version
        return m_good ? mark : 0;
    }

    // Only those are touched that it counts in.
    void addCounters(quint64 mark, Counters &counters)
    {
        for (quint64 measures = mark >> markBits; measures; measures &= measures - 1)
            counters.values[size_t(std::countr_zero(measures))] += qint64(number());
        if (mark & execMark)
            counters.execSquares += real();
        if (mark & planMark)
            counters.planSquares += real();
    }

    void passCounters(quint64 mark)
    {
        for (int left = std::popcount(mark >> markBits); left > 0; --left)
            number();
        for (const quint64 squares : {execMark, planMark}) {
            if (mark & squares)
                real();
        }
    }

private:
    const char *m_at;
    const char *m_end;
    bool m_good = true;
};

} // namespace

Other &Other::operator+=(const Other &later)
{
    statements = std::max(statements, later.statements);
    counters += later.counters;
    return *this;
}

void Figures::add(qint64 id, bool toplevel, const Counters &counters)
{
    Figure &figure = series[id];
    figure.toplevel = toplevel;
    figure.counters += counters;
}

Figures &Figures::operator+=(const Figures &later)
{
    for (auto it = later.series.cbegin(); it != later.series.cend(); ++it)
        add(it.key(), it->toplevel, it->counters);
    others += later.others;
    nestedOthers += later.nestedOthers;
    return *this;
}

void Figures::keepLongest(qsizetype count)
{
    if (series.size() <= count)
        return;
    QVector<std::pair<qint64, qint64>> order; // the longest first; of equals the older series
    order.reserve(series.size());
    for (auto it = series.cbegin(); it != series.cend(); ++it)
        order.append({-it->counters[Measure::ExecTime], it.key()});
    std::nth_element(order.begin(), order.begin() + count, order.end());
    Other more, nestedMore;
    for (auto it = order.cbegin() + count; it != order.cend(); ++it) {
        const Figure figure = series.take(it->second);
        Other &into = figure.toplevel ? more : nestedMore;
        ++into.statements;
        into.counters += figure.counters;
    }
    more.statements += others.statements;
    nestedMore.statements += nestedOthers.statements;
    others += more;
    nestedOthers += nestedMore;
}

QByteArray pack(const Figures &figures)
{
    QByteArray out;
    out.reserve(64 + figures.series.size() * 48);
    out += version;
    for (const Other *other : {&figures.others, &figures.nestedOthers}) {
        putNumber(out, quint64(other->statements));
        putCounters(out, other->counters, other == &figures.nestedOthers);
    }
    QList<qint64> ids = figures.series.keys();
    std::sort(ids.begin(), ids.end());
    putNumber(out, quint64(ids.size()));
    qint64 last = 0;
    for (const qint64 id : std::as_const(ids)) {
        const Figure &figure = *figures.series.constFind(id);
        putNumber(out, quint64(id - last));
        putCounters(out, figure.counters, !figure.toplevel);
        last = id;
    }
    return out;
}

namespace
{

// From the beginning to the end: others, then figures.
template<typename TakeOther, typename TakeFigure>
bool readAll(const QByteArray &bytes, const TakeOther &takeOther, const TakeFigure &takeFigure)
{
    if (!bytes.startsWith(version))
        return false;
    Reader reader(bytes, 1);
    for (const bool nested : {false, true}) {
        const auto statements = qint64(reader.number());
        takeOther(reader, nested, statements);
    }
    const quint64 count = reader.number();
    if (count > quint64(bytes.size())) // each has a byte at least
        return false;
    qint64 id = 0;
    for (quint64 i = 0; reader.isGood() && i < count; ++i) {
        id += qint64(reader.number());
        takeFigure(reader, id);
    }
    return reader.isGood() && reader.isAtEnd();
}

bool isWhole(const QByteArray &bytes)
{
    return readAll(
        bytes, [](Reader &reader, bool, qint64) { reader.passCounters(reader.mark()); },
        [](Reader &reader, qint64) { reader.passCounters(reader.mark()); });
}

} // namespace

Done addPacked(Figures &figures, const QByteArray &bytes, std::optional<qint64> only)
{
    if (!isWhole(bytes))
        return fail(ErrorKind::Io, u"bad_piece"_s, u"A piece of the statements' history in Howdah's store can't be read"_s,
                    u"A newer Howdah may have written it"_s);
    readAll(bytes,
            [&](Reader &reader, bool nested, qint64 statements) {
                Other &other = nested ? figures.nestedOthers : figures.others;
                other.statements = std::max(other.statements, statements);
                reader.addCounters(reader.mark(), other.counters);
            },
            [&](Reader &reader, qint64 id) {
                const quint64 mark = reader.mark();
                if (only && id != *only)
                    return reader.passCounters(mark);
                Figure &figure = figures.series[id];
                figure.toplevel = !(mark & nestedMark);
                reader.addCounters(mark, figure.counters);
            });
    return {};
}

Result<Figures> unpack(const QByteArray &bytes)
{
    Figures figures;
    if (auto added = addPacked(figures, bytes); !added)
        return fail(std::move(added.error()));
    return figures;
}

} // namespace howdah::statements
