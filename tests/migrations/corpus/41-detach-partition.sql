-- SPDX-License-Identifier: GPL-3.0-or-later
--# bad
alter table p detach partition p1;
--# bad
alter table s.p detach partition s.p1;
--# bad transaction:false
alter table if exists p detach partition p1;
--# good transaction:false
alter table p detach partition p1 concurrently;
--# good
alter table p detach partition p1 finalize;
--# good
create table p (id int) partition by range (id);
create table p1 partition of p for values from (1) to (2);
alter table p detach partition p1;
