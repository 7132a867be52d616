// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/journal.h"

#include "store/seal.h"

#include <QSysInfo>

#include <pwd.h>
#include <unistd.h>

namespace howdah::store
{

static QString thisUser()
{
    const passwd *user = ::getpwuid(::geteuid());
    return (user ? QString::fromLocal8Bit(user->pw_name) : QString::number(::geteuid())) + QLatin1Char('@') + QSysInfo::machineHostName();
}

// SQLite has NOT NULL on each column, and Qt binds a null QString as NULL.
static QString text(const QString &string)
{
    return string.isNull() ? QStringLiteral("") : string;
}

Result<qint64> beginJournalEntry(Store &store, const JournalEntry &entry)
{
    qint64 id = 0;
    const qint64 started = entry.startedMs > 0 ? entry.startedMs : QDateTime::currentMSecsSinceEpoch();
    auto done = store.transaction([&]() -> Done {
        auto added = store.run(QStringLiteral("journal_begin"),
                               {started, entry.who.isEmpty() ? thisUser() : entry.who, text(entry.target), text(entry.action),
                                text(entry.commands), text(entry.undo)});
        if (!added)
            return fail(std::move(added.error()));
        id = added->lastInsertId().toLongLong();
        return seal(store, QStringLiteral("journal"), id);
    });
    if (!done)
        return fail(std::move(done.error()));
    return id;
}

Done endJournalEntry(Store &store, qint64 id, const QString &outcome, const QString &message)
{
    return store.transaction([&]() -> Done {
        auto ended = store.run(QStringLiteral("journal_end"), {id, QDateTime::currentMSecsSinceEpoch(), text(outcome), text(message)});
        if (!ended)
            return fail(std::move(ended.error()));
        if (ended->numRowsAffected() != 1)
            return fail(ErrorKind::Client, QStringLiteral("no_such_entry"), QStringLiteral("The journal has no open line ") + QString::number(id));
        return seal(store, QStringLiteral("journal"), id);
    });
}

Result<QVector<JournalEntry>> readJournal(Store &store, int limit, qint64 beforeId)
{
    auto rows = store.run(QStringLiteral("journal_list"), {limit, beforeId});
    if (!rows)
        return fail(std::move(rows.error()));
    QVector<JournalEntry> entries;
    while (rows->next()) {
        if (!sealHolds(*rows))
            return fail(store.damaged(brokenSeal(store.path(), QStringLiteral("the journal"))));
        const auto word = [&](const char *column) { return rows->value(QLatin1StringView(column)).toString(); };
        const auto number = [&](const char *column) { return rows->value(QLatin1StringView(column)).toLongLong(); };
        entries.append({number("id"), number("started"), number("ended"), word("who"), word("target"), word("action"), word("commands"),
                        word("outcome"), word("message"), word("undo")});
    }
    if (auto end = store.atEnd(*rows); !end)
        return fail(std::move(end.error()));
    return entries;
}

Result<QVector<JournalEntry>> searchJournal(Store &store, const QString &needle, int limit, qint64 beforeId, qint64 sinceMs)
{
    if (needle.isEmpty() && sinceMs == 0)
        return readJournal(store, limit, beforeId);
    // A journal is short beside a history: a few thousand lines a year. It is read through, in parts.
    constexpr int pageRows = 500;
    QVector<JournalEntry> found;
    for (qint64 at = beforeId; found.size() < limit;) {
        const auto page = readJournal(store, pageRows, at);
        if (!page)
            return page;
        for (const JournalEntry &entry : *page) {
            const auto has = [&](const QString &text) { return text.contains(needle, Qt::CaseInsensitive); };
            // A clock that was set back may have put an old time behind a new one: none ends the search.
            if (found.size() < limit && entry.startedMs >= sinceMs
                && (needle.isEmpty() || has(entry.commands) || has(entry.action) || has(entry.target) || has(entry.who) || has(entry.message)
                    || has(entry.undo)))
                found.append(entry);
        }
        if (page->size() < pageRows)
            break;
        at = page->last().id;
    }
    return found;
}

} // namespace howdah::store
