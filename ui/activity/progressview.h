// SPDX-License-Identifier: GPL-3.0-or-later
// What reports its progress, with rate, time left and who is in its way. Window's thread.
#pragma once

#include "activity/progress.h"

#include <QWidget>

class QStackedLayout;

namespace howdah::ui
{

class KeyedModel;
class KeyedView;

class ProgressView : public QWidget
{
    Q_OBJECT
public:
    explicit ProgressView(QWidget *parent = nullptr);

    void show(const activity::Tasks &tasks);
    KeyedView *view() const { return m_view; }

private:
    activity::Tasks m_before; // some seconds ago, so that a rate is no noise
    activity::Tasks m_last;
    KeyedModel *m_model;
    KeyedView *m_view;
    QStackedLayout *m_pages;
};

} // namespace howdah::ui
