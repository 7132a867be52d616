// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/psqlcells.h"

#include <algorithm>

#include <wchar.h>

namespace howdah::query
{

static int lengthOf(uchar first)
{
    return first < 0x80 ? 1 : first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

Lines linesOf(QByteArrayView cell)
{
    static constexpr char hex[] = "0123456789ABCDEF";
    Lines lines(1);
    for (qsizetype i = 0; i < cell.size();) {
        Line &line = lines.back();
        const auto c = uchar(cell[i]);
        if (c == '\n') {
            lines.emplace_back();
            ++i;
        } else if (c == '\r') {
            line.text += "\\r";
            line.width += 2;
            ++i;
        } else if (c == '\t') {
            do {
                line.text += ' ';
                ++line.width;
            } while (line.width % 8 != 0);
            ++i;
        } else if (c < 0x20 || c == 0x7f) {
            line.text += "\\x";
            line.text += hex[c >> 4];
            line.text += hex[c & 15];
            line.width += 4;
            ++i;
        } else if (c < 0x80) {
            line.text += char(c);
            ++line.width;
            ++i;
        } else {
            const int length = lengthOf(c);
            bool valid = length > 0 && i + length <= cell.size();
            char32_t code = length == 2 ? c & 0x1fu : length == 3 ? c & 0x0fu : c & 0x07u;
            for (int k = 1; valid && k < length; ++k) {
                valid = (uchar(cell[i + k]) & 0xc0) == 0x80;
                code = code << 6 | (uchar(cell[i + k]) & 0x3fu);
            }
            if (!valid) {
                line.text += "\xef\xbf\xbd";
                ++line.width;
                ++i;
                continue;
            }
            const int width = ::wcwidth(wchar_t(code));
            if (width < 0) {
                const QByteArray digits = QByteArray::number(uint(code), 16).toUpper().rightJustified(4, '0');
                line.text += "\\u" + digits;
                line.width += 2 + int(digits.size());
            } else {
                line.text += cell.sliced(i, length);
                line.width += width;
            }
            i += length;
        }
    }
    return lines;
}

int widthOf(const Lines &lines)
{
    int width = 0;
    for (const Line &line : lines)
        width = std::max(width, line.width);
    return width;
}

} // namespace howdah::query
