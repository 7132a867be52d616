-- SPDX-License-Identifier: GPL-3.0-or-later
--# bad
alter table t add column a bigint references r;
--# bad
alter table t add column a bigint constraint fk references s.r (id) on delete cascade;
--# bad
alter table t add column if not exists a bigint default null references r (id);
--# good
alter table t add column a bigint;
--# good
alter table t add constraint fk foreign key (a) references r not valid;
--# good allow:create-table-foreign-key
create table n (a bigint references r);
--# good
alter table t add column "references" int;
