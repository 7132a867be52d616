-- SPDX-License-Identifier: GPL-3.0-or-later
--# bad
alter table t add constraint c check (a > 0);
--# bad
alter table t add check (a > 0 and b in (1, 2)) no inherit;
--# bad rows:t=50
alter table only s.t add constraint c check (a <> 'not valid');
--# good
alter table t add constraint c check (a > 0) not valid;
--# good allow:not-enforced
alter table t add constraint c check (a > 0) not enforced;
--# good
create table n (a int);
alter table n add constraint c check (a > 0);
--# good
alter table t validate constraint c;
