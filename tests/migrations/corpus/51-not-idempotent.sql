-- SPDX-License-Identifier: GPL-3.0-or-later
--# bad transaction:false
alter table t add column a int;
create index concurrently i on t (a);
--# bad transaction:false
create table n (a int);
create table if not exists m (a int);
--# bad transaction:false
insert into t (id) values (1);
analyze t;
--# bad transaction:false
alter type mood add value 'great';
analyze t;
--# bad transaction:false
drop index concurrently i;
drop index concurrently if exists j;
--# good transaction:false
alter table t add column if not exists a int;
alter table t alter column a set default 1;
--# good transaction:false
drop index concurrently if exists i;
create index concurrently i on t (a);
--# good transaction:false
create index concurrently i on t (a);
--# good transaction:false
alter table t drop constraint if exists t_a_check, add constraint t_a_check check (a > 0) not valid;
alter table t validate constraint t_a_check;
--# good
create table n (a int);
create table m (a int);
--# good transaction:false
insert into t (id) values (1) on conflict do nothing;
analyze t;
