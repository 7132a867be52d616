// SPDX-License-Identifier: GPL-3.0-or-later
#include "statements/pieces.h"

#include <QJsonDocument>

#include <algorithm>

namespace howdah::statements
{

using namespace Qt::StringLiterals;
using store::Store;

namespace
{

constexpr qint64 hourMs = 3'600'000;
constexpr qint64 dayMs = 24 * hourMs;
constexpr qsizetype toldApart = 5000; // statements of an hour, and of a day

// A level's pieces are dropped by whole steps of the next one. Their series are needed until then and a step longer; that is noted so far ahead
// that it is written once in a while only.
struct Level {
    qint64 stepMs; // of the next level; 0: there is none
    qint64 keepMs;
    qint64 neededMs;
    qint64 aheadMs;
    qint64 shortMs; // what is shorter is not told by it where there are finer ones
};
constexpr Level levels[] = {{hourMs, 6 * hourMs, 8 * hourMs, 6 * hourMs, 0},
                            {dayMs, 8 * dayMs, 10 * dayMs, dayMs, 6 * hourMs},
                            {0, 400 * dayMs, 402 * dayMs, 8 * dayMs, 3 * dayMs}};
constexpr int levelCount = int(std::size(levels));
constexpr int attempts = 3;

// begins, ends, gaps; the figures are apart.
Piece pieceOf(const QSqlQuery &row)
{
    return {row.value(0).toLongLong(), row.value(1).toLongLong(), Gaps::fromJson(QJsonDocument::fromJson(row.value(2).toByteArray()).object()), {}};
}

QByteArray figuresOf(const QSqlQuery &row)
{
    return row.value(3).toByteArray();
}

// Steps of the next level that are over. True: there was one.
Result<bool> rollUp(Store &store, qint64 source, int level, qint64 newestMs)
{
    const qint64 stepMs = levels[level].stepMs;
    QVector<Sum> steps;
    {
        auto rows = store.run(u"statement_piece_find"_s, {source, level, stepMs, newestMs});
        if (!rows)
            return fail(std::move(rows.error()));
        while (rows->next()) {
            Piece piece = pieceOf(*rows);
            if (steps.isEmpty() || steps.last().whole().fromMs / stepMs != piece.fromMs / stepMs)
                steps.append(Sum());
            steps.last().add(std::move(piece), figuresOf(*rows));
        }
        if (auto end = store.atEnd(*rows); !end)
            return fail(std::move(end.error()));
    }
    for (Sum &step : steps) {
        step.whole().figures.keepLongest(toldApart);
        if (auto added = addPiece(store, source, level + 1, step.whole()); !added)
            return fail(std::move(added.error()));
    }
    return !steps.isEmpty();
}

struct Cover {
    QVector<qint64> fine;
    QVector<qint64> coarse;
    QVector<Hole> holes;
};

Result<Cover> coverOf(Store &store, qint64 source, qint64 fromMs, qint64 toMs)
{
    auto rows = store.run(u"statement_piece_list"_s, {source, fromMs, toMs});
    if (!rows)
        return fail(std::move(rows.error()));
    Cover cover;
    qint64 fineMs = 0, coarseMs = 0; // until when it is covered
    while (rows->next()) {
        const qint64 id = rows->value(0).toLongLong(), beginsMs = rows->value(2).toLongLong(), endsMs = rows->value(3).toLongLong();
        const bool isFinest = rows->value(4).toBool();
        if (isFinest) {
            if (fineMs > 0 && beginsMs > fineMs)
                cover.holes.append({fineMs, beginsMs});
            cover.fine.append(id);
            fineMs = std::max(fineMs, endsMs);
        }
        // The coarsest come first of those that begin at the same time, and what one of them covers begins before it ends.
        const bool isWhole = beginsMs >= fromMs && endsMs <= toMs && toMs - fromMs >= levels[rows->value(1).toInt()].shortMs;
        if (beginsMs >= coarseMs && (isFinest || isWhole)) {
            cover.coarse.append(id);
            coarseMs = endsMs;
        }
    }
    if (auto end = store.atEnd(*rows); !end)
        return fail(std::move(end.error()));
    return cover;
}

} // namespace

void Sum::add(Piece piece, const QByteArray &packed)
{
    if (!addPacked(m_whole.figures, packed))
        piece.gaps.lostMs = piece.toMs - piece.fromMs;
    if (m_whole.toMs == 0) {
        m_whole.fromMs = piece.fromMs;
        m_whole.gaps = piece.gaps;
    } else {
        m_whole.gaps.lostMs += std::max<qint64>(0, piece.fromMs - m_whole.toMs);
        m_whole.gaps += piece.gaps;
    }
    m_whole.toMs = std::max(m_whole.toMs, piece.toMs);
}

Done ran(const Result<QSqlQuery> &query)
{
    return query ? Done() : fail(query.error());
}

// By hand: there are thousands of them a minute.
QString idsJson(const QList<qint64> &ids)
{
    QByteArray json = "[";
    for (const qint64 id : ids)
        json += QByteArray::number(id) + ',';
    if (!ids.isEmpty())
        json.chop(1);
    return QString::fromLatin1(json + ']');
}

Done addPiece(Store &store, qint64 source, int level, const Piece &piece)
{
    const QString gaps = QString::fromUtf8(QJsonDocument(piece.gaps.toJson()).toJson(QJsonDocument::Compact));
    if (auto added = ran(store.run(u"statement_piece_add"_s, {source, level, piece.fromMs, piece.toMs, gaps, pack(piece.figures)})); !added)
        return added;
    const qint64 until = piece.toMs + levels[level].neededMs;
    return ran(store.run(u"statement_series_need"_s, {idsJson(piece.figures.series.keys()), until + levels[level].aheadMs, until}));
}

Done rollAndDrop(Store &store, qint64 source, qint64 newestMs, qint64 nowMs)
{
    bool rolled = false;
    for (int level = 0; level + 1 < levelCount; ++level) {
        const auto step = rollUp(store, source, level, newestMs);
        if (!step)
            return fail(step.error());
        rolled = rolled || *step;
    }
    if (!rolled) // once an hour is enough
        return {};
    for (int level = 0; level < levelCount; ++level) {
        const qint64 stepMs = std::max<qint64>(1, levels[level].stepMs);
        const qint64 beforeMs = (nowMs - levels[level].keepMs) / stepMs * stepMs;
        if (auto dropped = ran(store.run(u"statement_piece_drop"_s, {source, level, beforeMs})); !dropped)
            return dropped;
    }
    return ran(store.run(u"statement_series_drop"_s, {source, nowMs}));
}

Result<QVector<Hole>> eachPiece(Store &store, qint64 source, qint64 fromMs, qint64 toMs, Fineness fineness, const std::function<void()> &begin,
                                const std::function<void(Piece, const QByteArray &)> &take)
{
    for (int attempt = 0; attempt < attempts; ++attempt) {
        const auto cover = coverOf(store, source, fromMs, toMs);
        if (!cover)
            return fail(cover.error());
        const QVector<qint64> &ids = fineness == Fineness::Fine ? cover->fine : cover->coarse;
        begin();
        auto rows = store.run(u"statement_piece_read"_s, {idsJson(ids)});
        if (!rows)
            return fail(std::move(rows.error()));
        qsizetype taken = 0;
        for (; rows->next(); ++taken)
            take(pieceOf(*rows), figuresOf(*rows));
        if (auto end = store.atEnd(*rows); !end)
            return fail(std::move(end.error()));
        if (taken == ids.size())
            return cover->holes;
    }
    return fail(ErrorKind::Io, u"store_busy"_s, u"What statements did is summed up by another program while it is read"_s, u"Try again"_s);
}

} // namespace howdah::statements
