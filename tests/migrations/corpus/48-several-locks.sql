-- SPDX-License-Identifier: GPL-3.0-or-later
--# bad
alter table t add column a int;
alter table u add column a int;
--# bad
alter table t add column a int;
update t set a = 0 where id < 1000;
--# bad
alter table t add column a int;
insert into u select * from t;
--# bad
alter table t add column a int;
alter table t add column b int;
--# good
alter table t add column a int, add column b int;
--# good transaction:false
alter table t add column if not exists a int;
alter table u add column if not exists a int;
--# good
create table n (a int);
alter table n add column b int;
alter table t add column a int;
--# good
insert into u select * from v where id < 100;
--# good
alter table t add column a int;
comment on column t.a is 'x';
--# good
alter table t rename constraint a to b;
alter table t add column c int;
