// SPDX-License-Identifier: GPL-3.0-or-later
// The objects of a server as a tree, read level by level when a branch is opened: databases, schemas, groups (Tables, Views, …), objects,
// groups of parts (Columns, Indexes, …), parts. A new answer is compared with what stands by ObjectRef, so selection, scroll and open branches
// survive a refresh. Column 0: the name; column 1: one line of detail, or a group's count. Window's thread; the source outlives the model.
#pragma once

#include "ui/catalog/catalogsource.h"

#include <QAbstractItemModel>

#include <memory>
#include <vector>

namespace howdah::ui
{

class CatalogModel : public QAbstractItemModel
{
    Q_OBJECT
public:
    enum Role { SystemRole = Qt::UserRole, StaleRole, NodeRole, PermittedRole };
    enum class NodeKind { Object, Group, Message };

    explicit CatalogModel(CatalogSource *source, QObject *parent = nullptr);
    ~CatalogModel() override;

    void readRoot(); // the databases; again: a refresh
    // Reads the level of an index anew, or of the nearest ancestor that has one of its own, and all open levels below it.
    void refresh(const QModelIndex &index);

    const catalog::Object *objectAt(const QModelIndex &index) const; // null for groups and messages
    const catalog::Object *relationOf(const QModelIndex &index) const; // that a part belongs to
    QString databaseOf(const QModelIndex &index) const;
    QModelIndex find(const catalog::ObjectRef &ref, const QString &database) const; // among what is read
    QModelIndex databaseIndex(const QString &name) const;
    bool isRead(const QModelIndex &index) const;

    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    QModelIndex parent(const QModelIndex &child) const override;
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    bool hasChildren(const QModelIndex &parent = {}) const override;
    bool canFetchMore(const QModelIndex &parent) const override;
    void fetchMore(const QModelIndex &parent) override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;

signals:
    void levelRead(const QModelIndex &index);
    void rootFailed(const howdah::Error &error);

private:
    struct Node;
    struct Key;
    using Nodes = std::vector<std::unique_ptr<Node>>;

    Node *nodeOf(const QModelIndex &index) const;
    QModelIndex indexOf(const Node *node) const;
    void read(Node *node);
    void take(Node *node, const Level &level);
    void setChildren(Node *node, Nodes children);
    void setMessage(Node *node, const QString &text);
    void renumber(Node *node, size_t from);
    static bool hasLevel(const Node *node);
    static Nodes grouped(const Node *parent, const QVector<catalog::Object> &objects);

    CatalogSource *m_source;
    std::unique_ptr<Node> m_root;
};

} // namespace howdah::ui
