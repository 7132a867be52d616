-- SPDX-License-Identifier: GPL-3.0-or-later
--# bad
alter table p attach partition p3 for values from (1) to (2);
--# bad
alter table only s.p attach partition s.p3 default;
--# bad rows:p3=10
alter table p attach partition p3 for values in (1, 2);
--# bad
alter table p3 add constraint c check (id >= 1 and id < 2) not valid;
alter table p attach partition p3 for values from (1) to (2);
--# good
create table p3 (like p including all);
alter table p attach partition p3 for values from (1) to (2);
--# good transaction:false allow:not-idempotent
alter table p3 add constraint c check (id is not null and id >= 1 and id < 2) not valid;
alter table p3 validate constraint c;
alter table p attach partition p3 for values from (1) to (2);
--# good
alter index i attach partition i3;
