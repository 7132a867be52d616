-- SPDX-License-Identifier: GPL-3.0-or-later
--# bad
drop table t;
--# bad
drop table if exists s.t, s.u;
--# bad
alter table t drop constraint t_r_fkey;
--# bad
alter table t drop constraint if exists something;
--# good
alter table t drop constraint t_a_check;
--# good
create table n (a int);
drop table n;
--# good
drop function f(int);
--# good
alter table t drop constraint t_a_not_null;
