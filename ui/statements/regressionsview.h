// SPDX-License-Identifier: GPL-3.0-or-later
// The time range that is shown held against an earlier one: what takes longer now, by the time that adds, and what is new. Window's thread.
#pragma once

#include "ui/statements/statementsource.h"

#include <QWidget>

class QComboBox;
class QSpinBox;
class QStackedWidget;

namespace howdah::ui
{

class EmptyState;
class KeyedModel;
class KeyedView;
class PlainLabel;

class RegressionsView : public QWidget
{
    Q_OBJECT
public:
    explicit RegressionsView(QWidget *parent = nullptr);

    Against against() const;
    void setSpan(qint64 spanMs); // of the time range: what is nearer than that overlaps it, and can't be chosen
    void show(const StatementReading &reading, const statements::Filter &filter);
    QComboBox *againstBox() const { return m_against; }
    QSpinBox *minCalls() const { return m_minCalls; }
    KeyedView *slower() const { return m_slowerView; }
    KeyedView *fresh() const { return m_freshView; }

signals:
    void againstChanged();
    void minCallsChanged();
    void keyChosen(const QString &key); // statements::keyText(); by the keys, or clicked

private:
    void say(const statements::Comparison &comparison, const StatementReading &reading);

    QComboBox *m_against;
    QSpinBox *m_minCalls;
    PlainLabel *m_note;
    PlainLabel *m_slowerWords;
    PlainLabel *m_freshWords;
    KeyedModel *m_slower;
    KeyedModel *m_fresh;
    KeyedView *m_slowerView;
    KeyedView *m_freshView;
    EmptyState *m_empty;
    QStackedWidget *m_stack;
    bool m_filling = false; // rows that go and come choose nothing
};

} // namespace howdah::ui
