// SPDX-License-Identifier: GPL-3.0-or-later
#include "statements/history.h"

#include "plan/withoutliterals.h"
#include "session/changeplan.h"
#include "statements/owntexts.h"
#include "statements/pieces.h"

#include <QCryptographicHash>
#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>

namespace howdah::statements
{

using namespace Qt::StringLiterals;
using store::Store;

namespace
{

constexpr qint64 hourMs = 3'600'000;

Key bareOf(Key key)
{
    key.sinceUs = 0;
    return key;
}

// JSON by hand: numbers of 64 bits, and thousands of them a minute.
QString keysJson(const QVector<Key> &keys)
{
    QByteArray json = "[";
    for (const Key &key : keys)
        json += '[' + QByteArray::number(key.roleId) + ',' + QByteArray::number(key.databaseId) + ',' + QByteArray::number(key.queryId) +
                (key.toplevel ? ",1]," : ",0],");
    if (!keys.isEmpty())
        json.chop(1);
    return QString::fromLatin1(json + ']');
}

QString textOf(const QJsonArray &array)
{
    return QString::fromUtf8(QJsonDocument(array).toJson(QJsonDocument::Compact));
}

Text storable(const Text &text)
{
    // pg_stat_statements leaves literals where a statement is not one of data, and where it lost its entry meanwhile.
    const QString masked = plan::withoutLiterals(session::masked(text.text));
    const bool whole = text.isWhole() && masked.size() <= storedTextLimit;
    return {masked.left(storedTextLimit), whole ? masked.size() : std::max<qint64>(text.length, storedTextLimit + 1)};
}

// Found, masked and hashed before the transaction, which others wait for.
struct HashedText {
    QString hash;
    QJsonArray row;
};

QHash<Key, HashedText> hashedTexts(const QHash<Key, Text> &texts)
{
    QHash<Key, HashedText> hashed;
    for (auto it = texts.cbegin(); it != texts.cend(); ++it) {
        const Key key = bareOf(it.key());
        if (hashed.contains(key))
            continue;
        const Text text = storable(*it);
        const bool own = isOwnText(it->text);
        const QByteArray of = QByteArray::number(text.length) + (own ? 'o' : '-') + text.text.toUtf8();
        const QString hash = QString::fromLatin1(QCryptographicHash::hash(of, QCryptographicHash::Sha256).first(16).toHex());
        hashed.insert(key, {hash, QJsonArray{hash, text.text, text.length, own ? 1 : 0}});
    }
    return hashed;
}

Done keepTexts(Store &store, const QHash<Key, HashedText> &texts, const QHash<Key, qint64> &textless)
{
    QHash<QString, QJsonArray> rows;
    QJsonArray links;
    for (auto it = textless.cbegin(); it != textless.cend(); ++it) {
        const auto text = texts.constFind(it.key());
        if (text == texts.cend())
            continue;
        rows.insert(text->hash, text->row);
        links.append(QJsonArray{*it, text->hash});
    }
    if (links.isEmpty())
        return {};
    QJsonArray all;
    for (const QJsonArray &row : std::as_const(rows))
        all.append(row);
    if (auto added = ran(store.run(u"statement_text_add"_s, {textOf(all)})); !added)
        return added;
    return ran(store.run(u"statement_text_set"_s, {textOf(links)}));
}

Done keepNames(Store &store, qint64 source, const Names &names)
{
    QJsonArray rows;
    for (auto it = names.roles.cbegin(); it != names.roles.cend(); ++it)
        rows.append(QJsonArray{1, qint64(it.key()), it.value()});
    for (auto it = names.databases.cbegin(); it != names.databases.cend(); ++it)
        rows.append(QJsonArray{0, qint64(it.key()), it.value()});
    return rows.isEmpty() ? Done() : ran(store.run(u"statement_name_add"_s, {source, textOf(rows)}));
}

Result<qint64> sourceNumber(Store &store, const QString &source)
{
    auto found = store.run(u"source_find"_s, {source});
    if (!found)
        return fail(std::move(found.error()));
    return found->next() ? found->value(0).toLongLong() : 0;
}

Result<qint64> newestOf(Store &store, qint64 source)
{
    auto newest = store.run(u"statement_newest"_s, {source});
    if (!newest)
        return fail(std::move(newest.error()));
    return newest->next() ? newest->value(0).toLongLong() : 0;
}

// The numbers of the interval's statements, and those that have no text yet.
struct Numbered {
    QHash<Key, qint64> all;
    QHash<Key, qint64> textless;
};

Result<Numbered> numbered(Store &store, qint64 source, const QVector<Key> &keys, qint64 atMs)
{
    const QString json = keysJson(keys);
    if (auto added = ran(store.run(u"statement_series_add"_s, {source, json, atMs})); !added)
        return fail(std::move(added.error()));
    auto rows = store.run(u"statement_series_find"_s, {source, json});
    if (!rows)
        return fail(std::move(rows.error()));
    Numbered numbers;
    while (rows->next()) {
        const Key &key = keys.at(rows->value(0).toLongLong());
        numbers.all.insert(key, rows->value(1).toLongLong());
        if (rows->value(2).toBool())
            numbers.textless.insert(key, rows->value(1).toLongLong());
    }
    if (auto end = store.atEnd(*rows); !end)
        return fail(std::move(end.error()));
    return numbers;
}

Result<Kept> keepPiece(Store &store, qint64 source, const Reading &reading, const QHash<Key, HashedText> &texts)
{
    const Interval &interval = reading.interval;
    QHash<Key, Counters> changes; // two lives of a statement are one here
    for (const Change &change : interval.changes)
        changes[bareOf(change.key)] += change.counters;
    auto numbers = numbered(store, source, changes.keys(), interval.toMs);
    if (!numbers)
        return fail(std::move(numbers.error()));
    Piece piece{interval.fromMs, interval.toMs, interval.gaps, {}};
    for (auto it = changes.cbegin(); it != changes.cend(); ++it)
        piece.figures.add(numbers->all.value(it.key()), it.key().toplevel, *it);
    if (auto added = addPiece(store, source, minuteLevel, piece); !added)
        return fail(std::move(added.error()));
    if (auto kept = keepTexts(store, texts, numbers->textless); !kept)
        return fail(std::move(kept.error()));
    if (auto kept = keepNames(store, source, reading.names); !kept)
        return fail(std::move(kept.error()));
    for (auto it = texts.cbegin(); it != texts.cend(); ++it)
        numbers->textless.remove(it.key());
    return Kept{true, numbers->textless.keys()};
}

} // namespace

QString historySource(const QString &profileId)
{
    return profileId + "/statements"_L1;
}

Result<Kept> keep(Store &store, const QString &source, const Reading &reading, qint64 nowMs)
{
    const QHash<Key, HashedText> texts = hashedTexts(reading.texts);
    const Interval &interval = reading.interval;
    Kept kept;
    const auto work = [&]() -> Done {
        if (auto added = ran(store.run(u"source_add"_s, {source})); !added)
            return added;
        const auto number = sourceNumber(store, source);
        if (!number)
            return fail(number.error());
        // A server whose clock was ahead, and is not any more, would be waited for.
        if (interval.toMs <= nowMs + hourMs) {
            if (auto forgotten = ran(store.run(u"statement_piece_forget"_s, {*number, nowMs + hourMs})); !forgotten)
                return forgotten;
        }
        const auto newest = newestOf(store, *number);
        if (!newest)
            return fail(newest.error());
        if (interval.toMs <= interval.fromMs || interval.fromMs < *newest)
            return {};
        auto piece = keepPiece(store, *number, reading, texts);
        if (!piece)
            return fail(std::move(piece.error()));
        kept = *std::move(piece);
        return rollAndDrop(store, *number, interval.toMs, std::min(nowMs, interval.toMs));
    };
    if (auto done = store.transaction(work); !done)
        return fail(std::move(done.error()));
    return kept;
}

qint64 TopList::sum(Measure measure) const
{
    const bool inclusive = factsOf(measure).inclusive;
    qint64 sum = others.counters[measure] + (inclusive ? 0 : nestedOthers.counters[measure]);
    for (const Total &total : totals)
        sum += inclusive && !total.key.toplevel ? 0 : total.counters[measure];
    return sum;
}

TopList listOf(const Reading &reading)
{
    TopList list;
    list.fromMs = reading.interval.fromMs;
    list.toMs = reading.interval.toMs;
    list.gaps = reading.interval.gaps;
    list.names = reading.names;
    QHash<Key, qsizetype> places;
    for (const Change &change : reading.interval.changes) {
        const Key key = bareOf(change.key);
        const auto place = places.constFind(key);
        if (place != places.cend()) {
            list.totals[*place].counters += change.counters;
            continue;
        }
        places.insert(key, list.totals.size());
        Total total{key, change.counters, std::nullopt, false, 0};
        auto text = reading.texts.constFind(change.key);
        if (text == reading.texts.cend())
            text = reading.texts.constFind(key);
        if (text != reading.texts.cend()) {
            total.text = storable(*text);
            total.own = isOwnText(text->text);
        }
        list.totals.append(total);
    }
    return list;
}

Result<QVector<Point>> pointsOf(Store &store, const QString &source, const Key &key, qint64 fromMs, qint64 toMs)
{
    const auto number = sourceNumber(store, source);
    if (!number)
        return fail(number.error());
    qint64 id = 0;
    {
        auto found = store.run(u"statement_series_find"_s, {*number, keysJson({key})});
        if (!found)
            return fail(std::move(found.error()));
        id = found->next() ? found->value(1).toLongLong() : 0;
    }
    QVector<Point> points;
    const auto begin = [&points] { points.clear(); };
    const auto all = eachPiece(store, *number, fromMs, toMs, Fineness::Fine, begin, [&](Piece piece, const QByteArray &packed) {
        if (!addPacked(piece.figures, packed, id))
            piece.gaps.lostMs = piece.toMs - piece.fromMs;
        const auto figure = piece.figures.series.constFind(id);
        const bool mayBeAmongOthers =
            (key.toplevel ? piece.figures.others : piece.figures.nestedOthers).statements > 0 || piece.gaps.lostMs >= piece.toMs - piece.fromMs;
        points.append({piece.fromMs, piece.toMs,
                       figure != piece.figures.series.cend() ? std::optional(figure->counters)
                       : mayBeAmongOthers                    ? std::nullopt
                                                             : std::optional(Counters())});
    });
    if (!all)
        return fail(all.error());
    return points;
}

Result<TopList> historyOf(Store &store, const QString &source, qint64 fromMs, qint64 toMs)
{
    TopList list;
    const auto number = sourceNumber(store, source);
    if (!number)
        return fail(number.error());
    Sum sum;
    auto holes = eachPiece(store, *number, fromMs, toMs, Fineness::Coarse, [&sum] { sum = Sum(); },
                           [&sum](Piece piece, const QByteArray &packed) { sum.add(std::move(piece), packed); });
    if (!holes)
        return fail(std::move(holes.error()));
    Figures figures = std::move(sum.whole().figures);
    list.fromMs = sum.whole().fromMs;
    list.toMs = sum.whole().toMs;
    list.gaps = sum.whole().gaps;
    list.holes = *std::move(holes);
    auto rows = store.run(u"statement_series_list"_s, {*number, idsJson(figures.series.keys())});
    if (!rows)
        return fail(std::move(rows.error()));
    while (rows->next()) {
        const auto value = [&](int column) { return rows->value(column); };
        const Key key{quint32(value(1).toLongLong()), quint32(value(2).toLongLong()), value(3).toLongLong(), value(4).toBool(), 0};
        Total total{key, figures.series.take(value(0).toLongLong()).counters, std::nullopt, value(8).toBool(), value(5).toLongLong()};
        if (!value(6).isNull())
            total.text = Text{value(6).toString(), value(7).toLongLong()};
        list.totals.append(total);
    }
    if (auto end = store.atEnd(*rows); !end)
        return fail(std::move(end.error()));
    figures.keepLongest(0); // nobody knows any more who they were
    list.others = figures.others;
    list.nestedOthers = figures.nestedOthers;
    auto names = store.run(u"statement_name_list"_s, {*number});
    if (!names)
        return fail(std::move(names.error()));
    while (names->next())
        (names->value(0).toBool() ? list.names.roles : list.names.databases).insert(quint32(names->value(1).toLongLong()), names->value(2).toString());
    if (auto end = store.atEnd(*names); !end)
        return fail(std::move(end.error()));
    return list;
}

} // namespace howdah::statements
