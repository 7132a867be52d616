// SPDX-License-Identifier: GPL-3.0-or-later
// The PostgreSQL 18 stack Howdah can run: its state, its facts, its log, and what can be done to it. Window's thread; status and log are
// read on a worker of its own, so that a long job on the tools does not hold them up.
#pragma once

#include "stack/stack.h"
#include "ui/shell/pane.h"
#include "ui/stack/stackactions.h"

#include <QTimer>

#include <optional>

class QPushButton;
class QStackedWidget;

namespace howdah::ui
{

class EmptyState;
class ErrorBar;
class LogView;
class PlainLabel;
class StackFacts;
class StateWord;

class StackPane : public Pane
{
    Q_OBJECT
public:
    StackPane(const PaneContext &context, QWidget *parent);
    ~StackPane() override;

    void activated() override;
    void deactivated() override;
    bool isSettled() const override { return m_settled; }
    void refresh() override;
    QString crumb() const override;

private:
    QWidget *buildDetail();
    QWidget *buildCommands();
    void readStatus();
    void readLog();
    void showReadTrouble();
    void refreshLog(); // where there is one and it is shown
    void showStatus();
    void jobEnded(session::Job *job);
    session::Job *runningJob() const;
    bool isThere() const;
    void settle();

    PaneContext m_context;
    QString m_name;
    Worker m_reader;
    CancelToken m_cancel;
    QTimer m_poll;
    std::optional<stack::StackStatus> m_status;
    bool m_reading = false;
    bool m_readingLog = false;
    bool m_settled = false;
    StackNext m_nextStep; // of the error that is shown: what its button does

    StateWord *m_state;
    ErrorBar *m_error;     // of the last job
    ErrorBar *m_readError; // of the state or the log: goes with the next good answer of both
    std::optional<Error> m_stateTrouble;
    std::optional<Error> m_logTrouble;
    QStackedWidget *m_pages;
    EmptyState *m_empty;
    StackFacts *m_facts;
    LogView *m_log;
    QPushButton *m_start;
    QPushButton *m_stop;
    QPushButton *m_demo;
    QPushButton *m_rotate;
    QPushButton *m_logs;
    QPushButton *m_destroy;
};

Pane *makeStackPane(const PaneContext &context, QWidget *parent);

} // namespace howdah::ui
