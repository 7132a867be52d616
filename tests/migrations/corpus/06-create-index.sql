-- SPDX-License-Identifier: GPL-3.0-or-later
--# bad
create index i on t (a);
--# bad
create unique index if not exists i on public.t using btree (a, lower(b)) where a > 0;
--# bad transaction:false
CREATE INDEX ON "T" (a);
--# bad rows:public.t=500
create index i on t (a);
--# good transaction:false
create index concurrently i on t (a);
--# good
create table t (a int);
create index i on t (a);
--# good
create temp table w as select 1 as a;
create index on w (a);
--# good
create table n.t (a int);
alter table n.t rename to u;
create index on n.u (a);
--# good
create materialized view mv as select 1 as a;
create unique index on mv (a);
--# good
comment on index i is 'create index i on t (a)';
--# good
select 1 as a into temp table w;
create index on w (a);
