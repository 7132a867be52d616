// SPDX-License-Identifier: GPL-3.0-or-later
// Since when each counter counts, kept from reading to reading: a counter never goes backwards without a newer start. A reset is seen by
// stats_reset, by any counter of the same row that fell (after a crash stats_reset stays NULL, monitoring facts 3), by another server or by
// a restart. One for each server; on one thread.
#pragma once

#include "health/series.h"

#include <QHash>

namespace howdah::health
{

class Starts
{
public:
    // Sets startMs of every counter. Where the start can't be known it is the point's own time, the first time it is seen so: such a
    // point counts for no rate, and later ones keep that start.
    void mark(QVector<Series> &series, const metrics::Sample &sample);

private:
    struct Last {
        metrics::Number value;
        qint64 atMs = 0;
        qint64 startMs = 0;
    };
    struct Row {
        QString epoch; // changed: what it counts may have begun anew
        double postmasterStart = 0;
        qint64 atMs = 0;
        QHash<QString, Last> last; // by series and attributes
    };
    QHash<QString, Row> m_rows;
};

} // namespace howdah::health
