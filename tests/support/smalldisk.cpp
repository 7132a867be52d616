// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/smalldisk.h"

#include <QDir>
#include <QFile>
#include <QStorageInfo>

#include <cerrno>
#include <csignal>
#include <cstring>

#include <sys/mount.h>
#include <unistd.h>

namespace howdah::test
{

// /tmp/howdah-disk-<pid>-<n>
static void removeThoseOfTheDead()
{
    QDir tmp(QStringLiteral("/tmp"));
    for (const QString &name : tmp.entryList({QStringLiteral("howdah-disk-*-*")}, QDir::Dirs)) {
        const auto pid = pid_t(name.section(QLatin1Char('-'), 2, 2).toInt());
        if (pid > 0 && ::kill(pid, 0) != 0 && errno == ESRCH) {
            ::umount2(QFile::encodeName(tmp.filePath(name)).constData(), MNT_DETACH);
            tmp.rmdir(name);
        }
    }
}

std::unique_ptr<SmallDisk> SmallDisk::make(int kilobytes, QString *why)
{
    static int made = 0;
    removeThoseOfTheDead();
    std::unique_ptr<SmallDisk> disk(new SmallDisk);
    const QString folder = QStringLiteral("/tmp/howdah-disk-%1-%2").arg(::getpid()).arg(++made);
    QDir().mkpath(folder);
    const QByteArray options = "mode=0700,size=" + QByteArray::number(kilobytes) + "k";
    if (::mount("tmpfs", QFile::encodeName(folder).constData(), "tmpfs", 0, options.constData()) != 0) {
        *why = QStringLiteral("No tmpfs on %1: %2").arg(folder, QString::fromLocal8Bit(std::strerror(errno)));
        QDir().rmdir(folder);
        return nullptr;
    }
    disk->m_folder = folder;
    return disk;
}

SmallDisk::~SmallDisk()
{
    if (m_folder.isEmpty())
        return;
    ::umount2(QFile::encodeName(m_folder).constData(), MNT_DETACH);
    QDir().rmdir(m_folder);
}

bool SmallDisk::fill(qint64 leaveBytes)
{
    QFile ballast(m_folder + QStringLiteral("/ballast"));
    if (!ballast.open(QIODevice::WriteOnly | QIODevice::Append | QIODevice::Unbuffered))
        return false;
    const QByteArray page(4096, 'b');
    while (QStorageInfo(m_folder).bytesAvailable() > leaveBytes && ballast.write(page) == page.size()) {
    }
    return QStorageInfo(m_folder).bytesAvailable() <= leaveBytes;
}

bool SmallDisk::makeRoom()
{
    return QFile::remove(m_folder + QStringLiteral("/ballast"));
}

bool SmallDisk::setReadOnly(bool readOnly)
{
    return ::mount("tmpfs", QFile::encodeName(m_folder).constData(), nullptr, MS_REMOUNT | (readOnly ? MS_RDONLY : 0), nullptr) == 0;
}

} // namespace howdah::test
