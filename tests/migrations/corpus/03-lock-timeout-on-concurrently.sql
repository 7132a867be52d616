-- SPDX-License-Identifier: GPL-3.0-or-later
--# bad transaction:false lock_timeout
create index concurrently i on t (a);
--# bad transaction:false
set lock_timeout = '5s';
drop index concurrently if exists i;
--# bad transaction:false
set lock_timeout to 3000;
reindex index concurrently i;
--# good transaction:false
create index concurrently i on t (a);
--# good transaction:false
set lock_timeout = 0;
drop index concurrently if exists i;
create index concurrently i on t (a);
--# good lock_timeout allow:create-index
create index i on t (a);
--# good transaction:false
set lock_timeout = '3s';
set lock_timeout = '0s';
drop index concurrently if exists i;
