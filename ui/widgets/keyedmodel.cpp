// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/keyedmodel.h"

#include "base/units.h"
#include "ui/widgets/label.h"

#include <QHash>
#include <QSet>

#include <algorithm>

namespace howdah::ui
{

struct KeyedModel::Node {
    QString key;
    QVector<KeyedCell> cells;
    Node *parent = nullptr;
    int row = 0;
    std::vector<std::unique_ptr<Node>> children;
};

namespace
{

bool same(const KeyedCell &one, const KeyedCell &other)
{
    return one.text == other.text && one.tip == other.tip && one.muted == other.muted && one.mark == other.mark && one.share == other.share
        && one.sort == other.sort;
}

} // namespace

KeyedModel::KeyedModel(QVector<KeyedColumn> columns, QObject *parent)
    : QAbstractItemModel(parent), m_columns(std::move(columns)), m_root(std::make_unique<Node>())
{
}

KeyedModel::~KeyedModel() = default;

void KeyedModel::setRows(const QVector<KeyedRow> &rows)
{
    synchronize(m_root.get(), rows);
}

std::unique_ptr<KeyedModel::Node> KeyedModel::made(Node *parent, const KeyedRow &row)
{
    auto node = std::make_unique<Node>();
    node->key = row.key;
    node->cells = row.cells;
    node->parent = parent;
    for (const KeyedRow &child : row.children) {
        node->children.push_back(made(node.get(), child));
        node->children.back()->row = int(node->children.size()) - 1;
    }
    return node;
}

void KeyedModel::renumber(Node *node, size_t from)
{
    for (size_t i = from; i < node->children.size(); ++i)
        node->children[i]->row = int(i);
}

void KeyedModel::removeAbsent(Node *node, const QVector<KeyedRow> &rows)
{
    QSet<QString> wanted;
    wanted.reserve(rows.size());
    for (const KeyedRow &row : rows)
        wanted.insert(row.key);
    // In runs, from the back: a thousand rows that go are one removal.
    for (int last = int(node->children.size()) - 1; last >= 0; --last) {
        if (wanted.contains(node->children[size_t(last)]->key))
            continue;
        int first = last;
        while (first > 0 && !wanted.contains(node->children[size_t(first - 1)]->key))
            --first;
        beginRemoveRows(indexOf(node), first, last);
        node->children.erase(node->children.begin() + first, node->children.begin() + last + 1);
        renumber(node, size_t(first));
        endRemoveRows();
        last = first;
    }
}

void KeyedModel::synchronize(Node *node, const QVector<KeyedRow> &rows)
{
    // Two of one key would run past the end: each after the first gets one of its own.
    QSet<QString> known;
    for (const KeyedRow &row : rows)
        known.insert(row.key);
    if (known.size() != rows.size()) {
        QVector<KeyedRow> apart = rows;
        QHash<QString, int> seen;
        for (KeyedRow &row : apart) {
            if (const int before = seen[row.key]++; before > 0)
                row.key += QStringLiteral(" (%1)").arg(before + 1);
        }
        return synchronize(node, apart);
    }
    removeAbsent(node, rows);
    QSet<QString> present;
    for (const auto &child : node->children)
        present.insert(child->key);
    int firstChanged = -1, lastChanged = -1;
    for (int i = 0; i < rows.size(); ++i) {
        const KeyedRow &row = rows.at(i);
        if (!present.contains(row.key)) {
            // A run of new ones is one insertion.
            int last = i;
            while (last + 1 < rows.size() && !present.contains(rows.at(last + 1).key))
                ++last;
            beginInsertRows(indexOf(node), i, last);
            for (int k = i; k <= last; ++k)
                node->children.insert(node->children.begin() + k, made(node, rows.at(k)));
            renumber(node, size_t(i));
            endInsertRows();
            i = last;
            continue;
        }
        if (node->children[size_t(i)]->key != row.key) {
            int from = i + 1;
            while (node->children[size_t(from)]->key != row.key)
                ++from;
            beginMoveRows(indexOf(node), from, from, indexOf(node), i);
            auto moved = std::move(node->children[size_t(from)]);
            node->children.erase(node->children.begin() + from);
            node->children.insert(node->children.begin() + i, std::move(moved));
            renumber(node, size_t(i));
            endMoveRows();
        }
        Node *child = node->children[size_t(i)].get();
        if (!std::equal(child->cells.cbegin(), child->cells.cend(), row.cells.cbegin(), row.cells.cend(), same)) {
            child->cells = row.cells;
            firstChanged = firstChanged < 0 ? i : firstChanged;
            lastChanged = i;
        }
        if (!child->children.empty() || !row.children.isEmpty())
            synchronize(child, row.children);
    }
    if (firstChanged >= 0)
        emit dataChanged(index(firstChanged, 0, indexOf(node)), index(lastChanged, int(m_columns.size()) - 1, indexOf(node)));
}

QModelIndex KeyedModel::find(const QString &key) const
{
    std::vector<const Node *> open{m_root.get()};
    while (!open.empty()) {
        const Node *node = open.back();
        open.pop_back();
        if (node != m_root.get() && node->key == key)
            return indexOf(node);
        for (auto child = node->children.rbegin(); child != node->children.rend(); ++child)
            open.push_back(child->get());
    }
    return {};
}

KeyedModel::Node *KeyedModel::nodeOf(const QModelIndex &index) const
{
    return index.isValid() ? static_cast<Node *>(index.internalPointer()) : m_root.get();
}

QModelIndex KeyedModel::indexOf(const Node *node, int column) const
{
    return node == m_root.get() ? QModelIndex() : createIndex(node->row, column, const_cast<Node *>(node));
}

QModelIndex KeyedModel::index(int row, int column, const QModelIndex &parent) const
{
    const Node *node = nodeOf(parent);
    if (row < 0 || size_t(row) >= node->children.size() || column < 0 || column >= m_columns.size())
        return {};
    return createIndex(row, column, node->children[size_t(row)].get());
}

QModelIndex KeyedModel::parent(const QModelIndex &child) const
{
    return child.isValid() ? indexOf(nodeOf(child)->parent) : QModelIndex();
}

int KeyedModel::rowCount(const QModelIndex &parent) const
{
    return parent.column() > 0 ? 0 : int(nodeOf(parent)->children.size());
}

int KeyedModel::columnCount(const QModelIndex &) const
{
    return int(m_columns.size());
}

QVariant KeyedModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const Node *node = nodeOf(index);
    if (role == KeyRole)
        return node->key;
    const KeyedColumn &column = m_columns.at(index.column());
    if (role == Qt::TextAlignmentRole)
        return int((column.right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role == FixedRole)
        return column.fixed;
    if (index.column() >= node->cells.size())
        return {};
    const KeyedCell &cell = node->cells.at(index.column());
    switch (role) {
    case Qt::DisplayRole: return units::oneLine(cell.text);
    case Qt::ToolTipRole: return tooltipText(cell.tip.isEmpty() ? cell.text : cell.tip);
    case Qt::AccessibleTextRole: return QString(column.title + QStringLiteral(": ") + cell.text);
    case SortRole: return cell.sort.isValid() ? cell.sort : QVariant(cell.text);
    case MutedRole: return cell.muted;
    case MarkRole: return cell.mark ? QVariant(int(*cell.mark)) : QVariant();
    case ShareRole: return cell.share ? QVariant(*cell.share) : QVariant();
    default: return {};
    }
}

QVariant KeyedModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= m_columns.size())
        return {};
    if (role == Qt::DisplayRole)
        return m_columns.at(section).title;
    if (role == Qt::TextAlignmentRole)
        return int((m_columns.at(section).right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    return {};
}

} // namespace howdah::ui
