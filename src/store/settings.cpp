// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/settings.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace howdah::store
{

Result<QJsonValue> readSetting(Store &store, const QString &key)
{
    auto rows = store.run(QStringLiteral("setting_read"), {key});
    if (!rows)
        return fail(std::move(rows.error()));
    if (!rows->next()) {
        if (auto end = store.atEnd(*rows); !end)
            return fail(std::move(end.error()));
        return QJsonValue(QJsonValue::Undefined);
    }
    return QJsonDocument::fromJson(rows->value(0).toString().toUtf8()).array().at(0); // Undefined where it can't be read
}

Done writeSetting(Store &store, const QString &key, const QJsonValue &value)
{
    // A JSON text is an array or an object: a single value is an array of one.
    auto done = value.isUndefined()
        ? store.run(QStringLiteral("setting_remove"), {key})
        : store.run(QStringLiteral("setting_write"), {key, QString::fromUtf8(QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact))});
    if (!done)
        return fail(std::move(done.error()));
    return {};
}

} // namespace howdah::store
