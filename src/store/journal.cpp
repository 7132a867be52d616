// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/journal.h"

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
    const qint64 started = entry.startedMs > 0 ? entry.startedMs : QDateTime::currentMSecsSinceEpoch();
    auto done = store.run(QStringLiteral("journal_begin"),
                          {started, entry.who.isEmpty() ? thisUser() : entry.who, text(entry.target), text(entry.action),
                           text(entry.commands), text(entry.undo)});
    if (!done)
        return fail(std::move(done.error()));
    return done->lastInsertId().toLongLong();
}

Done endJournalEntry(Store &store, qint64 id, const QString &outcome, const QString &message)
{
    auto done = store.run(QStringLiteral("journal_end"), {id, QDateTime::currentMSecsSinceEpoch(), text(outcome), text(message)});
    if (!done)
        return fail(std::move(done.error()));
    if (done->numRowsAffected() != 1)
        return fail(ErrorKind::Client, QStringLiteral("no_such_entry"), QStringLiteral("The journal has no open line ") + QString::number(id));
    return {};
}

Result<QVector<JournalEntry>> readJournal(Store &store, int limit, qint64 beforeId)
{
    auto rows = store.run(QStringLiteral("journal_list"), {limit, beforeId});
    if (!rows)
        return fail(std::move(rows.error()));
    QVector<JournalEntry> entries;
    while (rows->next()) {
        const auto word = [&](int column) { return rows->value(column).toString(); };
        entries.append({rows->value(0).toLongLong(), rows->value(1).toLongLong(), rows->value(2).toLongLong(), word(3), word(4), word(5),
                        word(6), word(7), word(8), word(9)});
    }
    if (auto end = store.atEnd(*rows); !end)
        return fail(std::move(end.error()));
    return entries;
}

} // namespace howdah::store
