// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/backup/wizardfind.h"

#include "backup/moment.h"
#include "ui/activity/cells.h"
#include "ui/backup/wizardpage.h"
#include "ui/widgets/keyedview.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QButtonGroup>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QVBoxLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;

namespace
{

QVector<KeyedColumn> columns()
{
    KeyedColumn at{u"at"_s, u"Committed at"_s};
    at.width = 156;
    KeyedColumn xid{u"xid"_s, u"Transaction"_s, true};
    xid.width = 92;
    KeyedColumn what{u"what"_s, u"Tables"_s};
    what.stretch = true;
    what.width = 160;
    KeyedColumn deleted{u"deleted"_s, u"Deleted"_s, true};
    deleted.width = 72;
    KeyedColumn updated{u"updated"_s, u"Updated"_s, true};
    updated.width = 72;
    KeyedColumn inserted{u"inserted"_s, u"Inserted"_s, true};
    inserted.width = 72;
    KeyedColumn lsn{u"lsn"_s, u"LSN"_s};
    lsn.fixed = true;
    lsn.width = 104;
    return {at, xid, deleted, updated, inserted, what, lsn};
}

KeyedRow rowOf(const FoundTransaction &one)
{
    QStringList names;
    for (const FoundTable &table : one.tables)
        names << table.name;
    if (!one.dropped.isEmpty())
        names << u"truncated, dropped or rewritten: "_s + one.dropped.join(u", "_s);
    KeyedCell what = cells::plain(units::oneLine(names.join(u", "_s)));
    what.tip = one.text();
    const QString here = momentText(one.atUs, QTimeZone::systemTimeZone());
    KeyedCell at = cells::plain(here.left(19)); // to the second
    at.sort = double(one.atUs);
    at.tip = u"%1\nUTC: %2"_s.arg(here, momentText(one.atUs));
    KeyedCell xid = cells::plain(QString::number(one.xid));
    xid.sort = double(one.xid);
    KeyedCell lsn = cells::plain(one.commit.text());
    lsn.sort = double(one.commit.value);
    KeyedRow row;
    row.key = one.commit.text();
    row.cells = {at, xid, cells::some(qint64(one.deleted()), u"rows"_s), cells::some(qint64(one.updated()), u"rows"_s), cells::some(qint64(one.inserted()), u"rows"_s), what, lsn};
    return row;
}

} // namespace

WizardFind::WizardFind(WizardFlow *flow, QWidget *parent)
    : QWidget(parent), m_flow(flow), m_relation(new QLineEdit), m_kind(new QComboBox), m_since(new QComboBox), m_branch(new QComboBox), m_search(new QPushButton(u"Search the WAL"_s)), m_model(new KeyedModel(columns(), this)),
      m_table(new KeyedView(m_model, u"Transactions"_s)), m_told(prose({}, "muted")), m_side(new QButtonGroup(this))
{
    m_relation->setAccessibleName(u"Table"_s);
    m_relation->setPlaceholderText(u"public.orders; empty: all tables"_s);
    m_relation->setToolTip(u"A table that was truncated or rewritten since lay in another file then: look under all tables"_s);
    m_kind->setAccessibleName(u"Kind of change"_s);
    for (const auto &[text, kind] : {std::pair(u"any change"_s, FindWanted::Kind::Any), std::pair(u"rows deleted"_s, FindWanted::Kind::Deleted), std::pair(u"rows updated"_s, FindWanted::Kind::Updated),
                                     std::pair(u"rows inserted"_s, FindWanted::Kind::Inserted), std::pair(u"dropped or truncated"_s, FindWanted::Kind::Dropped)})
        m_kind->addItem(text, int(kind));
    m_kind->setCurrentIndex(1); // the common case
    m_since->setAccessibleName(u"Since"_s);
    for (const auto &[text, minutes] : {std::pair(u"last hour"_s, 60), std::pair(u"last 24 hours"_s, 1440), std::pair(u"last 7 days"_s, 10080), std::pair(u"all of the archive"_s, 0)})
        m_since->addItem(text, minutes);
    m_since->setCurrentIndex(1);
    auto *bar = new QHBoxLayout;
    bar->setSpacing(space::part);
    bar->addWidget(m_kind);
    bar->addWidget(m_since);
    bar->addWidget(m_branch);
    m_branch->setAccessibleName(u"Branch"_s);
    m_branch->hide();
    bar->addStretch(1);
    bar->addWidget(m_search);
    auto *side = new QHBoxLayout;
    side->setSpacing(space::group);
    for (const auto &[text, id] : {std::pair(u"Just before it"_s, 0), std::pair(u"Just after it"_s, 1)}) {
        auto *radio = new QRadioButton(text);
        m_side->addButton(radio, id);
        side->addWidget(radio);
    }
    m_told->setAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    side->addWidget(m_told, 1);
    m_side->button(0)->setChecked(true);
    m_table->setRootIsDecorated(false);
    auto *column = pageColumn(this);
    column->setContentsMargins(0, space::part, 0, 0);
    column->addWidget(m_relation);
    column->addLayout(bar);
    column->addWidget(m_table, 1);
    column->addLayout(side);
    m_told->setText(u"What was committed stands in the archived WAL itself, with the rows it took away"_s);
    connect(m_branch, &QComboBox::activated, this, [this] { setSearching(m_flow->isBusy()); });
    connect(m_search, &QPushButton::clicked, this, [this] { search(); });
    connect(m_relation, &QLineEdit::returnPressed, this, [this] { search(); });
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, [this] { pick(); }); // what merely got the focus is not chosen
    connect(m_side, &QButtonGroup::idClicked, this, [this] { pick(); });
}

void WizardFind::search()
{
    FindWanted wanted;
    wanted.table = m_relation->text().trimmed();
    wanted.kind = FindWanted::Kind(m_kind->currentData().toInt());
    if (const int minutes = m_since->currentData().toInt(); minutes > 0)
        wanted.fromUs = (m_flow->context().clock->wallMs() - qint64(minutes) * 60'000) * 1000;
    wanted.timeline = m_branch->isHidden() ? 0 : Timeline(m_branch->currentData().toUInt());
    m_flow->find(wanted);
}

void WizardFind::setSearching(bool searching)
{
    if (const auto &facts = m_flow->facts(); facts && facts->readMs != m_branchesMs) {
        m_branchesMs = facts->readMs;
        m_branch->clear();
        if (!facts->branches.chosen)
            m_branch->addItem(u"which branch?"_s, 0U);
        for (const Branches::Branch &one : facts->branches.ends)
            m_branch->addItem(u"timeline %1"_s.arg(one.timeline), one.timeline);
        if (facts->branches.chosen)
            m_branch->setCurrentIndex(std::max(0, m_branch->findData(*facts->branches.chosen)));
        m_branch->setToolTip(tooltipText(facts->branches.text()));
        m_branch->setVisible(facts->branches.ends.size() > 1);
    }
    const bool isBranchKnown = m_branch->isHidden() || m_branch->currentData().toUInt() > 0;
    m_search->setEnabled(!searching && m_flow->facts() && isBranchKnown);
    m_search->setToolTip(tooltipText(isBranchKnown ? QString() : u"Several branches reach on: choose one first"_s));
}

void WizardFind::show(const Found &found)
{
    m_found = found;
    QVector<KeyedRow> rows;
    for (const FoundTransaction &one : found.transactions)
        rows.prepend(rowOf(one)); // the newest on top
    m_model->setRows(rows);
    QString text = found.transactions.isEmpty() ? u"None of the %1 transactions of that time did such a thing"_s.arg(found.committed)
                                                : u"%1 of %2 transactions of that time, those that took most away"_s.arg(found.transactions.size()).arg(found.committed);
    if (!found.isNamed)
        text += u". The server does not answer: files have no names"_s;
    if (!found.isComplete)
        text += u". Some WAL of that time is missing or damaged: there may be more"_s;
    m_told->setText(text);
    setRole(m_told, found.isComplete && found.isNamed ? "muted" : "warning");
    pick();
}

void WizardFind::pick()
{
    if (!m_table->selectionModel()->isSelected(m_table->currentIndex()))
        return;
    const QString key = m_table->currentKey();
    for (const FoundTransaction &one : m_found.transactions) {
        if (one.commit.text() != key)
            continue;
        PitrTarget target;
        target.kind = PitrTarget::Kind::Xid;
        target.xid = one.xid;
        target.inclusive = m_side->checkedId() == 1;
        target.timeline = m_found.timeline;
        emit picked(target, one.text());
    }
}

} // namespace howdah::ui
