// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/query/querytabs.h"

#include "base/async.h"
#include "base/units.h"
#include "ui/widgets/dialogs.h"
#include "ui/widgets/icon.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QPushButton>
#include <QSet>
#include <QUuid>
#include <QVBoxLayout>

namespace howdah::ui
{

namespace
{
constexpr int keptClosed = 20;
}

QueryTabs::QueryTabs(const PaneContext &context, Worker *worker, CatalogWords *words, QWidget *parent)
    : QWidget(parent), m_context(context), m_worker(worker), m_words(words), m_bar(new QTabBar), m_stack(new QStackedWidget(this)),
      m_keeper(new DraftKeeper(
          context.store,
          [this](const QString &id) -> std::optional<store::Draft> {
              const int index = indexOf(id);
              if (index < 0)
                  return std::nullopt;
              store::Draft draft = at(index)->draft();
              draft.place = index;
              return draft;
          },
          this))
{
    m_bar->setAccessibleName(QStringLiteral("Queries"));
    m_bar->setMovable(true);
    m_bar->setExpanding(false);
    m_bar->setDrawBase(false);
    m_bar->setElideMode(Qt::ElideMiddle);
    m_bar->setUsesScrollButtons(true);
    m_bar->setSelectionBehaviorOnRemove(QTabBar::SelectPreviousTab);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_stack);
    connect(m_bar, &QTabBar::currentChanged, this, [this](int index) {
        for (int i = 0; i < count(); ++i) {
            if (i != index)
                at(i)->setShown(false);
        }
        if (QueryTab *tab = current()) {
            m_stack->setCurrentWidget(tab);
            if (m_shown)
                tab->setShown(true);
        }
        emit currentChanged();
    });
    connect(m_bar, &QTabBar::tabBarDoubleClicked, this, [this](int index) { index < 0 ? void(add()) : rename(index); });
    connect(m_bar, &QTabBar::tabMoved, this, &QueryTabs::keepAll);
    connect(m_keeper, &DraftKeeper::failed, this,
            [this](const Error &error) { emit trouble(QStringLiteral("What is written here could not be kept for a crash"), error); });
}

QueryTabs::~QueryTabs()
{
    m_keeper->saveNow();
}

QueryTab *QueryTabs::at(int index) const
{
    const QString id = m_bar->tabData(index).toString();
    for (int i = 0; i < m_stack->count(); ++i) {
        auto *tab = static_cast<QueryTab *>(m_stack->widget(i));
        if (tab->id() == id)
            return tab;
    }
    return nullptr;
}

QueryTab *QueryTabs::current() const
{
    return at(m_bar->currentIndex());
}

int QueryTabs::indexOf(const QString &id) const
{
    for (int i = 0; i < count(); ++i) {
        if (m_bar->tabData(i).toString() == id)
            return i;
    }
    return -1;
}

void QueryTabs::restore()
{
    if (!m_context.store || m_context.profile.id.isEmpty()) {
        m_restored = true;
        add();
        return emit restored();
    }
    const auto reading = m_context.store->run([profile = m_context.profile.id](store::Store &store) { return store::readDrafts(store, profile); });
    async::onFinished(reading, this, [this](const Result<QVector<store::Draft>> &drafts) {
        if (!drafts)
            emit trouble(QStringLiteral("The tabs of last time could not be read"), drafts.error());
        else
            for (const store::Draft &draft : *drafts)
                insert(draft, false);
        m_restored = true;
        if (count() == 0)
            add();
        m_bar->setCurrentIndex(0);
        emit restored();
    });
}

QString QueryTabs::freshTitle() const
{
    QSet<QString> taken;
    for (int i = 0; i < count(); ++i)
        taken.insert(at(i)->title());
    for (int number = 1;; ++number) {
        const QString title = QStringLiteral("Query %1").arg(number);
        if (!taken.contains(title))
            return title;
    }
}

QueryTab *QueryTabs::add()
{
    store::Draft draft;
    draft.id = QUuid::createUuid().toString(QUuid::WithoutBraces);
    draft.title = freshTitle();
    return insert(draft, true);
}

QueryTab *QueryTabs::insert(const store::Draft &draft, bool select)
{
    auto *tab = new QueryTab(m_context, m_worker, m_words, draft, this);
    m_stack->addWidget(tab);
    const bool first = count() == 0;
    const QSignalBlocker quiet(m_bar);
    const int index = m_bar->addTab(draft.title);
    m_bar->setTabData(index, draft.id);
    auto *shut = new QPushButton(m_bar);
    shut->setIcon(icon(QStringLiteral("close")));
    shut->setIconSize({12, 12});
    shut->setFixedSize(18, 18);
    shut->setFocusPolicy(Qt::NoFocus); // Ctrl+W does it
    shut->setToolTip(QStringLiteral("Close the tab (Ctrl+W)"));
    shut->setAccessibleName(shut->toolTip());
    setLook(shut, "icon");
    connect(shut, &QPushButton::clicked, this, [this, id = draft.id] { close(indexOf(id)); });
    m_bar->setTabButton(index, QTabBar::RightSide, shut);
    m_bar->blockSignals(false);
    retitle(tab);
    connect(tab, &QueryTab::draftChanged, this, [this, id = draft.id] { m_keeper->changed(id); });
    connect(tab, &QueryTab::titleChanged, this, [this, tab] { retitle(tab); });
    connect(tab->runner(), &Runner::ended, this, &QueryTabs::ran);
    if (select || first) {
        m_bar->setCurrentIndex(index);
        m_stack->setCurrentWidget(tab);
        if (m_shown)
            tab->setShown(true);
        emit currentChanged();
    }
    return tab;
}

void QueryTabs::retitle(QueryTab *tab)
{
    const int index = indexOf(tab->id());
    if (index < 0)
        return;
    // A tab bar reads "&" as a mnemonic. The mark of an unsaved file is a sign, not only a colour.
    QString title = units::oneLine(tab->title()).replace(QLatin1Char('&'), QLatin1StringView("&&"));
    const store::Draft draft = tab->draft();
    if (tab->isModified() && !draft.filePath.isEmpty())
        title.prepend(QStringLiteral("• "));
    if (tab->isBusy())
        title += QStringLiteral(" · running");
    else if (tab->hasOpenTransaction())
        title += QStringLiteral(" · in transaction");
    m_bar->setTabText(index, title);
    QString tip = draft.filePath.isEmpty() ? QStringLiteral("Kept here, in no file") : draft.filePath;
    if (tab->hasOpenTransaction())
        tip += QStringLiteral("\nA transaction is open");
    m_bar->setTabToolTip(index, tooltipText(tip));
}

void QueryTabs::close(int index)
{
    QueryTab *tab = at(index);
    if (!tab)
        return;
    if (!tab->isBusy() && !tab->hasOpenTransaction())
        return remove(index);
    Question question;
    question.title = QStringLiteral("Close %1").arg(tab->title());
    question.text = tab->isBusy() ? QStringLiteral("A statement runs in this tab. Closing cancels it and ends its session.")
                                  : QStringLiteral("A transaction is open in this tab. Closing ends its session, and the server rolls the transaction back.");
    question.verb = tab->isBusy() ? QStringLiteral("Cancel and close") : QStringLiteral("Roll back and close");
    question.dangerous = true;
    ask(this, question, tab, [this, tab](const Answer &answer) {
        if (answer.accepted)
            remove(indexOf(tab->id()));
    });
}

void QueryTabs::remove(int index)
{
    QueryTab *tab = at(index);
    if (!tab)
        return;
    store::Draft draft = tab->draft();
    draft.place = index;
    m_keeper->remove(draft.id);
    tab->disconnect(this);
    tab->runner()->disconnect(this);
    m_stack->removeWidget(tab);
    m_bar->removeTab(index);
    tab->deleteLater();
    if (!draft.text.trimmed().isEmpty()) {
        m_closed.append(draft);
        if (m_closed.size() > keptClosed)
            m_closed.removeFirst();
        emit closed(draft.title);
    }
    if (count() == 0)
        add();
    if (QueryTab *now = current()) {
        m_stack->setCurrentWidget(now);
        if (m_shown)
            now->setShown(true);
    }
    keepAll();
}

void QueryTabs::reopen()
{
    if (m_closed.isEmpty())
        return;
    const store::Draft draft = m_closed.takeLast();
    insert(draft, true);
    m_keeper->changed(draft.id);
}

void QueryTabs::rename(int index)
{
    QueryTab *tab = at(index);
    if (!tab)
        return;
    Question question;
    question.title = QStringLiteral("Rename the tab");
    question.text = QStringLiteral("%1 is called from now on:").arg(tab->title());
    question.field = QStringLiteral("Name");
    question.verb = QStringLiteral("Rename the tab");
    ask(this, question, tab, [tab](const Answer &answer) {
        if (answer.accepted && !answer.text.trimmed().isEmpty())
            tab->setTitle(answer.text.trimmed());
    });
}

void QueryTabs::step(int by)
{
    if (count() > 1)
        m_bar->setCurrentIndex((m_bar->currentIndex() + by + count()) % count());
}

void QueryTabs::setShown(bool shown)
{
    m_shown = shown;
    if (QueryTab *tab = current())
        tab->setShown(shown);
}

void QueryTabs::keepAll()
{
    for (int i = 0; i < count(); ++i)
        m_keeper->changed(m_bar->tabData(i).toString());
}

} // namespace howdah::ui
