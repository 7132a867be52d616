// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plan/compareview.h"

#include "ui/plan/plannodepanel.h"
#include "ui/plan/planrows.h"
#include "ui/widgets/keyedview.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QPushButton>
#include <QSplitter>
#include <QVBoxLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;

CompareView::CompareView(QWidget *parent)
    : QWidget(parent), m_title(new PlainLabel({}, nullptr, "title")), m_names(new PlainLabel({}, nullptr, "muted")),
      m_onlyDifferent(new QCheckBox(u"Only what differs"_s)), m_close(new QPushButton(u"Back to the plan"_s)), m_model(new KeyedModel(comparisonColumns(), this)),
      m_table(new KeyedView(m_model, u"Nodes of both plans"_s)), m_was(new PlanNodePanel), m_is(new PlanNodePanel)
{
    m_table->setObjectName(u"comparison"_s);
    m_title->setWordWrap(true);
    m_names->setWordWrap(true);
    m_was->setAccessibleName(u"The node in the earlier plan"_s);
    m_is->setAccessibleName(u"The node in the later plan"_s);
    auto *bar = new QHBoxLayout;
    bar->setSpacing(space::part);
    bar->addWidget(m_title, 1);
    bar->addWidget(m_onlyDifferent);
    bar->addWidget(m_close);
    auto *panels = new QSplitter(Qt::Horizontal);
    auto *split = new QSplitter(Qt::Vertical);
    for (QSplitter *one : {panels, split}) {
        one->setChildrenCollapsible(false);
        one->setHandleWidth(space::part);
        one->setStyleSheet(u"QSplitter::handle { background: transparent; }"_s);
    }
    panels->addWidget(m_was);
    panels->addWidget(m_is);
    split->addWidget(m_table);
    split->addWidget(panels);
    split->setStretchFactor(0, 3);
    split->setStretchFactor(1, 2);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::part);
    column->addLayout(bar);
    column->addWidget(m_names);
    column->addWidget(split, 1);
    connect(m_close, &QPushButton::clicked, this, &CompareView::closed);
    connect(m_onlyDifferent, &QCheckBox::toggled, this, &CompareView::fill);
    connect(m_table, &KeyedView::currentKeyChanged, this, &CompareView::choose);
}

void CompareView::setClosable(bool closable)
{
    m_close->setVisible(closable);
}

void CompareView::show(const SharedPlan &before, const QString &beforeName, const SharedPlan &after, const QString &afterName)
{
    m_before = before;
    m_after = after;
    m_comparison = plan::comparePlans(before->plan, after->plan);
    QString title = m_comparison.sameShape ? u"The same shape"_s : u"Another shape"_s;
    if (m_comparison.totalUsBefore && m_comparison.totalUsAfter && before->measured && after->measured) {
        const double was = *m_comparison.totalUsBefore, is = *m_comparison.totalUsAfter;
        title += u": %1 → %2"_s.arg(usText(was), usText(is));
        if (was > 0 && is > 0)
            title += is > was ? u", %1 × as long"_s.arg(is / was, 0, 'f', 1) : u", %1 × as fast"_s.arg(was / is, 0, 'f', 1);
    } else if (!before->measured && !after->measured) {
        title += u". Neither was measured: there are no times to compare"_s;
    } else if (before->measured != after->measured) {
        title += u". One of them was not measured: their times are not compared"_s;
    } else {
        title += u". Not both tell their times: they are not compared"_s;
    }
    m_title->setText(title);
    m_names->setText(u"Earlier: %1. Later: %2."_s.arg(beforeName, afterName));
    m_model->setRows({});
    fill();
    m_was->showNothing();
    m_is->showNothing();
    m_table->select(u"0"_s);
    choose(m_table->currentKey());
}

void CompareView::fill()
{
    if (!m_before || !m_after)
        return;
    auto rows = comparisonRows(*m_before, *m_after, m_comparison);
    if (m_onlyDifferent->isChecked())
        rows.removeIf([this](const KeyedRow &row) {
            const plan::NodePair &pair = m_comparison.pairs.at(row.key.toInt());
            return pair.before >= 0 && pair.after >= 0 && pair.differs == 0;
        });
    m_model->setRows(rows);
}

void CompareView::choose(const QString &key)
{
    bool number = false;
    const int at = key.toInt(&number);
    if (!number || at < 0 || at >= m_comparison.pairs.size())
        return;
    const plan::NodePair &pair = m_comparison.pairs.at(at);
    if (pair.before >= 0)
        m_was->show(m_before, nodeKey(pair.before));
    else
        m_was->showNothing();
    if (pair.after >= 0)
        m_is->show(m_after, nodeKey(pair.after));
    else
        m_is->showNothing();
}

} // namespace howdah::ui
