// SPDX-License-Identifier: GPL-3.0-or-later
// All that is known of one node, or of what is of no node (planning, triggers, JIT, settings). Window's thread.
#pragma once

#include "ui/plan/planfigures.h"

#include <QFrame>

class QPushButton;
class QScrollArea;
class QVBoxLayout;

namespace howdah::ui
{

class PlainLabel;

class PlanNodePanel : public QFrame
{
    Q_OBJECT
public:
    explicit PlanNodePanel(QWidget *parent = nullptr);

    // By the tree's key: "n3", "planning", "trigger 0", "jit", "settings"; another: nothing.
    void show(const SharedPlan &plan, const QString &key);
    void showNothing();
    QString text() const { return m_text; } // what is shown, as Copy has it

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    struct Section {
        QString title;
        QVector<plan::Field> fields;
    };
    static QVector<Section> sectionsOf(const PlanFigures &all, const QString &key, QString *title, QString *note);
    static QVector<Section> sectionsOfNode(const PlanFigures &all, int index, QString *note);

    PlainLabel *m_title;
    PlainLabel *m_note;
    QPushButton *m_copy;
    QScrollArea *m_area;
    void setInside(QWidget *inside);

    SharedPlan m_plan; // what is shown of it: m_key
    QString m_key;
    bool m_narrow = false;
    QString m_text;
};

} // namespace howdah::ui
