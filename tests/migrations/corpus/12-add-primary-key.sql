-- SPDX-License-Identifier: GPL-3.0-or-later
--# bad
alter table t add primary key (id);
--# bad
alter table t add constraint pk primary key (a, b);
--# bad
alter table t drop constraint t_pkey, add constraint t_pkey primary key (id) include (b);
--# bad
alter table t add column id bigint primary key generated always as identity;
--# bad
alter table t add constraint pk primary key using index i;
--# good
alter table t validate constraint t_id_not_null;
alter table t add constraint pk primary key using index i;
--# good
create table n (id bigint primary key);
--# good
create table n (id bigint not null);
alter table n add primary key (id);
--# good
alter table t add column primary_key bigint;
