// SPDX-License-Identifier: GPL-3.0-or-later
// A project of another migration tool, to be read: what it is, which program runs it, where the database stands and where the files end, and its migrations,
// the newest on top. Nothing of it is changed here. Window's thread.
#pragma once

#include "migrations/foreign.h"

#include <QWidget>

namespace howdah::ui
{

class KeyedModel;
class KeyedView;
class PlainLabel;

class ForeignView : public QWidget
{
    Q_OBJECT
public:
    explicit ForeignView(QWidget *parent = nullptr);

    // Those that were found, not empty: shown is the one whose files are here and whose program we can call, else the first.
    void show(const QVector<migrations::ForeignProject> &projects);
    KeyedView *table() const { return m_table; }

private:
    PlainLabel *m_title;
    PlainLabel *m_what;
    PlainLabel *m_stands;
    PlainLabel *m_problems;
    KeyedModel *m_model;
    KeyedView *m_table;
};

} // namespace howdah::ui
