// SPDX-License-Identifier: GPL-3.0-or-later
// Who waits for whom: the tree, or the same as a picture. Window's thread.
#pragma once

#include "activity/locktree.h"

#include <QWidget>

class QPushButton;
class QStackedLayout;

namespace howdah::ui
{

class EmptyState;
class KeyedModel;
class KeyedView;
class LockPicture;
class PlainLabel;

class LocksView : public QWidget
{
    Q_OBJECT
public:
    explicit LocksView(QWidget *parent = nullptr);

    void show(const activity::LockTree &tree);
    void select(const QString &key);
    KeyedView *view() const { return m_view; }
    LockPicture *picture() const { return m_picture; }
    QPushButton *pictureButton() const { return m_asPicture; }

signals:
    void currentKeyChanged(const QString &key);

private:
    KeyedModel *m_model;
    KeyedView *m_view;
    LockPicture *m_picture;
    PlainLabel *m_words;
    QPushButton *m_asPicture;
    EmptyState *m_nobody;
    QStackedLayout *m_pages;
    bool m_opened = false; // its roots, once each time somebody waits anew
};

} // namespace howdah::ui
