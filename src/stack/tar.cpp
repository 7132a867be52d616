// SPDX-License-Identifier: GPL-3.0-or-later
#include "stack/tar.h"

#include <cstdio>
#include <cstring>

namespace howdah::stack
{

namespace
{
// POSIX.1-1988 ustar: 512 bytes, numbers as octal text.
struct Header {
    char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type, link[100], magic[6], version[2], user[32], group[32],
        major[8], minor[8], prefix[155], padding[12];
};
static_assert(sizeof(Header) == 512);
} // namespace

QByteArray tarStream(const std::vector<TarFile> &files)
{
    qsizetype total = 2 * qsizetype(sizeof(Header));
    for (const TarFile &file : files)
        total += qsizetype(sizeof(Header)) + (file.bytes.size() + 511) / 512 * 512;
    QByteArray stream;
    stream.reserve(total); // a reallocation would leave a copy of a key behind
    for (const TarFile &file : files) {
        Header header{};
        std::memcpy(header.name, file.name.constData(), size_t(std::min<qsizetype>(file.name.size(), 99)));
        std::snprintf(header.mode, sizeof header.mode, "%07o", 0600U);
        std::snprintf(header.uid, sizeof header.uid, "%07o", 0U);
        std::snprintf(header.gid, sizeof header.gid, "%07o", 0U);
        std::snprintf(header.size, sizeof header.size, "%011llo", static_cast<unsigned long long>(file.bytes.size()));
        std::snprintf(header.mtime, sizeof header.mtime, "%011o", 0U);
        header.type = '0';
        std::memcpy(header.magic, "ustar", 6);
        std::memcpy(header.version, "00", 2);
        std::memset(header.checksum, ' ', sizeof header.checksum); // counted as blanks
        unsigned sum = 0;
        for (const unsigned char byte : QByteArrayView(reinterpret_cast<const char *>(&header), sizeof header))
            sum += byte;
        std::snprintf(header.checksum, sizeof header.checksum, "%06o", sum);
        stream.append(reinterpret_cast<const char *>(&header), sizeof header);
        stream.append(file.bytes.data(), file.bytes.size());
        stream.append((512 - file.bytes.size() % 512) % 512, '\0');
    }
    stream.append(2 * qsizetype(sizeof(Header)), '\0');
    return stream;
}

} // namespace howdah::stack
