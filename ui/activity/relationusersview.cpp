// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/activity/relationusersview.h"

#include "ui/activity/cells.h"
#include "ui/activity/rows.h"
#include "ui/widgets/keyedview.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QPushButton>
#include <QVBoxLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;

namespace
{

constexpr qsizetype mostRows = 6; // seen at once; the others are scrolled to

QVector<KeyedColumn> columns()
{
    return {{u"session"_s, u"Session"_s, false, false, 130},
            {u"locks"_s, u"Locks"_s, false, false, 190},
            {u"since"_s, u"Transaction"_s, true, false, 96},
            {u"query"_s, u"Statement"_s, false, true, 100, false, true}};
}

KeyedRow rowOf(const activity::RelationUser &user)
{
    KeyedCell session{user.pid ? u"%1  %2"_s.arg(user.pid).arg(user.role) : u"prepared '%1'"_s.arg(user.preparedGid), {}, user.application, false, {}, {}};
    if (!user.granted)
        session.mark = StateLook::Warning;
    const KeyedCell locks = user.granted ? cells::text(user.modes)
                                         : cells::text(u"waits: %1"_s.arg(user.modes), u"waits for %1 since %2"_s.arg(user.modes, ageText(user.waitingMs)));
    const KeyedCell query = user.permitted ? cells::text(user.query, user.query)
                                           : cells::notPermitted();
    return {user.pid ? pidKey(user.pid) : u"prepared "_s + user.preparedGid, {session, locks, cells::age(user.transactionMs), query}, {}};
}

} // namespace

RelationUsersView::RelationUsersView(QWidget *parent)
    : QWidget(parent), m_words(new PlainLabel), m_again(new QPushButton(u"Look again"_s)), m_model(new KeyedModel(columns(), this)),
      m_view(new KeyedView(m_model, u"Who uses it now"_s))
{
    m_view->setObjectName(u"relationUsers"_s);
    m_view->setToolTip(u"Enter or a double click shows the session"_s);
    m_words->setWordWrap(true);
    setLook(m_again, "flat");
    m_again->setFont(smallFont());
    auto *head = new QHBoxLayout;
    head->addWidget(m_words, 1);
    head->addWidget(m_again);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::inside);
    column->addLayout(head);
    column->addWidget(m_view);
    m_view->hide();
    connect(m_again, &QPushButton::clicked, this, &RelationUsersView::againWanted);
    connect(m_view, &QAbstractItemView::activated, this, [this] {
        if (pidOfKey(m_view->currentKey()))
            emit sessionWanted(m_view->currentKey());
    });
}

void RelationUsersView::showReading()
{
    m_words->setText(u"Who uses it now: reading…"_s);
    m_model->setRows({});
    m_view->hide();
}

void RelationUsersView::show(const Result<QVector<activity::RelationUser>> &users)
{
    if (!users) {
        m_words->setText(u"Who uses it now is not known: "_s + units::oneLine(users.error().message));
        m_view->hide();
        return;
    }
    QVector<KeyedRow> rows, waiters; // who has it, then who waits for it
    for (const activity::RelationUser &user : *users)
        (user.granted ? rows : waiters).append(rowOf(user));
    const qsizetype waiting = waiters.size();
    m_model->setRows(rows + waiters);
    const qsizetype count = users->size();
    if (count == 0)
        m_words->setText(u"Nobody uses it now"_s);
    else
        m_words->setText(u"Used now by %1%2"_s.arg(count == 1 ? u"one session"_s : u"%1 sessions"_s.arg(count),
                                                   waiting ? u"; %1 of them wait for a lock on it"_s.arg(waiting) : QString()));
    m_view->setFixedHeight(m_view->header()->sizeHint().height() + int(std::min(count, mostRows)) * space::row + 6);
    m_view->setVisible(count > 0);
}

QString RelationUsersView::words() const
{
    return m_words->text();
}

} // namespace howdah::ui
