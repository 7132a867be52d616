-- SPDX-License-Identifier: GPL-3.0-or-later
-- Where a string ends while standard_conforming_strings changes: as the server has it, from the next line on.
SET escape_string_warning = off;
SET standard_conforming_strings = off; SELECT 'on this line as before\';
SELECT 'escaped\'quote;';
SET standard_conforming_strings = on;
SELECT 'a backslash\';
BEGIN; SET LOCAL standard_conforming_strings = off;
SELECT 'in here\'too';
ROLLBACK;
SELECT 'rolled back\';
SELECT set_config('standard_conforming_strings', 'off', false);
SELECT 'by a function\'s doing';
RESET standard_conforming_strings;
SELECT 'reset\';
DO $$ BEGIN SET standard_conforming_strings = off; END $$;
SELECT 'by a block\'s doing';
RESET ALL;
SELECT 'all reset\';
SET escape_string_warning = off;
\if false
SET standard_conforming_strings = off;
\endif
SELECT 'never set\';
SET standard_conforming_strings = perhaps;
SELECT 'refused\';
SET standard_conforming_strings = off; BEGIN; SET standard_conforming_strings = on; ROLLBACK;
SELECT 'off again\'', E'b\'c', $$d\$$, U&'e\\';
SELECT E'always\'so', nothing;
DISCARD ALL;
SELECT 'default\';
