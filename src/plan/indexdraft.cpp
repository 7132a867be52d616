// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/look.h"

#include "base/units.h"
#include "pg/quote.h"

#include <algorithm>

namespace howdah::plan
{

using namespace Qt::StringLiterals;

namespace
{

struct Key {
    QString column; // empty: an expression
    QString expression;
    bool prefix = false; // for LIKE
    bool operator==(const Key &other) const { return column == other.column && expression == other.expression; }
};

QString withoutParentheses(QString text)
{
    text = text.simplified();
    while (text.startsWith(u'(') && text.endsWith(u')')) {
        int open = 0;
        for (qsizetype at = 0; at < text.size(); ++at) {
            open += text[at] == u'(' ? 1 : text[at] == u')' ? -1 : 0;
            if (open == 0 && at + 1 < text.size())
                return text;
        }
        text = text.sliced(1, text.size() - 2);
    }
    return text;
}

// A cast that changes nothing is written like one that does: "(name)::text" of a varchar.
bool readsAs(const ColumnFacts *column, const QString &type)
{
    return column ? column->sameAs.contains(type) : type == "text"_L1;
}

std::optional<Key> keyOf(const Condition &condition, const RelationFacts *relation)
{
    const Operand &side = condition.left;
    const bool prefix = condition.use() == Condition::Use::Prefix;
    if (side.kind == Operand::Kind::Column || side.kind == Operand::Kind::Cast) {
        const ColumnFacts *column = relation ? relation->column(side.column) : nullptr;
        if (column && !column->ordered)
            return std::nullopt;
        if (side.kind == Operand::Kind::Column || readsAs(column, side.type))
            return Key{side.column, {}, prefix};
        return std::nullopt; // an index on the converted column would hide what is wrong
    }
    // What would have to be asked of rows of others, or anew each time, is no expression for an index.
    if (side.text.contains(u'$') || side.text.contains("Plan "_L1))
        return std::nullopt;
    return Key{{}, withoutParentheses(side.text), prefix};
}

bool sameKey(const Key &key, const IndexKey &of)
{
    return (!key.prefix || of.pattern) && (key.column.isEmpty() ? withoutParentheses(of.expression) == key.expression : of.column == key.column);
}

// The first columns of the index are the equalities, in whatever order, and then comes the range.
bool serves(const IndexFacts &index, const QVector<Key> &equal, const std::optional<Key> &range)
{
    const qsizetype wanted = equal.size() + (range ? 1 : 0);
    if (index.partial || index.keys.size() < wanted || (index.method != "btree"_L1 && !(index.method == "hash"_L1 && wanted == 1 && !range)))
        return false;
    for (qsizetype at = 0; at < equal.size(); ++at)
        if (std::none_of(equal.cbegin(), equal.cend(), [&](const Key &key) { return sameKey(key, index.keys[at]); }))
            return false;
    return !range || sameKey(*range, index.keys[equal.size()]);
}

QString spelled(const Key &key)
{
    return (key.column.isEmpty() ? QString(u'(' + key.expression + u')') : pg::displayIdentifier(key.column)) +
           (key.prefix ? u" text_pattern_ops"_s : QString());
}

void addDraft(const Look &look, const PlanNode &scan, const QVector<Key> &equal, const std::optional<Key> &range, const QVector<Condition> &conditions,
              IndexDraft *draft)
{
    QVector<Key> keys = equal;
    if (range)
        keys.append(*range);
    if (keys.isEmpty())
        return;
    for (const Condition &condition : conditions)
        for (const QString &column : condition.left.columns)
            if (!draft->columns.contains(column))
                draft->columns.append(column);
    QStringList words;
    for (const Key &key : std::as_const(keys))
        words.append(spelled(key));
    draft->keys += words;
    const RelationFacts *relation = look.relation(scan);
    for (const IndexFacts &index : relation ? relation->indexes : QVector<IndexFacts>()) {
        if (!serves(index, equal, range))
            continue;
        draft->existing = pg::displayIdentifier(index.schema) + u'.' + pg::displayIdentifier(index.name);
        draft->existingInvalid = !index.valid;
        if (index.valid)
            return;
    }
    if (draft->existingInvalid) // an invalid one that serves
        draft->statements.append(u"REINDEX INDEX CONCURRENTLY %1"_s.arg(draft->existing));
    else
        draft->statements.append(u"CREATE INDEX CONCURRENTLY ON %1 (%2)"_s.arg(look.relationName(scan), words.join(u", "_s))); // sql-ok: of names
}

// Sets: what is equal and the first range.
void keysOf(const QVector<Condition> &conditions, const RelationFacts *relation, QVector<Key> *equal, std::optional<Key> *range, QVector<Condition> *used)
{
    constexpr qsizetype mostKeys = 4; // beyond that a column hardly narrows
    for (const Condition::Use use : {Condition::Use::Equality, Condition::Use::Range, Condition::Use::Prefix}) {
        for (const Condition &condition : conditions) {
            if (condition.use() != use)
                continue;
            const auto key = keyOf(condition, relation);
            if (!key || equal->contains(*key) || (use != Condition::Use::Equality && *range) || equal->size() >= mostKeys)
                continue;
            if (use == Condition::Use::Equality)
                equal->append(*key);
            else
                *range = key;
            used->append(condition);
        }
    }
}

} // namespace

IndexDraft draftIndex(const Look &look, const PlanNode &scan, const QVector<Condition> &conditions)
{
    IndexDraft draft;
    const RelationFacts *relation = look.relation(scan);
    QVector<Key> equal;
    std::optional<Key> range;
    QVector<Condition> used;
    keysOf(conditions, relation, &equal, &range, &used);
    addDraft(look, scan, equal, range, used, &draft);
    if (!draft.keys.isEmpty())
        return draft;
    // One index for each arm of an OR, which a bitmap puts together: only where every arm has one.
    for (const Condition &condition : conditions) {
        IndexDraft arms;
        qsizetype served = 0;
        for (const auto &arm : condition.arms) {
            equal.clear();
            range.reset();
            used.clear();
            keysOf(arm, relation, &equal, &range, &used);
            addDraft(look, scan, equal, range, used, &arms);
            served += used.isEmpty() ? 0 : 1;
        }
        if (served > 0 && served == condition.arms.size()) {
            arms.statements.removeDuplicates();
            return arms;
        }
    }
    return draft;
}

QString indexCost(const Look &look, const PlanNode &scan, const IndexDraft &draft)
{
    if (draft.statements.isEmpty())
        return {};
    QString size;
    if (const RelationFacts *relation = look.relation(scan); relation && relation->rows && *relation->rows > 0) {
        double entry = 12; // its header and its pointer
        bool known = true;
        for (const QString &called : draft.columns) {
            const ColumnFacts *column = relation->column(called);
            known = known && column && column->width;
            entry += known ? double((*column->width + 7) / 8 * 8) : 0;
        }
        if (known) // pages are filled to 90 %
            size = u", and about %1 of disk"_s.arg(units::bytes(double(*relation->rows) * entry / 0.9));
    }
    return u"It reads the table twice and waits for older transactions; reads and writes go on (SHARE UPDATE EXCLUSIVE lock; not inside a transaction block). "
           "From then on each INSERT, and each UPDATE of these columns, writes the index too%1."_s.arg(size);
}

} // namespace howdah::plan
