// SPDX-License-Identifier: GPL-3.0-or-later
// One reading of pg_stat_statements: the counters of every statement without its text, which is asked for apart and only where it is not known yet
// (pg_stat_statements(true) reads the whole file of texts). Read outside a transaction. Any thread.
#pragma once

#include "base/canceltoken.h"
#include "base/result.h"
#include "pg/connection.h"
#include "statements/extension.h"
#include "statements/measures.h"

#include <QHash>
#include <QMap>

namespace howdah::statements
{

// An evicted statement comes back with small numbers and another stats_since: another series.
struct Key {
    quint32 roleId = 0;
    quint32 databaseId = 0;
    qint64 queryId = 0;  // signed 64 bits: never through a double
    bool toplevel = true; // false: called from a function; of extensions before 1.9, which do not tell, always true
    qint64 sinceUs = 0;  // stats_since, microseconds of Unix time; 0 before extension 1.11 (PostgreSQL 17)
    bool operator==(const Key &) const = default;
};
size_t qHash(const Key &key, size_t seed = 0) noexcept;

struct Entry {
    Counters counters;
    // Where there is no stats_since: within one life the first never rises and the second never falls.
    double leastMs = 0;
    double mostMs = 0;
    qint64 mark = 0; // the server's hash of it: another one once it was called or planned again
    bool operator==(const Entry &) const = default;
};

// What tells one life of the statistics from the next.
struct Life {
    QString systemIdentifier;  // empty: not permitted
    qint64 postmasterUs = 0;   // when the server was started
    qint64 checkpointerUs = 0; // when its checkpointer was: later than the first after a backend's crash; 0: not permitted
    qint64 cumulativeUs = 0;   // when the server's other statistics began: it loses them in a crash, and keeps them over a clean restart
    qint64 resetUs = 0;        // pg_stat_statements_info.stats_reset; 0: an extension before 1.9 does not tell
    bool operator==(const Life &) const = default;
};

struct Snapshot {
    qint64 atMs = 0;           // clock_timestamp() of the server before it was read, Unix time
    qint64 endMs = 0;          // and after
    Life life;
    Measures known = 0;        // those that this extension counts
    bool hasSince = false;     // keys carry stats_since
    bool mayReadAll = false;   // pg_read_all_stats
    quint32 roleId = 0;        // whose rows are readable without it
    int notPermitted = 0;      // rows of others, which have no query id for this role
    std::optional<qint64> evictions;    // pg_stat_statements_info.dealloc before it was read: passes, each of which drops 5 % of all; nullopt: not told
    std::optional<qint64> evictionsEnd; // and after
    QHash<Key, Entry> entries;
};

// With `before`, an earlier one of the same server, only what changed since is worked out and sent: the rest is taken from it, where the server's
// count of its rows says that all of that is still there. Errors: as readExtension(); Client/reset_meanwhile where it was reset again and again
// while it was read.
Result<Snapshot> readSnapshot(pg::Connection &connection, const CancelToken &cancel = {}, const Snapshot *before = nullptr);

struct Text {
    QString text;         // as the server has it: not masked; its beginning where it is longer than textLimit characters
    qint64 length = 0;    // of all of it, in characters
    bool isWhole() const { return text.size() >= length; }
};
inline constexpr int textLimit = 100'000;

// The texts of these, as far as they are still there: keys differ in more than the texts do, stats_since among them. Empty for no keys, without asking.
Result<QHash<Key, Text>> readTexts(pg::Connection &connection, const QVector<Key> &keys, const CancelToken &cancel = {});

// Names of roles and databases by OID, for people; those that are there now.
struct Names {
    QMap<quint32, QString> roles;
    QMap<quint32, QString> databases;
};
Result<Names> readNames(pg::Connection &connection, const CancelToken &cancel = {});

} // namespace howdah::statements
