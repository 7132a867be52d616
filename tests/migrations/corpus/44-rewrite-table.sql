-- SPDX-License-Identifier: GPL-3.0-or-later
--# bad
cluster t using i;
--# bad transaction:false
vacuum full t;
--# bad transaction:false
vacuum (full, analyze) s.t;
--# bad
alter table t set unlogged;
--# bad
alter table t set logged;
--# bad
alter table t set access method heap;
--# bad
alter table t set tablespace s;
--# bad
alter index i set tablespace s;
--# good transaction:false
vacuum (analyze) t;
--# good
alter table t set (fillfactor = 70);
--# good
alter table t cluster on i;
--# good
create table n (a int);
alter table n set unlogged;
--# good transaction:false
vacuum (full false) t;
