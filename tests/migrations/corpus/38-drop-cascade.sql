-- SPDX-License-Identifier: GPL-3.0-or-later
--# bad
drop table t cascade;
--# bad
drop schema s cascade;
--# bad
drop extension citext cascade;
--# bad transaction:false
drop database d;
--# bad
alter table t drop column a cascade;
--# bad
drop owned by someone;
--# bad
drop type if exists mood cascade;
--# good
drop schema s;
--# good
drop extension if exists citext;
--# good
create table n (a int);
drop table n cascade;
--# good
drop function f(int) restrict;
--# good
alter table t add constraint fk foreign key (a) references r on delete cascade not valid;
