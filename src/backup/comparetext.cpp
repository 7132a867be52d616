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
    return text + (changed ? u", changed %1"_s.arg(*changed) : QString()) + (why.isEmpty() ? QString() : u"; "_s + units::oneLine(why));
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

QString SequencePlace::text() const
{
    switch (state) {
    case State::There: return called ? u"at %1"_s.arg(last) : u"before %1"_s.arg(last);
    case State::Missing: return u"not there"_s;
    case State::NotPermitted: break;
    }
    return u"not permitted"_s;
}

QString LargeObjectComparison::text() const
{
    using State = TableComparison::State;
    if (state == State::Equal)
        return u"large objects: equal, %1"_s.arg(live);
    return u"large objects: %1 in live, %2 in the rehearsed copy; %3"_s.arg(live).arg(rehearsed).arg(state == State::Different ? u"different"_s : units::oneLine(why.isEmpty() ? stateName(state) : why));
}

QString answerName(Comparison::Answer answer)
{
    return answer == Comparison::Answer::Equal ? u"equal"_s : answer == Comparison::Answer::Different ? u"different"_s : u"equal_as_far_as_compared"_s;
}

Comparison::Answer Comparison::answer() const
{
    using State = TableComparison::State;
    const auto differs = [](State state) { return state == State::Different || state == State::OnlyLive || state == State::OnlyRehearsed; };
    const auto unknown = [](State state) { return state == State::NotPermitted || state == State::NotCompared; };
    if (!schema.isEmpty() || (largeObjects && differs(largeObjects->state)) || std::any_of(tables.begin(), tables.end(), [&](const TableComparison &table) { return differs(table.state); })
        || std::any_of(sequences.begin(), sequences.end(), [](const SequenceComparison &one) { return one.isKnown(); }))
        return Answer::Different;
    if (!schemaCompared || !schemaNotSeen.isEmpty() || !notCompared.isEmpty() || !sequences.isEmpty() || (largeObjects && unknown(largeObjects->state))
        || std::any_of(tables.begin(), tables.end(), [&](const TableComparison &table) { return unknown(table.state); }))
        return Answer::EqualAsFarAsCompared;
    return Answer::Equal;
}

bool Comparison::isSeen() const
{
    return !(largeObjects && largeObjects->state == TableComparison::State::NotPermitted)
        && std::all_of(tables.begin(), tables.end(), [](const TableComparison &table) { return table.state != TableComparison::State::NotPermitted; })
        && std::all_of(sequences.begin(), sequences.end(), [](const SequenceComparison &one) { return one.isKnown(); });
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
        text += u"%1: %2 in live, %3 in the rehearsed copy\n"_s.arg(units::oneLine(one.sequence.text()), one.live.text(), one.rehearsed.text());
    if (largeObjects)
        text += largeObjects->text() + u'\n';
    if (!withoutRows.isEmpty())
        text += u"views, which hold no rows: %1\n"_s.arg(units::oneLine(withoutRows.join(u", "_s)));
    if (!notCompared.isEmpty())
        text += u"not compared: %1\n"_s.arg(units::oneLine(notCompared.join(u"; "_s)));
    if (sameCluster == false)
        text += u"the copy is of another cluster than live\n"_s;
    if (answer() == Answer::EqualAsFarAsCompared)
        text += u"equal as far as it was compared; the lines above say what was not\n"_s;
    return text;
}

QJsonObject Comparison::toJson() const
{
    QJsonArray differences, all, moved;
    const auto placeOf = [](const SequencePlace &place) {
        return place.state == SequencePlace::State::There ? QJsonValue(QJsonObject{{u"last"_s, place.last}, {u"called"_s, place.called}}) : QJsonValue(place.text());
    };
    for (const catalog::Difference &difference : schema)
        differences << difference.toJson();
    for (const TableComparison &table : tables)
        all << table.toJson();
    for (const SequenceComparison &one : sequences)
        moved << QJsonObject{{u"schema"_s, one.sequence.schema}, {u"name"_s, one.sequence.name}, {u"live"_s, placeOf(one.live)}, {u"rehearsed"_s, placeOf(one.rehearsed)}};
    QJsonValue large;
    if (largeObjects)
        large = QJsonObject{{u"state"_s, stateName(largeObjects->state)}, {u"live"_s, largeObjects->live}, {u"rehearsed"_s, largeObjects->rehearsed}, {u"why"_s, largeObjects->why}};
    return {{u"live"_s, live}, {u"rehearsed"_s, rehearsed}, {u"equal"_s, isEqual()}, {u"answer"_s, answerName(answer())}, {u"same_cluster"_s, sameCluster ? QJsonValue(*sameCluster) : QJsonValue()}, {u"schema_compared"_s, schemaCompared}, {u"schema"_s, differences},
            {u"schema_not_seen"_s, QJsonArray::fromStringList(schemaNotSeen)}, {u"tables"_s, all}, {u"sequences"_s, moved}, {u"large_objects"_s, large},
            {u"without_rows"_s, QJsonArray::fromStringList(withoutRows)},
            {u"not_compared"_s, QJsonArray::fromStringList(notCompared)}, {u"took_ms"_s, tookMs}};
}

} // namespace howdah::backup
