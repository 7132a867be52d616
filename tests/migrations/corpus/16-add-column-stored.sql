-- SPDX-License-Identifier: GPL-3.0-or-later
--# bad
alter table t add column a int generated always as (b + 1) stored;
--# bad server:17
alter table t add column if not exists a text generated always as (lower(b)) stored not null;
--# bad rows:t=100
alter table t add column a int generated always as (b + 1) stored;
--# bad
alter table t alter column a set expression as (b + 2);
--# good
alter table t add column a int generated always as (b + 1) virtual;
--# good
create table n (b int, a int generated always as (b + 1) stored);
--# good
alter table t add column stored int;
--# good
alter table t alter column a drop expression;
