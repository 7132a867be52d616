-- SPDX-License-Identifier: GPL-3.0-or-later
--# bad
alter table t add column a int check (a > 0);
--# bad
alter table t add column a int constraint positive check (a > 0) default 1;
--# bad rows:t=100
alter table t add column a int check (a > 0);
--# good
alter table t add column a int;
--# good
alter table t add column a int, add constraint c check (a > 0) not valid;
--# good
create table n (a int check (a > 0));
alter table n add column b int check (b > 0);
--# good
alter table t add column a text default 'check (a)';
