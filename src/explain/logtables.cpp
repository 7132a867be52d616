// SPDX-License-Identifier: GPL-3.0-or-later
// csvlog and jsonlog: entries with fields.
#include "explain/logentries.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>

#include <algorithm>

namespace howdah::explain
{

using namespace Qt::StringLiterals;

namespace
{

// Of the columns of csvlog, 26 since 14.
enum Column { Time = 0, User = 1, Database = 2, Pid = 3, Severity = 11, Message = 13, Application = 22, QueryId = 25, Columns = 26 };

struct Record {
    enum class End { Whole, Cut, Broken } end = End::Broken;
    QByteArrayList fields;
    qsizetype behind = 0;
};

// One record, read strictly: what stands between quotes has its own doubled, so that no text within can be taken for the quotes of a field.
Record recordAt(const QByteArray &text, qsizetype at)
{
    Record record;
    QByteArray field;
    for (;;) {
        if (at >= text.size()) {
            record.end = Record::End::Cut;
            return record;
        }
        if (text[at] == '"') {
            for (++at;; ++at) {
                if (at >= text.size()) {
                    record.end = Record::End::Cut;
                    return record;
                }
                if (text[at] == '"') {
                    if (at + 1 >= text.size() || text[at + 1] != '"')
                        break;
                    ++at;
                }
                field += text[at];
            }
            ++at;
            if (at < text.size() && text[at] != ',' && text[at] != '\n')
                return record;
        } else {
            const qsizetype begin = at;
            while (at < text.size() && text[at] != ',' && text[at] != '\n' && text[at] != '"')
                ++at;
            field = text.mid(begin, at - begin);
            if (at < text.size() && text[at] == '"')
                return record;
        }
        if (at >= text.size())
            continue;
        record.fields.append(field);
        field.clear();
        if (record.fields.size() > Columns + 8)
            return record;
        if (text[at++] == '\n')
            break;
    }
    record.behind = at;
    record.end = record.fields.size() >= Columns ? Record::End::Whole : Record::End::Broken;
    return record;
}

bool beginsLikeOne(const QByteArray &text, qsizetype at)
{
    static const QRegularExpression time(u"^\\d{4,}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3} [^,\"\\n]+,"_s);
    return time.match(QString::fromLatin1(text.mid(at, 64))).hasMatch();
}

QString textOf(const QByteArrayList &fields, int column)
{
    return QString::fromUtf8(fields.value(column));
}

} // namespace

LogEntries entriesOfCsv(const QByteArray &text, const LogSource &source)
{
    LogEntries found;
    qsizetype at = 0;
    bool sure = source.atBoundary;
    while (at < text.size()) {
        const Record record = beginsLikeOne(text, at) ? recordAt(text, at) : Record();
        if (record.end == Record::End::Whole) {
            const QString message = textOf(record.fields, Message);
            if (tellsPlan(message)) {
                LogEntry entry{at, message, textOf(record.fields, Time), textOf(record.fields, Database), textOf(record.fields, User),
                               textOf(record.fields, Application), textOf(record.fields, QueryId), {}};
                bool number = false;
                if (const int pid = record.fields.value(Pid).toInt(&number); number)
                    entry.pid = pid;
                found.entries.append(entry);
            }
            at = record.behind;
            sure = true;
            continue;
        }
        // From a boundary on everything is in order, and what has no end yet will have it.
        if (sure && (record.end == Record::End::Cut || text.indexOf('\n', at) < 0))
            break;
        if (sure) {
            ++found.unread;
            found.notes.append(u"A part of the csvlog is not in its form"_s);
            sure = false;
        }
        const qsizetype newline = text.indexOf('\n', at);
        if (newline < 0)
            break;
        at = newline + 1;
    }
    found.consumed = at;
    found.atBoundary = sure;
    return found;
}

LogEntries entriesOfJson(const QByteArray &text, const LogSource &source)
{
    LogEntries found;
    qsizetype at = 0;
    bool sure = source.atBoundary;
    for (;;) {
        const qsizetype newline = text.indexOf('\n', at);
        if (newline < 0)
            break;
        const qsizetype begin = std::exchange(at, newline + 1);
        const QByteArray line = text.mid(begin, newline - begin);
        // The first may be the end of one.
        if (!std::exchange(sure, true) || !line.contains(" plan:"))
            continue;
        const QJsonDocument document = QJsonDocument::fromJson(line);
        if (!document.isObject()) {
            ++found.unread;
            found.notes.append(u"A line of the jsonlog is not in its form"_s);
            continue;
        }
        const QJsonObject object = document.object();
        const QString message = object.value("message"_L1).toString();
        if (!tellsPlan(message))
            continue;
        LogEntry entry{begin, message, object.value("timestamp"_L1).toString(), object.value("dbname"_L1).toString(), object.value("user"_L1).toString(),
                       object.value("application_name"_L1).toString(), {}, {}};
        if (const QJsonValue id = object.value("query_id"_L1); id.isDouble())
            entry.queryId = QString::number(id.toInteger());
        if (const QJsonValue pid = object.value("pid"_L1); pid.isDouble())
            entry.pid = int(pid.toInteger());
        found.entries.append(entry);
    }
    found.consumed = at;
    found.atBoundary = sure;
    return found;
}

} // namespace howdah::explain
