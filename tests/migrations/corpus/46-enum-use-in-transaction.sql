-- SPDX-License-Identifier: GPL-3.0-or-later
--# bad
alter type mood add value 'great';
update t set m = 'great' where m = 'ok' and id < 10;
--# bad
alter type s.mood add value if not exists 'great' before 'ok';
alter table t alter column m set default 'great';
--# bad
alter type mood add value 'great' after 'ok';
insert into t (m) values ('great'::mood);
--# good
alter type mood add value 'great';
--# good transaction:false
alter type mood add value if not exists 'great';
alter table t alter column m set default 'great';
--# good
create type mood as enum ('ok');
alter type mood add value 'great';
insert into t (m) values ('great');
--# good
alter type mood add value 'great';
comment on type mood is 'great';
alter table t alter column m set default 'ok';
