// SPDX-License-Identifier: GPL-3.0-or-later
// Where plans are asked for, looked at, kept and compared: as a pane of its own, or as a page beside one statement. Window's thread; what the context
// points to outlives it.
#pragma once

#include "ui/plan/keptplansview.h"
#include "ui/plan/planflow.h"

#include <QWidget>

class QComboBox;
class QSplitter;
class QStackedWidget;

namespace howdah::ui
{

class CompareView;
class ErrorBar;
class PlanAsk;
class PlanView;

// A statement that was chosen elsewhere.
struct PlannedStatement {
    QString text;     // as pg_stat_statements has it
    QString queryId;  // its; empty: not known
    QString database; // empty: the profile's
    bool operator==(const PlannedStatement &) const = default;
};

class PlanPage : public QWidget
{
    Q_OBJECT
public:
    explicit PlanPage(const PaneContext &context, QWidget *parent = nullptr);

    // Beside one statement: nothing is pasted, and the kept plans are this one's.
    void setStatement(const PlannedStatement &statement);
    // A statement to begin with, which can be changed.
    void offerStatement(const QString &text, const QString &database);
    void readDatabases();
    void cancel();

    PlanAsk *question() const { return m_ask; }
    PlanView *view() const { return m_view; }
    KeptPlansView *kept() const { return m_kept; }
    CompareView *comparison() const { return m_compare; }
    PlanFlow *flow() const { return m_flow; }

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void found(const FoundPlans &plans);
    void showOne(int index);
    void askConsent(const explain::Answer &answer);
    void keep(const FoundPlan &plan);
    void showKept(const KeptPlansView::Kept &kept);
    void failed(const QString &what, const Error &error);

    PaneContext m_context;
    PlannedStatement m_chosen;
    explain::Request m_request; // the last one that was sent
    QString m_database;         // its
    FoundPlans m_found;
    PlanFlow *m_flow;
    PlanAsk *m_ask;
    KeptPlansView *m_kept;
    QSplitter *m_split;
    QSplitter *m_left;
    ErrorBar *m_error;
    PlainLabel *m_how;
    QComboBox *m_which;
    QStackedWidget *m_stack;
    PlanView *m_view;
    CompareView *m_compare;
};

} // namespace howdah::ui
