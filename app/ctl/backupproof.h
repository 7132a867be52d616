// SPDX-License-Identifier: GPL-3.0-or-later
// What a watch and a timer tell of drills: that the newest failed, that the last proven restore grew older than its schedule wants. Once each, on the desktop where
// there is one; a window that sees it first has told it. On the worker's thread.
#pragma once

#include "backup/schedule.h"
#include "ctl/ctl.h"

#include <QHash>

namespace howdah::ctl
{

class ProofTeller
{
public:
    explicit ProofTeller(Ctl &ctl) : m_ctl(ctl) { }
    // A line for people; empty: nothing new.
    QString look(const session::Profile &profile, const backup::Schedule &schedule, const backup::TaskRun &drill, qint64 nowMs);

private:
    struct Seen {
        qint64 askNextMs = 0; // monotonic: which cluster it is
        QString told;         // the last line, where no desktop took it
    };
    QString identifierOf(const session::Profile &profile, Seen &seen);

    Ctl &m_ctl;
    QHash<QString, Seen> m_seen; // by the profile's id
};

} // namespace howdah::ctl
