// SPDX-License-Identifier: GPL-3.0-or-later
// JSON as howdahctl prints it: one object, one line, UTF-8.
#pragma once

#include <QJsonDocument>
#include <QJsonObject>

namespace howdah
{

inline QByteArray jsonLine(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n';
}

} // namespace howdah
