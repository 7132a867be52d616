// SPDX-License-Identifier: GPL-3.0-or-later
#include "health/serveunit.h"

#include "base/savefile.h"
#include "base/unitwords.h"

#include <QDir>
#include <QStandardPaths>

namespace howdah::health
{

using namespace Qt::StringLiterals;

QByteArray serveUnit(const QString &program, const QStringList &arguments, const QStringList &environment)
{
    QString unit = u"# Written by howdahctl serve --install. Password and token come from the keychain; none is here.\n"
                   "[Unit]\nDescription=Health endpoints of Howdah\n\n[Service]\nExecStart=%1"_s.arg(unitwords::argument(program));
    for (const QString &one : arguments)
        unit += u' ' + unitwords::argument(one);
    unit += u'\n';
    for (const QString &one : environment)
        unit += u"Environment=%1\n"_s.arg(unitwords::word(one));
    // The keychain may open later than this starts, and whoever has the port may end.
    unit += u"Restart=on-failure\nRestartSec=15\nNice=5\nNoNewPrivileges=yes\n\n[Install]\nWantedBy=default.target\n"_s;
    return unit.toUtf8();
}

Result<InstalledUnit> installServeUnit(const QByteArray &unit)
{
    const QString folder = QDir::cleanPath(QStandardPaths::writableLocation(QStandardPaths::ConfigLocation) + "/systemd/user"_L1);
    if (!QDir().mkpath(folder))
        return fail(ErrorKind::Io, u"folder"_s, u"The folder %1 can't be made"_s.arg(folder));
    InstalledUnit installed;
    installed.path = folder + "/howdah-serve.service"_L1;
    if (Done saved = saveFile(installed.path, unit, 0644); !saved)
        return fail(std::move(saved.error()));
    installed.commands = QStringList{u"systemctl --user daemon-reload"_s, u"systemctl --user enable howdah-serve.service"_s,
                                     u"systemctl --user restart howdah-serve.service"_s};
    return installed;
}

} // namespace howdah::health
