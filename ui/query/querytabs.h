// SPDX-License-Identifier: GPL-3.0-or-later
// The pane's tabs: restored, kept, renamed, closed and reopened. Window's thread.
#pragma once

#include "ui/query/draftkeeper.h"
#include "ui/query/querytab.h"

#include <QStackedWidget>
#include <QTabBar>

namespace howdah::ui
{

class QueryTabs : public QWidget
{
    Q_OBJECT
public:
    QueryTabs(const PaneContext &context, Worker *worker, CatalogWords *words, QWidget *parent = nullptr);
    ~QueryTabs() override;

    void restore(); // what the store has; a first empty tab where it has nothing
    bool isRestored() const { return m_restored; }
    QTabBar *bar() const { return m_bar; }
    QueryTab *current() const;
    QueryTab *at(int index) const;
    int count() const { return m_bar->count(); }

    QueryTab *add();
    void close(int index); // asks where a statement runs or a transaction is open
    void reopen();         // the last closed
    bool canReopen() const { return !m_closed.isEmpty(); }
    void rename(int index);
    void step(int by);
    void setShown(bool shown);

signals:
    void restored();
    void currentChanged();
    void closed(const QString &title); // can be reopened
    void trouble(const QString &what, const howdah::Error &error);
    void ran(); // a run ended: the history has a line more

private:
    QueryTab *insert(const store::Draft &draft, bool select);
    void remove(int index);
    void retitle(QueryTab *tab);
    int indexOf(const QString &id) const;
    QString freshTitle() const;
    void keepAll();

    PaneContext m_context;
    Worker *m_worker;
    CatalogWords *m_words;
    QTabBar *m_bar;
    QStackedWidget *m_stack;
    DraftKeeper *m_keeper;
    QVector<store::Draft> m_closed;
    bool m_restored = false;
    bool m_shown = false;
};

} // namespace howdah::ui
