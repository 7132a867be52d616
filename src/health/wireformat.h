// SPDX-License-Identifier: GPL-3.0-or-later
// Protocol Buffers on the wire, as far as OTLP's metrics need it. Any thread.
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

#include <optional>

namespace howdah::health
{

// Writes the fields of one message; a message in it is written by itself and added as bytes.
class WireWriter
{
public:
    void varint(int field, quint64 value);
    void fixed64(int field, quint64 value);
    void real(int field, double value);
    void bytes(int field, QByteArrayView value);
    void text(int field, const QString &value) { bytes(field, value.toUtf8()); }
    const QByteArray &message() const { return m_message; }

private:
    void tag(int field, int type);
    void raw(quint64 value); // base 128

    QByteArray m_message;
};

// Reads the fields of a message one after the other. nullopt: the end, or bytes that are no message (isBroken).
struct WireField {
    int number = 0;
    quint64 integer = 0;  // of varint and fixed
    QByteArrayView bytes; // of a text or a message
};
class WireReader
{
public:
    explicit WireReader(QByteArrayView message) : m_rest(message) {}
    std::optional<WireField> next();
    bool isBroken() const { return m_broken; } // what was read is no message

private:
    std::optional<WireField> read();
    std::optional<quint64> raw();
    std::optional<quint64> fixed(int size);

    QByteArrayView m_rest;
    bool m_broken = false;
};

} // namespace howdah::health
