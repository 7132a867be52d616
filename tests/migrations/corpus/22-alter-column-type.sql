-- SPDX-License-Identifier: GPL-3.0-or-later
--# bad
alter table t alter column a type bigint;
--# bad type:t.a=integer
alter table t alter a set data type bigint using a::bigint;
--# bad type:public.t.a=character_varying(40)
alter table t alter column a type varchar(20);
--# bad type:t.a=numeric(10,2)
alter table t alter column a type numeric(12,3);
--# bad type:t.a=timestamp_without_time_zone
alter table t alter column a type timestamp(3);
--# bad type:t.a=jsonb
alter table t alter column a type json;
--# bad type:t.a=text
alter table t alter column a type varchar(100);
--# bad type:t.a=uuid
alter table t alter column a type text;
--# good type:t.a=character_varying(20)
alter table t alter column a type varchar(40);
--# good type:public.t.a=character_varying(20)
alter table t alter column a type text;
--# good type:t.a=numeric(10,2)
alter table t alter column a type numeric(12,2);
--# good type:t.a=citext
alter table t alter column a type text;
--# good type:t.a=timestamp_without_time_zone
alter table t alter column a type timestamp(6);
--# good type:t.a=numeric(10,2)
alter table t alter column a type numeric;
--# good
create table n (a int);
alter table n alter column a type bigint;
