// SPDX-License-Identifier: GPL-3.0-or-later
// The statements whose preview is held against a real run, in the order in which they run: each finds what those before it have made.
#pragma once

#include <QByteArray>
#include <QList>

namespace previewcases
{

inline QList<QByteArray> setup()
{
    return {"create schema s", "create type s.mood as enum ('sad', 'ok')", "create sequence s.q",
            "create table s.r (id int primary key, v int)",
            "create table s.t (id int primary key, a int, b text, c varchar(20), n numeric(10,2), at timestamptz, j jsonb, k int, m s.mood)",
            "create index t_b on s.t (b)", "create index t_n on s.t (n)",
            "create table s.t2 (id int primary key, x int)", "create table s.e (id int primary key, x int)",
            "create table s.p (id int not null, v int) partition by range (id)", "create table s.p1 partition of s.p for values from (1) to (100001)",
            "create table s.p2 partition of s.p for values from (200001) to (300001)",
            "create materialized view s.mv as select id, v from s.r", "create unique index mv_id on s.mv (id)", "create view s.v as select id from s.r", "create view s.v2 as select x from s.t2",
            "create function s.f() returns trigger language plpgsql as 'begin return new; end'"};
}

inline QList<QByteArray> fill()
{
    return {"insert into s.r select g, g from generate_series(1, 100000) g",
            "insert into s.t select g, g, 'r' || g, 'r' || g, g, now(), '{}', g, 'ok' from generate_series(1, 100000) g",
            "insert into s.t2 select g, g from generate_series(1, 100000) g", "insert into s.e select g, g from generate_series(1, 100000) g",
            "insert into s.p1 select g, g from generate_series(1, 100000) g", "insert into s.p2 select 200000 + g, g from generate_series(1, 100000) g",
            "refresh materialized view s.mv", "analyze"};
}

struct Case {
    QByteArray text;
    bool transaction = true;
};

inline QList<Case> cases()
{
    return {{"alter table s.t add column n1 int"}, {"alter table s.t add column n2 int not null default 5"}, {"alter table s.t add column n3 uuid default gen_random_uuid()"},
            {"alter table s.t add column n4 timestamptz default clock_timestamp()"}, {"alter table s.t add column n5 int generated always as (a + 1) stored"},
            {"alter table s.t drop column n5"}, {"alter table s.t add column n6 bigserial"}, {"alter table s.t alter column a set not null"}, {"alter table s.t alter column a drop not null"},
            {"alter table s.t add constraint ck1 check (a >= 0)"}, {"alter table s.t add constraint ck2 check (a > -5) not valid"}, {"alter table s.t validate constraint ck2"},
            {"alter table s.t alter column b set default 'x'"}, {"alter table s.t alter column c type varchar(40)"}, {"alter table s.t alter column c type varchar(15)"},
            {"alter table s.t alter column a type bigint"}, {"alter table s.t alter column b type text collate \"C\""}, {"alter table s.t alter column n type numeric(12,2)"},
            {"alter table s.t alter column n type numeric(14,4)"}, {"create index t_a2 on s.t (a)"}, {"create unique index t_b2 on s.t (b)"}, {"create index concurrently t_c2 on s.t (c)", false},
            {"create unique index concurrently t_ab on s.t (a, b)", false}, {"reindex index s.t_a2"}, {"reindex table s.t"}, {"reindex index concurrently s.t_c2", false}, {"drop index s.t_a2"},
            {"drop index concurrently s.t_c2", false}, {"alter table s.t add constraint fk1 foreign key (a) references s.r"},
            {"alter table s.t add constraint fk2 foreign key (k) references s.r not valid"}, {"alter table s.t validate constraint fk2"}, {"alter table s.t drop constraint fk1"},
            {"alter table s.t add constraint un unique (b)"}, {"alter table s.t add constraint un2 unique using index t_b2"}, {"alter table s.t drop constraint un"},
            {"alter table s.t rename column n1 to n11"}, {"alter table s.t rename constraint ck1 to ck11"}, {"alter table s.t set (fillfactor = 80)"},
            {"alter table s.t alter column a set statistics 200"}, {"alter table s.t drop constraint fk2"}, {"alter table s.t set unlogged"}, {"alter table s.t set logged"},
            {"cluster s.t using t_pkey"}, {"vacuum full s.t", false}, {"vacuum s.r", false}, {"analyze s.t"}, {"truncate s.e"}, {"update s.t set j = null"}, {"delete from s.t where id = 5"},
            {"insert into s.r select 1000000 + id, v from s.r where id % 2 = 0"}, {"create table s.n1 (id int primary key, t int references s.t)"}, {"create table s.n2 as select * from s.r"},
            {"refresh materialized view s.mv"}, {"refresh materialized view concurrently s.mv"}, {"create trigger g before insert on s.t for each row execute function s.f()"},
            {"drop trigger g on s.t"}, {"create or replace view s.v as select id from s.r"}, {"alter table s.p detach partition s.p1"}, {"alter table s.p attach partition s.p1 for values from (1) to (100001)"},
            {"alter table s.p add column w int default (random() * 9)::int"}, {"create index on s.p (v)"}, {"alter table s.p detach partition s.p1"},
            {"alter table s.p detach partition s.p2 concurrently", false},
            {"do $$ begin execute 'alter table s.t add column z1 int default (random() * 10)::int'; end $$"}, {"do $$ begin alter table s.t alter column z1 set not null; create index t_z1 on s.t (z1); end $$"},
            {"do $$ declare r record; begin for r in select relname from pg_class where relname in ('t2', 'e') loop execute format('alter table s.%I alter column x type bigint using x + 1', r.relname) ; end loop; "
             "exception when feature_not_supported then alter table s.e alter column x type bigint; end $$"},
            {"do $$ begin update s.r set v = v + 1 where id <= 10; commit; alter table s.r add column q int; end $$", false}, {"lock table s.r in share mode"}, {"comment on table s.t is 'x'"},
            {"create policy pol on s.t using (true)"}, {"alter table s.t enable row level security"}, {"alter sequence s.q restart"}, {"alter type s.mood add value 'fine'"},
            {"alter table s.t drop column k cascade"}, {"drop table s.t2 cascade"}};
}

} // namespace previewcases
