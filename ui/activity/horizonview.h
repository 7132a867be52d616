// SPDX-License-Identifier: GPL-3.0-or-later
// What holds old row versions, with the one thing that lets go of each; how far databases and tables are from wraparound. Window's thread.
#pragma once

#include "activity/horizon.h"

#include <QWidget>

namespace howdah::ui
{

class KeyedModel;
class KeyedView;
class PlainLabel;

class HorizonView : public QWidget
{
    Q_OBJECT
public:
    explicit HorizonView(QWidget *parent = nullptr);

    void show(const activity::Horizon &horizon);
    KeyedView *holders() const { return m_holders; }
    KeyedView *databases() const { return m_databases; }
    KeyedView *tables() const { return m_tables; }

private:
    KeyedModel *m_holderModel, *m_databaseModel, *m_tableModel;
    KeyedView *m_holders, *m_databases, *m_tables;
    PlainLabel *m_holderWords, *m_databaseWords, *m_tableWords;
};

} // namespace howdah::ui
