// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/catalog/catalogmodel.h"

#include "base/units.h"
#include "ui/catalog/kindlook.h"
#include "ui/widgets/label.h"

#include <QHash>
#include <QLocale>
#include <QPersistentModelIndex>

#include <algorithm>
#include <optional>

namespace howdah::ui
{

using catalog::Object;
using catalog::ObjectKind;

struct CatalogModel::Key {
    NodeKind kind;
    catalog::ObjectRef ref; // of a group: its kind alone
    bool operator==(const Key &) const = default;
    friend size_t qHash(const Key &key, size_t seed = 0)
    {
        return qHashMulti(seed, int(key.kind), int(key.ref.kind), key.ref.oid, key.ref.subId);
    }
};

struct CatalogModel::Node {
    enum class State { NotRead, Reading, Read, Failed };

    Node *parent = nullptr;
    int row = 0;
    NodeKind kind = NodeKind::Object;
    Object object;  // of a group: the kind alone; of a message: its name is the text
    State state = State::NotRead;
    std::optional<CancelToken> cancel; // only while it reads: a token has a file descriptor
    Nodes children;

    ~Node()
    {
        if (cancel)
            cancel->cancel();
    }

    Key key() const { return {kind, object.ref}; }
    bool hasMessage() const { return !children.empty() && children.front()->kind == NodeKind::Message; }
};

namespace
{

QString detailText(const Object &object)
{
    return object.permitted ? object.detail : QStringLiteral("not permitted");
}

} // namespace

CatalogModel::CatalogModel(CatalogSource *source, QObject *parent) : QAbstractItemModel(parent), m_source(source), m_root(std::make_unique<Node>())
{
    m_root->kind = NodeKind::Group;
}

CatalogModel::~CatalogModel() = default;

// --- shape

CatalogModel::Node *CatalogModel::nodeOf(const QModelIndex &index) const
{
    return index.isValid() ? static_cast<Node *>(index.internalPointer()) : m_root.get();
}

QModelIndex CatalogModel::indexOf(const Node *node) const
{
    return node == m_root.get() ? QModelIndex() : createIndex(node->row, 0, node);
}

QModelIndex CatalogModel::index(int row, int column, const QModelIndex &parent) const
{
    const Node *node = nodeOf(parent);
    if (row < 0 || column < 0 || column > 1 || parent.column() > 0 || size_t(row) >= node->children.size())
        return {};
    return createIndex(row, column, node->children.at(size_t(row)).get());
}

QModelIndex CatalogModel::parent(const QModelIndex &child) const
{
    return child.isValid() ? indexOf(nodeOf(child)->parent) : QModelIndex();
}

int CatalogModel::rowCount(const QModelIndex &parent) const
{
    return parent.column() > 0 ? 0 : int(nodeOf(parent)->children.size());
}

int CatalogModel::columnCount(const QModelIndex &) const
{
    return 2;
}

bool CatalogModel::hasLevel(const Node *node)
{
    if (node->kind != NodeKind::Object)
        return node->parent == nullptr; // the root
    const ObjectKind kind = node->object.ref.kind;
    return (kind == ObjectKind::Database || kind == ObjectKind::Schema || isRelation(kind)) && node->object.permitted;
}

bool CatalogModel::hasChildren(const QModelIndex &parent) const
{
    if (parent.column() > 0)
        return false;
    const Node *node = nodeOf(parent);
    return !node->children.empty() || (hasLevel(node) && (node->state == Node::State::NotRead || node->state == Node::State::Reading));
}

bool CatalogModel::canFetchMore(const QModelIndex &parent) const
{
    const Node *node = nodeOf(parent);
    return parent.isValid() && parent.column() == 0 && hasLevel(node) && node->state == Node::State::NotRead;
}

void CatalogModel::fetchMore(const QModelIndex &parent)
{
    if (!canFetchMore(parent))
        return;
    // Views (and the model tester) ask in the midst of a change; rows are inserted only once that is over.
    nodeOf(parent)->state = Node::State::Reading;
    QMetaObject::invokeMethod(
        this,
        [this, where = QPersistentModelIndex(parent)] {
            if (where.isValid() && !nodeOf(where)->cancel)
                read(nodeOf(where));
        },
        Qt::QueuedConnection);
}

// --- reading

void CatalogModel::readRoot()
{
    read(m_root.get());
}

void CatalogModel::read(Node *node)
{
    if (node->cancel)
        node->cancel->cancel();
    node->cancel.emplace();
    node->state = Node::State::Reading;
    if (node->children.empty() || node->hasMessage())
        setMessage(node, QStringLiteral("Reading…"));
    else if (node != m_root.get()) // what was known stays, dimmed
        emit dataChanged(index(0, 0, indexOf(node)), index(int(node->children.size()) - 1, 1, indexOf(node)));

    LevelRequest request;
    const QModelIndex at = indexOf(node);
    request.database = node == m_root.get() ? m_source->connectedDatabase() : databaseOf(at);
    request.oid = node->object.ref.oid;
    if (node == m_root.get())
        request.what = LevelRequest::What::Databases;
    else if (node->object.ref.kind == ObjectKind::Database)
        request.what = LevelRequest::What::Schemas;
    else if (node->object.ref.kind == ObjectKind::Schema)
        request.what = LevelRequest::What::SchemaContents;
    else
        request.what = LevelRequest::What::Parts;

    // The node may be gone when the answer comes: it is found again by its index, which the model keeps up to date.
    const QPersistentModelIndex where(at);
    const bool isRoot = node == m_root.get();
    m_source->read(request, *node->cancel, this, [this, where, isRoot, token = *node->cancel](const Level &level) {
        if (token.isCancelled() || (!isRoot && !where.isValid()))
            return;
        take(isRoot ? m_root.get() : nodeOf(where), level);
    });
}

void CatalogModel::take(Node *node, const Level &level)
{
    node->cancel.reset();
    if (!level) {
        node->state = Node::State::Failed;
        setMessage(node, units::oneLine(level.error().text()) + QStringLiteral(" – F5 reads again"));
        if (node == m_root.get())
            emit rootFailed(level.error());
    } else {
        node->state = Node::State::Read;
        setChildren(node, grouped(node, *level));
        setMessage(node, node->children.empty() || (node->children.size() == 1 && node->hasMessage()) ? QStringLiteral("Nothing here") : QString());
    }
    if (!node->children.empty())
        emit dataChanged(index(0, 0, indexOf(node)), index(int(node->children.size()) - 1, 1, indexOf(node)));
    emit levelRead(indexOf(node));
}

CatalogModel::Nodes CatalogModel::grouped(const Node *parent, const QVector<Object> &objects)
{
    const auto make = [](NodeKind kind, const Object &object) {
        auto node = std::make_unique<Node>();
        node->kind = kind;
        node->object = object;
        return node;
    };
    Nodes out;
    const bool flat = parent->kind != NodeKind::Object || parent->object.ref.kind == ObjectKind::Database;
    if (flat) {
        out.reserve(size_t(objects.size()));
        for (const Object &object : objects)
            out.push_back(make(NodeKind::Object, object));
        return out;
    }
    static constexpr ObjectKind order[] = {ObjectKind::Table,  ObjectKind::View,       ObjectKind::MaterializedView, ObjectKind::Sequence, ObjectKind::Function,
                                           ObjectKind::Column, ObjectKind::Index, ObjectKind::Constraint,       ObjectKind::Trigger,  ObjectKind::Policy};
    for (const ObjectKind kind : order) {
        Nodes members;
        for (const Object &object : objects) {
            if (groupOf(object.ref.kind) == kind)
                members.push_back(make(NodeKind::Object, object));
        }
        if (members.empty())
            continue;
        Object heading;
        heading.ref.kind = kind;
        heading.name = catalog::kindPlural(kind);
        heading.system = parent->object.system;
        out.push_back(make(NodeKind::Group, heading));
        out.back()->state = Node::State::Read;
        out.back()->children = std::move(members);
        for (auto &child : out.back()->children)
            child->parent = out.back().get();
    }
    for (auto &group : out) {
        int row = 0;
        for (auto &child : group->children)
            child->row = row++;
    }
    return out;
}

void CatalogModel::renumber(Node *node, size_t from)
{
    for (size_t i = from; i < node->children.size(); ++i) {
        node->children[i]->row = int(i);
        node->children[i]->parent = node;
    }
}

void CatalogModel::setMessage(Node *node, const QString &text)
{
    const QModelIndex at = indexOf(node);
    if (text.isEmpty()) {
        if (!node->hasMessage())
            return;
        beginRemoveRows(at, 0, 0);
        node->children.erase(node->children.begin());
        renumber(node, 0);
        endRemoveRows();
    } else if (node->hasMessage()) {
        node->children.front()->object.name = text;
        emit dataChanged(index(0, 0, at), index(0, 1, at));
    } else {
        auto message = std::make_unique<Node>();
        message->kind = NodeKind::Message;
        message->object.name = text;
        beginInsertRows(at, 0, 0);
        node->children.insert(node->children.begin(), std::move(message));
        renumber(node, 0);
        endInsertRows();
    }
}

// Turns the children that stand into the new ones with as few steps as it takes: runs of rows removed, moved and inserted. A message, if
// there is one, stays in front and is dealt with afterwards, so that a branch is never without rows in between (the view would close it).
void CatalogModel::setChildren(Node *node, Nodes fresh)
{
    const QModelIndex at = indexOf(node);
    Nodes &old = node->children;
    const size_t base = node->hasMessage() ? 1 : 0;
    QHash<Key, size_t> wanted;
    wanted.reserve(qsizetype(fresh.size()));
    for (size_t i = 0; i < fresh.size(); ++i)
        wanted.insert(fresh[i]->key(), i);

    for (size_t end = old.size(); end > base;) {
        if (wanted.contains(old[end - 1]->key())) {
            --end;
            continue;
        }
        size_t begin = end - 1;
        while (begin > base && !wanted.contains(old[begin - 1]->key()))
            --begin;
        beginRemoveRows(at, int(begin), int(end) - 1);
        old.erase(old.begin() + qptrdiff(begin), old.begin() + qptrdiff(end));
        renumber(node, begin);
        endRemoveRows();
        end = begin;
    }

    QHash<Key, bool> standing;
    standing.reserve(qsizetype(old.size()));
    for (size_t i = base; i < old.size(); ++i)
        standing.insert(old[i]->key(), true);
    for (size_t i = 0; i < fresh.size();) {
        const size_t row = base + i;
        if (!standing.contains(fresh[i]->key())) {
            size_t end = i + 1;
            while (end < fresh.size() && !standing.contains(fresh[end]->key()))
                ++end;
            beginInsertRows(at, int(row), int(base + end) - 1);
            old.insert(old.begin() + qptrdiff(row), std::make_move_iterator(fresh.begin() + qptrdiff(i)), std::make_move_iterator(fresh.begin() + qptrdiff(end)));
            renumber(node, row);
            endInsertRows();
            i = end;
            continue;
        }
        if (old[row]->key() != fresh[i]->key()) { // renamed: another place in the order
            size_t from = row + 1;
            while (old[from]->key() != fresh[i]->key())
                ++from;
            beginMoveRows(at, int(from), int(from), at, int(row));
            std::rotate(old.begin() + qptrdiff(row), old.begin() + qptrdiff(from), old.begin() + qptrdiff(from) + 1);
            renumber(node, row);
            endMoveRows();
        }
        Node *kept = old[row].get();
        kept->object = fresh[i]->object;
        if (kept->kind == NodeKind::Group) {
            setChildren(kept, std::move(fresh[i]->children));
            emit dataChanged(index(0, 0, indexOf(kept)), index(int(kept->children.size()) - 1, 1, indexOf(kept)));
        }
        ++i;
    }
}

void CatalogModel::refresh(const QModelIndex &index)
{
    Node *node = nodeOf(index);
    while (!hasLevel(node) || (node->state == Node::State::NotRead && node->parent))
        node = node->parent;
    const std::function<void(Node *)> readOpen = [&](Node *each) {
        for (const auto &child : each->children)
            readOpen(child.get());
        if (hasLevel(each) && each->state != Node::State::NotRead)
            read(each);
    };
    readOpen(node);
}

// --- content

const Object *CatalogModel::objectAt(const QModelIndex &index) const
{
    if (!index.isValid())
        return nullptr;
    const Node *node = nodeOf(index);
    return node->kind == NodeKind::Object ? &node->object : nullptr;
}

const Object *CatalogModel::relationOf(const QModelIndex &index) const
{
    for (const Node *node = nodeOf(index)->parent; node; node = node->parent) {
        if (node->kind == NodeKind::Object && isRelation(node->object.ref.kind))
            return &node->object;
    }
    return nullptr;
}

QString CatalogModel::databaseOf(const QModelIndex &index) const
{
    for (const Node *node = nodeOf(index); node; node = node->parent) {
        if (node->kind == NodeKind::Object && node->object.ref.kind == ObjectKind::Database)
            return node->object.name;
    }
    return m_source->connectedDatabase();
}

QModelIndex CatalogModel::databaseIndex(const QString &name) const
{
    for (const auto &node : m_root->children) {
        if (node->kind == NodeKind::Object && node->object.name == name)
            return indexOf(node.get());
    }
    return {};
}

QModelIndex CatalogModel::find(const catalog::ObjectRef &ref, const QString &database) const
{
    const std::function<const Node *(const Node *)> search = [&](const Node *node) -> const Node * {
        for (const auto &child : node->children) {
            if (child->kind == NodeKind::Object && child->object.ref == ref)
                return child.get();
            if (const Node *found = search(child.get()))
                return found;
        }
        return nullptr;
    };
    const QModelIndex top = databaseIndex(database);
    if (objectAt(top) && objectAt(top)->ref == ref)
        return top;
    const Node *found = top.isValid() ? search(nodeOf(top)) : nullptr;
    return found ? indexOf(found) : QModelIndex();
}

bool CatalogModel::isRead(const QModelIndex &index) const
{
    return nodeOf(index)->state == Node::State::Read;
}

QVariant CatalogModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const Node *node = nodeOf(index);
    switch (role) {
    case Qt::DisplayRole:
        if (index.column() == 0)
            return node->kind == NodeKind::Object ? units::oneLine(node->object.name) : node->object.name;
        if (node->kind == NodeKind::Group)
            return QLocale::c().toString(qlonglong(node->children.size()));
        return node->kind == NodeKind::Object ? QVariant(units::oneLine(detailText(node->object))) : QVariant();
    case Qt::DecorationRole:
        return index.column() == 0 && node->kind != NodeKind::Message ? QVariant(kindIcon(node->object.ref.kind)) : QVariant();
    case Qt::ToolTipRole:
        if (node->kind == NodeKind::Message)
            return tooltipText(node->object.name);
        if (node->kind == NodeKind::Object)
            return tooltipText(index.column() == 0 ? units::oneLine(node->object.name) : units::oneLine(detailText(node->object)));
        return {};
    case Qt::AccessibleTextRole:
        return QString(catalog::kindName(node->object.ref.kind) + QLatin1Char(' ') + node->object.name);
    case NodeRole: return int(node->kind);
    case PermittedRole: return node->object.permitted;
    case SystemRole:
        for (const Node *each = node; each; each = each->parent) {
            if (each->object.system)
                return true;
        }
        return false;
    case StaleRole:
        for (const Node *each = node->parent; each; each = each->parent) {
            if (each->state == Node::State::Reading || each->state == Node::State::Failed)
                return true;
        }
        return false;
    default: return {};
    }
}

} // namespace howdah::ui
