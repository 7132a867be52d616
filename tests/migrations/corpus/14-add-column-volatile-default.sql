-- SPDX-License-Identifier: GPL-3.0-or-later
--# bad
alter table t add column a uuid default gen_random_uuid();
--# bad
alter table t add column a uuid not null default public.uuidv7();
--# bad
alter table t add column a timestamptz default clock_timestamp();
--# bad
alter table t add column a float8 default (1 + random() * 5);
--# bad
alter table t add column a bigint default nextval('s'::regclass);
--# bad
alter table t add column a int default my_function(1);
--# good
alter table t add column a timestamptz default now();
--# good
alter table t add column a timestamptz not null default current_timestamp;
--# good
alter table t add column a jsonb not null default '{}';
--# good
alter table t add column a text default 'random()';
--# good
alter table t alter column a set default gen_random_uuid();
--# good
create table n (id uuid default gen_random_uuid());
alter table n add column a uuid default gen_random_uuid();
--# good
alter table t add column a text default 'x'::varchar(20);
