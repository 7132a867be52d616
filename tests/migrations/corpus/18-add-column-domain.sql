-- SPDX-License-Identifier: GPL-3.0-or-later
--# bad
create domain d as int check (value > 0);
alter table t add column a d;
--# bad
create domain s.d as int not null;
alter table t add column a s.d default 4;
--# bad
alter table t add column a positive_int;
--# good
create domain d as int;
alter table t add column a d;
--# good
alter table t add column a numeric(10, 2);
--# good
create type mood as enum ('sad', 'ok');
alter table t add column a mood;
--# good
create domain d as int check (value > 0);
create table n (a d);
alter table n add column b d;
--# good
alter table t add column a timestamp(3) with time zone, add column b int[], add column c character varying(20);
