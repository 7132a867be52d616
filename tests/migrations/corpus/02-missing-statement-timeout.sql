-- SPDX-License-Identifier: GPL-3.0-or-later
--# bad timeouts:none lock_timeout allow:add-check
alter table t add constraint c check (a > 0);
--# bad timeouts:none lock_timeout
create index i on t (a);
--# bad timeouts:none lock_timeout
update t set a = 1;
--# bad timeouts:none lock_timeout
alter table t alter column a type bigint;
--# good timeouts:none lock_timeout statement_timeout allow:create-index
create index i on t (a);
--# good timeouts:none lock_timeout
alter table t add column a int;
--# good timeouts:none lock_timeout allow:alter-column-type
set statement_timeout = '10min';
alter table t alter column a type bigint;
--# good timeouts:none lock_timeout rows:t=100
create index i on t (a);
