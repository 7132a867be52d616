-- SPDX-License-Identifier: GPL-3.0-or-later
--# bad
update t set a = 1;
--# bad
delete from only s.t;
--# bad rows:t=100
update t set a = 1;
--# bad
update t set a = 1 where true;
--# good
update t set a = 1 where id between 1 and 1000;
--# good
delete from t where id in (select id from t where a is null limit 1000 for update skip locked);
--# good
create table n (a int);
update n set a = 1;
--# good
insert into t (a) values (1), (2);
--# bad
with d as (delete from t returning *) insert into u select * from d;
--# bad
with d as (update public.t set a = 1 returning *) select * from d;
