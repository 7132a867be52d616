// SPDX-License-Identifier: GPL-3.0-or-later
// Cells as psql draws them on a terminal: in lines, with their widths. Internal to src/query. Any thread.
#pragma once

#include <QString> // QByteArray, and the operators of both

#include <vector>

#include <locale.h>

namespace howdah::query
{

// wcwidth() of UTF-8, whatever the process's locale is.
class Utf8Locale
{
public:
    Utf8Locale() : m_locale(::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr))
    {
        if (m_locale)
            m_before = ::uselocale(m_locale);
    }
    ~Utf8Locale()
    {
        if (!m_locale)
            return;
        ::uselocale(m_before);
        ::freelocale(m_locale);
    }
    Utf8Locale(const Utf8Locale &) = delete;
    Utf8Locale &operator=(const Utf8Locale &) = delete;

private:
    locale_t m_locale;
    locale_t m_before = nullptr;
};

struct Line {
    QByteArray text;
    int width = 0;
};
using Lines = std::vector<Line>;

// A line break begins a line, tabs go to the next eighth column, controls are shown as \x01.
Lines linesOf(QByteArrayView cell); // under a Utf8Locale
int widthOf(const Lines &lines);    // of the widest

} // namespace howdah::query
