// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/statements/statementruns.h"

#include "base/units.h"
#include "ui/activity/cells.h"
#include "ui/statements/periodtext.h"
#include "ui/statements/statementrows.h"
#include "ui/widgets/keyedview.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QVBoxLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using statements::Measure;

namespace
{

QVector<KeyedColumn> runColumns()
{
    return {{u"role"_s, u"Role"_s, false, false, 90, false, true},
            {u"database"_s, u"Database"_s, false, false, 80},
            {u"from"_s, u"From"_s, false, false, 72},
            {u"total"_s, u"Total time"_s, true, false, 80},
            {u"mean"_s, u"Mean"_s, true, false, 72},
            {u"calls"_s, u"Calls"_s, true, false, 64}};
}

} // namespace

StatementRuns::StatementRuns(QWidget *parent)
    : QWidget(parent), m_model(new KeyedModel(runColumns(), this)), m_view(new KeyedView(m_model, u"Who runs the same statement"_s)),
      m_words(new PlainLabel({}, nullptr, "muted"))
{
    m_words->setFont(smallFont());
    m_words->setWordWrap(true);
    m_view->sortBy(u"total"_s, Qt::DescendingOrder);
    m_view->setToolTip(u"Return or a double click shows that one"_s);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, space::part, 0, 0);
    column->setSpacing(space::part);
    column->addWidget(m_words);
    column->addWidget(m_view, 1);
    connect(m_view, &QTreeView::activated, this, [this](const QModelIndex &index) { emit keyWanted(index.data(KeyedModel::KeyRole).toString()); });
}

void StatementRuns::show(const statements::TopList &list, const statements::Key &key)
{
    QVector<KeyedRow> rows;
    int nested = 0;
    for (const statements::Total &one : list.totals) {
        if (one.key.queryId != key.queryId)
            continue;
        nested += one.key.toplevel ? 0 : 1;
        const QString from = one.key.toplevel ? u"Sent by a client"_s : u"Called by a function or a trigger: its time is part of the caller's"_s;
        KeyedRow row;
        row.key = statements::keyText(one.key);
        row.cells = {cells::text(roleName(list.names, one.key.roleId)), cells::text(databaseName(list.names, one.key.databaseId)),
                     cells::text(one.key.toplevel ? u"client"_s : u"function"_s, from)};
        row.cells += {timeCell(one.counters[Measure::ExecTime]), meanCell(one.counters.meanExecMs()), callsCell(one.counters[Measure::Calls])};
        rows.append(row);
    }
    m_model->setRows(rows);
    m_words->setText(rows.isEmpty() ? (mayHaveRun(list, key) ? u"Who ran it in this time is not known: it is not told apart, or was not recorded"_s
                                                             : u"Nobody ran it in this time"_s)
                     : nested       ? u"Which function called it the server does not tell"_s
                                    : u"Each role in each database is counted apart"_s);
}

} // namespace howdah::ui
