-- SPDX-License-Identifier: GPL-3.0-or-later
--# bad
alter table t add constraint fk foreign key (a) references r not enforced;
--# bad
alter table t add constraint c check (a > 0) not enforced;
--# bad
alter table t alter constraint fk not enforced;
--# bad server:17
alter table t add constraint c check (a > 0) not enforced;
--# bad
create table n (a int check (a > 0) not enforced);
--# good
alter table t add constraint c check (a > 0) not valid;
--# good
alter table t add constraint fk foreign key (a) references r not valid;
--# good
alter table t alter constraint fk deferrable;
--# good
-- howdah:ignore not-enforced the rows come from a source that has checked them
alter table t add constraint c check (a > 0) not enforced;
--# good
comment on constraint c on t is 'not enforced';
