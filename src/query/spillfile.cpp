// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/spillfile.h"

#include "base/paths.h"
#include "pg/rowsdata.h"

#include <QFile>

#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

namespace howdah::query
{

using pg::Rows;

static tl::unexpected<Error> failure(const QString &what, int code)
{
    return fail(ErrorKind::Io, QStringLiteral("spill_failed"), what + QString::fromLocal8Bit(std::strerror(code)),
                code == ENOSPC || code == EDQUOT ? QStringLiteral("Make room in ") + paths::cacheDir() : QString());
}

// A regular file gives either all that is asked for or an error; a signal and a very large size alone give less.
static Done writeAll(int fd, std::array<iovec, 3> parts, qint64 offset)
{
    size_t at = 0;
    while (at < parts.size()) {
        if (parts[at].iov_len == 0) {
            ++at;
            continue;
        }
        const ssize_t written = ::pwritev(fd, &parts[at], int(parts.size() - at), offset);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return failure(QStringLiteral("The result no longer fits on this machine's disk: "), written < 0 ? errno : ENOSPC);
        offset += written;
        size_t left = size_t(written);
        while (at < parts.size() && left >= parts[at].iov_len)
            left -= parts[at++].iov_len;
        if (left > 0) {
            parts[at].iov_base = static_cast<char *>(parts[at].iov_base) + left;
            parts[at].iov_len -= left;
        }
    }
    return {};
}

SpillFile::~SpillFile()
{
    if (m_fd >= 0)
        ::close(m_fd);
}

Done SpillFile::open()
{
    const QString folder = paths::cacheDir();
    if (const Done made = paths::makePrivateDir(folder); !made)
        return made;
    m_fd = ::open(QFile::encodeName(folder).constData(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (m_fd >= 0)
        return {};
    // Some file systems have no O_TMPFILE.
    QByteArray name = QFile::encodeName(folder + QStringLiteral("/result-XXXXXX"));
    m_fd = ::mkostemp(name.data(), O_CLOEXEC); // 0600
    if (m_fd < 0)
        return failure(QStringLiteral("No file for a large result in %1: ").arg(folder), errno);
    ::unlink(name.constData());
    return {};
}

static iovec part(const void *data, size_t size)
{
    return {const_cast<void *>(data), size};
}

Result<SpillFile::Place> SpillFile::append(const Rows::Data &data)
{
    if (m_fd < 0) {
        if (const Done opened = open(); !opened)
            return fail(opened.error());
    }
    const Place place{m_size, quint32(data.rowStarts.size()), data.arena.size()};
    const Done written = writeAll(m_fd, {part(data.rowStarts.data(), data.rowStarts.size() * sizeof(quint64)),
                                         part(data.cellEnds.data(), data.cellEnds.size() * sizeof(quint32)), part(data.arena.constData(), size_t(data.arena.size()))},
                                  m_size);
    if (!written)
        return fail(written.error());
    m_size += data.byteSize();
    return place;
}

Result<qint64> SpillFile::appendBytes(QByteArrayView bytes)
{
    if (m_fd < 0) {
        if (const Done opened = open(); !opened)
            return fail(opened.error());
    }
    if (const Done written = writeAll(m_fd, {part(bytes.data(), size_t(bytes.size())), part(nullptr, 0), part(nullptr, 0)}, m_size); !written)
        return fail(written.error());
    const qint64 at = m_size;
    m_size += bytes.size();
    return at;
}

Done SpillFile::readBytes(qint64 offset, char *into, qint64 size) const
{
    while (size > 0) {
        const ssize_t got = ::pread(m_fd, into, size_t(size), offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return failure(QStringLiteral("A part of the result can't be read back: "), got < 0 ? errno : EIO);
        into += got;
        offset += got;
        size -= got;
    }
    return {};
}

Result<Rows> SpillFile::read(const Place &place, const std::vector<pg::Column> &columns) const
{
    auto data = std::make_shared<Rows::Data>();
    data->columns = columns;
    data->rowStarts.resize(place.rows);
    data->cellEnds.resize(size_t(place.rows) * columns.size());
    data->arena.resize(qsizetype(place.arenaBytes));
    qint64 offset = place.offset;
    const auto take = [&](void *into, size_t size) {
        const Done done = readBytes(offset, static_cast<char *>(into), qint64(size));
        offset += qint64(size);
        return done;
    };
    if (Done done = take(data->rowStarts.data(), data->rowStarts.size() * sizeof(quint64)); !done)
        return fail(done.error());
    if (Done done = take(data->cellEnds.data(), data->cellEnds.size() * sizeof(quint32)); !done)
        return fail(done.error());
    if (Done done = take(data->arena.data(), size_t(place.arenaBytes)); !done)
        return fail(done.error());
    return Rows(std::move(data));
}

} // namespace howdah::query
