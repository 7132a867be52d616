-- SPDX-License-Identifier: GPL-3.0-or-later
--# bad
alter table t drop column a;
--# bad
alter table t drop a;
--# bad
alter table if exists only s.t add column b int, drop column if exists a;
--# bad
comment on table t is 'x';
-- migrate:down
alter table t drop column a;
--# good
alter table t drop constraint t_a_check;
--# good
create table n (a int, b int);
alter table n drop column b;
--# good
alter table t alter column a drop default;
