-- SPDX-License-Identifier: GPL-3.0-or-later
-- Each counter of `howdahctl metrics sample` as psql reads it: "name|value", from the server's views one by one.
\pset fieldsep '|'
SELECT v.name, v.value FROM (SELECT sum(xact_commit) a, sum(xact_rollback) b, sum(blks_hit) c, sum(blks_read) d, sum(tup_returned) e,
  sum(tup_fetched) f, sum(tup_inserted) g, sum(tup_updated) h, sum(tup_deleted) i, sum(temp_files) j, sum(temp_bytes) k, sum(deadlocks) l,
  sum(conflicts) m, sum(checksum_failures) n FROM pg_stat_database) s,
  LATERAL (VALUES ('xact_commit', a), ('xact_rollback', b), ('blks_hit', c), ('blks_read', d), ('tup_returned', e), ('tup_fetched', f),
    ('tup_inserted', g), ('tup_updated', h), ('tup_deleted', i), ('temp_files', j), ('temp_bytes', k), ('deadlocks', l), ('conflicts', m),
    ('checksum_failures', n)) v (name, value);
SELECT v.name, v.value FROM pg_stat_wal w, LATERAL (VALUES ('wal_records', wal_records::numeric), ('wal_fpi', wal_fpi), ('wal_bytes', wal_bytes),
  ('wal_buffers_full', wal_buffers_full)) v (name, value);
SELECT 'wal_lsn', pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0');
SELECT v.name, v.value FROM pg_stat_checkpointer, LATERAL (VALUES ('checkpoints_timed', num_timed), ('checkpoints_requested', num_requested),
  ('checkpoints_done', num_done), ('restartpoints_done', restartpoints_done), ('checkpoint_buffers', buffers_written)) v (name, value);
SELECT v.name, v.value FROM pg_stat_bgwriter, LATERAL (VALUES ('buffers_clean', buffers_clean), ('maxwritten_clean', maxwritten_clean),
  ('buffers_alloc', buffers_alloc)) v (name, value);
SELECT v.name, v.value FROM (SELECT sum(hits) h, sum(read_bytes) r FROM pg_stat_io WHERE object = 'relation' AND context = 'normal') i,
  LATERAL (VALUES ('io_normal_hits', h), ('io_normal_read_bytes', r)) v (name, value);
SELECT v.name, v.value FROM pg_stat_archiver, LATERAL (VALUES ('archived_count', archived_count), ('archive_failed_count', failed_count)) v (name, value);
