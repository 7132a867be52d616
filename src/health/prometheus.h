// SPDX-License-Identifier: GPL-3.0-or-later
// Series as text that Prometheus scrapes: exposition format 0.0.4, or OpenMetrics 1.0. Names have their unit and "_total", attributes
// become labels. Pure functions; any thread.
#pragma once

#include "health/series.h"

#include <QByteArray>

namespace howdah::health
{

inline constexpr char prometheusType[] = "text/plain; version=0.0.4; charset=utf-8";
inline constexpr char openMetricsType[] = "application/openmetrics-text; version=1.0.0; charset=utf-8";

QByteArray prometheusText(const QVector<Series> &series);
QByteArray openMetricsText(const QVector<Series> &series); // with _created of each counter and # EOF

} // namespace howdah::health
