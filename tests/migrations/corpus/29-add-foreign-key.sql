-- SPDX-License-Identifier: GPL-3.0-or-later
--# bad
alter table t add constraint fk foreign key (a) references r (id);
--# bad
alter table s.t add foreign key (a, b) references s.r on delete set null deferrable initially deferred;
--# bad rows:t=100 rows:r=5
alter table t add constraint fk foreign key (a) references r;
--# good
alter table t add constraint fk foreign key (a) references r (id) not valid;
--# good
alter table t validate constraint fk;
--# good
create table r (id bigint primary key);
create table n (a bigint);
alter table n add constraint fk foreign key (a) references r;
--# good allow:not-enforced
alter table t add constraint fk foreign key (a) references r not enforced;
