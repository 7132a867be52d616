-- SPDX-License-Identifier: GPL-3.0-or-later
--# bad
create index concurrently i on t (a);
--# bad
drop index concurrently i;
--# bad
reindex table concurrently t;
--# bad
alter table p detach partition p1 concurrently;
--# bad transaction:false
set lock_timeout = 0 \; create index concurrently i on t (a);
--# good transaction:false
create index concurrently i on t (a);
--# good transaction:false
drop index concurrently i;
--# good
refresh materialized view concurrently mv;
--# good transaction:false
alter table p detach partition p1 concurrently;
--# bad transaction:false
begin;
create index concurrently i on t (a);
commit;
