// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/statements/regressionsview.h"

#include "base/units.h"
#include "ui/statements/periodtext.h"
#include "ui/statements/regressionrows.h"
#include "ui/widgets/emptystate.h"
#include "ui/widgets/keyedview.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QSpinBox>
#include <QSplitter>
#include <QStackedWidget>
#include <QStandardItemModel>
#include <QVBoxLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;

namespace
{

const QString why = u"A comparison needs both times: each is put together from what was recorded each minute while this console ran"_s;

QWidget *titled(PlainLabel *title, QWidget *widget)
{
    auto *both = new QWidget;
    auto *column = new QVBoxLayout(both);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::inside);
    column->addWidget(title);
    column->addWidget(widget, 1);
    return both;
}

QString countText(qsizetype count, const QString &one, const QString &several)
{
    return u"%1 %2"_s.arg(units::exact(double(count)), count == 1 ? one : several);
}

} // namespace

RegressionsView::RegressionsView(QWidget *parent)
    : QWidget(parent), m_against(new QComboBox), m_minCalls(new QSpinBox), m_note(new PlainLabel({}, nullptr, "muted")), m_slowerWords(new PlainLabel),
      m_freshWords(new PlainLabel), m_slower(new KeyedModel(slowerColumns(), this)), m_fresh(new KeyedModel(freshColumns(), this)),
      m_slowerView(new KeyedView(m_slower, u"What takes longer than before"_s)), m_freshView(new KeyedView(m_fresh, u"What is new since then"_s)),
      m_empty(new EmptyState({}, {}, why)), m_stack(new QStackedWidget)
{
    m_against->addItem(u"the same length before"_s, int(Against::SameBefore));
    m_against->addItem(u"an hour earlier"_s, int(Against::HourEarlier));
    m_against->addItem(u"a day earlier"_s, int(Against::DayEarlier));
    m_against->addItem(u"a week earlier"_s, int(Against::WeekEarlier));
    m_against->setAccessibleName(u"Compared with which time"_s);
    m_minCalls->setRange(1, 1'000'000);
    m_minCalls->setValue(10);
    m_minCalls->setAccessibleName(u"Calls that are needed in each time"_s);
    m_minCalls->setToolTip(u"Of fewer calls a mean says little"_s);
    m_note->setFont(smallFont());
    m_note->setWordWrap(true);
    m_slowerView->setObjectName(u"slower"_s);
    m_slowerView->sortBy(u"added"_s, Qt::DescendingOrder);
    m_freshView->setObjectName(u"fresh"_s);
    m_freshView->sortBy(u"total"_s, Qt::DescendingOrder);
    auto *choice = new QHBoxLayout;
    choice->setSpacing(space::part);
    choice->addWidget(new PlainLabel(u"Compared with"_s));
    choice->addWidget(m_against);
    choice->addSpacing(space::part);
    choice->addWidget(new PlainLabel(u"at least"_s));
    choice->addWidget(m_minCalls);
    choice->addWidget(new PlainLabel(u"calls in each"_s));
    choice->addStretch(1);
    auto *split = new QSplitter(Qt::Vertical);
    split->setChildrenCollapsible(false);
    split->setHandleWidth(space::part);
    split->addWidget(titled(m_slowerWords, m_slowerView));
    split->addWidget(titled(m_freshWords, m_freshView));
    split->setStretchFactor(0, 3);
    split->setStretchFactor(1, 2);
    m_stack->addWidget(split);
    m_stack->addWidget(m_empty);
    m_stack->setCurrentIndex(1);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::part);
    column->addLayout(choice);
    column->addWidget(m_note);
    column->addWidget(m_stack, 1);
    m_note->hide();
    connect(m_against, &QComboBox::currentIndexChanged, this, &RegressionsView::againstChanged);
    connect(m_minCalls, &QSpinBox::valueChanged, this, &RegressionsView::minCallsChanged);
    for (KeyedView *view : {m_slowerView, m_freshView}) {
        const auto choose = [this](const QModelIndex &index) { emit keyChosen(index.data(KeyedModel::KeyRole).toString()); };
        connect(view, &QTreeView::activated, this, choose);
        connect(view, &QTreeView::clicked, this, choose);
        connect(view, &KeyedView::currentKeyChanged, this, [this](const QString &key) {
            if (!m_filling)
                emit keyChosen(key);
        });
    }
}

Against RegressionsView::against() const
{
    return Against(m_against->currentData().toInt());
}

void RegressionsView::setSpan(qint64 spanMs)
{
    auto *items = qobject_cast<QStandardItemModel *>(m_against->model());
    for (int i = 0; i < m_against->count(); ++i)
        items->item(i)->setEnabled(shiftMs(Against(m_against->itemData(i).toInt()), spanMs) >= spanMs);
    if (!items->item(m_against->currentIndex())->isEnabled())
        m_against->setCurrentIndex(0);
}

void RegressionsView::show(const StatementReading &reading, const statements::Filter &filter)
{
    const statements::TopList &after = reading.table.list;
    if (!reading.before) {
        m_empty->setLine(u"Both times are being read"_s); // what was shown before stays
        return;
    }
    if (!reading.before->isKnown() || !after.isKnown()) {
        m_empty->setLine(!after.isKnown() ? u"Of the time that is shown nothing was recorded"_s : u"Of the earlier time nothing was recorded"_s);
        m_stack->setCurrentIndex(1);
        m_note->hide();
        return;
    }
    const statements::Comparison comparison = statements::compare(*reading.before, after, m_minCalls->value(), filter);
    m_filling = true;
    m_slower->setRows(slowerRows(comparison, after));
    m_fresh->setRows(freshRows(comparison, after));
    m_filling = false;
    m_stack->setCurrentIndex(0);
    say(comparison, reading);
}

void RegressionsView::say(const statements::Comparison &comparison, const StatementReading &reading)
{
    const statements::TopList &after = reading.table.list, &before = *reading.before;
    const auto period = [](const QString &name, const statements::TopList &list) {
        const QString text = u"%1: %2 to %3%4"_s.arg(name, momentText(list.fromMs), momentText(list.toMs), completeness(list.gaps));
        return text.endsWith(u'.') ? text : QString(text + u'.');
    };
    const QString note = period(u"Before"_s, before) + u' ' + period(u"Now"_s, after);
    m_note->setText(shortened(note));
    m_note->setToolTip(tooltipText(note));
    m_note->show();
    double added = 0, saved = 0;
    for (const statements::Slower &one : comparison.slower)
        added += one.after.key.toplevel ? one.addedNs : 0;
    for (const statements::Slower &one : comparison.faster)
        saved -= one.after.key.toplevel ? one.addedNs : 0;
    QString slower = u"%1 slower, adding %2; %3 faster, saving %4"_s.arg(units::exact(double(comparison.slower.size())), nanosecondsText(qint64(added)),
                                                                       units::exact(double(comparison.faster.size())), nanosecondsText(qint64(saved)));
    if (comparison.tooFewCalls)
        slower += u"; %1 with too few calls"_s.arg(units::exact(double(comparison.tooFewCalls)));
    if (comparison.notToldApart)
        slower += u"; %1 not told apart in the earlier time"_s.arg(units::exact(double(comparison.notToldApart)));
    if (comparison.slower.size() > mostCompared || comparison.faster.size() > mostCompared)
        slower += u". The %1 that changed most are shown"_s.arg(mostCompared);
    m_slowerWords->setText(slower);
    qsizetype isNew = 0;
    for (const statements::Fresh &one : comparison.fresh)
        isNew += one.isNew ? 1 : 0;
    QString fresh = u"%1 since then, %2 that ran before that"_s.arg(countText(isNew, u"new statement"_s, u"new statements"_s),
                                                                  units::exact(double(comparison.fresh.size() - isNew)));
    if (comparison.fresh.size() > mostCompared)
        fresh += u". The %1 that took longest are shown"_s.arg(mostCompared);
    m_freshWords->setText(fresh);
}

} // namespace howdah::ui
