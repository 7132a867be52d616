// SPDX-License-Identifier: GPL-3.0-or-later
// JSON as text: QJsonDocument stops at a depth of 1024, takes numbers for doubles and sorts members, so a server's document never goes
// through it. Any thread.
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <optional>

namespace howdah::query
{

// With quotes; bytes that are no UTF-8 become U+FFFD.
void appendJsonString(QByteArray &out, QByteArrayView utf8);
bool isJsonNumber(QByteArrayView text);

// Two spaces a level, every token as it stood, without recursion. nullopt: not JSON. Indentation stops growing at 64 levels, so that a
// deep document does not become quadratic.
std::optional<QByteArray> prettyJson(QByteArrayView text);

} // namespace howdah::query
