-- SPDX-License-Identifier: GPL-3.0-or-later
--# bad
create trigger g before insert on t for each row execute function f();
--# bad
drop trigger if exists g on s.t;
--# bad
create policy p on t for select using (true);
--# bad
alter table t enable row level security;
--# bad
create or replace rule r as on delete to t do instead nothing;
--# bad
alter policy p on t using (false);
--# bad
alter table t disable trigger all;
--# good
create table n (a int);
alter table n enable row level security;
create policy p on n using (true);
create trigger g before insert on n for each row execute function f();
--# good
create event trigger e on ddl_command_end execute function f();
--# good
create function g() returns trigger language plpgsql as 'begin return new; end';
