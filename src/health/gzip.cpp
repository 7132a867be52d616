// SPDX-License-Identifier: GPL-3.0-or-later
#include "health/gzip.h"

#include <zlib.h>

namespace howdah::health
{

QByteArray gzip(const QByteArray &bytes)
{
    constexpr int gzipWindow = 15 + 16; // zlib's way to ask for gzip
    z_stream stream{};
    if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, gzipWindow, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        qBadAlloc();
    QByteArray out(qsizetype(deflateBound(&stream, uLong(bytes.size()))), Qt::Uninitialized);
    stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(bytes.constData()));
    stream.avail_in = uInt(bytes.size());
    stream.next_out = reinterpret_cast<Bytef *>(out.data());
    stream.avail_out = uInt(out.size());
    deflate(&stream, Z_FINISH); // the bound is enough for all of it
    out.truncate(qsizetype(stream.total_out));
    deflateEnd(&stream);
    return out;
}

} // namespace howdah::health
