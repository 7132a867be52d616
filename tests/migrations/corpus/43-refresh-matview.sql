-- SPDX-License-Identifier: GPL-3.0-or-later
--# bad
refresh materialized view mv;
--# bad
refresh materialized view s.mv with data;
--# bad
refresh materialized view mv with no data;
--# good
refresh materialized view concurrently mv;
--# good
create materialized view mv as select 1 as a with no data;
refresh materialized view mv;
--# good transaction:false
refresh materialized view concurrently s.mv;
