// SPDX-License-Identifier: GPL-3.0-or-later
// A comparison in words and as JSON.
#include "backup/compare.h"

#include "base/units.h"
#include "pg/quote.h"

#include <algorithm>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

QString TableName::text() const
{
    return pg::displayIdentifier(schema) + u'.' + pg::displayIdentifier(name);
}

Result<TableName> TableName::parse(const QString &text)
{
    QStringList parts{QString()};
    bool quoted = false, wasQuoted = false;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text.at(i);
        if (c == u'"' && quoted && i + 1 < text.size() && text.at(i + 1) == u'"') {
            parts.last() += c;
            ++i;
        } else if (c == u'"') {
            quoted = !quoted;
            wasQuoted = true;
        } else if (c == u'.' && !quoted) {
            parts << QString();
            wasQuoted = false;
        } else {
            parts.last() += quoted || wasQuoted ? c : c.toLower(); // as the server folds it
        }
    }
    if (quoted || parts.size() != 2 || parts.contains(QString()))
        return fail(ErrorKind::Client, u"usage"_s, u"%1 is no table's name, such as public.orders or public.\"Orders\""_s.arg(text));
    return TableName{parts.at(0), parts.at(1)};
}

QString RowSums::text() const
{
    return u"%1 %2, %3/%4"_s.arg(rows).arg(rows == 1 ? u"row"_s : u"rows"_s, QString::fromLatin1(first), QString::fromLatin1(second));
}

QString stateName(TableComparison::State state)
{
    switch (state) {
    case TableComparison::State::Equal: return u"equal"_s;
    case TableComparison::State::Different: return u"different"_s;
    case TableComparison::State::OnlyLive: return u"only_live"_s;
    case TableComparison::State::OnlyRehearsed: return u"only_rehearsed"_s;
    case TableComparison::State::NotPermitted: return u"not_permitted"_s;
    case TableComparison::State::NotCompared: break;
    }
    return u"not_compared"_s;
}

static QString whatName(RowExample::What what)
{
    return what == RowExample::What::OnlyRehearsed ? u"only_rehearsed"_s : what == RowExample::What::OnlyLive ? u"only_live"_s : u"changed"_s;
}

QString TableComparison::text() const
{
    const QString name = units::oneLine(table.text()) + u": "_s;
    if (state == State::Equal)
        return name + u"equal, %1 rows"_s.arg(live ? live->rows : 0);
    if (state != State::Different)
        return name + (state == State::NotPermitted ? u"not permitted: "_s : state == State::NotCompared ? u"not compared: "_s : QString()) + units::oneLine(why);
    QString text = name + u"%1 rows in live, %2 in the rehearsed copy"_s.arg(live ? live->rows : 0).arg(rehearsed ? rehearsed->rows : 0);
    if (onlyLive && onlyRehearsed)
        text += u"; only in the rehearsed copy %1, only in live %2"_s.arg(*onlyRehearsed).arg(*onlyLive);
    return text + (changed ? u", changed %1"_s.arg(*changed) : QString());
}

QJsonObject TableComparison::toJson() const
{
    const auto number = [](std::optional<qint64> value) { return value ? QJsonValue(*value) : QJsonValue(); };
    const auto sums = [](const std::optional<RowSums> &value) {
        return value ? QJsonValue(QJsonObject{{u"rows"_s, value->rows}, {u"hash"_s, QString::fromLatin1(value->first + '/' + value->second)}}) : QJsonValue();
    };
    QJsonArray rows;
    for (const RowExample &example : examples) {
        QJsonObject row{{u"what"_s, whatName(example.what)}, {u"key"_s, example.key}};
        if (!example.live.isEmpty())
            row[u"live"_s] = example.live;
        if (!example.rehearsed.isEmpty())
            row[u"rehearsed"_s] = example.rehearsed;
        rows << row;
    }
    return {{u"schema"_s, table.schema}, {u"name"_s, table.name}, {u"state"_s, stateName(state)}, {u"why"_s, why}, {u"live"_s, sums(live)}, {u"rehearsed"_s, sums(rehearsed)},
            {u"columns"_s, QJsonArray::fromStringList(columns)}, {u"key"_s, QJsonArray::fromStringList(key)}, {u"only_live"_s, number(onlyLive)}, {u"only_rehearsed"_s, number(onlyRehearsed)},
            {u"changed"_s, number(changed)}, {u"examples"_s, rows}, {u"notes"_s, QJsonArray::fromStringList(notes)}};
}

bool Comparison::isEqual() const
{
    return schemaCompared && schema.isEmpty() && sequences.isEmpty()
        && std::all_of(tables.begin(), tables.end(), [](const TableComparison &table) { return table.state == TableComparison::State::Equal; });
}

const TableComparison *Comparison::find(const TableName &table) const
{
    const auto found = std::find_if(tables.begin(), tables.end(), [&](const TableComparison &one) { return one.table == table; });
    return found == tables.end() ? nullptr : &*found;
}

QString Comparison::text() const
{
    QString text = u"live: %1\nrehearsed copy: %2\n"_s.arg(units::oneLine(live), units::oneLine(rehearsed));
    if (schemaCompared)
        text += schema.isEmpty() ? u"definitions: equal\n"_s : u"definitions, from the rehearsed copy to live:\n"_s;
    for (const catalog::Difference &difference : schema)
        text += u"  "_s + units::oneLine(difference.text()) + u'\n';
    for (const QString &words : schemaNotSeen)
        text += u"  "_s + units::oneLine(words) + u'\n';
    for (const TableComparison &table : tables) {
        text += table.text() + u'\n';
        for (const QString &note : table.notes)
            text += u"  "_s + units::oneLine(note) + u'\n';
    }
    for (const SequenceComparison &one : sequences)
        text += u"%1: at %2 in live, at %3 in the rehearsed copy\n"_s.arg(units::oneLine(one.sequence.text())).arg(one.live).arg(one.rehearsed);
    if (!notCompared.isEmpty())
        text += u"not compared: %1\n"_s.arg(units::oneLine(notCompared.join(u"; "_s)));
    return text;
}

QJsonObject Comparison::toJson() const
{
    QJsonArray differences, all, moved;
    for (const catalog::Difference &difference : schema)
        differences << difference.toJson();
    for (const TableComparison &table : tables)
        all << table.toJson();
    for (const SequenceComparison &one : sequences)
        moved << QJsonObject{{u"schema"_s, one.sequence.schema}, {u"name"_s, one.sequence.name}, {u"live"_s, one.live}, {u"rehearsed"_s, one.rehearsed}};
    return {{u"live"_s, live}, {u"rehearsed"_s, rehearsed}, {u"equal"_s, isEqual()}, {u"schema_compared"_s, schemaCompared}, {u"schema"_s, differences},
            {u"schema_not_seen"_s, QJsonArray::fromStringList(schemaNotSeen)}, {u"tables"_s, all}, {u"sequences"_s, moved},
            {u"not_compared"_s, QJsonArray::fromStringList(notCompared)}, {u"took_ms"_s, tookMs}};
}

} // namespace howdah::backup
