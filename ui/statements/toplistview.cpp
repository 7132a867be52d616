// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/statements/toplistview.h"

#include "base/units.h"
#include "ui/statements/periodtext.h"
#include "ui/widgets/emptystate.h"
#include "ui/widgets/keyedview.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QSignalBlocker>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using statements::Order;

namespace
{

const QString why = u"pg_stat_statements counts what each statement costs in the server's memory, since its statistics began and without the times of day. "
                    "This console reads it each minute while it runs, keeps the differences on this machine, and never resets it"_s;
const QString toInstall = u"-- 1. In postgresql.conf, beside what stands there, and then a restart of the server:\n"
                          "--    shared_preload_libraries = 'pg_stat_statements'\n"
                          "-- 2. As a superuser, in this database:\n"
                          "CREATE EXTENSION pg_stat_statements;\n"_s; // sql-ok: copied by the user, not run

} // namespace

TopListView::TopListView(QWidget *parent)
    : QWidget(parent), m_model(new KeyedModel(statementColumns(), this)), m_view(new KeyedView(m_model, u"Statements"_s)), m_order(new QComboBox),
      m_time(new QComboBox), m_note(new PlainLabel({}, nullptr, "muted")), m_empty(new EmptyState({}, {}, why)), m_stack(new QStackedWidget)
{
    m_view->setObjectName(u"statements"_s);
    for (const QString &name : statements::orderNames())
        m_order->addItem(QString::fromLatin1(statements::factsOf(*statements::orderFromName(name)).title), name);
    m_order->setAccessibleName(u"Largest first, by which figure"_s);
    m_order->setToolTip(u"The largest first; a click on a header sorts too"_s);
    m_order->setPlaceholderText(u"as in the header"_s);
    m_time->addItems({u"In the time range"_s, u"Since the server counts"_s});
    m_time->setAccessibleName(u"Of which time"_s);
    m_time->setToolTip(u"What was recorded in the time range that is shown, or all that the server holds since its statistics began"_s);
    m_note->setFont(smallFont());
    m_note->setWordWrap(true);
    m_stack->addWidget(m_view);
    m_stack->addWidget(m_empty);
    auto *bar = new QHBoxLayout;
    bar->setSpacing(space::part);
    bar->addWidget(new PlainLabel(u"By"_s));
    bar->addWidget(m_order);
    bar->addWidget(m_time);
    bar->addStretch(1);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::part);
    column->addLayout(bar);
    column->addWidget(m_note);
    column->addWidget(m_stack, 1);

    const auto choose = [this](const QModelIndex &index) { emit keyChosen(index.data(KeyedModel::KeyRole).toString()); };
    connect(m_view, &QTreeView::activated, this, choose);
    connect(m_view, &QTreeView::clicked, this, choose);
    connect(m_view, &KeyedView::currentKeyChanged, this, [this](const QString &key) {
        if (!m_filling)
            emit keyChosen(key);
    });
    connect(m_view->header(), &QHeaderView::sortIndicatorChanged, this, &TopListView::learnOrder);
    connect(m_order, &QComboBox::currentIndexChanged, this, &TopListView::orderBy);
    connect(m_time, &QComboBox::currentIndexChanged, this, [this](int which) { emit lifetimeChanged(which == 1); });
    connect(m_empty, &EmptyState::clicked, this, [this] { take(m_first); });
    connect(m_empty, &EmptyState::secondClicked, this, [this] { take(m_second); });
    m_view->sortBy(u"total"_s, Qt::DescendingOrder);
}

void TopListView::orderBy(int index)
{
    const auto order = statements::orderFromName(m_order->itemData(index).toString());
    if (!order)
        return;
    const QString id = columnOf(*order);
    for (int i = 0; i < m_model->columns().size(); ++i) {
        if (m_model->columns().at(i).id == id)
            m_view->setColumnHidden(i, false);
    }
    m_view->sortBy(id, Qt::DescendingOrder);
}

void TopListView::learnOrder(int column, Qt::SortOrder sorted)
{
    int found = -1;
    for (int i = 0; i < m_order->count() && sorted == Qt::DescendingOrder && column >= 0; ++i) {
        if (columnOf(*statements::orderFromName(m_order->itemData(i).toString())) == m_model->columns().at(column).id)
            found = i;
    }
    const QSignalBlocker quiet(m_order);
    m_order->setCurrentIndex(found);
}

bool TopListView::isLifetime() const
{
    return m_time->currentIndex() == 1;
}

void TopListView::setLifetime(bool lifetime)
{
    m_time->setCurrentIndex(lifetime ? 1 : 0);
}

void TopListView::show(const StatementTable &table, const statements::Filter &filter)
{
    m_table = table;
    m_filter = filter;
    const auto rows = shownRows(table, filter);
    m_filling = true;
    m_model->setRows(rows);
    m_filling = false;
    const bool isEmpty = rows.size() == table.rest.size() && (rows.isEmpty() || !table.list.isKnown());
    m_stack->setCurrentIndex(isEmpty ? 1 : 0);
    tellNote();
    if (isEmpty)
        tellWhyEmpty(!filter.text.isEmpty() || !filter.database.isEmpty() || !filter.role.isEmpty());
}

void TopListView::setRecording(const Recording &recording)
{
    m_recording = recording;
    if (!m_table.list.isKnown())
        tellWhyEmpty(false);
}

bool TopListView::tellsTrouble() const
{
    return m_first == Offer::CopyStatements && m_stack->currentIndex() == 1;
}

void TopListView::tellNote()
{
    const statements::TopList &list = m_table.list;
    if (!list.isKnown())
        return tell({});
    const QString from = list.fromMs ? momentText(list.fromMs) : u"a moment that the server does not tell"_s;
    const QString text = u"%1 to %2: %3 in %4 statements%5"_s.arg(from, momentText(list.toMs), nanosecondsText(list.sum(statements::Measure::ExecTime)),
                                                                units::exact(double(list.totals.size())),
                                                                completeness(list.gaps));
    tell(text);
}

void TopListView::tell(const QString &note)
{
    m_note->setText(shortened(note));
    m_note->setToolTip(tooltipText(note));
    m_note->setVisible(!note.isEmpty());
}

void TopListView::tellWhyEmpty(bool filtered)
{
    struct Word {
        QString line;
        Offer first = Offer::None;
        Offer second = Offer::None;
    };
    const auto word = [&]() -> Word {
        if (m_table.list.isKnown())
            return filtered ? Word{u"No statement of this time passes the filter"_s, Offer::ClearFilter}
                   : m_table.list.gaps.notPermitted > 0
                       ? Word{u"Of what may be read, no statement ran in this time but the console's own"_s}
                       : Word{u"No statement ran in this time but the console's own"_s};
        if (m_recording.trouble && m_recording.trouble->reason == "not_installed"_L1) {
            return {u"Statements are not recorded. %1.\n\nAdd pg_stat_statements to shared_preload_libraries and restart the server, then, "
                    "as a superuser in that database, CREATE EXTENSION pg_stat_statements."_s.arg(m_recording.trouble->message), // sql-ok: words
                    Offer::CopyStatements, Offer::Read};
        }
        if (m_recording.trouble)
            return {u"What statements did in this time was not recorded"_s, Offer::Read};
        if (isLifetime())
            return {u"What the server counts is being read"_s};
        if (!m_recording.isFollowing)
            return {u"Of this time nothing was recorded: statements are read each minute while this console runs"_s, Offer::Lifetime};
        if (!m_recording.beganMs)
            return {u"The first reading is under way"_s};
        return {u"Recording since %1. What runs from then on is shown with the next reading, within a minute"_s.arg(momentText(m_recording.beganMs)),
                Offer::Lifetime, Offer::Read};
    }();
    const auto words = [](Offer offer) {
        switch (offer) {
        case Offer::None: return QString();
        case Offer::Lifetime: return u"Show all since the server counts"_s;
        case Offer::CopyStatements: return u"Copy the statements"_s;
        case Offer::Read: return u"Read the server now"_s;
        case Offer::ClearFilter: return u"Clear the filter"_s;
        }
        return QString();
    };
    m_first = word.first;
    m_second = word.second;
    m_empty->setLine(shownText(word.line));
    m_empty->setButton(words(word.first));
    m_empty->setSecondButton(words(word.second));
}

void TopListView::take(Offer offer)
{
    switch (offer) {
    case Offer::None: return;
    case Offer::Lifetime: return setLifetime(true);
    case Offer::CopyStatements: return QGuiApplication::clipboard()->setText(toInstall);
    case Offer::Read: emit readingWanted(); return;
    case Offer::ClearFilter: emit filterUnwanted(); return;
    }
}

} // namespace howdah::ui
