// SPDX-License-Identifier: GPL-3.0-or-later
// `howdahctl serve` as a service of the user's systemd. No secret is in it: password and token come from the keychain, as always. Text is pure;
// writing blocks.
#pragma once

#include "base/result.h"

#include <QStringList>

namespace howdah::health
{

// `program`: howdahctl's path. `arguments`: of serve. `environment`: what of it has to be the same, as XDG_DATA_HOME; "NAME=value" each.
QByteArray serveUnit(const QString &program, const QStringList &arguments, const QStringList &environment);

struct InstalledUnit {
    QString path;
    QStringList commands; // that switch it on
};
// Where the user's systemd looks: ~/.config/systemd/user/howdah-serve.service, mode 0644. Errors: Io.
Result<InstalledUnit> installServeUnit(const QByteArray &unit);

} // namespace howdah::health
