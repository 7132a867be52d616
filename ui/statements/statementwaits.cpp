// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/statements/statementwaits.h"

#include "base/units.h"
#include "ui/activity/cells.h"
#include "ui/widgets/keyedview.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QPushButton>
#include <QVBoxLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;

namespace
{

QVector<KeyedColumn> waitColumns()
{
    return {{u"type"_s, u"Waits for"_s, false, false, 84},
            {u"event"_s, u"Event"_s, false, false, 110, false, true},
            {u"sessions"_s, u"Sessions"_s, true, false, 76},
            {u"share"_s, u"Share"_s, true, false, 84}};
}

} // namespace

StatementWaits::StatementWaits(QWidget *parent)
    : QWidget(parent), m_model(new KeyedModel(waitColumns(), this)), m_view(new KeyedView(m_model, u"What the statement waited for"_s)),
      m_words(new PlainLabel), m_all(new QPushButton(u"Waits of all statements"_s))
{
    m_words->setWordWrap(true);
    m_view->sortBy(u"sessions"_s, Qt::DescendingOrder);
    setLook(m_all, "flat");
    m_all->setToolTip(u"In Activity: by wait, statement and session, in the time range that is shown"_s);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, space::part, 0, 0);
    column->setSpacing(space::part);
    column->addWidget(m_words);
    column->addWidget(m_view, 1);
    column->addWidget(m_all, 0, Qt::AlignLeft);
    connect(m_all, &QPushButton::clicked, this, &StatementWaits::allWanted);
    clear();
}

void StatementWaits::clear()
{
    m_model->setRows({});
    m_words->setText(u"What was sampled is being read"_s);
}

void StatementWaits::show(const activity::WaitAverages &averages, bool mayReadAll)
{
    const double all = averages.total();
    QVector<KeyedRow> rows;
    for (const auto &[key, sessions] : averages.sessions) {
        const double share = all > 0 ? sessions / all : 0;
        rows.append({key.type + u'/' + key.event,
                     {{key.typeText(), {}, key.type.isEmpty() ? u"Runs, or waits for something the server does not name"_s : QString(), false, {}, {}},
                      cells::text(key.event),
                      {QString::number(sessions, 'f', 2), QVariant(sessions), QString::number(sessions, 'f', 4), false, {}, {}},
                      {units::ratio(share), QVariant(share), {}, false, {}, share}},
                     {}});
    }
    m_model->setRows(rows);
    const QString hint = u"of this role only: GRANT pg_read_all_stats to it shows all"_s; // sql-ok: a hint, not run
    const QString of = mayReadAll ? u"of all roles and databases that run it"_s : hint;
    const QString samples = QString::number(averages.samples);
    m_words->setText(averages.samples == 0 ? u"Nothing was sampled in this time"_s
                     : rows.isEmpty()      ? u"Seen running in none of %1 samples, %2"_s.arg(samples, of)
                                           : u"%1 sessions ran it on average over %2 samples, %3"_s.arg(QString::number(all, 'f', 2), samples, of));
}

} // namespace howdah::ui
