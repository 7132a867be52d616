-- SPDX-License-Identifier: GPL-3.0-or-later
--# bad
alter table t alter column a drop not null;
--# bad
alter table s.t alter a drop not null, alter b drop default;
--# bad rows:t=10
alter table t alter "A" drop not null;
--# good
alter table t alter column a drop default;
--# good
create table n (a int not null);
alter table n alter column a drop not null;
--# good
alter domain d drop not null;
