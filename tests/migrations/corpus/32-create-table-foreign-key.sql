-- SPDX-License-Identifier: GPL-3.0-or-later
--# bad
create table n (id bigint primary key, r bigint references r);
--# bad
create table n (a int, b int, constraint fk foreign key (a, b) references s.r (x, y));
--# bad
create table n (a bigint);
alter table n add constraint fk foreign key (a) references r;
--# bad
create table if not exists s.n (id bigint, parent bigint references s.n, r bigint references s.r);
--# good
create table n (id bigint primary key, parent bigint references n);
--# good
create table r (id bigint primary key);
create table n (id bigint primary key, r bigint references r);
--# good
create table n (id bigint primary key, r bigint);
--# good
create table public.r (id bigint primary key);
create table n (r bigint, foreign key (r) references r);
