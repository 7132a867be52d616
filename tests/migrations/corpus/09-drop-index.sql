-- SPDX-License-Identifier: GPL-3.0-or-later
--# bad
drop index i;
--# bad
drop index if exists s.i, s.j;
--# bad transaction:false
DROP INDEX "I" RESTRICT;
--# good transaction:false
drop index concurrently i;
--# good
create table t (a int);
create index i on t (a);
drop index i;
--# good transaction:false
drop index concurrently if exists s.i;
--# good
drop function if exists index_of(int);
