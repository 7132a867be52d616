-- SPDX-License-Identifier: GPL-3.0-or-later
--# bad timeouts:none
alter table t add column a int;
--# bad timeouts:none
set lock_timeout = 0;
create index concurrently i on t (a);
drop view if exists v;
--# bad timeouts:none
create trigger g before insert on t for each row execute function f();
--# bad timeouts:none
create table s (id bigint primary key, r bigint references t);
create index on s (r);
--# bad timeouts:none
set lock_timeout = '3s';
alter table t add column a int;
reset lock_timeout;
alter table t add column b int;
--# good timeouts:none
set local lock_timeout = '3s';
alter table t add column a int;
--# good
alter table t add column a int;
--# good timeouts:none lock_timeout
alter table t alter column a set default 5;
--# good timeouts:none
create table s (id bigint primary key);
alter table s add column a int;
--# good timeouts:none
select set_config('lock_timeout', '3s', true);
alter table t add column a int;
--# good timeouts:none
alter table t alter column a set statistics 500;
comment on table t is 'x';
--# bad timeouts:none transaction:false
set local lock_timeout = '3s';
alter table t add column if not exists a int;
