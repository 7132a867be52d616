// SPDX-License-Identifier: GPL-3.0-or-later
// The sessions as a table: filtered by a word, grouped, with or without those that do nothing. Window's thread.
#pragma once

#include "ui/activity/rows.h"

#include <QWidget>

class QCheckBox;
class QComboBox;
class QLineEdit;

namespace howdah::ui
{

class KeyedModel;
class KeyedView;
class PlainLabel;

class SessionsView : public QWidget
{
    Q_OBJECT
public:
    explicit SessionsView(QWidget *parent = nullptr);

    void show(const activity::LockTree &tree);
    KeyedView *view() const { return m_view; }
    QLineEdit *word() const { return m_word; }
    void setNote(const QString &note); // what this reading lacks; empty: nothing

private:
    void again();

    activity::LockTree m_tree;
    KeyedModel *m_model;
    KeyedView *m_view;
    QLineEdit *m_word;
    QComboBox *m_grouping;
    QCheckBox *m_idle;
    QCheckBox *m_servers;
    PlainLabel *m_note;
};

} // namespace howdah::ui
