// SPDX-License-Identifier: GPL-3.0-or-later
// Who runs the same statement: each role, in each database, sent by a client or called by a function. Window's thread.
#pragma once

#include "statements/history.h"

#include <QWidget>

namespace howdah::ui
{

class KeyedModel;
class KeyedView;
class PlainLabel;

class StatementRuns : public QWidget
{
    Q_OBJECT
public:
    explicit StatementRuns(QWidget *parent = nullptr);

    void show(const statements::TopList &list, const statements::Key &key);
    KeyedView *view() const { return m_view; }

signals:
    void keyWanted(const QString &key); // statements::keyText(): another one of them is to be shown

private:
    KeyedModel *m_model;
    KeyedView *m_view;
    PlainLabel *m_words;
};

} // namespace howdah::ui
