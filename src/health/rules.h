// SPDX-License-Identifier: GPL-3.0-or-later
// What makes a server ill: rules as data, each a pure function of one reading, so that each has a test of its own. Any thread.
#pragma once

#include "health/health.h"

#include <QVector>

#include <optional>

namespace howdah::health
{

// sql/health/direct.sql by name. A value that is not there is not known, and no rule speaks of it.
struct Reading {
    QMap<QString, qint64> numbers; // counts and seconds
    QMap<QString, bool> flags;
    std::optional<double> cacheHitRatio; // percent
    QString archiveMode, lastFailedWal;
};

struct Finding {
    Verdict verdict = Verdict::Warning;
    QString message;
};

struct Rule {
    QString code; // "connections", stable
    std::optional<Finding> (*judge)(const Reading &reading);
};

const QVector<Rule> &rules();

} // namespace howdah::health
