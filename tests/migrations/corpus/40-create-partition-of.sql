-- SPDX-License-Identifier: GPL-3.0-or-later
--# bad
create table p3 partition of p for values from (1) to (2);
--# bad
create table if not exists s.p3 partition of s.p default;
--# bad
create table p3 partition of p for values with (modulus 4, remainder 0) partition by range (a);
--# good
create table p3 (like p including all);
alter table p attach partition p3 for values from (1) to (2);
--# good
create table p (id int) partition by range (id);
create table p1 partition of p for values from (1) to (2);
--# good
create table n (partition_of int);
