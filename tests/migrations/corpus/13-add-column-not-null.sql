-- SPDX-License-Identifier: GPL-3.0-or-later
--# bad
alter table t add column a int not null;
--# bad
alter table t add a text constraint nn not null;
--# bad
alter table t add column a int not null default null;
--# bad rows:t=0
alter table only t add column if not exists a int not null;
--# good
alter table t add column a int;
--# good
alter table t add column a int not null default 0;
--# good
alter table t add column a timestamptz default now() not null;
--# good
create table n (a int not null);
alter table n add column b int not null;
--# good
alter table t add column a int generated always as (b + 1) virtual not null;
