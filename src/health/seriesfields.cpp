// SPDX-License-Identifier: GPL-3.0-or-later
#include "health/seriesfields.h"

namespace howdah::health
{

using namespace Qt::StringLiterals;
using metrics::Tier;

namespace
{
constexpr auto Gauge = SeriesKind::Gauge;
constexpr auto Counter = SeriesKind::Counter;
constexpr auto UpDown = SeriesKind::UpDown;
constexpr auto Type = AttributeKey::Type;
constexpr auto Source = AttributeKey::Source;
constexpr auto State = AttributeKey::State;
constexpr auto Operation = AttributeKey::Operation;

// What several columns share, told apart by an attribute.
struct Shared {
    QLatin1StringView name, unit, description;
    SeriesKind kind;
    AttributeKey key;
    double scale = 1;
};
constexpr SeriesField of(const Shared &shared, QLatin1StringView column, QLatin1StringView word)
{
    return {column, shared.name, shared.unit, shared.description, shared.kind, shared.key, word, shared.scale};
}

constexpr Shared connections{"howdah.postgresql.connection.count"_L1, "{connections}"_L1, "Client sessions by what they do."_L1, UpDown, State};
constexpr Shared bufferWrites{"postgresql.bgwriter.buffers.writes"_L1, "{buffers}"_L1, "Number of buffers written."_L1, Counter, Source};

constexpr SampleField ofSample[] = {
    {SampleMap::Gauges, {}, of(connections, "connections_active"_L1, "active"_L1)},
    {SampleMap::Gauges, {}, of(connections, "connections_idle"_L1, "idle"_L1)},
    {SampleMap::Gauges, {}, of(connections, "connections_idle_in_transaction"_L1, "idle in transaction"_L1)},
    {SampleMap::Gauges, {}, of(connections, "connections_other"_L1, "other"_L1)},
    {SampleMap::Gauges, {}, {"connections_max"_L1, "postgresql.connection.max"_L1, "{connections}"_L1,
                             "Configured maximum number of client connections allowed."_L1, Gauge}},
    {SampleMap::Gauges, {}, {"connections_usable"_L1, "howdah.postgresql.connection.usable"_L1, "{connections}"_L1,
                             "Client connections that are not reserved for some roles."_L1, Gauge}},
    {SampleMap::Gauges, {}, {"locks_waiting"_L1, "howdah.postgresql.lock.waiters"_L1, "{sessions}"_L1, "Sessions that wait for a lock."_L1, Gauge}},
    {SampleMap::Gauges, {}, {"longest_transaction_ms"_L1, "howdah.postgresql.transaction.max_duration"_L1, "s"_L1,
                             "Age of the oldest open transaction."_L1, Gauge, Type, {}, 0.001}},
    {SampleMap::Counters, {}, {"wal_lsn"_L1, "howdah.postgresql.wal.position"_L1, "By"_L1,
                                   "Position in the write-ahead log: inserted so far, on a standby replayed so far."_L1, Gauge}},
    {SampleMap::Counters, "wal"_L1, {"wal_records"_L1, "howdah.postgresql.wal.records"_L1, "{records}"_L1, "WAL records generated."_L1, Counter}},
    {SampleMap::Counters, "wal"_L1, {"wal_fpi"_L1, "howdah.postgresql.wal.fpi"_L1, "{images}"_L1, "Full-page images in the WAL."_L1, Counter}},
    {SampleMap::Counters, "wal"_L1, {"wal_bytes"_L1, "howdah.postgresql.wal.size"_L1, "By"_L1, "WAL generated, without page headers."_L1, Counter}},
    {SampleMap::Counters, "wal"_L1, {"wal_buffers_full"_L1, "howdah.postgresql.wal.buffers_full"_L1, "{writes}"_L1,
                                     "Times WAL was written because the WAL buffers were full."_L1, Counter}},
    {SampleMap::Counters, "bgwriter"_L1, of(bufferWrites, "buffers_clean"_L1, "bgwriter"_L1)},
    {SampleMap::Counters, "bgwriter"_L1, {"maxwritten_clean"_L1, "postgresql.bgwriter.maxwritten"_L1, "1"_L1,
                                          "Number of times the background writer stopped a cleaning scan because it had written too many buffers."_L1, Counter}},
    {SampleMap::Counters, "bgwriter"_L1, {"buffers_alloc"_L1, "postgresql.bgwriter.buffers.allocated"_L1, "{buffers}"_L1,
                                          "Number of buffers allocated."_L1, Counter}},
};

constexpr Shared sessionTime{"howdah.postgresql.session.time"_L1, "s"_L1, "Time that sessions were in a state."_L1, Counter, State, 0.001};
constexpr Shared sessionEnds{"howdah.postgresql.session.ended"_L1, "{sessions}"_L1, "Sessions that ended otherwise than by their client's wish."_L1, Counter, Type};
constexpr Shared blockTime{"howdah.postgresql.block.time"_L1, "s"_L1, "Time that reading and writing of data file blocks took."_L1, Counter, Operation, 0.001};

constexpr SeriesField ofDatabases[] = {
    {"numbackends"_L1, "postgresql.backends"_L1, "1"_L1, "The number of backends."_L1, UpDown},
    {"xact_commit"_L1, "postgresql.commits"_L1, "1"_L1, "The number of commits."_L1, Counter},
    {"xact_rollback"_L1, "postgresql.rollbacks"_L1, "1"_L1, "The number of rollbacks."_L1, Counter},
    {"blks_hit"_L1, "postgresql.blks_hit"_L1, "{blks_hit}"_L1, "Number of times disk blocks were found already in the buffer cache."_L1, Counter},
    {"blks_read"_L1, "postgresql.blks_read"_L1, "{blks_read}"_L1, "Number of disk blocks read in this database."_L1, Counter},
    {"tup_returned"_L1, "postgresql.tup_returned"_L1, "{tup_returned}"_L1, "Number of rows returned by queries in the database."_L1, Counter},
    {"tup_fetched"_L1, "postgresql.tup_fetched"_L1, "{tup_fetched}"_L1, "Number of rows fetched by queries in the database."_L1, Counter},
    {"tup_inserted"_L1, "postgresql.tup_inserted"_L1, "{tup_inserted}"_L1, "Number of rows inserted by queries in the database."_L1, Counter},
    {"tup_updated"_L1, "postgresql.tup_updated"_L1, "{tup_updated}"_L1, "Number of rows updated by queries in the database."_L1, Counter},
    {"tup_deleted"_L1, "postgresql.tup_deleted"_L1, "{tup_deleted}"_L1, "Number of rows deleted by queries in the database."_L1, Counter},
    {"temp_files"_L1, "postgresql.temp_files"_L1, "{temp_file}"_L1, "The number of temp files."_L1, Counter},
    {"temp_bytes"_L1, "postgresql.temp.io"_L1, "By"_L1, "Total amount of data written to temporary files by queries."_L1, Counter},
    {"deadlocks"_L1, "postgresql.deadlocks"_L1, "{deadlock}"_L1, "The number of deadlocks."_L1, Counter},
    {"conflicts"_L1, "howdah.postgresql.conflicts"_L1, "{query}"_L1, "Queries cancelled due to conflicts with recovery."_L1, Counter},
    {"checksum_failures"_L1, "howdah.postgresql.checksum.failures"_L1, "{failures}"_L1, "Data pages whose checksum was wrong."_L1, Counter},
    {"sessions"_L1, "howdah.postgresql.sessions"_L1, "{sessions}"_L1, "Sessions established."_L1, Counter},
    of(sessionEnds, "sessions_abandoned"_L1, "abandoned"_L1),
    of(sessionEnds, "sessions_fatal"_L1, "fatal"_L1),
    of(sessionEnds, "sessions_killed"_L1, "killed"_L1),
    of(sessionTime, "active_time"_L1, "active"_L1),
    of(sessionTime, "idle_in_transaction_time"_L1, "idle in transaction"_L1),
    of(sessionTime, "session_time"_L1, "any"_L1),
    of(blockTime, "blk_read_time"_L1, "read"_L1),
    of(blockTime, "blk_write_time"_L1, "write"_L1),
    {"frozen_age"_L1, "howdah.postgresql.xid.age"_L1, "{transactions}"_L1, "Transactions since the oldest one that is not frozen."_L1, Gauge},
    {"database_count"_L1, "postgresql.database.count"_L1, "{databases}"_L1, "Number of user databases."_L1, UpDown, Type, {}, 1, true},
};

constexpr SeriesField ofDatabaseSizes[] = {
    {"size"_L1, "postgresql.db_size"_L1, "By"_L1, "The database disk usage."_L1, UpDown},
};

constexpr Shared rows{"postgresql.rows"_L1, "1"_L1, "The number of rows in the database."_L1, UpDown, State};
constexpr Shared operations{"postgresql.operations"_L1, "1"_L1, "The number of db row operations."_L1, Counter, Operation};
constexpr Shared blocks{"postgresql.blocks_read"_L1, "1"_L1, "The number of blocks read."_L1, Counter, Source};
constexpr Shared automatic{"howdah.postgresql.table.maintenance.count"_L1, "{runs}"_L1, "Runs of autovacuum and ANALYZE on a table."_L1, Counter, Type};

constexpr SeriesField ofTables[] = {
    {"seq_scan"_L1, "postgresql.sequential_scans"_L1, "{sequential_scan}"_L1, "The number of sequential scans."_L1, Counter},
    {"seq_tup_read"_L1, "howdah.postgresql.table.sequential_rows"_L1, "{rows}"_L1, "Rows that sequential scans read."_L1, Counter},
    {"idx_scan"_L1, "howdah.postgresql.table.index_scans"_L1, "{scans}"_L1, "Index scans of a table, by all of its indexes."_L1, Counter},
    of(operations, "n_tup_ins"_L1, "ins"_L1),
    of(operations, "n_tup_upd"_L1, "upd"_L1),
    of(operations, "n_tup_del"_L1, "del"_L1),
    of(operations, "n_tup_hot_upd"_L1, "hot_upd"_L1),
    of(rows, "n_live_tup"_L1, "live"_L1),
    of(rows, "n_dead_tup"_L1, "dead"_L1),
    {"vacuum_count"_L1, "postgresql.table.vacuum.count"_L1, "{vacuum}"_L1, "Number of times a table has manually been vacuumed."_L1, Counter},
    of(automatic, "autovacuum_count"_L1, "autovacuum"_L1),
    of(automatic, "analyze_count"_L1, "analyze"_L1),
    of(automatic, "autoanalyze_count"_L1, "autoanalyze"_L1),
    of(blocks, "heap_blks_read"_L1, "heap_read"_L1),
    of(blocks, "heap_blks_hit"_L1, "heap_hit"_L1),
    of(blocks, "idx_blks_read"_L1, "idx_read"_L1),
    of(blocks, "idx_blks_hit"_L1, "idx_hit"_L1),
    of(blocks, "toast_blks_read"_L1, "toast_read"_L1),
    of(blocks, "toast_blks_hit"_L1, "toast_hit"_L1),
    of(blocks, "tidx_blks_read"_L1, "tidx_read"_L1),
    of(blocks, "tidx_blks_hit"_L1, "tidx_hit"_L1),
    {"size"_L1, "postgresql.table.size"_L1, "By"_L1, "Disk space used by a table."_L1, UpDown},
    {"table_count"_L1, "postgresql.table.count"_L1, "{table}"_L1, "Number of user tables in a database."_L1, UpDown, Type, {}, 1, true},
};

constexpr SeriesField ofIndexes[] = {
    {"idx_scan"_L1, "postgresql.index.scans"_L1, "{scans}"_L1, "The number of index scans on a table."_L1, Counter},
    {"idx_tup_read"_L1, "howdah.postgresql.index.entries"_L1, "{entries}"_L1, "Index entries that scans of an index returned."_L1, Counter},
    {"size"_L1, "postgresql.index.size"_L1, "By"_L1, "The size of the index on disk."_L1, Gauge},
};

constexpr Shared lagBytes{"howdah.postgresql.replication.lag"_L1, "By"_L1, "WAL that the farthest standby still has to take."_L1, Gauge, Operation};
constexpr Shared lagTime{"howdah.postgresql.replication.delay"_L1, "s"_L1, "Time that the farthest standby took for recent WAL; absent once it caught up."_L1,
                         Gauge, Operation};
constexpr Shared standbys{"howdah.postgresql.replication.standbys"_L1, "{standbys}"_L1, "Standbys that are connected."_L1, Gauge, State};

constexpr SeriesField ofReplication[] = {
    of(standbys, "standbys"_L1, "connected"_L1),
    of(standbys, "standbys_streaming"_L1, "streaming"_L1),
    of(standbys, "standbys_synchronous"_L1, "synchronous"_L1),
    of(lagBytes, "sent_bytes"_L1, "send"_L1),
    of(lagBytes, "write_bytes"_L1, "write"_L1),
    of(lagBytes, "flush_bytes"_L1, "flush"_L1),
    of(lagBytes, "replay_bytes"_L1, "replay"_L1),
    of(lagTime, "write_lag"_L1, "write"_L1),
    of(lagTime, "flush_lag"_L1, "flush"_L1),
    of(lagTime, "replay_lag"_L1, "replay"_L1),
};

constexpr SeriesField ofSlots[] = {
    {"slots"_L1, "howdah.postgresql.replication.slots"_L1, "{slots}"_L1, "Replication slots."_L1, Gauge},
    {"slots_inactive"_L1, "howdah.postgresql.replication.slots.inactive"_L1, "{slots}"_L1, "Replication slots that nobody uses."_L1, Gauge},
    {"retained_bytes"_L1, "howdah.postgresql.replication.slot.retained"_L1, "By"_L1, "WAL that the farthest replication slot holds back."_L1, Gauge},
};

constexpr Shared archived{"howdah.postgresql.archiver.count"_L1, "{files}"_L1, "WAL files archived, and attempts that failed."_L1, Counter, State};

constexpr SeriesField ofArchiver[] = {
    of(archived, "archived_count"_L1, "archived"_L1),
    of(archived, "failed_count"_L1, "failed"_L1),
    {"archived_age"_L1, "howdah.postgresql.archiver.age"_L1, "s"_L1, "Time since a WAL file was last archived."_L1, Gauge},
};

constexpr Shared checkpoints{"postgresql.bgwriter.checkpoint.count"_L1, "{checkpoints}"_L1, "The number of checkpoints performed."_L1, Counter, Type};
constexpr Shared checkpointTime{"postgresql.bgwriter.duration"_L1, "ms"_L1, "Total time spent writing and syncing files to disk by checkpoints."_L1, Counter, Type};
constexpr Shared restartpoints{"howdah.postgresql.restartpoint.count"_L1, "{restartpoints}"_L1, "Restartpoints of a standby."_L1, Counter, Type};

constexpr SeriesField ofCheckpoints[] = {
    of(checkpoints, "timed"_L1, "scheduled"_L1),
    of(checkpoints, "requested"_L1, "requested"_L1),
    {"done"_L1, "howdah.postgresql.checkpoint.done"_L1, "{checkpoints}"_L1, "Checkpoints that were done: those due or asked for may be skipped."_L1, Counter},
    of(restartpoints, "restartpoints_timed"_L1, "scheduled"_L1),
    of(restartpoints, "restartpoints_requested"_L1, "requested"_L1),
    of(restartpoints, "restartpoints_done"_L1, "done"_L1),
    of(checkpointTime, "write_time"_L1, "write"_L1),
    of(checkpointTime, "sync_time"_L1, "sync"_L1),
    of(bufferWrites, "buffers"_L1, "checkpoints"_L1),
    of(bufferWrites, "backend_buffers"_L1, "backend"_L1),
    of(bufferWrites, "backend_fsyncs"_L1, "backend_fsync"_L1),
    {"slru_buffers"_L1, "howdah.postgresql.checkpoint.slru_buffers"_L1, "{buffers}"_L1, "SLRU buffers that checkpoints wrote."_L1, Counter},
};

constexpr Shared ioOperations{"howdah.postgresql.io.operations"_L1, "{operations}"_L1, "I/O operations; one may be of many blocks."_L1, Counter, Operation};
constexpr Shared ioBuffers{"howdah.postgresql.io.buffers"_L1, "{buffers}"_L1, "Buffers found, evicted and used again."_L1, Counter, Operation};
constexpr Shared ioBytes{"howdah.postgresql.io.size"_L1, "By"_L1, "What I/O operations moved."_L1, Counter, Operation};
constexpr Shared ioTime{"howdah.postgresql.io.time"_L1, "s"_L1, "Time of I/O operations, where the server times them."_L1, Counter, Operation, 0.001};

constexpr SeriesField ofIo[] = {
    of(ioOperations, "reads"_L1, "read"_L1),
    of(ioOperations, "writes"_L1, "write"_L1),
    of(ioOperations, "writebacks"_L1, "writeback"_L1),
    of(ioOperations, "extends"_L1, "extend"_L1),
    of(ioOperations, "fsyncs"_L1, "fsync"_L1),
    of(ioBuffers, "hits"_L1, "hit"_L1),
    of(ioBuffers, "evictions"_L1, "evict"_L1),
    of(ioBuffers, "reuses"_L1, "reuse"_L1),
    of(ioBytes, "read_bytes"_L1, "read"_L1),
    of(ioBytes, "write_bytes"_L1, "write"_L1),
    of(ioBytes, "extend_bytes"_L1, "extend"_L1),
    of(ioTime, "read_time"_L1, "read"_L1),
    of(ioTime, "write_time"_L1, "write"_L1),
    of(ioTime, "writeback_time"_L1, "writeback"_L1),
    of(ioTime, "extend_time"_L1, "extend"_L1),
    of(ioTime, "fsync_time"_L1, "fsync"_L1),
};
} // namespace

std::span<const SampleField> sampleFields()
{
    return ofSample;
}

std::span<const SeriesField> tierFields(Tier tier)
{
    switch (tier) {
    case Tier::Databases: return ofDatabases;
    case Tier::DatabaseSizes: return ofDatabaseSizes;
    case Tier::Tables: return ofTables;
    case Tier::Indexes: return ofIndexes;
    case Tier::Replication: return ofReplication;
    case Tier::Slots: return ofSlots;
    case Tier::Archiver: return ofArchiver;
    case Tier::Checkpoints: return ofCheckpoints;
    case Tier::Io: return ofIo;
    }
    return {};
}

} // namespace howdah::health
