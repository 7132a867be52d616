// SPDX-License-Identifier: GPL-3.0-or-later
// What a statement takes, as measured on PostgreSQL 18 by tests/migrations/tst_locks.cpp, which writes this file (HOWDAH_GENERATE=1) and fails where the
// server says something else than what stands here. Not edited by hand. The statement that was measured stands behind each.
#pragma once

#include "migrations/lintparts.h"

namespace howdah::migrations::measured
{

inline constexpr Lock createIndex = Lock::Share; // s.t by: create index on s.t (b)
inline constexpr Lock drop = Lock::AccessExclusive; // s.t_a by: drop index s.t_a
inline constexpr Lock reindex = Lock::AccessExclusive; // s.t_a by: reindex index s.t_a
inline constexpr Lock alterTable = Lock::AccessExclusive; // s.t by: alter table s.t add column n int
inline constexpr Lock addColumnReferenced = Lock::ShareRowExclusive; // s.r by: alter table s.t add column n int references s.r
inline constexpr Lock setStatistics = Lock::ShareUpdateExclusive; // s.t by: alter table s.t alter column a set statistics 100
inline constexpr Lock setOption = Lock::ShareUpdateExclusive; // s.t by: alter table s.t set (fillfactor = 70)
inline constexpr Lock setStrongOption = Lock::AccessExclusive; // s.t by: alter table s.t set (user_catalog_table = true)
inline constexpr Lock clusterOn = Lock::ShareUpdateExclusive; // s.t by: alter table s.t cluster on t_a
inline constexpr Lock addForeignKey = Lock::ShareRowExclusive; // s.t by: alter table s.t add constraint k foreign key (a) references s.r
inline constexpr Lock addForeignKeyReferenced = Lock::ShareRowExclusive; // s.r by: alter table s.t add constraint k foreign key (a) references s.r
inline constexpr Lock validateConstraint = Lock::ShareUpdateExclusive; // s.t by: alter table s.t validate constraint ck
inline constexpr Lock enableTrigger = Lock::ShareRowExclusive; // s.t by: alter table s.t disable trigger g
inline constexpr Lock alterIndex = Lock::ShareUpdateExclusive; // s.t_a by: alter index s.t_a set (fillfactor = 50)
inline constexpr Lock alterSequence = Lock::ShareRowExclusive; // s.q by: alter sequence s.q restart
inline constexpr Lock attachPartition = Lock::ShareUpdateExclusive; // s.p by: alter table s.p attach partition s.p3 for values from (20) to (30)
inline constexpr Lock attachedPartition = Lock::AccessExclusive; // s.p3 by: alter table s.p attach partition s.p3 for values from (20) to (30)
inline constexpr Lock detachPartition = Lock::AccessExclusive; // s.p by: alter table s.p detach partition s.p1
inline constexpr Lock detachedPartition = Lock::AccessExclusive; // s.p1 by: alter table s.p detach partition s.p1
inline constexpr Lock createPartition = Lock::AccessExclusive; // s.p by: create table s.n partition of s.p for values from (40) to (50)
inline constexpr Lock createTableReferenced = Lock::ShareRowExclusive; // s.r by: create table s.n (id int references s.r)
inline constexpr Lock createTrigger = Lock::ShareRowExclusive; // s.t by: create trigger g2 before insert on s.t for each row execute function s.f()
inline constexpr Lock createPolicy = Lock::AccessExclusive; // s.t by: create policy z on s.t using (true)
inline constexpr Lock alterPolicy = Lock::AccessExclusive; // s.t by: alter policy pol on s.t using (false)
inline constexpr Lock replaceView = Lock::AccessExclusive; // s.v by: create or replace view s.v as select id from s.r
inline constexpr Lock createStatistics = Lock::ShareUpdateExclusive; // s.t by: create statistics s.st on a, c from s.t
inline constexpr Lock refresh = Lock::AccessExclusive; // s.mv by: refresh materialized view s.mv
inline constexpr Lock refreshConcurrently = Lock::Exclusive; // s.mv by: refresh materialized view concurrently s.mv
inline constexpr Lock truncate = Lock::AccessExclusive; // s.t by: truncate s.t
inline constexpr Lock cluster = Lock::AccessExclusive; // s.t by: cluster s.t using t_a
inline constexpr Lock analyze = Lock::ShareUpdateExclusive; // s.t by: analyze s.t
inline constexpr Lock write = Lock::RowExclusive; // s.r by: insert into s.r values (1)
inline constexpr Lock moveIndex = Lock::AccessExclusive; // s.t_a by: alter index s.t_a set tablespace pg_default
inline constexpr Lock comment = Lock::ShareUpdateExclusive; // s.t by: comment on table s.t is 'x'
inline constexpr Lock createIndexConcurrently = Lock::ShareUpdateExclusive; // s.t by: create index concurrently on s.t (b)
inline constexpr Lock reindexConcurrently = Lock::ShareUpdateExclusive; // s.t_a by: reindex index concurrently s.t_a
inline constexpr Lock detachPartitionConcurrently = Lock::ShareUpdateExclusive; // s.p by: alter table s.p detach partition s.p1 concurrently
inline constexpr Lock detachedPartitionConcurrently = Lock::AccessExclusive; // s.p2 by: alter table s.p detach partition s.p2 concurrently
inline constexpr Lock vacuum = Lock::ShareUpdateExclusive; // s.t by: vacuum s.t
inline constexpr Lock vacuumFull = Lock::AccessExclusive; // s.t by: vacuum full s.t
inline constexpr Lock dropIndexConcurrently = Lock::ShareUpdateExclusive; // s.t_a by: drop index concurrently s.t_a

} // namespace howdah::migrations::measured
