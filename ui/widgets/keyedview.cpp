// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/keyedview.h"

#include "ui/widgets/theme.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QJsonArray>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>
#include <QSortFilterProxyModel>
#include <QStyle>
#include <QStyledItemDelegate>

#include <algorithm>

namespace howdah::ui
{

namespace
{

// Rows keep the order they were given in until a header is clicked; what is not known stands last in either order.
class Sorted : public QSortFilterProxyModel
{
public:
    using QSortFilterProxyModel::QSortFilterProxyModel;

    void setWord(const QString &word)
    {
        m_word = word;
        invalidateFilter();
    }

protected:
    bool filterAcceptsRow(int row, const QModelIndex &parent) const override
    {
        if (m_word.isEmpty())
            return true;
        for (int column = 0; column < sourceModel()->columnCount(parent); ++column) {
            if (sourceModel()->index(row, column, parent).data().toString().contains(m_word, Qt::CaseInsensitive))
                return true;
        }
        return false;
    }

    bool lessThan(const QModelIndex &left, const QModelIndex &right) const override
    {
        const QVariant one = left.data(KeyedModel::SortRole), other = right.data(KeyedModel::SortRole);
        const bool oneKnown = !one.isNull() && one != QVariant(QString()), otherKnown = !other.isNull() && other != QVariant(QString());
        if (oneKnown != otherKnown)
            return oneKnown == (sortOrder() == Qt::AscendingOrder);
        if (one.typeId() == QMetaType::QString)
            return QString::localeAwareCompare(one.toString(), other.toString()) < 0;
        return one.toDouble() < other.toDouble();
    }

private:
    QString m_word;
};

constexpr int margin = 8;    // of a cell's text, as the header's
constexpr int markRoom = 15; // before the text

class KeyedDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const override { return {40, space::row}; }

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        // What is selected is coloured all over; what is written keeps to the margins of its header.
        QStyleOptionViewItem cell = option;
        initStyleOption(&cell, index);
        const QWidget *widget = option.widget;
        widget->style()->drawPrimitive(QStyle::PE_PanelItemViewItem, &cell, painter, widget);
        const QVariant share = index.data(KeyedModel::ShareRole);
        if (share.isValid()) {
            const QRect all = option.rect.adjusted(2, 4, -2, -4);
            painter->fillRect(all, colors().raised);
            QColor bar = colors().accent;
            bar.setAlpha(70);
            painter->fillRect(QRect(all.topLeft(), QSize(int(all.width() * qBound(0.0, share.toDouble(), 1.0)), all.height())), bar);
        }
        cell.rect.adjust(margin, 0, -margin, 0);
        const QRect full = cell.rect;
        const QString text = cell.fontMetrics.elidedText(cell.text, cell.textElideMode, full.width() - (index.data(KeyedModel::MarkRole).isValid() ? markRoom : 0));
        painter->save();
        painter->setFont(cell.font);
        const auto group = cell.state & QStyle::State_Active ? QPalette::Active : QPalette::Inactive;
        painter->setPen(cell.palette.color(group, cell.state & QStyle::State_Selected ? QPalette::HighlightedText : QPalette::Text));
        painter->drawText(full.adjusted(index.data(KeyedModel::MarkRole).isValid() ? markRoom : 0, 0, 0, 0), int(cell.displayAlignment) | Qt::TextSingleLine, text);
        painter->restore();
        const QVariant mark = index.data(KeyedModel::MarkRole);
        if (mark.isValid()) {
            const QRectF square(full.left(), full.center().y() - 4, 9, 9);
            painter->save();
            painter->setRenderHint(QPainter::Antialiasing);
            paintStateMark(*painter, square, StateLook(mark.toInt()));
            painter->restore();
        }
    }

protected:
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override
    {
        QStyledItemDelegate::initStyleOption(option, index);
        static const QFont fixed = fixedFont();
        static const QFont figures = figureFont(13);
        if (index.data(KeyedModel::FixedRole).toBool())
            option->font = fixed;
        else if (option->displayAlignment & Qt::AlignRight)
            option->font = figures;
        option->fontMetrics = QFontMetrics(option->font);
        option->textElideMode = Qt::ElideRight;
        if (index.data(KeyedModel::MutedRole).toBool()) {
            option->palette.setColor(QPalette::Text, colors().muted);
            option->palette.setColor(QPalette::HighlightedText, colors().muted);
        }
    }
};

} // namespace

KeyedView::KeyedView(KeyedModel *model, const QString &name, QWidget *parent) : QTreeView(parent), m_source(model), m_sorted(new Sorted(this))
{
    setAccessibleName(name);
    setItemDelegate(new KeyedDelegate(this));
    setUniformRowHeights(true); // else each row is measured
    setSelectionBehavior(QAbstractItemView::SelectRows);
    setSelectionMode(QAbstractItemView::ExtendedSelection);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    setAllColumnsShowFocus(true);
    setIndentation(14);
    setRootIsDecorated(false);
    m_sorted->setSortRole(KeyedModel::SortRole);
    m_sorted->setRecursiveFilteringEnabled(true);
    m_sorted->setDynamicSortFilter(true);
    m_sorted->setSourceModel(model);
    setModel(m_sorted);
    header()->setSectionsMovable(true);
    header()->setStretchLastSection(std::none_of(model->columns().cbegin(), model->columns().cend(), [](const KeyedColumn &one) { return one.stretch; }));
    header()->setMinimumSectionSize(40);
    header()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    header()->setContextMenuPolicy(Qt::CustomContextMenu);
    header()->setToolTip(QStringLiteral("Click to sort; right-click to choose the columns"));
    const QFontMetrics metrics(textFont());
    for (int i = 0; i < model->columns().size(); ++i) {
        const KeyedColumn &column = model->columns().at(i);
        // Room for the title, its margins and the mark of the sort.
        header()->resizeSection(i, qMax(column.width, metrics.horizontalAdvance(column.title) + 32));
        header()->setSectionHidden(i, column.hidden);
    }
    header()->setSortIndicatorClearable(true);
    setSortingEnabled(true);
    sortByColumn(-1, Qt::AscendingOrder);
    connect(header(), &QHeaderView::customContextMenuRequested, this, &KeyedView::chooseColumns);
    const auto changed = [this] {
        if (!m_restoring)
            emit stateChanged();
    };
    connect(header(), &QHeaderView::sectionMoved, this, changed);
    connect(header(), &QHeaderView::sectionResized, this, [this, changed](int column) {
        if (m_stretching)
            return;
        m_stretches = m_stretches && !m_source->columns().at(column).stretch; // the user set it
        changed();
    });
    connect(header(), &QHeaderView::sortIndicatorChanged, this, changed);
    connect(selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex &current, const QModelIndex &before) {
        if (current.data(KeyedModel::KeyRole) != before.data(KeyedModel::KeyRole))
            emit currentKeyChanged(currentKey());
    });
    // Room for branches from the first one on: a table that never has any needs none.
    connect(model, &QAbstractItemModel::rowsInserted, this, [this](const QModelIndex &parentRow, int first, int last) {
        bool branches = parentRow.isValid();
        for (int row = first; row <= last && !branches; ++row)
            branches = m_source->rowCount(m_source->index(row, 0)) > 0;
        if (branches)
            setRootIsDecorated(true);
    });
}

void KeyedView::resizeEvent(QResizeEvent *event)
{
    QTreeView::resizeEvent(event);
    stretch();
}

void KeyedView::stretch()
{
    if (!m_stretches)
        return;
    int wide = -1;
    int left = viewport()->width();
    for (int i = 0; i < m_source->columns().size(); ++i) {
        if (m_source->columns().at(i).stretch && !header()->isSectionHidden(i))
            wide = i;
        else
            left -= header()->sectionSize(i); // 0 of a hidden one
    }
    if (wide < 0)
        return;
    m_stretching = true;
    header()->resizeSection(wide, qMax(left, m_source->columns().at(wide).width));
    m_stretching = false;
}

void KeyedView::setWord(const QString &word)
{
    static_cast<Sorted *>(m_sorted)->setWord(word);
}

int KeyedView::shownRows() const
{
    return m_sorted->rowCount();
}

QString KeyedView::currentKey() const
{
    return currentIndex().data(KeyedModel::KeyRole).toString();
}

void KeyedView::select(const QString &key)
{
    const QModelIndex index = m_sorted->mapFromSource(m_source->find(key));
    if (!index.isValid())
        return;
    for (QModelIndex up = index.parent(); up.isValid(); up = up.parent())
        expand(up);
    setCurrentIndex(index);
    scrollTo(index);
}

int KeyedView::columnOf(const QString &id) const
{
    for (int i = 0; i < m_source->columns().size(); ++i) {
        if (m_source->columns().at(i).id == id)
            return i;
    }
    return -1;
}

void KeyedView::sortBy(const QString &column, Qt::SortOrder order)
{
    sortByColumn(columnOf(column), order);
}

QJsonObject KeyedView::state() const
{
    QJsonArray columns;
    for (int visual = 0; visual < header()->count(); ++visual) {
        const int at = header()->logicalIndex(visual);
        columns.append(QJsonObject{{QStringLiteral("id"), m_source->columns().at(at).id},
                                   {QStringLiteral("width"), m_stretches && m_source->columns().at(at).stretch ? 0 : header()->sectionSize(at)}, // 0: what is left
                                   {QStringLiteral("hidden"), header()->isSectionHidden(at)}});
    }
    const int sorted = header()->sortIndicatorSection();
    return {{QStringLiteral("columns"), columns},
            {QStringLiteral("sort"), sorted >= 0 && sorted < m_source->columns().size() ? m_source->columns().at(sorted).id : QString()},
            {QStringLiteral("descending"), header()->sortIndicatorOrder() == Qt::DescendingOrder}};
}

void KeyedView::restore(const QJsonObject &state)
{
    m_restoring = true;
    const QJsonArray columns = state.value(QLatin1StringView("columns")).toArray();
    int visual = 0;
    for (const QJsonValue &value : columns) {
        const int at = columnOf(value.toObject().value(QLatin1StringView("id")).toString());
        if (at < 0)
            continue; // of another version
        header()->moveSection(header()->visualIndex(at), visual++);
        const bool hidden = value.toObject().value(QLatin1StringView("hidden")).toBool();
        header()->setSectionHidden(at, hidden);
        const int width = value.toObject().value(QLatin1StringView("width")).toInt();
        if (!hidden && width > 0)
            header()->resizeSection(at, qBound(40, width, 2000));
    }
    if (state.contains(QLatin1StringView("sort")))
        sortBy(state.value(QLatin1StringView("sort")).toString(),
               state.value(QLatin1StringView("descending")).toBool() ? Qt::DescendingOrder : Qt::AscendingOrder);
    m_restoring = false;
    stretch();
}

void KeyedView::chooseColumns(const QPoint &at)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (int i = 0; i < m_source->columns().size(); ++i) {
        QAction *action = menu->addAction(m_source->columns().at(i).title);
        action->setCheckable(true);
        action->setChecked(!header()->isSectionHidden(i));
        action->setEnabled(header()->isSectionHidden(i) || header()->hiddenSectionCount() < header()->count() - 1);
        connect(action, &QAction::toggled, this, [this, i](bool shown) {
            header()->setSectionHidden(i, !shown);
            stretch();
            emit stateChanged();
        });
    }
    menu->popup(header()->mapToGlobal(at));
}

void KeyedView::copy(bool headers) const
{
    QModelIndexList rows = selectionModel()->selectedRows();
    // As they stand on the screen, not as they were clicked.
    std::sort(rows.begin(), rows.end(), [this](const QModelIndex &a, const QModelIndex &b) { return visualRect(a).top() < visualRect(b).top(); });
    QStringList lines;
    const auto line = [this](auto textOf) {
        QStringList cells;
        for (int visual = 0; visual < header()->count(); ++visual) {
            const int at = header()->logicalIndex(visual);
            if (!header()->isSectionHidden(at))
                cells.append(textOf(at));
        }
        return cells.join(QLatin1Char('\t'));
    };
    if (headers)
        lines.append(line([this](int at) { return m_source->columns().at(at).title; }));
    for (const QModelIndex &row : std::as_const(rows))
        lines.append(line([&row](int at) { return row.siblingAtColumn(at).data().toString(); }));
    if (!rows.isEmpty())
        QGuiApplication::clipboard()->setText(lines.join(QLatin1Char('\n')));
}

void KeyedView::keyPressEvent(QKeyEvent *event)
{
    const bool withShift = event->key() == Qt::Key_C && event->modifiers() == (Qt::ControlModifier | Qt::ShiftModifier);
    if (event->matches(QKeySequence::Copy) || withShift)
        return copy(withShift);
    QTreeView::keyPressEvent(event);
}

} // namespace howdah::ui
