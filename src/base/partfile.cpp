// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/partfile.h"

#include <QFile>
#include <QFileInfo>
#include <QRandomGenerator>

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace howdah
{

static Error writeFailure(const QString &path, int error)
{
    const bool full = error == ENOSPC || error == EDQUOT || error == EFBIG;
    return fail(ErrorKind::Io, full ? QStringLiteral("disk_full") : QStringLiteral("not_written"),
                path + QStringLiteral(" was not written: ") + QString::fromLocal8Bit(std::strerror(error)),
                QStringLiteral("A file of that name is as it was before"))
        .value();
}

Error PartFile::failure(int error) const
{
    return writeFailure(m_path, error);
}

Result<std::unique_ptr<PartFile>> PartFile::open(const QString &path)
{
    QString target = path;
    struct stat before{};
    const bool exists = ::stat(QFile::encodeName(path).constData(), &before) == 0;
    if (exists && S_ISDIR(before.st_mode))
        return fail(writeFailure(path, EISDIR));
    if (exists && !S_ISREG(before.st_mode)) { // a device or a pipe: there is nothing to replace
        const int fd = ::open(QFile::encodeName(path).constData(), O_WRONLY | O_CLOEXEC);
        if (fd < 0)
            return fail(writeFailure(path, errno));
        return std::unique_ptr<PartFile>(new PartFile(path, {}, fd));
    }
    if (exists)
        target = QFileInfo(path).canonicalFilePath(); // through a link, which stays
    const QString part = target + QStringLiteral(".part-%1").arg(QRandomGenerator::system()->generate(), 8, 16, QLatin1Char('0'));
    const int fd = ::open(QFile::encodeName(part).constData(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0)
        return fail(writeFailure(path, errno));
    if (exists)
        ::fchmod(fd, before.st_mode & 07777);
    return std::unique_ptr<PartFile>(new PartFile(target, part, fd));
}

PartFile::~PartFile()
{
    if (m_fd >= 0)
        ::close(m_fd);
    if (!m_part.isEmpty())
        ::unlink(QFile::encodeName(m_part).constData());
}

Done PartFile::write(QByteArrayView bytes)
{
    while (!bytes.isEmpty() && !m_failed) {
        const ssize_t written = ::write(m_fd, bytes.data(), size_t(bytes.size()));
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0) {
            m_failed = true;
            return fail(failure(written < 0 ? errno : ENOSPC));
        }
        m_bytes += written;
        bytes = bytes.sliced(written);
    }
    if (m_failed)
        return fail(failure(EIO));
    return {};
}

Done PartFile::commit()
{
    if (m_failed)
        return fail(failure(EIO));
    if (m_part.isEmpty())
        return {};
    struct stat now{};
    if (::fsync(m_fd) != 0 || ::fstat(m_fd, &now) != 0)
        return fail(failure(errno));
    if (now.st_size != m_bytes)
        return fail(failure(ENOSPC));
    if (::rename(QFile::encodeName(m_part).constData(), QFile::encodeName(m_path).constData()) != 0)
        return fail(failure(errno));
    m_part.clear();
    const int folder = ::open(QFile::encodeName(QFileInfo(m_path).absolutePath()).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder >= 0) {
        ::fsync(folder);
        ::close(folder);
    }
    return {};
}

} // namespace howdah
