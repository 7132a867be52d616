// SPDX-License-Identifier: GPL-3.0-or-later
// Where a remedy can be tried now, and what to do where it can't be. readWays() blocks on Docker and asks over the link: on the link's thread, never the
// window's.
#pragma once

#include "backup/labs.h"
#include "trial/hypothetical.h"

namespace howdah::trial
{

struct Ways {
    std::optional<QVector<backup::Lab>> labs; // nullopt: not known
    QString labsMissing;                      // why
    std::optional<HypoPg> hypoPg;             // nullopt: not known
    QString hypoPgMissing;
    bool any() const; // a running lab, or HypoPG
};
// `connection` null: the server does not answer, or was not asked.
Ways readWays(pg::Connection *connection, const CancelToken &cancel = {});
QStringList waysText(const Ways &ways); // lines: what there is, and what would bring the rest
// How a lab is made, from nothing.
QString labRecipe();

} // namespace howdah::trial
