-- SPDX-License-Identifier: GPL-3.0-or-later
--# bad
alter table t alter column a set not null;
--# bad
alter table t add constraint n not null a;
--# bad server:17
alter table t add constraint n not null a not valid;
--# bad server:17 allow:add-check
alter table t add constraint c check (a > 0);
alter table t alter a set not null;
--# bad rows:t=100
alter table t alter column a set not null;
--# good
alter table t add constraint n not null a not valid;
--# good transaction:false
alter table t validate constraint n;
--# good server:17
alter table t validate constraint a_is_not_null;
alter table t alter column b set default 1;
--# good allow:not-idempotent transaction:false
alter table t add constraint c check (a is not null) not valid;
alter table t validate constraint c;
alter table t alter column a set not null;
--# good
create table n (a int);
alter table n alter column a set not null;
