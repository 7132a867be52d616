// SPDX-License-Identifier: GPL-3.0-or-later
// What a plan shows to be wrong, a card each: what was seen, what would mend it, what that costs, and the statements to do it. Window's thread.
#pragma once

#include "ui/plan/planfigures.h"

#include <QScrollArea>

class QVBoxLayout;

namespace howdah::ui
{

class PlanFindings : public QScrollArea
{
    Q_OBJECT
public:
    explicit PlanFindings(QWidget *parent = nullptr);
    void show(const SharedPlan &plan); // null: none
    // What findings could not know, in words; empty: nothing.
    void setNote(const QString &note) { m_note = note; }
    int count() const { return m_count; }

signals:
    void nodeWanted(int node);

private:
    QWidget *card(const PlanFigures &all, const plan::Finding &finding);

    QString m_note;
    int m_count = 0;
};

} // namespace howdah::ui
