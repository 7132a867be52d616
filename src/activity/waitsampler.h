// SPDX-License-Identifier: GPL-3.0-or-later
// Samples the waits of one server each second on its monitor link and keeps them, and each ten seconds the sessions that were at work, for an hour: what
// stood there at three in the morning can be read at nine. A second without an answer is a gap. Lives on the window's thread.
#pragma once

#include "activity/sessions.h"
#include "activity/waits.h"
#include "pg/session.h"
#include "store/samplekeeper.h"

#include <QObject>
#include <QTimer>

namespace howdah::activity
{

class WaitSampler : public QObject
{
    Q_OBJECT
public:
    // Sources as in store/samples.h: "<profile uuid>/waits" and "<profile uuid>/sessions". store may be null: nothing is kept.
    WaitSampler(pg::Session *monitor, store::StoreWorker *store, const QString &profileId, QObject *parent = nullptr);

    void start();
    void stop();
    static QString waitsSource(const QString &profileId);
    static QString sessionsSource(const QString &profileId);

signals:
    void sampled(const howdah::activity::WaitSample &sample);
    void failed(const howdah::Error &error); // this second is a gap
    void notSaved(const howdah::Error &error);

private:
    void tick();

    pg::Session *m_monitor;
    store::StoreWorker *m_store;
    store::SampleKeeper m_waits;
    store::SampleKeeper m_sessions;
    QTimer m_timer;
    bool m_inFlight = false;
    int m_untilSessions = 0;
};

Result<QVector<WaitSample>> readWaitSamples(store::Store &store, const QString &profileId, qint64 fromMs, qint64 toMs);
// Which sessions made an interval as busy as it was. Sessions are kept each ten seconds only, so that a spike has few readings: of those within 15 s of
// the busiest sample, the one that is most like it; the nearest alone may be of the calm before. nullopt: none was kept, or it is gone.
Result<std::optional<Sessions>> readSessionsLike(store::Store &store, const QString &profileId, const WaitSample &busiest);
// Of a reading, what is worth keeping: who waits, blocks or works, at most 100, statements cut to 400 characters and masked.
Sessions worthKeeping(const Sessions &sessions);

} // namespace howdah::activity
