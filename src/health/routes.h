// SPDX-License-Identifier: GPL-3.0-or-later
// The health endpoints: from a request and the servers' standings to an answer. Nothing is asked of a server here, so a storm of probes costs it
// nothing. Pure; any thread.
//   /livez                    this program answers             /health/database          every watched server
//   /readyz                   each server was sampled once     /health/database/{id}     one of them
//   /health                   all of it in short               /health/database/metrics  their counters and gauges
//   /metrics                  Prometheus' text, or OpenMetrics' where that is asked for
// 503 while a server is down or its last sample is stale, the body says which and how old. /metrics is 200 then too, its up series 0 and the
// others gone: a scrape that fails would hide why.
#pragma once

#include "health/documents.h"
#include "health/httpanswer.h"
#include "health/httprequest.h"

namespace howdah::health
{

HttpAnswer answerTo(const HttpRequest &request, const QVector<Standing> &standings, const Moment &now, double uptimeSeconds);

} // namespace howdah::health
