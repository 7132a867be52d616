-- SPDX-License-Identifier: GPL-3.0-or-later
--# bad
reindex index i;
--# bad
reindex table s.t;
--# bad transaction:false
reindex (verbose) table t;
--# bad transaction:false
reindex database d;
--# bad rows:t=10
reindex table t;
--# good transaction:false
reindex index concurrently i;
--# good transaction:false
reindex (concurrently, verbose) table t;
--# good
create table n (a int);
create index i on n (a);
reindex table n;
--# good
create table n (a int);
create index i on n (a);
reindex index i;
