// SPDX-License-Identifier: GPL-3.0-or-later
// How old the last proven restore of a workspace's server is: asked each minute, whichever pane is shown, and told on the desktop when the newest drill failed or the
// last good one grew older than the schedule wants; each once, whether this window or `howdahctl watch` sees it first. Window's thread; what is read and told is not.
#pragma once

#include "backup/proof.h"
#include "base/worker.h"
#include "pg/session.h"
#include "session/profile.h"
#include "store/storeworker.h"

#include <QPointer>
#include <QTimer>

namespace howdah
{
class Clock;
}

namespace howdah::ui
{

class RestoreWatch : public QObject
{
    Q_OBJECT
public:
    RestoreWatch(const session::Profile &profile, pg::Session *monitor, store::StoreWorker *store, const Clock *clock, QObject *parent);
    void start();
    void ask(); // now; one that runs is enough
    const std::optional<backup::Proof> &proof() const { return m_proof; } // nullopt: not asked yet

signals:
    void changed();

private:
    struct Known {
        backup::ProofFacts facts;
        backup::ProofTold told;
    };
    void askIdentity(Known known);
    void asked();
    void look(Known known);

    session::Profile m_profile;
    QPointer<pg::Session> m_monitor;
    store::StoreWorker *m_store;
    const Clock *m_clock;
    Worker m_worker;
    QTimer m_timer;
    std::optional<backup::Proof> m_proof;
    bool m_asking = false, m_again = false;
};

} // namespace howdah::ui
