// SPDX-License-Identifier: GPL-3.0-or-later
// A password in memory: bytes that are overwritten when the last owner lets go, never implicitly shared, never convertible to QString
// by accident (QString leaves UTF-16 copies behind). Any thread; one owner at a time.
#pragma once

#include <QByteArray>

#include <string>

#include <string.h>

namespace howdah
{

class Secret
{
public:
    Secret() = default;
    explicit Secret(const QByteArray &bytes) : m_bytes(bytes.constData(), size_t(bytes.size())) {}
    Secret(const Secret &) = default;
    Secret(Secret &&other) noexcept : m_bytes(other.m_bytes) { other.wipe(); }
    Secret &operator=(const Secret &other)
    {
        if (this != &other) {
            wipe();
            m_bytes = other.m_bytes;
        }
        return *this;
    }
    Secret &operator=(Secret &&other) noexcept
    {
        if (this != &other) {
            wipe();
            m_bytes = other.m_bytes;
            other.wipe();
        }
        return *this;
    }
    ~Secret() { wipe(); }

    bool isEmpty() const { return m_bytes.empty(); }
    const char *data() const { return m_bytes.c_str(); }
    qsizetype size() const { return qsizetype(m_bytes.size()); }
    bool operator==(const Secret &other) const { return m_bytes == other.m_bytes; }

private:
    void wipe()
    {
        ::explicit_bzero(m_bytes.data(), m_bytes.capacity());
        m_bytes.clear();
    }

    std::string m_bytes;
};

} // namespace howdah
