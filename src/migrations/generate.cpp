// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/generate.h"

#include "migrations/generateparts.h"
#include "migrations/lintparts.h"
#include "pg/quote.h"

#include <QJsonArray>
#include <QMap>

namespace howdah::migrations
{

using namespace Qt::StringLiterals;
using catalog::Difference;
using What = Difference::What;

namespace
{

// A snapshot that is put together.
class Stage
{
public:
    explicit Stage(const Snapshot &like) : m_dependencies(like.dependencies), m_serverVersion(like.serverVersion)
    {
        for (const Item &item : like.items)
            m_items.insert({item.kind, item.identity}, item);
    }
    void remove(const Item &item) { m_items.remove({item.kind, item.identity}); }
    void put(const Item &item) { m_items.insert({item.kind, item.identity}, item); }
    void depend(const QString &key, const QStringList &on) { m_dependencies.insert(key, on); }
    void forget(const QString &key) { m_dependencies.remove(key); }
    Snapshot snapshot() const
    {
        Snapshot made;
        made.serverVersion = m_serverVersion;
        made.items = m_items.values();
        made.dependencies = m_dependencies;
        return made;
    }

private:
    QMap<std::pair<QString, QString>, Item> m_items;
    QHash<QString, QStringList> m_dependencies;
    int m_serverVersion;
};

class Generator
{
public:
    Generator(const Snapshot &from, const Snapshot &to, const GenerateOptions &options) : m_from(from), m_to(to), m_options(options), m_differences(catalog::compare(from, to)) {}

    Generated run()
    {
        findUnable();
        spread();
        revert();
        ask();
        classify();
        write();
        return std::move(m_generated);
    }

private:
    // Tables of which a change reaches further than their own name: partitions, inheritance.
    QSet<QString> families() const
    {
        QSet<QString> all;
        for (const Snapshot *snapshot : {&m_from, &m_to}) {
            for (const Item &item : snapshot->items) {
                if (item.kind != "table"_L1 || !(item.value.contains("partitioned_by"_L1) || item.value.contains("bound"_L1) || item.value.contains("parents"_L1)))
                    continue;
                all.insert(item.identity);
                for (const QString &parent : textsOf(item.value.value("parents"_L1)))
                    all.insert(parent);
            }
        }
        return all;
    }

    void findUnable()
    {
        const QSet<QString> family = families();
        for (const Difference &one : std::as_const(m_differences)) {
            const QString key = one.key();
            const Item *from = m_from.find(key), *to = m_to.find(key);
            const Item &item = to ? *to : *from;
            if (m_options.impossible.contains(key))
                m_unable.insert(key, m_options.impossible.value(key));
            else if (family.contains(item.kind == "table"_L1 ? item.identity : item.parent) && (item.kind == "table"_L1 || isPart(item.kind)))
                m_unable.insert(key, u"partitions and inheritance are not written"_s);
            else if (const QString why = unableBecause(from, to); !why.isEmpty())
                m_unable.insert(key, why);
        }
    }

    static QStringList under(const Item &item, const Snapshot &in)
    {
        QStringList on = in.dependencies.value(item.key());
        if (isPart(item.kind)) {
            for (const auto &kind : {u"table "_s, u"foreign table "_s, u"view "_s, u"materialized view "_s})
                on << kind + item.parent;
        } else if (item.kind == "comment"_L1 || item.kind == "grant"_L1) {
            on << item.parent;
        }
        return on;
    }

    // What stands on something that stays away can't come; what something that stays stands on can't go.
    void spread()
    {
        for (bool more = true; more;) {
            more = false;
            QHash<QString, QString> needed; // what must stay -> for whom
            for (auto one = m_unable.cbegin(); one != m_unable.cend(); ++one) {
                if (const Item *stays = m_from.find(one.key())) {
                    for (const QString &on : under(*stays, m_from))
                        needed.insert(on, one.key());
                }
            }
            for (const Difference &one : std::as_const(m_differences)) {
                const QString key = one.key();
                if (m_unable.contains(key))
                    continue;
                if (one.what != What::Removed) {
                    for (const QString &on : under(*m_to.find(key), m_to)) {
                        if (m_unable.contains(on) && !m_from.find(on)) {
                            m_unable.insert(key, u"it stands on %1"_s.arg(on));
                            more = true;
                            break;
                        }
                    }
                }
                if (one.what == What::Removed && needed.contains(key)) {
                    m_unable.insert(key, u"%1 stands on it"_s.arg(needed.value(key)));
                    more = true;
                }
            }
        }
    }

    void revert()
    {
        Stage target(m_to), back(m_from);
        for (const Difference &one : std::as_const(m_differences)) {
            const QString key = one.key();
            const Item *from = m_from.find(key), *to = m_to.find(key);
            if (m_unable.contains(key)) {
                m_generated.stays.insert(key);
                m_generated.unsupported << u"%1 (%2)"_s.arg(one.text(), m_unable.value(key));
                if (to)
                    target.remove(*to);
                target.forget(key);
                if (from) {
                    target.put(*from);
                    target.depend(key, m_from.dependencies.value(key));
                }
            } else if (from && to && isOneWay(*from, *to)) {
                back.put(*to);
                m_generated.oneWay << one.text();
            }
        }
        m_generated.target = target.snapshot();
        m_generated.back = back.snapshot();
    }

    void ask()
    {
        for (const Difference &gone : std::as_const(m_differences)) {
            if (gone.what != What::Removed || (gone.kind != "column"_L1 && gone.kind != "table"_L1))
                continue;
            for (const Difference &come : std::as_const(m_differences)) {
                if (come.what != What::Added || come.kind != gone.kind)
                    continue;
                const Item &from = *m_from.find(gone.key()), &to = *m_to.find(come.key());
                const bool same = gone.kind == "column"_L1 ? from.parent == to.parent && from.value.value("type"_L1) == to.value.value("type"_L1) && !from.value.contains("generated"_L1)
                                                            : splitLast(from.identity).first == splitLast(to.identity).first && columnsOf(m_from, from.identity) == columnsOf(m_to, to.identity);
                if (same)
                    m_generated.questions.append({gone.kind, gone.identity, come.identity});
            }
        }
    }

    static QStringList columnsOf(const Snapshot &in, const QString &table)
    {
        QStringList columns;
        for (const Item &item : in.items) {
            if (item.kind == "column"_L1 && item.parent == table)
                columns << item.name + u' ' + item.value.value("type"_L1).toString();
        }
        return columns;
    }

    bool isOld(const QString &table) const { return m_from.find(u"table "_s + table) && m_generated.target.find(u"table "_s + table); }
    bool comes(const QString &key) const { return m_recreated.contains(key) || !m_from.find(key); }

    static bool hasDependents(const QString &key, const Snapshot &in, const QSet<QString> &but)
    {
        for (auto one = in.dependencies.cbegin(); one != in.dependencies.cend(); ++one) {
            if (!but.contains(one.key()) && one.value().contains(key) && in.find(one.key()))
                return true;
        }
        return false;
    }

    // What is done outside of the main file.
    void classify()
    {
        const Snapshot &target = m_generated.target;
        m_recreated = recreatedBetween(m_from, target);
        for (const Item &item : m_from.items) {
            const bool goes = m_recreated.contains(item.key()) || !target.find(item.key());
            if (item.kind == "index"_L1 && goes && isOld(item.parent) && !hasDependents(item.key(), m_from, {}))
                m_early.insert(item.key());
        }
        for (const Item &item : target.items) {
            if (!comes(item.key()))
                continue;
            const bool index = item.kind == "index"_L1 || indexFor(item);
            const bool key = item.kind == "constraint"_L1 && item.value.value("type"_L1) == "foreign key"_L1;
            if ((index && isOld(item.parent)) || (key && (isOld(item.parent) || isOld(item.value.value("references"_L1).toString()))))
                m_late.insert(item.key());
        }
        for (bool more = true; more;) {
            more = false;
            const QSet<QString> late = m_late;
            for (const QString &key : late) {
                if (hasDependents(key, target, m_late)) {
                    m_late.remove(key);
                    more = true;
                }
            }
        }
    }

    static QString keyOfColumn(const QString &table, const QString &column) { return u"column "_s + table + u'.' + column; }

    // Columns that a primary key needs without NULL: of one that is built late, and of one that is not.
    QSet<QString> keyColumns(bool late) const
    {
        QSet<QString> all;
        for (const Item &item : m_generated.target.items) {
            if (item.kind != "constraint"_L1 || item.value.value("type"_L1) != "primary key"_L1 || !comes(item.key()) || m_late.contains(item.key()) != late)
                continue;
            for (const QString &column : textsOf(item.value.value("columns"_L1)))
                all.insert(keyOfColumn(item.parent, column));
        }
        return all;
    }

    void postponeNotNull(const Item &column, Stage &main, Stage &late)
    {
        const Item *before = m_from.find(column.key());
        const QString was = before ? before->value.value("not_null"_L1).toString() : QString();
        if (!isOld(column.parent) || column.value.value("not_null"_L1) != "valid"_L1 || was == "valid"_L1 || column.value.contains("generated"_L1)
            || (column.value.contains("identity"_L1) && !(before && before->value.contains("identity"_L1))) || keyColumns(false).contains(column.key()))
            return;
        const QString value = column.value.value("default"_L1).toString();
        bool unknown = false;
        if (!before && !value.isEmpty() && !callsVolatile(value.toUtf8(), &unknown) && !unknown)
            return; // a constant is there for every row at once
        Item soft = column;
        if (m_from.serverVersion < 180000) { // before 18 no NOT NULL is NOT VALID: a CHECK that says the same spares SET NOT NULL its look at the rows
            prove(soft, main);
            return;
        }
        soft.value.insert(u"not_null"_s, u"not valid"_s);
        main.put(soft);
        if (!keyColumns(true).contains(column.key()))
            late.put(soft);
        if (was.isEmpty())
            (keyColumns(true).contains(column.key()) ? m_keyNotes : m_notes) << pg::commentLine(u"VALIDATE fails where %1 is NULL: fill the rows first"_s.arg(column.identity));
    }

    void prove(Item column, Stage &main)
    {
        const QString name = pg::displayIdentifier(u"%1_%2_not_null"_s.arg(unquoted(splitLast(column.parent).second), unquoted(column.name)).left(60));
        Item proof{u"constraint"_s, column.parent + u'.' + name, column.parent, name, 0, {{u"type"_s, u"check"_s}, {u"definition"_s, QString(u"CHECK ((%1 IS NOT NULL))"_s.arg(column.name))}}};
        if (m_from.find(proof.key()) || m_to.find(proof.key()))
            return;
        m_proofs << proof;
        m_proofNotes << pg::commentLine(u"fails where %1 is NULL: fill the rows first"_s.arg(column.identity));
        column.value.remove(u"not_null"_s);
        main.put(column);
        proof.value.insert(u"definition"_s, QString(proof.value.value("definition"_L1).toString() + u" NOT VALID"_s));
        main.put(proof);
        main.depend(proof.key(), {column.key()});
    }

    void postponeConstraint(const Item &constraint, Stage &main, Stage &late)
    {
        const QString type = constraint.value.value("type"_L1).toString(), definition = constraint.value.value("definition"_L1).toString();
        if (type != "check"_L1 && type != "foreign key"_L1)
            return;
        const Item *before = m_from.find(constraint.key());
        if (before && !m_recreated.contains(constraint.key()) && before->value != constraint.value) { // NOT VALID, to be validated
            main.put(*before);
            late.put(*before);
            return;
        }
        const bool isLate = m_late.contains(constraint.key());
        if (!comes(constraint.key()) || !(isLate || (type == "check"_L1 && isOld(constraint.parent))) || definition.endsWith(" NOT VALID"_L1) || definition.endsWith(" NOT ENFORCED"_L1))
            return;
        Item soft = constraint;
        soft.value.insert(u"definition"_s, QString(definition + u" NOT VALID"_s));
        if (!isLate)
            main.put(soft);
        late.put(soft);
    }

    void write()
    {
        const Snapshot &target = m_generated.target;
        QStringList todo, oneWay;
        for (const QString &one : std::as_const(m_generated.unsupported))
            todo << pg::commentLine(u"TODO: unsupported difference: %1"_s.arg(one));
        for (const QString &one : std::as_const(m_generated.oneWay))
            oneWay << pg::commentLine(u"irreversible: an enum's value can't be taken away: %1"_s.arg(one));
        // dbmate sends what runs without a transaction as one message, and CONCURRENTLY bears no company: a file for each.
        Stage stage(m_from);
        for (const Item &item : m_from.items) {
            if (item.kind == "comment"_L1 && m_early.contains(item.parent))
                stage.remove(item);
        }
        for (const Item &item : target.items) {
            const Item *before = m_from.find(item.key());
            if (before && isOneWay(*before, item))
                stage.put(item);
        }
        Snapshot at = stage.snapshot();
        step(u", before"_s, m_from, at, {}, oneWay);
        const auto next = [&](const QString &suffix, const Snapshot &to, const QStringList &notes) {
            step(suffix, at, to, notes, {});
            at = to;
        };
        for (const Item &item : m_from.items) {
            if (!m_early.contains(item.key()))
                continue;
            stage.remove(item);
            m_generated.files.append({m_options.title + u", drop index "_s + unquoted(item.name), false, built(item, item.key(), false), built(item, item.key(), true), {}, {}});
        }
        at = stage.snapshot();
        Stage main(target), late(target);
        for (const Item &item : target.items) {
            if (m_late.contains(item.key()) || (item.kind == "comment"_L1 && m_late.contains(item.parent)))
                main.remove(item);
            if (item.kind == "comment"_L1 && m_late.contains(item.parent))
                late.remove(item);
            if (item.kind == "column"_L1)
                postponeNotNull(item, main, late);
            else if (item.kind == "constraint"_L1)
                postponeConstraint(item, main, late);
        }
        next({}, main.snapshot(), todo);
        for (const Item &item : target.items) {
            const auto index = item.kind == "index"_L1 ? std::optional(item) : indexFor(item);
            if (!m_late.contains(item.key()) || !index)
                continue;
            main.put(*index);
            main.depend(index->key(), target.dependencies.value(item.key()));
            m_generated.files.append({m_options.title + u", index "_s + unquoted(index->name), false, built(*index, item.key(), true), built(*index, item.key(), false), {}, {}});
        }
        at = main.snapshot();
        for (const Item &proof : std::as_const(m_proofs))
            main.put(proof);
        next(u", prove not null"_s, main.snapshot(), m_proofNotes);
        next(u", keys"_s, late.snapshot(), m_keyNotes);
        next(u", validate"_s, target, m_notes);
        if (!todo.isEmpty() && std::none_of(m_generated.files.cbegin(), m_generated.files.cend(), [&](const GeneratedFile &file) { return file.upNotes == todo; }))
            m_generated.files.prepend({m_options.title, true, {}, {}, todo, {u"-- irreversible: nothing was done"_s}});
    }

    // Alone in its file, so that there is nothing to be put in order.
    QVector<GeneratedStatement> built(const Item &index, const QString &key, bool is) const
    {
        return {{key, (is ? createIndex(index, true) : dropObject(index, m_from, true)).constFirst()}};
    }

    void step(const QString &suffix, const Snapshot &from, const Snapshot &to, const QStringList &upNotes, const QStringList &downNotes)
    {
        GeneratedFile file{m_options.title + suffix, true, scriptOf(from, to, m_options), scriptOf(to, from, m_options), upNotes, downNotes};
        if (!file.up.isEmpty() || !file.down.isEmpty())
            m_generated.files.append(file);
    }

    const Snapshot &m_from;
    const Snapshot &m_to;
    const GenerateOptions &m_options;
    const QVector<Difference> m_differences;
    QHash<QString, QString> m_unable;
    QSet<QString> m_recreated, m_early, m_late;
    QVector<Item> m_proofs; // CHECKs that come and go again
    QStringList m_notes, m_keyNotes, m_proofNotes;
    Generated m_generated;
};

} // namespace

QByteArray GeneratedFile::section(bool isDown) const
{
    QString text;
    for (const QString &note : isDown ? downNotes : upNotes)
        text += note + u'\n';
    for (const GeneratedStatement &statement : isDown ? down : up)
        text += statement.text + u";\n"_s;
    return text.toUtf8();
}

Generated generate(const Snapshot &from, const Snapshot &to, const GenerateOptions &options)
{
    return Generator(from, to, options).run();
}

} // namespace howdah::migrations
