// SPDX-License-Identifier: GPL-3.0-or-later
// The samples of waits in the window's time range: from the store when the range changes, from the sampler while it follows now. Two panes show
// them. Window's thread; sampler, store and range outlive it.
#pragma once

#include "activity/waitsampler.h"
#include "ui/shell/pane.h"
#include "ui/widgets/timerange.h"

#include <optional>

namespace howdah::ui
{

class WaitsFeed : public QObject
{
    Q_OBJECT
public:
    WaitsFeed(const PaneContext &context, QObject *parent = nullptr);

    const QVector<activity::WaitSample> &samples() const { return m_samples; } // in the order of time
    TimeRange::Interval interval() const; // by the server's clock
    bool isFollowing() const { return m_range->isFollowing(); }
    bool isRead() const { return m_read; }
    const std::optional<Error> &error() const { return m_error; } // why what was sampled before is not there
    void reload();
    void showKept(const QVector<activity::WaitSample> &samples); // those of a file, and nothing else until showLive()
    void showLive();

signals:
    void reset();   // all samples are others
    void added(const howdah::activity::WaitSample &sample);
    void gap(qint64 atMs);
    void failed(const howdah::Error &error); // history could not be read; what is sampled goes on

private:
    qint64 nowMs() const;
    void take(const activity::WaitSample &sample);

    store::StoreWorker *m_store;
    TimeRange *m_range;
    const Clock *m_clock;
    QString m_profile;
    QVector<activity::WaitSample> m_samples;
    QVector<activity::WaitSample> m_late; // came while history was being read
    qint64 m_lastMs = 0;
    qint64 m_lastMonotonicMs = 0;
    std::optional<Error> m_error;
    quint64 m_reading = 0;
    bool m_reads = false;
    bool m_read = false;
    bool m_kept = false;
};

} // namespace howdah::ui
