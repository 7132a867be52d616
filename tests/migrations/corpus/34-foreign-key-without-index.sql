-- SPDX-License-Identifier: GPL-3.0-or-later
--# bad
alter table t add constraint fk foreign key (a) references r not valid;
--# bad allow:create-table-foreign-key
create table n (id bigint primary key, r bigint references r);
--# bad allow:add-column-references
alter table t add column a bigint references r;
--# bad
create table r (id bigint primary key);
create table n (a bigint, r bigint references r);
create index on n (a, r);
--# good
create table r (id bigint primary key);
create table n (id bigint primary key, r bigint references r);
create index on n (r);
--# good
create table r (id bigint primary key);
create table n (r bigint primary key references r);
--# good
create table r (a int, b int, primary key (a, b));
create table n (a int, b int, c int, foreign key (b, a) references r (b, a));
create index on public.n (a, b, c);
--# good
alter table t add constraint c check (a > 0) not valid;
