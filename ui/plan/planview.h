// SPDX-License-Identifier: GPL-3.0-or-later
// A plan as a tree, as a picture, in findings and as its own text; what is selected is told in full beside it, or below where there is little room.
// A view of values. Window's thread.
#pragma once

#include "ui/plan/planfigures.h"

#include <QWidget>

class QPlainTextEdit;
class QScrollArea;
class QSplitter;
class QTabWidget;

namespace howdah::ui
{

class KeyedModel;
class KeyedView;
class PlainLabel;
class PlanFindings;
class PlanGraph;
class PlanNodePanel;

class PlanView : public QWidget
{
    Q_OBJECT
public:
    enum Tab { Tree, Graph, Findings, Text };

    explicit PlanView(QWidget *parent = nullptr);

    // `raw`: as it was told; empty: our own words. `note`: what the findings could not know; empty: nothing.
    void setPlan(const plan::Plan &plan, const QVector<plan::Finding> &findings, const QString &raw = {}, const QString &note = {});
    void setPlan(const SharedPlan &plan, const QString &raw, const QString &note = {});
    void clear();
    const SharedPlan &plan() const { return m_plan; } // null: none
    void select(const QString &key); // "n3", "planning"; see planrows.h
    QString selected() const { return m_selected; }
    void setTab(Tab tab);

    KeyedView *tree() const { return m_tree; }
    PlanGraph *graph() const { return m_graph; }
    PlanFindings *findings() const { return m_findings; }
    PlanNodePanel *panel() const { return m_panel; }
    QTabWidget *tabs() const { return m_tabs; }
    QPlainTextEdit *text() const { return m_text; }

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void showColumns();
    void expandTree();
    void zoomTo(double zoom); // 0: to fit
    QWidget *graphPage();
    QWidget *textPage();
    void arrange();

    SharedPlan m_plan;
    QString m_selected;
    QString m_raw;
    bool m_fitted = true;
    PlainLabel *m_summary;
    QTabWidget *m_tabs;
    QSplitter *m_split;
    KeyedModel *m_model;
    KeyedView *m_tree;
    PlanGraph *m_graph;
    QScrollArea *m_graphArea;
    PlainLabel *m_zoom;
    PlanFindings *m_findings;
    QPlainTextEdit *m_text;
    PlainLabel *m_cut;
    PlanNodePanel *m_panel;
};

} // namespace howdah::ui
