// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/state.h"

#include <QJsonArray>
#include <QMap>

#include <algorithm>

namespace howdah::migrations
{

using namespace Qt::StringLiterals;

bool isPending(Standing standing)
{
    return standing == Standing::Pending || standing == Standing::OutOfOrder || standing == Standing::Interrupted;
}

QString standingText(Standing standing)
{
    switch (standing) {
    case Standing::Applied: return u"applied"_s;
    case Standing::Cosmetic: return u"applied, comments edited since"_s;
    case Standing::Edited: return u"applied, edited since"_s;
    case Standing::Pending: return u"pending"_s;
    case Standing::OutOfOrder: return u"pending, out of order"_s;
    case Standing::Interrupted: return u"interrupted"_s;
    case Standing::Missing: break;
    }
    return u"applied, file missing"_s;
}

static QString word(Standing standing)
{
    switch (standing) {
    case Standing::Applied: return u"applied"_s;
    case Standing::Cosmetic: return u"cosmetic"_s;
    case Standing::Edited: return u"edited"_s;
    case Standing::Pending: return u"pending"_s;
    case Standing::OutOfOrder: return u"out_of_order"_s;
    case Standing::Interrupted: return u"interrupted"_s;
    case Standing::Missing: break;
    }
    return u"missing"_s;
}

QJsonObject Entry::toJson() const
{
    const auto orNull = [](const QString &text) { return text.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(text); };
    const auto number = [](const std::optional<qint64> &value) { return value ? QJsonValue(*value) : QJsonValue(QJsonValue::Null); };
    QJsonObject json{{u"version"_s, version},       {u"name"_s, orNull(name)}, {u"state"_s, word(standing)},   {u"purpose"_s, orNull(purpose)},
                     {u"applied_ms"_s, number(appliedMs)}, {u"who"_s, orNull(who)},   {u"took_ms"_s, number(tookMs)}};
    if (standing == Standing::Interrupted) {
        json.insert(u"statements_done"_s, statementsDone);
        json.insert(u"statements"_s, statements);
    }
    return json;
}

int State::count(Standing standing) const
{
    return int(std::count_if(entries.cbegin(), entries.cend(), [standing](const Entry &one) { return one.standing == standing; }));
}

int State::pending() const
{
    return count(Standing::Pending) + count(Standing::OutOfOrder) + count(Standing::Interrupted)
        + int(std::count_if(repeatables.cbegin(), repeatables.cend(), [](const Entry &one) { return one.standing == Standing::Pending; }));
}

QJsonObject State::toJson() const
{
    const auto listOf = [](const QVector<Entry> &some) {
        QJsonArray all;
        for (const Entry &entry : some)
            all.append(entry.toJson());
        return all;
    };
    return {{u"pending"_s, pending()}, {u"edited"_s, count(Standing::Edited)}, {u"missing"_s, count(Standing::Missing)}, {u"migrations"_s, listOf(entries)}, {u"repeatables"_s, listOf(repeatables)}};
}

static void appliedAs(Entry &entry, const Event &by)
{
    entry.appliedMs = by.atMs;
    entry.who = by.who;
    entry.tookMs = by.tookMs;
}

State stateOf(const Folder &folder, const Ledger &ledger)
{
    QString newest;
    for (const QString &version : ledger.versions)
        newest = newest.isEmpty() || isOlder(newest, version) ? version : newest;
    State state;
    for (const File &file : folder.files) {
        Entry entry;
        entry.version = file.version;
        entry.name = file.name;
        entry.purpose = file.purpose;
        const Event *interrupted = ledger.interrupted(file.version);
        if (interrupted) {
            entry.standing = Standing::Interrupted;
            entry.statementsDone = interrupted->statementsDone;
            entry.statements = interrupted->statements;
        } else if (ledger.isApplied(file.version)) {
            entry.standing = Standing::Applied;
            if (const Event *by = ledger.appliedBy(file.version)) {
                appliedAs(entry, *ledger.cameBy(entry.version));
                entry.standing = by->sha256 == file.sha256 ? Standing::Applied : by->meaning == file.meaning ? Standing::Cosmetic : Standing::Edited;
            }
        } else if (!newest.isEmpty() && isOlder(file.version, newest)) {
            entry.standing = Standing::OutOfOrder;
        }
        state.entries.append(entry);
    }
    for (const QString &version : ledger.versions) {
        if (folder.find(version))
            continue;
        Entry entry;
        entry.version = version;
        entry.standing = Standing::Missing;
        if (const Event *by = ledger.appliedBy(version)) {
            entry.name = by->name;
            entry.purpose = by->purpose;
            appliedAs(entry, *ledger.cameBy(entry.version));
        }
        state.entries.append(entry);
    }
    // Begun here and stopped, and its file is not there: as after a change of branch.
    for (const Event &event : ledger.events) {
        const bool known = std::any_of(state.entries.cbegin(), state.entries.cend(), [&](const Entry &one) { return one.version == event.version; });
        const Event *interrupted = known ? nullptr : ledger.interrupted(event.version);
        if (!interrupted)
            continue;
        Entry entry;
        entry.version = event.version;
        entry.name = event.name;
        entry.standing = Standing::Interrupted;
        entry.statementsDone = interrupted->statementsDone;
        entry.statements = interrupted->statements;
        state.entries.append(entry);
    }
    for (const File &file : folder.repeatables) {
        Entry entry;
        entry.version = file.version;
        entry.name = file.name;
        entry.purpose = file.purpose;
        if (const Event *by = ledger.appliedBy(file.version)) {
            appliedAs(entry, *ledger.cameBy(entry.version));
            entry.standing = by->sha256 == file.sha256 ? Standing::Applied : by->meaning == file.meaning ? Standing::Cosmetic : Standing::Pending;
        }
        state.repeatables.append(entry);
    }
    std::sort(state.entries.begin(), state.entries.end(), [](const Entry &one, const Entry &other) { return isOlder(one.version, other.version); });
    return state;
}

QStringList wayBack(const Ledger &ledger)
{
    QStringList back = ledger.versions;
    QMap<QString, qint64> at;
    for (const QString &version : ledger.versions) {
        if (const Event *by = ledger.appliedBy(version))
            at.insert(version, by->id);
    }
    std::sort(back.begin(), back.end(), [&at](const QString &one, const QString &other) {
        const qint64 a = at.value(one, 0), b = at.value(other, 0);
        return a != b ? a > b : isOlder(other, one);
    });
    return back;
}

} // namespace howdah::migrations
