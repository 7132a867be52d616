// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/history.h"

#include "store/seal.h"

#include <QDateTime>

#include <limits>

namespace howdah::store
{

// The index knows pieces of three characters; shorter ones are looked for in the texts themselves, so many at a time.
static constexpr int indexedPiece = 3;
static constexpr int pageRows = 500;

// SQLite has NOT NULL on each column, and Qt binds a null QString as NULL.
static QString text(const QString &string)
{
    return string.isNull() ? QStringLiteral("") : string;
}

Result<qint64> beginHistory(Store &store, const HistoryEntry &entry)
{
    qint64 id = 0;
    const qint64 started = entry.startedMs > 0 ? entry.startedMs : QDateTime::currentMSecsSinceEpoch();
    auto done = store.transaction([&]() -> Done {
        auto added = store.run(QStringLiteral("history_begin"),
                               {started, text(entry.profileId), text(entry.database), text(entry.role), text(entry.text)});
        if (!added)
            return fail(std::move(added.error()));
        id = added->lastInsertId().toLongLong();
        return seal(store, QStringLiteral("history"), id);
    });
    if (!done)
        return fail(std::move(done.error()));
    return id;
}

Done endHistory(Store &store, qint64 id, const HistoryEntry &entry)
{
    return store.transaction([&]() -> Done {
        // -1 says that it has not ended.
        auto ended = store.run(QStringLiteral("history_end"), {id, qMax<qint64>(0, entry.durationMs), text(entry.outcome), text(entry.message), entry.rows});
        if (!ended)
            return fail(std::move(ended.error()));
        if (ended->numRowsAffected() != 1)
            return fail(ErrorKind::Client, QStringLiteral("no_such_entry"), QStringLiteral("The history has no open run ") + QString::number(id));
        return seal(store, QStringLiteral("history"), id);
    });
}

static Result<QVector<HistoryEntry>> entries(Store &store, Result<QSqlQuery> rows)
{
    if (!rows)
        return fail(std::move(rows.error()));
    QVector<HistoryEntry> all;
    while (rows->next()) {
        if (!sealHolds(*rows))
            return fail(store.damaged(brokenSeal(store.path(), QStringLiteral("the history"))));
        const auto word = [&](const char *column) { return rows->value(QLatin1StringView(column)).toString(); };
        const auto number = [&](const char *column) { return rows->value(QLatin1StringView(column)).toLongLong(); };
        all.append({number("id"), number("started"), number("duration"), word("profile"), word("database"), word("role"), word("text"),
                    word("outcome"), word("message"), number("rows")});
    }
    if (auto end = store.atEnd(*rows); !end)
        return fail(std::move(end.error()));
    return all;
}

static Result<QVector<HistoryEntry>> newest(Store &store, const QString &profileId, int limit, qint64 before)
{
    return entries(store, profileId.isEmpty() ? store.run(QStringLiteral("history_list"), {limit, before})
                                              : store.run(QStringLiteral("history_of"), {limit, before, profileId}));
}

Result<QVector<HistoryEntry>> searchHistory(Store &store, const QString &profileId, const QString &needle, int limit, qint64 beforeId)
{
    const qint64 before = beforeId > 0 ? beforeId : std::numeric_limits<qint64>::max();
    if (needle.isEmpty())
        return newest(store, profileId, limit, before);
    if (needle.toUcs4().size() >= indexedPiece) {
        QString phrase = needle;
        phrase.replace(QLatin1Char('"'), QLatin1StringView("\"\""));
        return entries(store, store.run(QStringLiteral("history_find"),
                                        {limit, before, text(profileId), QString(QLatin1Char('"') + phrase + QLatin1Char('"'))}));
    }
    QVector<HistoryEntry> found;
    for (qint64 at = before; found.size() < limit;) {
        const auto page = newest(store, profileId, pageRows, at);
        if (!page)
            return page;
        for (const HistoryEntry &entry : *page) {
            if (found.size() < limit && entry.text.contains(needle, Qt::CaseInsensitive))
                found.append(entry);
        }
        if (page->size() < pageRows)
            break;
        at = page->last().id;
    }
    return found;
}

Done clearHistory(Store &store, const QString &profileId)
{
    if (auto done = store.run(QStringLiteral("history_clear"), {text(profileId)}); !done)
        return fail(std::move(done.error()));
    return {};
}

} // namespace howdah::store
