// SPDX-License-Identifier: GPL-3.0-or-later
// The plans that this machine has kept, of one statement or of all: shown again, two of them compared, or forgotten. Window's thread; what the
// context points to outlives it.
#pragma once

#include "explain/keptplans.h"
#include "ui/plan/planfigures.h"
#include "ui/shell/pane.h"

#include <QWidget>

class QCheckBox;
class QPushButton;

namespace howdah::ui
{

class KeyedModel;
class KeyedView;
class PlainLabel;

class KeptPlansView : public QWidget
{
    Q_OBJECT
public:
    explicit KeptPlansView(const PaneContext &context, QWidget *parent = nullptr);

    void setStatement(const QString &key); // of this one alone; empty: of all
    void setCurrent(const QString &key);   // whose plan is shown: the list can be of it alone
    void keep(const explain::PlanToKeep &plan); // and it is listed
    void reload();
    void dropOpening(); // what was chosen before and is still being read is not shown any more
    KeyedView *list() const { return m_list; }
    QPushButton *compareButton() const { return m_compare; }
    QPushButton *showButton() const { return m_show; }
    QPushButton *forgetButton() const { return m_forget; }
    QCheckBox *onlyCurrent() const { return m_only; }

    struct Kept {
        explain::KeptPlan about;
        SharedPlan plan;
    };

signals:
    void shown(const howdah::ui::KeptPlansView::Kept &kept);
    void compared(const howdah::ui::KeptPlansView::Kept &before, const howdah::ui::KeptPlansView::Kept &after);
    void failed(const QString &what, const howdah::Error &error);

private:
    QVector<qint64> chosen() const; // ascending: the earlier first
    void showChosen();
    void compare();
    void forget();
    void updateButtons();

    PaneContext m_context;
    QString m_source;
    QString m_statement;
    QString m_current;
    KeyedModel *m_model;
    KeyedView *m_list;
    PlainLabel *m_empty;
    QCheckBox *m_only;
    QPushButton *m_show;
    QPushButton *m_compare;
    QPushButton *m_forget;
    quint64 m_reading = 0;
    quint64 m_opening = 0; // a late answer is dropped
};

} // namespace howdah::ui
