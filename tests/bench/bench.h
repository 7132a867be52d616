// SPDX-License-Identifier: GPL-3.0-or-later
// howdah-bench: every number Howdah claims. A benchmark does the same work by Howdah (in a child of its own) and by the peer, in turn, in
// one run, and returns one JSON object with the keys us, peer, ratio (us/peer), peak_rss_mb, stall_p999_ms, stall_max_ms and its own.
#pragma once

#include "base/result.h"

#include <QJsonObject>
#include <QString>
#include <QStringList>
#include <QVector>

#include <functional>

namespace howdah::bench
{

constexpr int kPairs = 5; // median of so many pairs

struct Options {
    int seconds = 0; // 0: the benchmark's own
    bool isLong = false;
    int megabytes = 0; // of data, where that is a choice; 0: the benchmark's own
    int minutes = 0;   // between two readings of a history, where that is a choice; 0: the benchmark's own
    QString only;      // one part, where there are several; empty: all
};

// What is claimed of a figure: --check fails the run where it is greater. A count (of bytes, of links) is the same on a busy machine, a time
// is not: tests, which share theirs with others, hold the counts alone (--check-counts).
struct Limit {
    enum class Kind { Time, Count };
    QString key;
    double most = 0;
    Kind kind = Kind::Time;
};

struct Benchmark {
    QString name;
    QString what;
    QVector<Limit> limits;
    std::function<Result<QJsonObject>(const Options &)> run;
    QVector<Limit> longLimits{}; // of --long, in place of the others
};

const QVector<Benchmark> &allBenchmarks();

// Work that runs in a child of howdah-bench: `howdah-bench --child NAME ARGS…`; it prints one JSON object.
int runChild(const QString &name, const QStringList &arguments);

double median(QVector<double> values);
Result<QString> peerProgram(const QString &name); // a missing peer fails the run: Tool/peer_missing

// start.cpp, tree.cpp, overview.cpp, grid.cpp, cancel.cpp, locks.cpp, migrate.cpp, backup.cpp, statements.cpp, serve.cpp
Result<QJsonObject> runStart(const Options &options);
Result<QJsonObject> runTree(const Options &options);
Result<QJsonObject> runOverview(const Options &options);
Result<QJsonObject> runGrid(const Options &options);
Result<QJsonObject> runCancel(const Options &options);
Result<QJsonObject> runLocks(const Options &options);
Result<QJsonObject> runMigrate(const Options &options);
Result<QJsonObject> runBackup(const Options &options);
Result<QJsonObject> runStatements(const Options &options);
Result<QJsonObject> runServe(const Options &options);
QJsonObject backupChild(const QStringList &arguments);
QJsonObject treeChild(const QStringList &arguments);
QJsonObject overviewChild(const QStringList &arguments);
QJsonObject gridChild(const QStringList &arguments);
QJsonObject locksChild(const QStringList &arguments);

} // namespace howdah::bench
