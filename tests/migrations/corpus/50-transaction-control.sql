-- SPDX-License-Identifier: GPL-3.0-or-later
--# bad
begin;
alter table t add column a int;
commit;
--# bad
alter table t add column a int;
rollback;
--# bad transaction:false
begin;
alter table t add column if not exists a int;
--# bad
\i other.sql
--# bad
start transaction isolation level serializable;
--# bad
prepare transaction 'x';
--# bad transaction:false
\set x 1
select 1;
--# good
savepoint s;
alter table t add column a int;
rollback to savepoint s;
release savepoint s;
--# good transaction:false
begin;
alter table t add column a int;
commit;
--# good
create function f() returns int language sql begin atomic select 1; end;
--# good
create function f() returns int language plpgsql as $$ begin return 1; end $$;
