-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: for this transaction alone: values read the same on both sides, no row is left out by a policy without an error, a lock is not waited for long ($1), and nothing ends us while the other side is read
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: done text
SELECT pg_catalog.set_config(s.name, w.value, true) AS done
FROM (VALUES ('TimeZone', 'UTC'), ('DateStyle', 'ISO, YMD'), ('IntervalStyle', 'postgres'), ('bytea_output', 'hex'), ('extra_float_digits', '1'), ('lc_monetary', 'C'),
             ('row_security', 'off'), ('search_path', ''), ('statement_timeout', '0'), ('idle_in_transaction_session_timeout', '0'), ('jit', 'off'), ('lock_timeout', $1::text)) AS w (name, value)
JOIN pg_catalog.pg_settings AS s ON s.name = w.name
