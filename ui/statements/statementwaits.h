// SPDX-License-Identifier: GPL-3.0-or-later
// What one statement waited for in an interval: sessions that ran it, on average, by wait event, sampled each second. Window's thread.
#pragma once

#include "activity/waits.h"

#include <QWidget>

class QPushButton;

namespace howdah::ui
{

class KeyedModel;
class KeyedView;
class PlainLabel;

class StatementWaits : public QWidget
{
    Q_OBJECT
public:
    explicit StatementWaits(QWidget *parent = nullptr);

    void show(const activity::WaitAverages &averages, bool mayReadAll); // of this statement alone
    void clear();
    KeyedView *view() const { return m_view; }

signals:
    void allWanted(); // those of all statements and sessions

private:
    KeyedModel *m_model;
    KeyedView *m_view;
    PlainLabel *m_words;
    QPushButton *m_all;
};

} // namespace howdah::ui
