-- SPDX-License-Identifier: GPL-3.0-or-later
--# bad
alter table t add column a int;
-- migrate:down
--# bad
alter table t add column a int;
-- migrate:down
-- nothing to do here
--# bad
alter table t add column a int;
-- migrate:down
select 1;
--# bad
alter type mood add value 'great';
--# good
alter table t add column a int;
-- migrate:down
alter table t drop column a;
--# good
-- irreversible: a value of an enum can't be taken away
alter type mood add value 'great';
-- migrate:down
--# good
create table n (a int);
-- migrate:down
drop table n;
--# good
create type mood as enum ('ok');
alter type mood add value 'great';
-- migrate:down
drop type mood;
