-- SPDX-License-Identifier: GPL-3.0-or-later
--# bad
vacuum t;
--# bad allow:drop-cascade
drop database d;
--# bad
alter system set work_mem = '64MB';
--# bad
create tablespace s location '/s';
--# bad
reindex schema s;
--# bad
cluster;
--# bad
discard all;
--# bad
create subscription s connection 'host=a' publication p;
--# bad
alter database d set tablespace s;
--# bad partitioned:p
reindex table p;
--# good transaction:false
vacuum t;
--# good
analyze t;
--# good
alter database d set work_mem = '64MB';
--# good transaction:false
alter system set work_mem = '64MB';
--# good
discard temp;
