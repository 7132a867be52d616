// SPDX-License-Identifier: GPL-3.0-or-later
// From one snapshot to another in an order that the server takes: what stands on something is dropped before it and made after it. Order is where tools of
// this kind go wrong, so there is no order of kinds here but a graph: an operation for each difference, an edge for each dependency of either side, and
// kinds only decide where the graph leaves a choice.
#include "migrations/generateparts.h"

#include <QHash>
#include <QJsonArray>


namespace howdah::migrations
{

using namespace Qt::StringLiterals;

namespace
{

int rankOf(const Item &item)
{
    static const QStringList order{u"schema"_s, u"extension"_s, u"enum"_s, u"composite type"_s, u"domain"_s, u"sequence"_s, u"table"_s, u"column"_s, u"constraint"_s, u"index"_s,
                                   u"statistics"_s, u"function"_s, u"procedure"_s, u"view"_s, u"materialized view"_s, u"rule"_s, u"trigger"_s, u"policy"_s, u"comment"_s, u"grant"_s};
    // What is revoked of a table is taken from its columns too.
    const int rank = int(order.indexOf(item.kind)) * 2 + (item.kind == "grant"_L1 && item.parent.startsWith("column "_L1) ? 1 : 0);
    return item.kind == "constraint"_L1 && item.value.value("type"_L1) == "foreign key"_L1 ? int(order.indexOf(u"function"_s)) * 2 + 1 : rank;
}

constexpr int latest = 1000;

using Keys = QSet<QString>;
using Dependents = QHash<QString, QStringList>;

class Script
{
public:
    Script(const Snapshot &from, const Snapshot &to, const GenerateOptions &options) : m_from(from), m_to(to), m_options(options)
    {
        for (const Item &item : from.items)
            note(item, m_fromItems, m_fromRelations);
        for (const Item &item : to.items)
            note(item, m_toItems, m_toRelations);
        for (auto one = from.dependencies.cbegin(); one != from.dependencies.cend(); ++one) {
            for (const QString &on : one.value())
                m_dependents[on] << one.key();
        }
        for (const Item &item : from.items) {
            if (isPart(item.kind))
                m_parts[item.parent] << item.key();
            else if (item.kind == "comment"_L1 || item.kind == "grant"_L1)
                m_notes[ownerOf(item, m_fromItems, m_fromRelations)] << item.key();
        }
        close();
    }

    const Keys &recreated() const { return m_recreated; }

    QVector<GeneratedStatement> write()
    {
        takeOver();
        drops();
        creates();
        alters();
        edges();
        return inOrder(m_ops);
    }

private:
    static void note(const Item &item, QHash<QString, const Item *> &items, QHash<QString, QString> &relations)
    {
        items.insert(item.key(), &item);
        if (isRelation(item.kind))
            relations.insert(item.identity, item.key());
    }

    // The key of what a comment or a right is on; of a view's column the view.
    static QString ownerOf(const Item &item, const QHash<QString, const Item *> &items, const QHash<QString, QString> &relations)
    {
        if (items.contains(item.parent) || !item.parent.startsWith("column "_L1))
            return item.parent;
        return relations.value(splitLast(item.parent.mid(7)).first);
    }

    bool goes(const QString &key) const { return m_removed.contains(key) || m_recreated.contains(key); }

    // Takes what can't stay while `key` goes or is retyped.
    void close()
    {
        QStringList queue;
        const auto recreate = [&](const QString &key) {
            if (goes(key) || !m_toItems.contains(key))
                return;
            m_recreated.insert(key);
            queue << key;
        };
        const auto differences = catalog::compare(m_from, m_to);
        for (const catalog::Difference &one : differences) {
            const QString key = one.key();
            using What = catalog::Difference::What;
            if (one.what == What::Added) {
                m_added.insert(key);
            } else if (one.what == What::Removed) {
                m_removed.insert(key);
                queue << key;
            } else {
                m_changed.insert(key);
            }
        }
        for (const QString &key : std::as_const(m_changed)) {
            const Item &from = *m_fromItems.value(key), &to = *m_toItems.value(key);
            if (needsRecreation(from, to))
                recreate(key);
            else if (to.kind == "column"_L1 && (from.value.value("type"_L1) != to.value.value("type"_L1) || from.value.value("collation"_L1) != to.value.value("collation"_L1)))
                queue << key;
        }
        const Keys fewer = m_changed + m_removed;
        for (const QString &key : fewer) {
            const Item &item = *m_fromItems.value(key);
            if (item.kind != "grant"_L1 || !item.parent.startsWith("table "_L1))
                continue;
            for (const Item &other : m_from.items) {
                if (other.kind == "grant"_L1 && other.name == item.name && other.parent.startsWith("column "_L1) && splitLast(other.parent.mid(7)).first == item.parent.mid(6))
                    recreate(other.key());
            }
        }
        for (qsizetype i = 0; i < queue.size(); ++i) {
            const QString key = queue.at(i);
            const Item &item = *m_fromItems.value(key);
            const bool gone = goes(key);
            const QStringList dependents = m_dependents.value(key);
            for (const QString &one : dependents) {
                const Item *dependent = m_fromItems.value(one);
                if (!dependent || goes(one))
                    continue;
                const QString &kind = dependent->kind;
                if (kind == "column"_L1) {
                    if (dependent->value.contains("generated"_L1))
                        recreate(one);
                    else if (m_recreated.contains(key) && dependent->value.contains("default"_L1) && (isRoutine(item.kind) || item.kind == "sequence"_L1))
                        m_released.insert(one); // its default stands on what is made again
                } else if (kind == "sequence"_L1) {
                    if (gone && item.kind == "column"_L1)
                        m_released.insert(one); // of its owner
                } else if (kind == "view"_L1 || kind == "materialized view"_L1 || kind == "rule"_L1 || kind == "policy"_L1 || kind == "trigger"_L1 || isRoutine(kind)) {
                    recreate(one);
                } else if (gone && isPart(kind)) {
                    recreate(one);
                }
            }
            if (!gone)
                continue;
            if (isRelation(item.kind)) {
                for (const QString &part : m_parts.value(item.identity))
                    recreate(part);
            }
            for (const QString &note : m_notes.value(key))
                recreate(note);
        }
    }

    int add(const Item &item, int rank, const QStringList &texts)
    {
        m_ops.push_back({rank, item.key(), texts, {}});
        return int(m_ops.size()) - 1;
    }

    static bool isForeignKey(const Item &item) { return item.kind == "constraint"_L1 && item.value.value("type"_L1) == "foreign key"_L1; }

    // With what it is gone by itself; empty: it must be dropped.
    QString fallsWith(const Item &item) const
    {
        if (item.kind == "comment"_L1 || item.kind == "grant"_L1) {
            const QString owner = ownerOf(item, m_fromItems, m_fromRelations);
            return goes(owner) ? owner : QString();
        }
        if (isPart(item.kind)) {
            const QString relation = m_fromRelations.value(item.parent);
            if (!goes(relation))
                return {};
            // A foreign key between two tables that both go: one of them has to be first.
            return isForeignKey(item) && goes(m_fromRelations.value(item.value.value("references"_L1).toString())) ? QString() : relation;
        }
        if (item.kind == "sequence"_L1 && item.value.contains("owned_by"_L1) && !m_recreated.contains(item.key())) {
            const QString column = u"column "_s + item.value.value("owned_by"_L1).toString();
            return goes(column) ? column : QString();
        }
        return {};
    }

    // An index that a constraint of its name takes over is not dropped.
    void takeOver()
    {
        for (const Item &item : m_to.items) {
            const auto index = item.kind == "constraint"_L1 && comes(item.key()) ? indexFor(item) : std::nullopt;
            const Item *there = index ? m_fromItems.value(index->key()) : nullptr;
            if (there && m_removed.contains(index->key()) && there->parent == item.parent && there->value == index->value)
                m_taken.insert(item.key(), index->key());
        }
        m_takenIndexes = {m_taken.cbegin(), m_taken.cend()};
    }

    void drops()
    {
        QVector<const Item *> falling;
        for (const Item &item : m_from.items) {
            const QString key = item.key();
            if (!goes(key) || m_takenIndexes.contains(key))
                continue;
            if (!fallsWith(item).isEmpty())
                falling << &item;
            else if (item.kind == "grant"_L1)
                m_drop[key] = add(item, -1000 - rankOf(item), changeGrant(&item, m_recreated.contains(key) ? m_toItems.value(key) : nullptr, m_from));
            else
                m_drop[key] = add(item, -1000 - rankOf(item), dropObject(item, m_from, false));
        }
        for (const Item *item : std::as_const(falling)) {
            // A sequence may fall with a column that falls with its table.
            QString with = fallsWith(*item);
            for (int depth = 0; depth < 4 && !m_drop.contains(with); ++depth)
                with = m_fromItems.contains(with) ? fallsWith(*m_fromItems.value(with)) : QString();
            if (m_drop.contains(with))
                m_drop[item->key()] = m_drop.value(with);
        }
        for (const QString &key : std::as_const(m_released)) {
            const Item &from = *m_fromItems.value(key);
            if (goes(key))
                continue;
            Item free = from;
            free.value.remove(u"owned_by"_s);
            m_release[key] = add(from, -2000, from.kind == "sequence"_L1 ? ownSequence(free) : QStringList{dropDefault(from)});
        }
    }

    bool comes(const QString &key) const { return m_added.contains(key) || m_recreated.contains(key); }

    bool isInline(const Item &constraint) const
    {
        if (isForeignKey(constraint) || constraint.value.value("definition"_L1).toString().endsWith(" NOT VALID"_L1))
            return false;
        const QStringList on = m_to.dependencies.value(constraint.key());
        return std::none_of(on.cbegin(), on.cend(), [](const QString &one) { return one.startsWith("function "_L1); });
    }

    void creates()
    {
        QHash<QString, QVector<const Item *>> columns, constraints;
        for (const Item &item : m_to.items) {
            if (!comes(item.key()) || !comes(m_toRelations.value(item.parent)))
                continue;
            if (item.kind == "column"_L1)
                columns[item.parent] << &item;
            else if (item.kind == "constraint"_L1 && isInline(item))
                constraints[item.parent] << &item;
        }
        for (QVector<const Item *> &of : columns)
            std::sort(of.begin(), of.end(), [](const Item *a, const Item *b) { return a->position < b->position; });
        for (const Item &item : m_to.items) {
            const QString key = item.key();
            if (!comes(key))
                continue;
            QStringList texts;
            if (item.kind == "table"_L1) {
                const int op = add(item, rankOf(item), createTable(item, columns.value(item.identity), constraints.value(item.identity)));
                m_create[key] = op;
                for (const auto &parts : {columns.value(item.identity), constraints.value(item.identity)}) {
                    for (const Item *part : parts)
                        m_create[part->key()] = op;
                }
                continue;
            }
            if (m_toRelations.contains(item.parent) && comes(m_toRelations.value(item.parent)) && (item.kind == "column"_L1 || (item.kind == "constraint"_L1 && isInline(item))))
                continue; // with its table
            if (item.kind == "column"_L1)
                texts = createColumn(item);
            else if (item.kind == "constraint"_L1)
                texts = createConstraint(item, m_taken.contains(key));
            else if (item.kind == "index"_L1)
                texts = createIndex(item, false);
            else if (item.kind == "grant"_L1)
                texts = changeGrant(nullptr, &item, m_to);
            else
                texts = createObject(item, m_to);
            // Behind views and what else a body may name; and behind other functions.
            const int later = m_options.later.value(key);
            m_create[key] = add(item, later ? latest + later : rankOf(item), texts);
            if (item.kind == "sequence"_L1 && item.value.contains("owned_by"_L1))
                m_attach[key] = add(item, rankOf(item) + 9, ownSequence(item));
        }
    }

    void alters()
    {
        Keys keys = m_changed;
        keys.unite(m_released);
        for (const QString &key : std::as_const(keys)) {
            if (goes(key))
                continue;
            Item from = *m_fromItems.value(key);
            const Item &to = *m_toItems.value(key);
            QStringList texts;
            if (to.kind == "column"_L1) {
                if (m_released.contains(key))
                    from.value.remove(u"default"_s);
                texts = alterColumn(from, to, m_options);
            } else if (to.kind == "table"_L1 || to.kind == "materialized view"_L1) {
                texts = alterTable(from, to);
            } else if (to.kind == "grant"_L1) {
                texts = changeGrant(&from, &to, m_to);
            } else {
                texts = alterObject(from, to, m_to);
            }
            if (!texts.isEmpty())
                m_alter[key] = add(to, rankOf(to), texts);
            if (to.kind == "sequence"_L1 && (m_released.contains(key) || from.value.value("owned_by"_L1) != to.value.value("owned_by"_L1))
                && (to.value.contains("owned_by"_L1) || !m_released.contains(key)))
                m_attach[key] = add(to, rankOf(to) + 9, ownSequence(to));
        }
    }

    void after(int op, int earlier)
    {
        if (op >= 0 && earlier >= 0 && op != earlier)
            m_ops[size_t(op)].after.insert(earlier);
    }

    static QStringList standsOn(const Item &item, const Snapshot &in, const QHash<QString, const Item *> &items, const QHash<QString, QString> &relations)
    {
        QStringList on = in.dependencies.value(item.key());
        if (isPart(item.kind))
            on << relations.value(item.parent);
        if (item.kind == "comment"_L1 || item.kind == "grant"_L1)
            on << ownerOf(item, items, relations);
        if (item.kind == "sequence"_L1) // of its owner it is made free, or goes with it
            on.removeAll(u"column "_s + item.value.value("owned_by"_L1).toString());
        return on;
    }

    // Names that two kinds share: a table's and an index's, a table's and a type's.
    static QString spaceOf(const Item &item)
    {
        if (item.kind == "constraint"_L1) {
            const QString type = item.value.value("type"_L1).toString();
            return type == "primary key"_L1 || type == "unique"_L1 || type == "exclusion"_L1 ? splitLast(item.parent).first + u'.' + item.name : QString();
        }
        return isRelation(item.kind) || item.kind == "index"_L1 || item.kind == "sequence"_L1 || isType(item.kind) || isRoutine(item.kind) ? item.identity : QString();
    }

    // A CHECK that goes when its column is NOT NULL by itself: SET NOT NULL believes it.
    bool provesNotNull(const Item &item, const QString &column) const
    {
        const Item *from = item.kind == "constraint"_L1 ? m_fromItems.value(column) : nullptr, *to = from ? m_toItems.value(column) : nullptr;
        return to && from->kind == "column"_L1 && item.value.value("definition"_L1).toString() == u"CHECK ((%1 IS NOT NULL))"_s.arg(from->name)
            && from->value.value("type"_L1) == to->value.value("type"_L1) && to->value.value("not_null"_L1) == "valid"_L1;
    }

    void edges()
    {
        const auto drop = [&](const QString &key) { return m_drop.value(key, -1); };
        const auto create = [&](const QString &key) { return m_create.value(key, -1); };
        const auto alter = [&](const QString &key) { return m_alter.value(key, -1); };
        QHash<QString, int> freed;
        for (const Item &item : m_from.items) {
            const QString key = item.key();
            if (const QString space = spaceOf(item); !space.isEmpty() && drop(key) >= 0)
                freed.insert(space, drop(key));
            after(alter(key), m_release.value(key, -1));
            const QStringList on = standsOn(item, m_from, m_fromItems, m_fromRelations);
            for (const QString &one : on) {
                after(drop(one), drop(key));
                if (provesNotNull(item, one))
                    after(drop(key), alter(one));
                else
                    after(alter(one), drop(key));
                after(drop(one), m_release.value(key, -1));
                if (!m_recreated.contains(one))
                    after(drop(one), alter(key));
            }
            if (item.kind == "sequence"_L1)
                after(drop(u"column "_s + item.value.value("owned_by"_L1).toString()), m_release.value(key, -1));
        }
        for (const Item &item : m_to.items) {
            const QString key = item.key();
            after(create(key), drop(key));
            if (const QString space = spaceOf(item); !space.isEmpty())
                after(create(key), freed.value(space, -1));
            const QStringList on = standsOn(item, m_to, m_toItems, m_toRelations);
            for (const QString &one : on) {
                for (const int earlier : {create(one), alter(one)}) {
                    after(create(key), earlier);
                    after(alter(key), earlier);
                }
            }
            if (const int attach = m_attach.value(key, -1); attach >= 0) {
                const QString column = u"column "_s + item.value.value("owned_by"_L1).toString();
                after(attach, create(key));
                after(attach, alter(key));
                after(attach, create(column));
                after(attach, alter(column));
            }
        }
    }

    const Snapshot &m_from;
    const Snapshot &m_to;
    const GenerateOptions &m_options;
    QHash<QString, const Item *> m_fromItems, m_toItems;
    QHash<QString, QString> m_fromRelations, m_toRelations; // identity -> key
    Dependents m_dependents, m_parts, m_notes;              // of from
    QHash<QString, QString> m_taken; // a constraint's key -> its index's
    Keys m_takenIndexes;
    Keys m_added, m_removed, m_changed, m_recreated, m_released;
    std::vector<Operation> m_ops;
    QHash<QString, int> m_drop, m_create, m_alter, m_release, m_attach;
};

} // namespace

QVector<GeneratedStatement> scriptOf(const Snapshot &from, const Snapshot &to, const GenerateOptions &options)
{
    return Script(from, to, options).write();
}

QSet<QString> recreatedBetween(const Snapshot &from, const Snapshot &to)
{
    return Script(from, to, GenerateOptions()).recreated();
}

} // namespace howdah::migrations
