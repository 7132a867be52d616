// SPDX-License-Identifier: GPL-3.0-or-later
// What a trial said: the judgement, what was measured before and after side by side, what the remedy made and what became of it; the two plans, node by node,
// on a second page. Window's thread.
#pragma once

#include "trial/trial.h"

#include <QWidget>

class QTabWidget;

namespace howdah::ui
{

class CompareView;

class TrialResult : public QWidget
{
    Q_OBJECT
public:
    explicit TrialResult(QWidget *parent = nullptr);
    void show(const trial::Trial &trial);
    QTabWidget *pages() const { return m_pages; }

private:
    QTabWidget *m_pages;
    CompareView *m_plans;
};

} // namespace howdah::ui
