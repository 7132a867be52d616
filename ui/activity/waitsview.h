// SPDX-License-Identifier: GPL-3.0-or-later
// Who waited for what in the window's time range: the chart, and below it the average active sessions by wait and statement. Window's thread.
#pragma once

#include "activity/sessions.h"
#include "activity/waits.h"
#include "ui/metrics/redrawqueue.h"

#include <QHash>
#include <QTimer>
#include <QWidget>

#include <optional>

namespace howdah::ui
{

class KeyedModel;
class KeyedView;
class PlainLabel;
class WaitsChart;
class WaitsFeed;

class WaitsView : public QWidget
{
    Q_OBJECT
public:
    explicit WaitsView(WaitsFeed *feed, QWidget *parent = nullptr);

    WaitsChart *chart() const { return m_chart; }
    KeyedView *view() const { return m_view; }
    void learn(const activity::Sessions &sessions); // the texts of statements, by their query ids
    void setShown(bool shown);

private:
    void average(); // begins anew
    void averageOn();
    void showAverages(const activity::WaitAverages &averages);

    WaitsFeed *m_feed;
    RedrawQueue m_queue;
    WaitsChart *m_chart;
    KeyedModel *m_model;
    KeyedView *m_view;
    PlainLabel *m_words;
    QHash<QString, QString> m_statements;
    QTimer m_second;
    QTimer m_slice; // the window's thread takes some thousand samples at a time
    std::optional<activity::Averaging> m_averaging;
    qint64 m_averagedMs = 0; // up to this sample
};

} // namespace howdah::ui
