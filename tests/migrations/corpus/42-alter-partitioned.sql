-- SPDX-License-Identifier: GPL-3.0-or-later
--# bad partitioned:p
alter table p add column a int;
--# bad partitioned:public.p
alter table p alter column a set default 1, alter column b drop default;
--# bad partitioned:s.p
alter table s.p add constraint c check (a > 0) not valid;
--# good partitioned:p
alter table p1 add constraint c check (a > 0) not valid;
--# good partitioned:p
alter table t add column a int;
--# good
create table p (id int) partition by range (id);
alter table p add column a int;
--# good partitioned:p
alter table p validate constraint c;
