// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/activity/cells.h"
#include "ui/activity/rows.h"

#include <map>

namespace howdah::ui
{

using activity::Backend;
using activity::LockNode;
using activity::LockTree;
using namespace Qt::StringLiterals;

namespace
{

// More than so many in the same queue are one row.
constexpr qsizetype aloneUpTo = 4;

QString waitText(const LockNode &node)
{
    if (!node.waitsFor)
        return node.waitingMs ? u"waits"_s : QString();
    return u"%1 on %2"_s.arg(node.waitsFor->mode, node.waitsFor->objectText());
}

KeyedRow rowOf(const LockTree &tree, int index)
{
    const LockNode &node = tree.nodes.at(index);
    const Backend *backend = tree.backend(node);
    const activity::Prepared *prepared = tree.prepared(node);
    KeyedRow row;
    row.key = node.pid ? pidKey(node.pid) : u"prepared "_s + node.preparedGid;
    KeyedCell session;
    if (node.pid)
        session.text = backend ? u"%1  %2"_s.arg(node.pid).arg(who(*backend)) : QString::number(node.pid);
    else
        session.text = node.preparedGid.isEmpty() ? u"a prepared transaction"_s : u"prepared transaction '%1'"_s.arg(node.preparedGid);
    session.mark = node.parent < 0 ? StateLook::Critical : StateLook::Warning;
    session.tip = backend ? u"%1\n%2, %3"_s.arg(session.text, backend->application, backend->client) : session.text;

    KeyedCell does;
    if (backend)
        does = {doesText(*backend), {}, {}, false, {}, {}};
    else if (prepared)
        does = {u"prepared by %1 %2 ago"_s.arg(prepared->role, ageText(prepared->preparedMs)), {}, {}, false, {}, {}};
    else
        does = cells::text({}, u"it ended while the locks were read"_s);
    if (node.inCycle)
        does.text = u"in a deadlock; "_s + does.text;

    QString lock = node.parent < 0 || node.inCycle ? QString() : waitText(node);
    if (lock.isEmpty() && node.holds)
        lock = u"holds %1 on %2"_s.arg(node.holds->mode, node.holds->objectText());
    if (node.soft.value_or(false))
        lock += u" (queues before it)"_s;
    if (node.shared)
        lock += u"; others hold them up too"_s;
    QStringList also;
    for (const int pid : node.alsoBlockedBy)
        also.append(pid ? QString::number(pid) : u"a prepared transaction"_s);
    const QString lockTip = also.isEmpty() ? lock : lock + u"\nblocked by "_s + also.join(u", "_s) + u" too"_s;
    const QString query = backend && backend->permitted ? backend->query : QString();
    row.cells = {session,
                 cells::text(lock, lockTip),
                 does,
                 cells::some(node.blocked, u"sessions, in any depth"_s),
                 node.waitingMs ? cells::age(node.waitingMs) : KeyedCell{QString(), QVariant(-1.0), u"waits for nothing"_s, true, {}, {}},
                 backend ? cells::age(backend->transactionMs) : prepared ? cells::age(prepared->preparedMs) : cells::age(std::nullopt),
                 backend && !backend->permitted ? cells::notPermitted()
                                                : KeyedCell{query, {}, query.left(2000), false, {}, {}}};
    return row;
}

QVector<KeyedRow> gathered(const QVector<KeyedRow> &rows, const QVector<int> &indexes, const LockTree &tree)
{
    // In the order of the first of each queue.
    QVector<QString> order;
    std::map<QString, QVector<int>> queues;
    for (int i = 0; i < indexes.size(); ++i) {
        const LockNode &node = tree.nodes.at(indexes.at(i));
        const QString queue = waitText(node);
        if (!queues.contains(queue))
            order.append(queue);
        queues[queue].append(i);
    }
    QVector<KeyedRow> all;
    for (const QString &queue : std::as_const(order)) {
        const QVector<int> &members = queues[queue];
        if (members.size() <= aloneUpTo) {
            for (const int member : members)
                all.append(rows.at(member));
            continue;
        }
        KeyedRow group;
        group.key = u"queue "_s + queue;
        std::optional<qint64> longest;
        for (const int member : members) {
            group.children.append(rows.at(member));
            if (const auto ms = tree.nodes.at(indexes.at(member)).waitingMs; ms && (!longest || *ms > *longest))
                longest = ms;
        }
        KeyedCell name{u"%1 sessions"_s.arg(members.size()), {}, {}, false, StateLook::Warning, {}};
        group.cells = {name, cells::text(queue), {u"wait in the same queue"_s, {}, {}, true, {}, {}}, cells::some(0), cells::age(longest), {}, {}};
        all.append(group);
    }
    return all;
}

} // namespace

QVector<KeyedColumn> lockColumns()
{
    return {{u"session"_s, u"Session"_s, false, false, 224},
            {u"lock"_s, u"Lock"_s, false, false, 270},
            {u"does"_s, u"Does"_s, false, false, 176},
            {u"blocks"_s, u"Blocks"_s, true, false, 64},
            {u"waiting"_s, u"Waits since"_s, true, false, 96},
            {u"transaction"_s, u"Transaction"_s, true, false, 96},
            {u"query"_s, u"Last statement"_s, false, true, 160, false, true}};
}

QVector<KeyedRow> lockRows(const LockTree &tree)
{
    // Depth first, by an order of our own: a chain may be as long as max_connections.
    QVector<int> order = tree.roots;
    for (qsizetype i = 0; i < order.size(); ++i)
        order += tree.nodes.at(order.at(i)).children;
    QVector<KeyedRow> rows(tree.nodes.size());
    for (qsizetype i = order.size() - 1; i >= 0; --i) {
        const int index = order.at(i);
        const QVector<int> &children = tree.nodes.at(index).children;
        QVector<KeyedRow> below;
        for (const int child : children)
            below.append(std::move(rows[child]));
        rows[index] = rowOf(tree, index);
        rows[index].children = gathered(below, children, tree);
    }
    QVector<KeyedRow> roots;
    for (const int root : tree.roots)
        roots.append(std::move(rows[root]));
    return roots;
}

} // namespace howdah::ui
