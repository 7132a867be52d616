-- SPDX-License-Identifier: GPL-3.0-or-later
--# bad
alter table t add column a int generated always as (b + 1);
--# bad server:17
alter table t add column a int generated always as (b + 1);
--# bad
create table n (b int, a int generated always as (b + 1) check (a > 0));
--# bad server:17
alter table t add column a int generated always as (b + 1) virtual;
--# good
alter table t add column a int generated always as (b + 1) virtual;
--# good server:17
create table n (b int, a int generated always as (b + 1) stored);
--# good
create table n (a int generated always as identity);
--# good
create table n (b int, a int generated always as (b + 1) virtual);
