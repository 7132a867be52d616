-- SPDX-License-Identifier: GPL-3.0-or-later
--# bad
alter table t rename to u;
--# bad
alter table t rename column a to b;
--# bad
alter table t rename a to b;
--# bad
alter schema s rename to z;
--# bad
alter type mood rename value 'ok' to 'fine';
--# bad
alter table t set schema s;
--# good
alter table t rename constraint a to b;
--# good
alter index i rename to j;
--# good
create table n (a int);
alter table n rename column a to b;
alter table n rename to m;
alter table m rename column b to c;
--# good
create type mood as enum ('a');
alter type mood rename value 'a' to 'b';
