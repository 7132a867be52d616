// SPDX-License-Identifier: GPL-3.0-or-later
// Two plans of one statement side by side, node by node: what each node became, and what differs. Window's thread.
#pragma once

#include "plan/compare.h"
#include "ui/plan/planfigures.h"

#include <QWidget>

class QCheckBox;
class QPushButton;

namespace howdah::ui
{

class KeyedModel;
class KeyedView;
class PlainLabel;
class PlanNodePanel;

class CompareView : public QWidget
{
    Q_OBJECT
public:
    explicit CompareView(QWidget *parent = nullptr);
    // `beforeName`, `afterName`: when and how each was seen.
    void show(const SharedPlan &before, const QString &beforeName, const SharedPlan &after, const QString &afterName);
    void setClosable(bool closable); // false: it stands for itself, with no plan to go back to
    KeyedView *table() const { return m_table; }
    PlanNodePanel *beforePanel() const { return m_was; }
    PlanNodePanel *afterPanel() const { return m_is; }

signals:
    void closed();

private:
    void fill();
    void choose(const QString &key);

    SharedPlan m_before, m_after;
    plan::PlanComparison m_comparison;
    PlainLabel *m_title;
    PlainLabel *m_names;
    QCheckBox *m_onlyDifferent;
    QPushButton *m_close;
    KeyedModel *m_model;
    KeyedView *m_table;
    PlanNodePanel *m_was;
    PlanNodePanel *m_is;
};

} // namespace howdah::ui
