// SPDX-License-Identifier: GPL-3.0-or-later
#include "health/wireformat.h"

#include <QtEndian>

#include <bit>

namespace howdah::health
{

namespace
{
enum WireType { Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5 };
}

void WireWriter::raw(quint64 value)
{
    while (value >= 0x80) {
        m_message += char(quint8(value) | 0x80);
        value >>= 7;
    }
    m_message += char(value);
}

void WireWriter::tag(int field, int type)
{
    raw(quint64(field) << 3 | quint64(type));
}

void WireWriter::varint(int field, quint64 value)
{
    tag(field, Varint);
    raw(value);
}

void WireWriter::fixed64(int field, quint64 value)
{
    tag(field, Fixed64);
    const quint64 little = qToLittleEndian(value);
    m_message.append(reinterpret_cast<const char *>(&little), sizeof little);
}

void WireWriter::real(int field, double value)
{
    fixed64(field, std::bit_cast<quint64>(value));
}

void WireWriter::bytes(int field, QByteArrayView value)
{
    tag(field, Bytes);
    raw(quint64(value.size()));
    m_message.append(value.data(), value.size());
}

std::optional<quint64> WireReader::raw()
{
    quint64 value = 0;
    for (int shift = 0; shift < 64 && !m_rest.isEmpty(); shift += 7) {
        const auto byte = quint8(m_rest.front());
        m_rest = m_rest.sliced(1);
        value |= quint64(byte & 0x7f) << shift;
        if (byte < 0x80)
            return value;
    }
    return std::nullopt;
}

std::optional<quint64> WireReader::fixed(int size)
{
    if (m_rest.size() < size)
        return std::nullopt;
    const char *from = m_rest.data();
    m_rest = m_rest.sliced(size);
    return size == 8 ? qFromLittleEndian<quint64>(from) : qFromLittleEndian<quint32>(from);
}

std::optional<WireField> WireReader::next()
{
    if (m_rest.isEmpty() || m_broken)
        return std::nullopt;
    auto field = read();
    m_broken = !field;
    return field;
}

std::optional<WireField> WireReader::read()
{
    const auto tag = raw();
    if (!tag || *tag >> 3 == 0 || *tag >> 3 > 0x1fffffff)
        return std::nullopt;
    WireField field;
    field.number = int(*tag >> 3);
    std::optional<quint64> value;
    switch (*tag & 7) {
    case Varint: value = raw(); break;
    case Fixed64: value = fixed(8); break;
    case Fixed32: value = fixed(4); break;
    case Bytes: {
        const auto size = raw();
        if (!size || *size > quint64(m_rest.size()))
            return std::nullopt;
        field.bytes = m_rest.first(qsizetype(*size));
        m_rest = m_rest.sliced(qsizetype(*size));
        return field;
    }
    default: return std::nullopt; // groups, long gone
    }
    if (!value)
        return std::nullopt;
    field.integer = *value;
    return field;
}

} // namespace howdah::health
