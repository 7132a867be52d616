-- SPDX-License-Identifier: GPL-3.0-or-later
--# bad
alter domain d add constraint c check (value > 0);
--# bad
alter domain s.d add check (value > 0);
--# bad
alter domain d set not null;
--# good
alter domain d add constraint c check (value > 0) not valid;
--# good
alter domain d validate constraint c;
--# good
create domain d as int;
alter domain d add constraint c check (value > 0);
--# good
alter domain d set default 5;
