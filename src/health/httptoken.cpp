// SPDX-License-Identifier: GPL-3.0-or-later
#include "health/httptoken.h"

#include <algorithm>

namespace howdah::health
{

bool isToken(QByteArrayView word)
{
    static constexpr QByteArrayView others("!#$%&'*+-.^_`|~");
    return !word.isEmpty() && std::all_of(word.begin(), word.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || others.contains(c);
    });
}

bool isFieldValue(QByteArrayView text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return c == '\t' || (uchar(c) >= 0x20 && c != 0x7f); });
}

} // namespace howdah::health
