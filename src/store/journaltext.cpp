// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/journaltext.h"

#include <QJsonArray>

namespace howdah::store
{

namespace
{

QString isoText(qint64 ms)
{
    return ms > 0 ? QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC).toString(Qt::ISODateWithMs) : QString();
}

QJsonValue orNull(const QString &text)
{
    return text.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(text);
}

QByteArray cell(const QString &text)
{
    QByteArray bytes = text.toUtf8();
    if (!bytes.contains('"') && !bytes.contains(',') && !bytes.contains('\n') && !bytes.contains('\r'))
        return bytes;
    return '"' + bytes.replace('"', "\"\"") + '"';
}

} // namespace

QString outcomeText(const JournalEntry &entry)
{
    if (entry.endedMs == 0)
        return QStringLiteral("no end: it ran or the program died");
    return entry.outcome.isEmpty() ? QStringLiteral("unknown") : entry.outcome;
}

std::optional<qint64> durationMs(const JournalEntry &entry)
{
    // A clock that was set back in between measured nothing.
    if (entry.endedMs == 0 || entry.endedMs < entry.startedMs)
        return {};
    return entry.endedMs - entry.startedMs;
}

QJsonObject journalToJson(const QVector<JournalEntry> &entries)
{
    QJsonArray all;
    for (const JournalEntry &entry : entries) {
        const auto took = durationMs(entry);
        all.append(QJsonObject{{QStringLiteral("id"), entry.id},
                               {QStringLiteral("started"), isoText(entry.startedMs)},
                               {QStringLiteral("ended"), orNull(isoText(entry.endedMs))},
                               {QStringLiteral("duration_ms"), took ? QJsonValue(*took) : QJsonValue(QJsonValue::Null)},
                               {QStringLiteral("who"), entry.who},
                               {QStringLiteral("server"), entry.target},
                               {QStringLiteral("action"), entry.action},
                               {QStringLiteral("commands"), entry.commands},
                               {QStringLiteral("outcome"), entry.endedMs == 0 ? QJsonValue(QJsonValue::Null) : QJsonValue(outcomeText(entry))},
                               {QStringLiteral("message"), entry.message},
                               {QStringLiteral("undo"), entry.undo}});
    }
    return {{QStringLiteral("entries"), all}};
}

QByteArray journalToCsv(const QVector<JournalEntry> &entries)
{
    QByteArray csv = "id,started,ended,duration_ms,who,server,action,commands,outcome,message,undo\r\n";
    for (const JournalEntry &entry : entries) {
        const auto took = durationMs(entry);
        const QStringList texts{isoText(entry.startedMs), isoText(entry.endedMs), took ? QString::number(*took) : QString(), entry.who,   entry.target,
                                entry.action,             entry.commands,         outcomeText(entry),                         entry.message, entry.undo};
        csv += QByteArray::number(entry.id);
        for (const QString &text : texts)
            csv += ',' + cell(text);
        csv += "\r\n";
    }
    return csv;
}

} // namespace howdah::store
