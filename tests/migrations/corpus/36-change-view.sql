-- SPDX-License-Identifier: GPL-3.0-or-later
--# bad
drop view v;
--# bad
create or replace view v as select 1 as a;
--# bad
drop materialized view if exists s.mv;
--# bad
alter view v rename column a to b;
--# bad
create or replace temp view v as select 1 as a;
--# good
create view v2 as select 1 as a;
--# good
create materialized view mv as select 1 as a with no data;
--# good
create view v2 as select 1 as a;
create or replace view v2 as select 1 as a, 2 as b;
drop view v2;
--# good
create or replace function view() returns int language sql as 'select 1';
--# bad
alter view v set schema s;
--# good
comment on view v is 'x';
