// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/paths.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>

#include <sys/stat.h>

namespace howdah::paths
{

static QString xdg(const char *variable, const QString &below)
{
    const QString set = qEnvironmentVariable(variable);
    const QString base = set.isEmpty() || !QDir::isAbsolutePath(set) ? QString(QDir::homePath() + below) : set;
    return base + QStringLiteral("/howdah");
}

QString dataDir()
{
    return xdg("XDG_DATA_HOME", QStringLiteral("/.local/share"));
}

QString cacheDir()
{
    return xdg("XDG_CACHE_HOME", QStringLiteral("/.cache"));
}

Result<QString> dockerDir()
{
    QStringList places;
    if (const QString set = qEnvironmentVariable("HOWDAH_DOCKER_DIR"); !set.isEmpty())
        places << set;
    const QString app = QCoreApplication::applicationDirPath();
    places << app + QStringLiteral("/../../../docker") << app + QStringLiteral("/../share/howdah/docker");
    for (const QString &place : places) {
        if (QFileInfo::exists(place + QStringLiteral("/compose.yaml")))
            return QDir::cleanPath(QDir(place).absolutePath());
    }
    return fail(ErrorKind::Io, QStringLiteral("docker_folder_missing"),
                QStringLiteral("The stack's files (docker/compose.yaml) are not where this program is installed"),
                QStringLiteral("Looked in: ") + places.join(QStringLiteral(", ")));
}

Done makePrivateDir(const QString &path)
{
    if (!QDir().mkpath(path) || ::chmod(QFile::encodeName(path).constData(), 0700) != 0)
        return fail(ErrorKind::Io, QStringLiteral("folder"), QStringLiteral("The folder ") + path + QStringLiteral(" can't be made private"));
    return {};
}

} // namespace howdah::paths
