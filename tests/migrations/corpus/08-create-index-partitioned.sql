-- SPDX-License-Identifier: GPL-3.0-or-later
--# bad partitioned:p
create index on p (k);
--# bad partitioned:public.p transaction:false
create index concurrently i on p (k);
--# bad partitioned:s.p rows:s.p=100
create unique index i on s.p (k);
--# bad allow:create-partition-of
create table p3 partition of p for values from (1) to (2);
create index on p (k);
--# good partitioned:p
create index i on only p (k);
--# good partitioned:p transaction:false
create index concurrently i1 on p1 (k);
--# good partitioned:p
alter index i attach partition i1;
--# good
create table p (id int, k int) partition by range (id);
create table p1 partition of p for values from (1) to (2);
create index on p (k);
