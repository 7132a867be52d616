// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/compressed.h"

#include <QScopeGuard>

#include <zlib.h>
#ifdef HOWDAH_ZSTD
#include <zstd.h>
#endif

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

tl::unexpected<Error> bad(const QString &what)
{
    return fail(ErrorKind::Io, u"not_decompressed"_s, what);
}

// Several streams one behind the other are one file, as gzip itself reads them.
Result<QByteArray> gunzipped(const QByteArray &bytes, qsizetype most)
{
    z_stream stream{};
    if (inflateInit2(&stream, 15 + 16) != Z_OK) // a gzip header, and nothing else
        return bad(u"there is no memory to decompress it"_s);
    const auto end = qScopeGuard([&] { inflateEnd(&stream); });
    QByteArray out(most + 1, Qt::Uninitialized);
    stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(bytes.constData()));
    stream.avail_in = uInt(bytes.size());
    stream.next_out = reinterpret_cast<Bytef *>(out.data());
    stream.avail_out = uInt(out.size());
    for (;;) {
        const int said = inflate(&stream, Z_NO_FLUSH);
        if (said == Z_STREAM_END && stream.avail_in > 0 && inflateReset(&stream) == Z_OK)
            continue;
        if (said == Z_STREAM_END)
            break;
        if (stream.avail_out == 0)
            return bad(u"holds more than %1 bytes"_s.arg(most));
        if (said != Z_OK || stream.avail_in == 0)
            return bad(said == Z_OK || said == Z_BUF_ERROR ? u"is cut off"_s : u"is damaged: it can't be decompressed"_s);
    }
    out.truncate(out.size() - qsizetype(stream.avail_out));
    return out.size() > most ? Result<QByteArray>(bad(u"holds more than %1 bytes"_s.arg(most))) : Result<QByteArray>(out);
}

#ifdef HOWDAH_ZSTD
Result<QByteArray> unzstd(const QByteArray &bytes, qsizetype most)
{
    ZSTD_DStream *const stream = ZSTD_createDStream();
    if (!stream)
        return bad(u"there is no memory to decompress it"_s);
    const auto end = qScopeGuard([&] { ZSTD_freeDStream(stream); });
    QByteArray out(most + 1, Qt::Uninitialized);
    ZSTD_inBuffer in{bytes.constData(), std::size_t(bytes.size()), 0};
    ZSTD_outBuffer to{out.data(), std::size_t(out.size()), 0};
    std::size_t left = 1; // 0: a frame is whole
    while (in.pos < in.size && to.pos < to.size) {
        left = ZSTD_decompressStream(stream, &to, &in);
        if (ZSTD_isError(left))
            return bad(u"is damaged: it can't be decompressed"_s);
    }
    if (qsizetype(to.pos) > most)
        return bad(u"holds more than %1 bytes"_s.arg(most));
    if (left != 0)
        return bad(u"is cut off"_s);
    out.truncate(qsizetype(to.pos));
    return out;
}
#endif

} // namespace

bool canDecompress(const QString &compression)
{
#ifdef HOWDAH_ZSTD
    if (compression == "zst"_L1)
        return true;
#endif
    return compression == "gz"_L1;
}

Result<QByteArray> decompressed(const QByteArray &bytes, const QString &compression, qsizetype most)
{
    if (compression == "gz"_L1)
        return gunzipped(bytes, most);
#ifdef HOWDAH_ZSTD
    if (compression == "zst"_L1)
        return unzstd(bytes, most);
#endif
    return fail(ErrorKind::Client, u"not_supported"_s, u"is compressed (.%1), which this program can't read"_s.arg(compression));
}

} // namespace howdah::backup
