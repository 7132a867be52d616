-- SPDX-License-Identifier: GPL-3.0-or-later
--# bad type:t.a=timestamp_without_time_zone
alter table t alter column a type timestamptz;
--# bad type:t.a=timestamp_with_time_zone
alter table t alter column a type timestamp;
--# bad
alter table t alter column a type timestamp with time zone;
--# bad type:t.a=timestamp_without_time_zone
set timezone = 'Europe/Berlin';
alter table t alter column a type timestamptz;
--# good type:t.a=timestamp_without_time_zone
set timezone = 'UTC';
alter table t alter column a type timestamptz;
--# good type:t.a=timestamp_with_time_zone
set local time zone 'UTC';
alter table t alter column a type timestamp without time zone;
--# good type:t.a=timestamp_without_time_zone
alter table t alter column a type timestamp(6);
--# good
alter table t add column a timestamptz;
