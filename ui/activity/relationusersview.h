// SPDX-License-Identifier: GPL-3.0-or-later
// Who uses a relation now, on its page in the tree: one line of words, and a table where there is somebody. Window's thread.
#pragma once

#include "activity/relationusers.h"

#include <QWidget>

class QPushButton;

namespace howdah::ui
{

class KeyedModel;
class KeyedView;
class PlainLabel;

class RelationUsersView : public QWidget
{
    Q_OBJECT
public:
    explicit RelationUsersView(QWidget *parent = nullptr);

    void showReading(); // of another relation: nothing is known yet
    void show(const Result<QVector<activity::RelationUser>> &users);
    QString words() const;
    KeyedView *view() const { return m_view; }
    QPushButton *again() const { return m_again; }

signals:
    void againWanted();
    void sessionWanted(const QString &key); // activated: pidKey()

private:
    PlainLabel *m_words;
    QPushButton *m_again;
    KeyedModel *m_model;
    KeyedView *m_view;
};

} // namespace howdah::ui
