-- SPDX-License-Identifier: GPL-3.0-or-later
--# bad
alter table t add constraint c check (a > 0) not valid;
alter table t validate constraint c;
--# bad
alter table t add constraint fk foreign key (a) references r not valid;
comment on table t is 'x';
alter table public.t validate constraint fk;
--# bad
alter table t add constraint n not null a not valid;
alter table t validate constraint n;
--# good
alter table t add constraint c check (a > 0) not valid;
--# good
alter table t validate constraint c;
--# good transaction:false allow:not-idempotent
alter table t add constraint c check (a > 0) not valid;
alter table t validate constraint c;
--# good
alter table t add constraint c check (a > 0) not valid;
alter table t validate constraint other;
--# good
create table n (a int);
alter table n add constraint c check (a > 0) not valid;
alter table n validate constraint c;
--# bad transaction:false
alter table t add constraint c check (a > 0) not valid, validate constraint c;
