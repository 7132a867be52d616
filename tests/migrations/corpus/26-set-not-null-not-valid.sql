-- SPDX-License-Identifier: GPL-3.0-or-later
--# bad
alter table t add constraint n not null a not valid;
alter table t alter column a set not null;
--# bad allow:not-idempotent transaction:false
alter table public.t add constraint n not null a not valid;
alter table t alter a set not null;
--# bad
alter table t add not null a not valid;
update t set a = 0 where a is null;
alter table t alter column a set not null;
--# good
alter table t add constraint n not null a not valid;
--# good
alter table t validate constraint n;
--# good
create table n (a int);
alter table n add constraint k not null a not valid;
alter table n alter column a set not null;
--# good allow:set-not-null
alter table t alter column a set not null;
--# bad
alter table t add constraint n not null a not valid, alter column a set not null;
