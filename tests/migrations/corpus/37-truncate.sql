-- SPDX-License-Identifier: GPL-3.0-or-later
--# bad
truncate t;
--# bad
truncate table only s.t, u restart identity;
--# bad
truncate t cascade;
--# good
delete from t where id < 1000;
--# good
create table n (a int);
truncate n;
--# good
create temp table w (a int);
insert into w values (1);
truncate table w;
