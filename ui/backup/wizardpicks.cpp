// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/backup/wizardpicks.h"

#include "base/units.h"
#include "ui/backup/wizardcompare.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QHeaderView>
#include <QSet>
#include <QStyledItemDelegate>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;
using Rows = RescueTable::Rows;

namespace
{

class RowDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override { return {QStyledItemDelegate::sizeHint(option, index).width(), space::row}; }
};

enum Role { KeyRole = Qt::UserRole, RowsRole, CountRole, WordRole, ShownRole };

QString rowsText(qint64 rows)
{
    return rows == 1 ? u"1 row"_s : units::exact(double(rows)) + u" rows"_s;
}

QStringList keyOf(const RowExample &example)
{
    QStringList key;
    for (const QJsonValue &part : example.key)
        key << part.toString();
    return key;
}

// The rows below a kind that are picked; nullopt: all of it.
std::optional<QVector<QStringList>> singleOnes(const QTreeWidgetItem *part)
{
    if (part->checkState(0) == Qt::Checked)
        return std::nullopt;
    QVector<QStringList> keys;
    for (int i = 0; i < part->childCount(); ++i) {
        if (part->child(i)->checkState(0) == Qt::Checked)
            keys << part->child(i)->data(0, KeyRole).toStringList();
    }
    return keys;
}

} // namespace

WizardPicks::WizardPicks(QWidget *parent) : QTreeWidget(parent)
{
    setAccessibleName(u"What is to come back"_s);
    setItemDelegate(new RowDelegate(this));
    setColumnCount(2);
    setHeaderLabels({u"Bring back"_s, u"Values"_s});
    setUniformRowHeights(true);
    setAllColumnsShowFocus(true);
    header()->setStretchLastSection(true);
    header()->resizeSection(0, 280);
    connect(this, &QTreeWidget::itemChanged, this, [this](QTreeWidgetItem *item) {
        if (m_filling)
            return;
        spread(item);
        emit changed();
    });
}

QTreeWidgetItem *WizardPicks::addPart(QTreeWidgetItem *table, const TableComparison &of, Rows rows, qint64 count, const QSet<QString> &before)
{
    const QString word = of.table.text() + u'/' + QString::number(int(rows));
    auto *part = new QTreeWidgetItem(table, {rows == Rows::Missing ? u"%1 that live lacks"_s.arg(rowsText(count)) : u"%1 that live has with other values"_s.arg(rowsText(count)), {}});
    part->setData(0, RowsRole, int(rows));
    part->setData(0, CountRole, count);
    part->setData(0, WordRole, word);
    const auto what = rows == Rows::Missing ? RowExample::What::OnlyRehearsed : RowExample::What::Changed;
    int shown = 0;
    for (const RowExample &example : of.examples) {
        const QStringList key = keyOf(example);
        if (example.what != what || key.isEmpty())
            continue;
        ++shown;
        auto *row = new QTreeWidgetItem(part, {units::oneLine(key.join(u", "_s)), exampleText(example)});
        row->setData(0, KeyRole, key);
        row->setData(0, WordRole, QString(word + u'/' + key.join(u'\x1f')));
        row->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable);
        row->setCheckState(0, before.contains(word) || before.contains(row->data(0, WordRole).toString()) ? Qt::Checked : Qt::Unchecked);
        row->setToolTip(1, tooltipText(exampleText(example)));
    }
    part->setData(0, ShownRole, shown);
    part->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable);
    part->setCheckState(0, before.contains(word) ? Qt::Checked : Qt::Unchecked);
    if (shown > 0 && shown < count)
        part->setText(1, u"%1 of them are shown"_s.arg(shown));
    return part;
}

// A kind and its rows go together; but rows that were not shown are picked by nobody who ticks those that were.
void WizardPicks::spread(QTreeWidgetItem *item)
{
    m_filling = true;
    if (item->data(0, KeyRole).isValid()) {
        QTreeWidgetItem *part = item->parent();
        int ticked = 0;
        for (int i = 0; i < part->childCount(); ++i)
            ticked += part->child(i)->checkState(0) == Qt::Checked ? 1 : 0;
        const bool all = ticked == part->childCount() && part->data(0, ShownRole).toLongLong() == part->data(0, CountRole).toLongLong();
        part->setCheckState(0, all ? Qt::Checked : ticked > 0 ? Qt::PartiallyChecked : Qt::Unchecked);
    } else if (item->checkState(0) != Qt::PartiallyChecked) {
        for (int i = 0; i < item->childCount(); ++i)
            item->child(i)->setCheckState(0, item->checkState(0));
    }
    m_filling = false;
}

void WizardPicks::show(const Comparison &seen)
{
    QSet<QString> before;
    for (QTreeWidgetItemIterator it(this, QTreeWidgetItemIterator::Checked); *it; ++it)
        before.insert((*it)->data(0, WordRole).toString());
    m_filling = true;
    clear();
    m_names.clear();
    for (const TableComparison &of : seen.tables) {
        const qint64 missing = of.state == TableComparison::State::Different ? of.onlyRehearsed.value_or(0) : 0, changedRows = of.state == TableComparison::State::Different ? of.changed.value_or(0) : 0;
        if (missing == 0 && changedRows == 0)
            continue;
        auto *table = new QTreeWidgetItem(this, {units::oneLine(of.table.text()), {}});
        table->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable);
        m_names << of.table;
        if (missing > 0)
            addPart(table, of, Rows::Missing, missing, before);
        if (changedRows > 0)
            addPart(table, of, Rows::Changed, changedRows, before);
        table->setExpanded(true);
    }
    m_filling = false;
    if (topLevelItemCount() > 0)
        setCurrentItem(topLevelItem(0)->child(0));
    emit changed();
}

bool WizardPicks::overwrites() const
{
    for (QTreeWidgetItemIterator it(const_cast<WizardPicks *>(this), QTreeWidgetItemIterator::Checked); *it; ++it) {
        const QTreeWidgetItem *part = (*it)->data(0, KeyRole).isValid() ? (*it)->parent() : *it;
        if (part && part->data(0, RowsRole).toInt() == int(Rows::Changed))
            return true;
    }
    return false;
}

qint64 WizardPicks::rows() const
{
    qint64 sum = 0;
    for (int t = 0; t < topLevelItemCount(); ++t) {
        for (int p = 0; p < topLevelItem(t)->childCount(); ++p) {
            const QTreeWidgetItem *part = topLevelItem(t)->child(p);
            const auto single = singleOnes(part);
            sum += single ? single->size() : part->data(0, CountRole).toLongLong();
        }
    }
    return sum;
}

Result<QVector<RescueTable>> WizardPicks::picked() const
{
    QVector<RescueTable> all;
    for (int t = 0; t < topLevelItemCount(); ++t) {
        QVector<QPair<Rows, std::optional<QVector<QStringList>>>> parts;
        for (int p = 0; p < topLevelItem(t)->childCount(); ++p) {
            const QTreeWidgetItem *part = topLevelItem(t)->child(p);
            auto single = singleOnes(part);
            if (!single || !single->isEmpty())
                parts.append({Rows(part->data(0, RowsRole).toInt()), single});
        }
        if (parts.isEmpty())
            continue;
        RescueTable wanted{m_names.at(t), parts.constFirst().first, parts.constFirst().second.value_or(QVector<QStringList>())};
        if (parts.size() == 2) {
            wanted.rows = Rows::All;
            if (parts[0].second.has_value() != parts[1].second.has_value())
                return fail(ErrorKind::Client, u"usage"_s, u"Of %1 single rows of one kind and all of the other can't be asked for at once"_s.arg(m_names.at(t).text()), u"Pick both in full, or single rows of both, or one after the other"_s);
            wanted.keys += parts[1].second.value_or(QVector<QStringList>());
        }
        all << wanted;
    }
    if (all.isEmpty())
        return fail(ErrorKind::Client, u"usage"_s, u"Nothing is picked"_s);
    return all;
}

} // namespace howdah::ui
