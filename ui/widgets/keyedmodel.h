// SPDX-License-Identifier: GPL-3.0-or-later
// Rows that are read again and again, as a tree: each row has a key among its siblings, and a new reading is compared with what stands, so
// that selection, scroll and open branches survive it. Values; whoever reads makes KeyedRows of what was read. Window's thread.
#pragma once

#include "ui/widgets/stateword.h"

#include <QAbstractItemModel>

#include <memory>
#include <optional>
#include <vector>

namespace howdah::ui
{

struct KeyedCell {
    QString text;
    QVariant sort;   // invalid: by the text
    QString tip;     // plain text; empty: the text, where it is cut
    bool muted = false; // not known, not permitted, of no interest
    std::optional<StateLook> mark; // a shape before the text
    std::optional<double> share;   // 0 to 1: a bar behind the text
};

struct KeyedRow {
    QString key;
    QVector<KeyedCell> cells; // one a column; fewer: the rest is empty
    QVector<KeyedRow> children;
};

struct KeyedColumn {
    QString id;    // what the user's widths and order are kept by
    QString title;
    bool right = false; // figures
    bool fixed = false; // names and statements: the fixed font
    int width = 120;    // pixels, until the user sets another; at least the title's
    bool hidden = false; // until the user asks for it in the header's menu
    bool stretch = false; // takes what room is left, until the user sets a width; one of a table
};

class KeyedModel : public QAbstractItemModel
{
    Q_OBJECT
public:
    enum Role { SortRole = Qt::UserRole, KeyRole, MutedRole, MarkRole, ShareRole, FixedRole };

    explicit KeyedModel(QVector<KeyedColumn> columns, QObject *parent = nullptr);
    ~KeyedModel() override;

    const QVector<KeyedColumn> &columns() const { return m_columns; }
    void setRows(const QVector<KeyedRow> &rows);
    QModelIndex find(const QString &key) const; // the first row of that key in any depth; column 0

    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    QModelIndex parent(const QModelIndex &child) const override;
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Node;

    Node *nodeOf(const QModelIndex &index) const;
    QModelIndex indexOf(const Node *node, int column = 0) const;
    void synchronize(Node *node, const QVector<KeyedRow> &rows);
    void removeAbsent(Node *node, const QVector<KeyedRow> &rows);
    static std::unique_ptr<Node> made(Node *parent, const KeyedRow &row);
    static void renumber(Node *node, size_t from);

    QVector<KeyedColumn> m_columns;
    std::unique_ptr<Node> m_root;
};

} // namespace howdah::ui
