// SPDX-License-Identifier: GPL-3.0-or-later
// Remembered layout and choices: JSON values under names ("shell/window", "catalog/columns"). Functions of a Store, on its thread.
#pragma once

#include "store/store.h"

#include <QJsonValue>

namespace howdah::store
{

Result<QJsonValue> readSetting(Store &store, const QString &key); // Undefined where never written
Done writeSetting(Store &store, const QString &key, const QJsonValue &value);

} // namespace howdah::store
