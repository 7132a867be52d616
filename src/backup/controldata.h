// SPDX-License-Identifier: GPL-3.0-or-later
// What pg_controldata says, in the C locale. No reading of its own; any thread.
#pragma once

#include <QByteArray>
#include <QMap>
#include <QString>

namespace howdah::backup
{

// "max_connections setting:              100" and its like, by what stands before the colon.
QMap<QString, QString> parseControlData(const QByteArray &said);

} // namespace howdah::backup
