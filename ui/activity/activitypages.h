// SPDX-License-Identifier: GPL-3.0-or-later
// The pages of the activity pane behind their buttons, each button with its count. Window's thread.
#pragma once

#include "activity/snapshot.h"

#include <QStackedWidget>
#include <QWidget>

#include <array>

class QHBoxLayout;
class QPlainTextEdit;
class QPushButton;

namespace howdah::ui
{

class HorizonView;
class LocksView;
class ProgressView;
class SessionsView;
class WaitsFeed;
class WaitsView;

class ActivityPages : public QWidget
{
    Q_OBJECT
public:
    enum Page { SessionsPage, LocksPage, WaitsPage, ProgressPage, HorizonPage, RestPage };

    explicit ActivityPages(WaitsFeed *feed, QWidget *parent = nullptr);

    QHBoxLayout *bar() const { return m_bar; } // not owned by a layout: the pane adds its own to its end and lays it above
    Page page() const;
    void setPage(Page page);
    void setShown(bool shown);
    void setPast(bool past); // of the past neither progress nor horizon is kept

    void showTree(const activity::LockTree &tree);
    void showTasks(const activity::Tasks &tasks);
    void showHorizon(const activity::Horizon &horizon);
    void showRest(const QString &text); // empty: there is none, and no button
    QPushButton *button(Page page) const;
    SessionsView *sessions() const { return m_sessions; }
    LocksView *locks() const { return m_locks; }
    WaitsView *waits() const { return m_waits; }
    HorizonView *horizon() const { return m_horizon; }
    ProgressView *progress() const { return m_progress; }

    QJsonObject columns() const;
    void restoreColumns(const QJsonObject &columns);

signals:
    void pageChanged(int page);
    void pidChosen(int pid); // 0: none
    void columnsChanged();

private:
    void fillPage();

    activity::LockTree m_tree;            // the last one told
    std::array<bool, 2> m_isFilled{};     // by page: it shows m_tree
    QHBoxLayout *m_bar;
    QVector<QPushButton *> m_buttons;
    QStringList m_tips; // theirs
    QStackedWidget *m_stack;
    SessionsView *m_sessions;
    LocksView *m_locks;
    WaitsView *m_waits;
    ProgressView *m_progress;
    HorizonView *m_horizon;
    QPlainTextEdit *m_rest;
    bool m_shown = false;
};

} // namespace howdah::ui
