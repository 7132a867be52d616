// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/activity/cells.h"
#include "ui/activity/rows.h"

#include <QHash>

#include <map>

namespace howdah::ui
{

using activity::Backend;
using namespace Qt::StringLiterals;

namespace
{

QString groupOf(const Backend &backend, Grouping grouping)
{
    switch (grouping) {
    case Grouping::None: return {};
    case Grouping::State: return backend.permitted ? backend.state.isEmpty() ? backend.type : backend.state : u"not permitted"_s;
    case Grouping::Wait: return !backend.permitted ? u"not permitted"_s : backend.waitType.isEmpty() ? u"waits for nothing"_s : backend.waitType + u": "_s + backend.wait;
    case Grouping::Database: return backend.database.isEmpty() ? u"no database"_s : backend.database;
    case Grouping::Role: return backend.role.isEmpty() ? u"no role"_s : backend.role;
    case Grouping::Application: return backend.application.isEmpty() ? u"no name"_s : backend.application;
    case Grouping::Client: return !backend.permitted ? u"not permitted"_s : backend.client.isEmpty() ? u"no client"_s : backend.client.section(u':', 0, 0);
    }
    return {};
}

KeyedCell tempCell(std::optional<qint64> bytes)
{
    if (!bytes)
        return {u"–"_s, QVariant(), u"Not known: pg_monitor may list the folders of temporary files"_s, true, {}, {}};
    if (*bytes == 0)
        return {QString(), QVariant(0.0), u"none"_s, true, {}, {}};
    return {units::bytes(double(*bytes)), QVariant(double(*bytes)), units::exact(double(*bytes)) + u" bytes in temporary files of its own"_s, false, {}, {}};
}

KeyedRow rowOf(const Backend &backend, int blocks)
{
    KeyedRow row;
    row.key = pidKey(backend.pid);
    KeyedCell pid{QString::number(backend.pid), QVariant(double(backend.pid)), backend.type, false, {}, {}};
    KeyedCell does{doesText(backend), {}, {}, !backend.permitted || backend.state == "idle"_L1, {}, {}};
    if (doesLook(backend, blocks > 0) != StateLook::Ok)
        does.mark = doesLook(backend, blocks > 0);
    QStringList blockers;
    for (const int blocker : backend.blockedBy)
        blockers.append(blocker ? QString::number(blocker) : u"a prepared transaction"_s);
    const QString query = backend.permitted ? backend.query : QString();
    const KeyedCell statement = backend.permitted
        ? KeyedCell{query, {}, query.left(2000) + (backend.queryId.isEmpty() ? QString() : u"\n\nquery id "_s + backend.queryId), backend.state == "idle"_L1, {}, {}}
        : cells::notPermitted();
    // Everybody may see it, of everybody.
    const KeyedCell pins = backend.horizonAge() ? cells::count(backend.horizonAge(), u"transactions"_s)
                                                : KeyedCell{QString(), QVariant(-1.0), u"pins nothing"_s, true, {}, {}};
    row.cells = {pid,
                 does,
                 blockers.isEmpty() ? KeyedCell{QString(), QVariant(0.0), u"none"_s, true, {}, {}}
                                    : KeyedCell{blockers.join(u", "_s), QVariant(double(backend.blockedBy.constFirst())), {}, false, {}, {}},
                 cells::some(blocks, u"sessions, in any depth"_s),
                 cells::age(backend.transactionMs),
                 backend.state == "idle"_L1 ? cells::age(std::nullopt) : cells::age(backend.queryMs),
                 statement,
                 pins,
                 cells::text(backend.role),
                 cells::text(backend.database),
                 cells::text(backend.application),
                 cells::text(backend.client),
                 tempCell(backend.tempBytes),
                 cells::some(backend.workers, u"parallel workers"_s),
                 cells::age(backend.backendMs),
                 cells::text(backend.queryId)};
    return row;
}

} // namespace

QString groupingText(Grouping grouping)
{
    switch (grouping) {
    case Grouping::None: break;
    case Grouping::State: return u"by state"_s;
    case Grouping::Wait: return u"by wait"_s;
    case Grouping::Database: return u"by database"_s;
    case Grouping::Role: return u"by role"_s;
    case Grouping::Application: return u"by application"_s;
    case Grouping::Client: return u"by client address"_s;
    }
    return u"no groups"_s;
}

QString pidKey(int pid)
{
    return u"pid %1"_s.arg(pid);
}

std::optional<int> pidOfKey(const QString &key)
{
    if (!key.startsWith("pid "_L1))
        return std::nullopt;
    bool ok = false;
    const int pid = QStringView(key).sliced(4).toInt(&ok);
    return ok && pid > 0 ? std::optional(pid) : std::nullopt;
}

QString ageText(std::optional<qint64> ms)
{
    return ms ? units::duration(*ms) : u"–"_s;
}

QString who(const Backend &backend)
{
    if (backend.role.isEmpty())
        return backend.type;
    return backend.database.isEmpty() ? backend.role : backend.role + u'@' + backend.database;
}

QString doesText(const Backend &backend)
{
    if (!backend.permitted)
        return u"not permitted"_s;
    if (backend.state.isEmpty())
        return backend.type;
    if (backend.state != "active"_L1)
        return backend.stateMs ? u"%1, %2"_s.arg(backend.state, units::duration(*backend.stateMs)) : backend.state;
    if (backend.waitType.isEmpty())
        return u"runs"_s;
    return u"waits: %1 %2"_s.arg(backend.waitType, backend.wait);
}

StateLook doesLook(const Backend &backend, bool blocks)
{
    if (blocks)
        return backend.isWaitingForLock() ? StateLook::Warning : StateLook::Critical;
    if (backend.isWaitingForLock())
        return StateLook::Warning;
    if (backend.state.startsWith("idle in transaction"_L1) && backend.horizonAge())
        return StateLook::Warning;
    return StateLook::Ok;
}

QVector<KeyedColumn> sessionColumns()
{
    return {{u"pid"_s, u"PID"_s, true, false, 72},
            {u"does"_s, u"Does"_s, false, false, 184},
            {u"blocked_by"_s, u"Blocked by"_s, false, false, 92},
            {u"blocks"_s, u"Blocks"_s, true, false, 64},
            {u"transaction"_s, u"Transaction"_s, true, false, 96},
            {u"statement"_s, u"Runs since"_s, true, false, 92},
            {u"query"_s, u"Statement"_s, false, true, 240, false, true},
            {u"horizon"_s, u"Pins (xids)"_s, true, false, 92},
            {u"role"_s, u"Role"_s, false, false, 104},
            {u"database"_s, u"Database"_s, false, false, 96},
            {u"application"_s, u"Application"_s, false, false, 130},
            {u"client"_s, u"Client"_s, false, false, 130},
            {u"temp"_s, u"Temp files"_s, true, false, 92, true},
            {u"workers"_s, u"Workers"_s, true, false, 80, true},
            {u"connected"_s, u"Connected"_s, true, false, 96, true},
            {u"query_id"_s, u"Query id"_s, false, true, 170, true}};
}

QVector<KeyedRow> sessionRows(const activity::LockTree &tree, const SessionsShown &shown)
{
    QHash<int, int> blocks;
    for (const activity::LockNode &node : tree.nodes)
        blocks.insert(node.pid, node.blocked);
    QVector<KeyedRow> rows;
    std::map<QString, KeyedRow> groups;
    for (const Backend &backend : tree.sessions.backends) {
        const bool isClient = backend.type == "client backend"_L1 || backend.type == "autovacuum worker"_L1 || backend.type == "walsender"_L1;
        if (backend.own || backend.leaderPid || (!shown.servers && !isClient && backend.permitted))
            continue;
        if (!shown.idle && backend.permitted && backend.state == "idle"_L1)
            continue;
        const KeyedRow row = rowOf(backend, blocks.value(backend.pid));
        if (shown.grouping == Grouping::None) {
            rows.append(row);
            continue;
        }
        const QString name = groupOf(backend, shown.grouping);
        KeyedRow &group = groups[name];
        group.key = u"group "_s + name;
        group.children.append(row);
    }
    for (auto &[name, group] : groups) {
        const qsizetype count = group.children.size();
        // The group's cells: how many, and its name where the eye looks for a state.
        group.cells = {{QString::number(count), QVariant(double(count)), u"%1 sessions"_s.arg(count), false, {}, {}}, {name, {}, {}, false, {}, {}}};
        rows.append(group);
    }
    return rows;
}

} // namespace howdah::ui
