// SPDX-License-Identifier: GPL-3.0-or-later
// The journal as people and programs read it, the same in the window, in howdahctl and in an exported file. Pure functions, any thread.
#pragma once

#include "store/journal.h"

#include <QJsonObject>

#include <optional>

namespace howdah::store
{

QString outcomeText(const JournalEntry &entry); // "done", "failed", …, "no end: it ran or the program died"
std::optional<qint64> durationMs(const JournalEntry &entry); // not known of what never ended
// Times are ISO 8601 in UTC; null where a thing is not known.
QJsonObject journalToJson(const QVector<JournalEntry> &entries); // {"entries": […]}
QByteArray journalToCsv(const QVector<JournalEntry> &entries);   // RFC 4180, with a header

} // namespace howdah::store
