// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/catalog/catalogtree.h"

#include "ui/catalog/catalogmodel.h"
#include "ui/widgets/theme.h"

#include <QHeaderView>
#include <QKeyEvent>
#include <QStyledItemDelegate>

namespace howdah::ui
{

namespace
{

class TreeDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const override { return {40, space::row}; }

protected:
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override
    {
        QStyledItemDelegate::initStyleOption(option, index);
        const auto kind = CatalogModel::NodeKind(index.data(CatalogModel::NodeRole).toInt());
        const bool isName = index.column() == 0 && kind == CatalogModel::NodeKind::Object;
        static const QFont names = fixedFont();
        static const QFont small = smallFont();
        option->font = isName ? names : index.column() == 1 ? small : option->font;
        option->textElideMode = isName ? Qt::ElideMiddle : Qt::ElideRight;
        option->decorationSize = QSize(16, 16);
        const bool dim = index.column() == 1 || kind == CatalogModel::NodeKind::Message || index.data(CatalogModel::StaleRole).toBool()
            || !index.data(CatalogModel::PermittedRole).toBool();
        if (dim) {
            option->palette.setColor(QPalette::Text, colors().muted);
            option->palette.setColor(QPalette::HighlightedText, colors().muted);
        }
        if (kind == CatalogModel::NodeKind::Message)
            option->font.setItalic(true);
    }
};

} // namespace

CatalogTree::CatalogTree(QWidget *parent) : QTreeView(parent)
{
    setObjectName(QStringLiteral("catalogTree"));
    setAccessibleName(QStringLiteral("Objects of the server"));
    setItemDelegate(new TreeDelegate(this));
    setUniformRowHeights(true); // else each row of a thousand is measured
    setHeaderHidden(true);
    setIndentation(14);
    setSelectionBehavior(QAbstractItemView::SelectRows);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setExpandsOnDoubleClick(true);
    header()->setStretchLastSection(true);
    header()->setMinimumSectionSize(80);
}

void CatalogTree::keyPressEvent(QKeyEvent *event)
{
    if (event->matches(QKeySequence::Copy)) {
        emit copyWanted();
        return;
    }
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && currentIndex().isValid()) {
        const QModelIndex first = currentIndex().siblingAtColumn(0);
        if (model()->hasChildren(first))
            setExpanded(first, !isExpanded(first));
        return;
    }
    QTreeView::keyPressEvent(event);
}

void CatalogTree::resizeEvent(QResizeEvent *event)
{
    QTreeView::resizeEvent(event);
    // Names get the larger part; set by the width alone, never by measuring rows.
    header()->resizeSection(0, qMax(160, viewport()->width() * 3 / 5));
}

} // namespace howdah::ui
