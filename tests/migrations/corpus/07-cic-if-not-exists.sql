-- SPDX-License-Identifier: GPL-3.0-or-later
--# bad transaction:false
create index concurrently if not exists i on t (a);
--# bad transaction:false
create unique index concurrently if not exists i on s.t using btree (a);
--# bad transaction:false
drop index concurrently if exists other;
create index concurrently if not exists i on t (a);
--# good transaction:false
create index concurrently i on t (a);
--# good transaction:false
drop index concurrently if exists i;
create index concurrently if not exists i on t (a);
--# good
create table n (a int);
create index if not exists i on n (a);
--# good transaction:false
drop index concurrently if exists public.i;
create index concurrently if not exists i on t (a);
