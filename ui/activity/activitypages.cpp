// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/activity/activitypages.h"

#include "ui/activity/horizonview.h"
#include "ui/activity/locksview.h"
#include "ui/activity/progressview.h"
#include "ui/activity/rows.h"
#include "ui/activity/sessionsview.h"
#include "ui/activity/waitsview.h"
#include "ui/widgets/keyedview.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QHBoxLayout>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QShortcut>
#include <QVBoxLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;

ActivityPages::ActivityPages(WaitsFeed *feed, QWidget *parent)
    : QWidget(parent), m_bar(new QHBoxLayout), m_stack(new QStackedWidget), m_sessions(new SessionsView),
      m_locks(new LocksView), m_waits(new WaitsView(feed)), m_progress(new ProgressView), m_horizon(new HorizonView), m_rest(new QPlainTextEdit)
{
    m_rest->setReadOnly(true);
    m_rest->setFont(fixedFont());
    m_rest->setAccessibleName(u"Settings, statements and log of the incident"_s);
    m_bar->setSpacing(space::inside);
    const auto add = [this](Page page, const QString &title, const QString &tip, QWidget *widget) {
        auto *button = new QPushButton(title);
        button->setCheckable(true);
        m_tips.append(u"%1 (Alt+%2)"_s.arg(tip).arg(page + 1));
        button->setToolTip(tooltipText(m_tips.constLast()));
        // Not the button's own shortcut: that goes with each new text.
        auto *keys = new QShortcut(QKeySequence(Qt::ALT | Qt::Key(int(Qt::Key_1) + int(page))), this);
        connect(keys, &QShortcut::activated, button, [button] {
            if (button->isVisible() && button->isEnabled())
                button->click();
        });
        setLook(button, "flat");
        m_buttons.append(button); // in the order of the pages; no QButtonGroup: of one, Tab reaches the checked button only
        connect(button, &QPushButton::clicked, this, [this, page] { setPage(page); });
        m_bar->addWidget(button);
        m_stack->addWidget(widget);
    };
    add(SessionsPage, u"Sessions"_s, u"Who is connected and what it does"_s, m_sessions);
    add(LocksPage, u"Locks"_s, u"Who waits for whom"_s, m_locks);
    add(WaitsPage, u"Waits"_s, u"Who waited for what in the time range"_s, m_waits);
    add(ProgressPage, u"Progress"_s, u"What reports its progress"_s, m_progress);
    add(HorizonPage, u"Horizon"_s, u"What holds old row versions, and how far wraparound is"_s, m_horizon);
    add(RestPage, u"Settings, statements, log"_s, u"What else the incident's file holds"_s, m_rest);
    button(RestPage)->hide();
    button(SessionsPage)->setChecked(true);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::part);
    column->addWidget(m_stack, 1);

    for (KeyedView *view : {m_sessions->view(), m_locks->view(), m_progress->view(), m_horizon->holders()}) {
        connect(view, &KeyedView::currentKeyChanged, this, [this](const QString &key) { emit pidChosen(pidOfKey(key).value_or(0)); });
        connect(view, &KeyedView::stateChanged, this, &ActivityPages::columnsChanged);
    }
    for (KeyedView *view : {m_waits->view(), m_horizon->databases(), m_horizon->tables()})
        connect(view, &KeyedView::stateChanged, this, &ActivityPages::columnsChanged);
}

QPushButton *ActivityPages::button(Page page) const
{
    return m_buttons.at(page);
}

ActivityPages::Page ActivityPages::page() const
{
    return Page(m_stack->currentIndex());
}

void ActivityPages::setPage(Page page)
{
    for (int i = 0; i < m_buttons.size(); ++i)
        m_buttons.at(i)->setChecked(i == page);
    m_stack->setCurrentIndex(page);
    fillPage();
    m_waits->setShown(m_shown && page == WaitsPage);
    emit pageChanged(page);
}

void ActivityPages::setPast(bool past)
{
    for (const Page page : {ProgressPage, HorizonPage}) {
        button(page)->setEnabled(!past);
        button(page)->setToolTip(tooltipText(past ? u"Of the past it is not kept"_s : m_tips.at(page)));
    }
    if (past && (page() == ProgressPage || page() == HorizonPage))
        setPage(SessionsPage);
}

void ActivityPages::setShown(bool shown)
{
    m_shown = shown;
    m_waits->setShown(shown && page() == WaitsPage);
}

void ActivityPages::showTree(const activity::LockTree &tree)
{
    int clients = 0;
    for (const activity::Backend &backend : tree.sessions.backends) {
        // Of what may not be seen the type is not known; who has a role is a client, or a worker of one.
        const bool client = backend.permitted ? backend.type == "client backend"_L1 : !backend.role.isEmpty() && backend.leaderPid == 0;
        clients += client && !backend.own ? 1 : 0;
    }
    button(SessionsPage)->setText(u"Sessions %1"_s.arg(clients));
    button(LocksPage)->setText(tree.waiting ? u"Locks: %1 wait"_s.arg(tree.waiting) : u"Locks"_s);
    m_sessions->setNote(tree.mayReadAll ? QString()
                                        : u"Of other roles' sessions only their presence is known: GRANT pg_monitor to this role to see more."_s);
    m_waits->learn(tree.sessions);
    m_tree = tree;
    m_isFilled = {};
    fillPage();
}

// Only what is looked at: hundreds of rows a second that nobody sees would be felt.
void ActivityPages::fillPage()
{
    const Page current = page();
    if ((current != SessionsPage && current != LocksPage) || m_isFilled[current])
        return;
    m_isFilled[current] = true;
    if (current == SessionsPage)
        m_sessions->show(m_tree);
    else
        m_locks->show(m_tree);
}

void ActivityPages::showTasks(const activity::Tasks &tasks)
{
    button(ProgressPage)->setText(tasks.tasks.isEmpty() ? u"Progress"_s : u"Progress %1"_s.arg(tasks.tasks.size()));
    m_progress->show(tasks);
}

void ActivityPages::showHorizon(const activity::Horizon &horizon)
{
    m_horizon->show(horizon);
}

void ActivityPages::showRest(const QString &text)
{
    m_rest->setPlainText(text);
    button(RestPage)->setVisible(!text.isEmpty());
    if (text.isEmpty() && page() == RestPage)
        setPage(SessionsPage);
}

QJsonObject ActivityPages::columns() const
{
    QJsonObject all;
    for (const KeyedView *view : findChildren<KeyedView *>())
        all.insert(view->objectName(), view->state());
    return all;
}

void ActivityPages::restoreColumns(const QJsonObject &columns)
{
    for (KeyedView *view : findChildren<KeyedView *>()) {
        if (columns.contains(view->objectName()))
            view->restore(columns.value(view->objectName()).toObject());
    }
}

} // namespace howdah::ui
