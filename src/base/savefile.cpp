// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/savefile.h"

#include <QFile>
#include <QFileInfo>
#include <QSaveFile>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace howdah
{

Done saveFile(const QString &path, const QByteArray &bytes, int mode)
{
    const auto failed = [&](const QString &why) {
        return fail(ErrorKind::Io, QStringLiteral("save_failed"), path + QStringLiteral(" was not saved: ") + why,
                    QStringLiteral("The file is as it was before"));
    };
    QSaveFile file(path);
    file.setDirectWriteFallback(false);
    if (!file.open(QIODevice::WriteOnly))
        return failed(file.errorString());
    if (file.write(bytes) != bytes.size() || !file.flush() || ::fchmod(file.handle(), mode_t(mode)) != 0 || ::fsync(file.handle()) != 0) {
        const QString why = file.errorString();
        file.cancelWriting();
        return failed(why);
    }
    if (file.size() != bytes.size()) {
        file.cancelWriting();
        return failed(QStringLiteral("the disk took only a part of it"));
    }
    if (!file.commit())
        return failed(file.errorString());
    const int folder = ::open(QFile::encodeName(QFileInfo(path).absolutePath()).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder >= 0) {
        ::fsync(folder);
        ::close(folder);
    }
    return {};
}

} // namespace howdah
