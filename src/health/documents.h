// SPDX-License-Identifier: GPL-3.0-or-later
// Standings as health+json (draft-inadarei-api-health-check-06): "pass", "warn" (answers, with findings or with questions it may not put to the
// server) or "fail" (down, or its last sample is stale), and checks by component:measurement. What is not known has no check. Pure; any thread.
#pragma once

#include "health/standing.h"

#include <QJsonObject>

namespace howdah::health
{

enum class HealthStatus { Pass, Warn, Fail };

struct HealthDocument {
    HealthStatus status = HealthStatus::Pass;
    QJsonObject json;
};

// The moment it is made for, by both clocks.
struct Moment {
    qint64 monotonicMs = 0;
    qint64 wallMs = 0;
};

HealthDocument databaseDocument(const QVector<Standing> &standings, const Moment &now);
HealthDocument metricsDocument(const QVector<Standing> &standings, const Moment &now); // counters and gauges of the last samples
HealthDocument overallDocument(const QVector<Standing> &standings, const Moment &now, double uptimeSeconds); // this program, and one line for all servers
HealthDocument readyDocument(const QVector<Standing> &standings); // fails until each server has been sampled once
HealthDocument liveDocument();

} // namespace howdah::health
