// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/activity/horizonview.h"

#include "base/units.h"
#include "ui/activity/rows.h"
#include "ui/widgets/keyedview.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QSplitter>
#include <QVBoxLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;

namespace
{

QWidget *part(const QString &title, PlainLabel *words, KeyedView *view)
{
    auto *widget = new QWidget;
    auto *column = new QVBoxLayout(widget);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::inside);
    auto *head = new QHBoxLayout;
    head->setSpacing(space::part);
    head->addWidget(new PlainLabel(title, nullptr, "title"));
    head->addWidget(words, 1);
    column->addLayout(head);
    column->addWidget(view, 1);
    return widget;
}

} // namespace

HorizonView::HorizonView(QWidget *parent)
    : QWidget(parent), m_holderModel(new KeyedModel(holderColumns(), this)), m_databaseModel(new KeyedModel(databaseAgeColumns(), this)),
      m_tableModel(new KeyedModel(tableAgeColumns(), this)), m_holders(new KeyedView(m_holderModel, u"What holds the horizon"_s)),
      m_databases(new KeyedView(m_databaseModel, u"Databases by age"_s)), m_tables(new KeyedView(m_tableModel, u"Tables in line for a forced vacuum"_s)),
      m_holderWords(new PlainLabel({}, nullptr, "muted")), m_databaseWords(new PlainLabel({}, nullptr, "muted")), m_tableWords(new PlainLabel({}, nullptr, "muted"))
{
    m_holders->setObjectName(u"holders"_s);
    m_databases->setObjectName(u"databaseAges"_s);
    m_tables->setObjectName(u"tableAges"_s);
    auto *split = new QSplitter(Qt::Vertical);
    split->setChildrenCollapsible(false);
    split->setHandleWidth(space::part);
    split->addWidget(part(u"What holds the horizon"_s, m_holderWords, m_holders));
    split->addWidget(part(u"Wraparound"_s, m_databaseWords, m_databases));
    split->addWidget(part(u"Tables in line"_s, m_tableWords, m_tables));
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(split);
}

void HorizonView::show(const activity::Horizon &horizon)
{
    m_holderModel->setRows(holderRows(horizon.holders));
    m_databaseModel->setRows(databaseAgeRows(horizon.databases));
    m_tableModel->setRows(tableAgeRows(horizon.tables));
    if (!horizon.mayReadAll)
        m_holderWords->setText(u"Only what this role may see: sessions and standbys of others may hold it too. GRANT pg_monitor to this role shows them."_s);
    else
        m_holderWords->setText(horizon.holders.isEmpty() ? u"Nothing: vacuum may remove every row version that ended"_s
                                                     : u"What vacuum must keep since the oldest of these; a session holds it in its own database only"_s);
    const auto *oldest = horizon.databases.isEmpty() ? nullptr : &horizon.databases.constFirst();
    m_databaseWords->setText(oldest ? u"%1 is the oldest: %2 transactions until nothing can be written any more"_s.arg(
                                          units::oneLine(oldest->name), units::count(double(activity::DatabaseAge::stopAge - oldest->xidAge)))
                                    : QString());
    m_tableWords->setText(u"of the connected database, the oldest first"_s);
}

} // namespace howdah::ui
