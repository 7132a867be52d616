-- SPDX-License-Identifier: GPL-3.0-or-later
--# bad
alter table t add constraint u unique (a);
--# bad
alter table t add column a int unique;
--# bad
alter table t add exclude using gist (during with &&);
--# bad
alter table t add unique nulls not distinct (a, b);
--# bad rows:t=100
alter table t add constraint u unique (a);
--# good
alter table t add constraint u unique using index i;
--# good
create table n (a int);
alter table n add constraint u unique (a);
--# good
create table n (a int unique, b int, unique (a, b));
--# good
alter table t add column "unique" int;
