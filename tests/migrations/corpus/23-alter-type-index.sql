-- SPDX-License-Identifier: GPL-3.0-or-later
--# bad type:t.a=text
alter table t alter column a type text collate "C";
--# bad type:t.a=text
alter table t alter column a type citext;
--# bad
alter table t alter column a set data type varchar(20) collate pg_catalog."de-x-icu";
--# good type:t.a=text
alter table t alter column a type varchar;
--# good
create table n (a text);
alter table n alter column a type text collate "C";
--# good
alter table t add column a text collate "C";
--# good type:t.a=citext
alter table t alter column a type text;
