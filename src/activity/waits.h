// SPDX-License-Identifier: GPL-3.0-or-later
// Average active sessions: how many backends ran or waited, sampled each second, by wait event and query. Functions of values, and one service.
#pragma once

#include "base/canceltoken.h"
#include "pg/connection.h"

#include <QJsonObject>
#include <QVector>

#include <map>
#include <tuple>

namespace howdah::activity
{

// An empty type is "CPU": it runs, or waits for something that the server does not name.
struct WaitKey {
    QString type;    // "Lock"
    QString event;   // "transactionid"
    QString queryId; // "0": not computed
    bool operator<(const WaitKey &other) const { return std::tie(type, event, queryId) < std::tie(other.type, other.event, other.queryId); }
    QString typeText() const; // "CPU", "Lock", …
};

struct WaitSample {
    qint64 atMs = 0; // Unix time by the server's clock
    bool mayReadAll = true; // false: only the own role's sessions are counted
    std::map<WaitKey, int> sessions;

    int total() const;
    QJsonObject toJson() const;
    static WaitSample fromJson(qint64 atMs, const QJsonObject &json);
};
Result<WaitSample> readWaits(pg::Connection &connection, const CancelToken &cancel = {});

// Over an interval: sessions seen, divided by samples taken. A second without a sample is a gap and counts neither way.
struct WaitAverages {
    int samples = 0;
    std::map<WaitKey, double> sessions; // average active sessions
    double total() const;
    std::map<QString, double> byType() const; // typeText() -> average
    QJsonObject toJson() const;
};
// The same, piece by piece: a week has 80,000 samples.
class Averaging
{
public:
    Averaging(qint64 fromMs, qint64 toMs) : m_fromMs(fromMs), m_toMs(toMs) {}
    void add(const QVector<WaitSample> &samples, qsizetype from, qsizetype to); // in the order of time, each once
    WaitAverages averages() const;

private:
    qint64 m_fromMs;
    qint64 m_toMs;
    int m_samples = 0;
    qint64 m_weights = 0;
    std::map<WaitKey, qint64> m_seen;
};
WaitAverages averagesOf(const QVector<WaitSample> &samples, qint64 fromMs, qint64 toMs);

} // namespace howdah::activity
