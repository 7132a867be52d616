// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/query/gridheader.h"

#include "base/units.h"
#include "query/cellkind.h"
#include "ui/query/columnlayout.h"
#include "ui/query/resultmodel.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QApplication>
#include <QHelpEvent>
#include <QLineEdit>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>

namespace howdah::ui
{

namespace
{
constexpr int nameHeight = 28;
constexpr int filterHeight = 30;
constexpr int grip = 4;      // on both sides of an edge
constexpr int markWidth = 20;

QFont nameFont()
{
    QFont font = textFont();
    font.setWeight(QFont::Medium);
    return font;
}
} // namespace

GridHeader::GridHeader(ResultModel *model, ColumnLayout *columns, QWidget *parent) : QWidget(parent), m_model(model), m_columns(columns)
{
    setObjectName(QStringLiteral("resultHeader"));
    setAccessibleName(QStringLiteral("Columns of the result"));
    setMouseTracking(true);
    connect(columns, &ColumnLayout::changed, this, [this] {
        placeFields();
        update();
    });
    connect(model, &QAbstractItemModel::modelReset, this, qOverload<>(&QWidget::update));
    connect(&theme(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

int GridHeader::wantedHeight() const
{
    return nameHeight + (m_filtersShown ? filterHeight : 0);
}

int GridHeader::wantedWidth(int column) const
{
    return QFontMetrics(nameFont()).horizontalAdvance(units::oneLine(m_model->column(column).name)) + 2 * space::part + markWidth;
}

void GridHeader::setScroll(int gutter, int scrolled)
{
    if (gutter == m_gutter && scrolled == m_scrolled && !m_filtersShown)
        return;
    m_gutter = gutter;
    m_scrolled = scrolled;
    placeFields();
    update();
}

void GridHeader::setSort(const std::vector<query::SortColumn> &sort)
{
    m_sort = sort;
    update();
}

QRect GridHeader::sectionRect(int column) const
{
    const int place = m_columns->placeOf(column);
    if (place < 0)
        return {};
    QRect rect(m_gutter + m_columns->leftOf(place, m_scrolled), 0, m_columns->width(column), nameHeight);
    if (place >= m_columns->frozenCount())
        rect.setLeft(std::max(rect.left(), m_gutter + m_columns->frozenWidth())); // the rest is behind the frozen ones
    return rect;
}

QString GridHeader::sortMark(int column) const
{
    for (size_t i = 0; i < m_sort.size(); ++i) {
        if (m_sort[i].column != column)
            continue;
        const QString arrow(QChar(m_sort[i].descending ? 0x25bc : 0x25b2));
        return m_sort.size() > 1 ? QString(arrow + QString::number(i + 1)) : arrow;
    }
    return {};
}

void GridHeader::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), colors().surface);
    const int frozenEnd = m_gutter + m_columns->frozenWidth();
    painter.setClipRect(frozenEnd, 0, width() - frozenEnd, height());
    for (int place = m_columns->frozenCount(); place < m_columns->placeCount(); ++place)
        paintSection(painter, place);
    painter.setClipRect(0, 0, frozenEnd, height());
    for (int place = 0; place < m_columns->frozenCount(); ++place)
        paintSection(painter, place);
    painter.setClipping(false);
    painter.setPen(colors().border);
    painter.drawLine(0, height() - 1, width(), height() - 1);
    painter.drawLine(m_gutter - 1, 0, m_gutter - 1, height());
    if (m_columns->frozenCount() > 0)
        painter.fillRect(frozenEnd - 1, 0, 2, height(), colors().muted);
    if (m_press == Press::Move && m_dropPlace >= 0) {
        const int column = m_columns->columnAt(m_dropPlace);
        const QRect drop = sectionRect(column);
        const bool right = m_dropPlace > m_columns->placeOf(m_pressed);
        painter.fillRect(right ? drop.right() - 1 : drop.left(), 0, 3, nameHeight, colors().accent);
    }
}

void GridHeader::paintSection(QPainter &painter, int place)
{
    const int column = m_columns->columnAt(place);
    const QRect rect(m_gutter + m_columns->leftOf(place, m_scrolled), 0, m_columns->width(column), nameHeight);
    if (rect.right() < m_gutter || rect.left() > width())
        return;
    if (column == m_hovered || (column == m_pressed && m_press == Press::Move))
        painter.fillRect(rect.adjusted(0, 0, 0, -1), colors().raised);
    painter.setPen(colors().border);
    painter.drawLine(rect.right(), 5, rect.right(), height() - 6);
    const QString mark = sortMark(column);
    QRect text = rect.adjusted(space::part, 0, -space::part, 0);
    if (!mark.isEmpty()) {
        painter.setFont(smallFont());
        painter.setPen(colors().accent);
        painter.drawText(text, Qt::AlignRight | Qt::AlignVCenter, mark);
        text.setRight(text.right() - QFontMetrics(smallFont()).horizontalAdvance(mark) - space::inside);
    }
    painter.setFont(nameFont());
    painter.setPen(colors().muted);
    const QString name = QFontMetrics(nameFont()).elidedText(units::oneLine(m_model->column(column).name), Qt::ElideMiddle, text.width());
    const bool right = query::isRightAligned(m_model->column(column).typeOid) && mark.isEmpty();
    painter.drawText(text, int((right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter) | Qt::TextSingleLine, name);
}

int GridHeader::columnAtX(int x) const
{
    const int place = m_columns->placeAtX(x - m_gutter, m_scrolled);
    return place < 0 ? -1 : m_columns->columnAt(place);
}

int GridHeader::edgeAtX(int x) const
{
    for (const int near : {x - grip, x + grip}) {
        const int column = columnAtX(near);
        if (column >= 0 && std::abs(sectionRect(column).right() + 1 - x) <= grip)
            return column;
    }
    return -1;
}

void GridHeader::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton || event->position().y() >= nameHeight)
        return;
    m_pressX = event->position().toPoint().x();
    m_pressed = edgeAtX(m_pressX);
    m_press = m_pressed >= 0 ? Press::Edge : Press::Section;
    if (m_press == Press::Section)
        m_pressed = columnAtX(m_pressX);
    if (m_pressed < 0)
        m_press = Press::None;
    else
        m_startWidth = m_columns->width(m_pressed);
}

void GridHeader::mouseMoveEvent(QMouseEvent *event)
{
    const int x = event->position().toPoint().x();
    switch (m_press) {
    case Press::None: {
        const bool names = event->position().y() < nameHeight;
        setCursor(names && edgeAtX(x) >= 0 ? Qt::SplitHCursor : Qt::ArrowCursor);
        const int over = names ? columnAtX(x) : -1;
        if (over != std::exchange(m_hovered, over))
            update();
        break;
    }
    case Press::Edge: m_columns->setWidth(m_pressed, m_startWidth + x - m_pressX); break;
    case Press::Section:
        if (std::abs(x - m_pressX) < QApplication::startDragDistance())
            break;
        m_press = Press::Move;
        setCursor(Qt::ClosedHandCursor);
        [[fallthrough]];
    case Press::Move: {
        // Inside of its own group: the frozen ones, or the others.
        const int place = m_columns->placeAtX(std::max(0, x - m_gutter), m_scrolled);
        const bool frozen = m_columns->placeOf(m_pressed) < m_columns->frozenCount();
        const int last = m_columns->placeCount() - 1;
        m_dropPlace = std::clamp(place < 0 ? last : place, frozen ? 0 : m_columns->frozenCount(), frozen ? m_columns->frozenCount() - 1 : last);
        update();
        break;
    }
    }
}

void GridHeader::mouseReleaseEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton)
        return;
    const Press press = std::exchange(m_press, Press::None);
    const int column = std::exchange(m_pressed, -1);
    const int drop = std::exchange(m_dropPlace, -1);
    unsetCursor();
    if (press == Press::Move && drop >= 0)
        m_columns->move(m_columns->placeOf(column), drop);
    else if (press == Press::Section && columnAtX(event->position().toPoint().x()) == column)
        emit sortRequested(column, event->modifiers() & (Qt::ShiftModifier | Qt::ControlModifier));
    update();
}

void GridHeader::mouseDoubleClickEvent(QMouseEvent *event)
{
    const int column = event->position().y() < nameHeight ? edgeAtX(event->position().toPoint().x()) : -1;
    if (column >= 0)
        emit fitRequested(column);
    else
        mousePressEvent(event); // two quick clicks are two clicks
}

void GridHeader::contextMenuEvent(QContextMenuEvent *event)
{
    if (const int column = columnAtX(event->pos().x()); column >= 0)
        emit menuRequested(column, event->globalPos());
}

void GridHeader::leaveEvent(QEvent *)
{
    m_hovered = -1;
    update();
}

bool GridHeader::event(QEvent *event)
{
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto *help = static_cast<QHelpEvent *>(event);
    const int column = columnAtX(help->pos().x());
    if (column >= 0)
        QToolTip::showText(help->globalPos(), tooltipText(units::oneLine(m_model->column(column).name)), this);
    return true;
}

void GridHeader::setFiltersShown(bool shown)
{
    if (m_filtersShown == shown)
        return;
    m_filtersShown = shown;
    emit heightChanged();
    placeFields();
}

void GridHeader::setFilterText(int column, const QString &text)
{
    if (m_filters.value(column) == text)
        return;
    if (text.isEmpty())
        m_filters.remove(column);
    else
        m_filters.insert(column, text);
    if (QLineEdit *field = m_fields.value(column); field && field->text() != text)
        field->setText(text);
    emit filterChanged(column, text);
}

void GridHeader::clearFilters()
{
    const QList<int> columns = m_filters.keys();
    for (const int column : columns)
        setFilterText(column, {});
}

void GridHeader::reset()
{
    m_sort.clear();
    m_filters.clear();
    m_hovered = -1;
    m_press = Press::None;
    qDeleteAll(std::exchange(m_fields, {}));
    update();
}

void GridHeader::editFilter(int column)
{
    setFiltersShown(true);
    makeField(column)->setFocus(Qt::ShortcutFocusReason);
    placeFields();
}

QLineEdit *GridHeader::makeField(int column)
{
    if (QLineEdit *field = m_fields.value(column))
        return field;
    auto *field = new QLineEdit(m_filters.value(column), this);
    const QString name = units::oneLine(m_model->column(column).name);
    field->setObjectName(QStringLiteral("filter%1").arg(column));
    field->setAccessibleName(QStringLiteral("Filter ") + name);
    field->setPlaceholderText(QStringLiteral("filter"));
    field->setToolTip(QStringLiteral("Text that a cell contains; =text for exactly that; null; not null"));
    field->setFont(smallFont());
    field->setClearButtonEnabled(true);
    field->installEventFilter(this);
    connect(field, &QLineEdit::textChanged, this, [this, column](const QString &text) { setFilterText(column, text); });
    m_fields.insert(column, field);
    return field;
}

bool GridHeader::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent *>(event)->key();
        auto *field = qobject_cast<QLineEdit *>(watched);
        if (key == Qt::Key_Escape && field) {
            if (field->text().isEmpty())
                emit leaveRequested();
            else
                field->clear();
            return true;
        }
        if (key == Qt::Key_Return || key == Qt::Key_Enter || key == Qt::Key_Down) {
            emit leaveRequested();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

// Fields for the columns that are seen; one that is scrolled behind the frozen ones is hidden rather than drawn over them.
void GridHeader::placeFields()
{
    for (int column = 0; column < m_columns->columnCount(); ++column) {
        QRect area = sectionRect(column);
        const bool seen = m_filtersShown && !area.isEmpty() && area.right() > m_gutter && area.left() < width() && area.width() >= ColumnLayout::minWidth;
        if (!seen) {
            if (QLineEdit *field = m_fields.value(column))
                field->hide();
            continue;
        }
        QLineEdit *field = makeField(column);
        area = QRect(area.left() + 2, nameHeight, area.width() - 5, filterHeight - 4);
        field->setGeometry(area);
        field->show();
    }
}

} // namespace howdah::ui
