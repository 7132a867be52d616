-- SPDX-License-Identifier: GPL-3.0-or-later
-- Quotes of every kind, and what may stand in them.
SELECT 'plain';
SELECT 'it''s';
SELECT 'semi;colon';
SELECT 'two
lines';
SELECT 'joined '
       'across lines';
SELECT 'joined ' -- a comment between
       'across a comment';
SELECT 'a' 'b';
SELECT 'back\slash';
SELECT 'ends in a backslash\';
SELECT E'tab\there';
SELECT E'quote\'s';
SELECT E'backslash\\';
SELECT E'line\nbreak';
SELECT E'\x41\u00e9\U0001F418';
SELECT e'lower\'case';
SELECT E'joined\n'
  'plain tail\n';
SELECT E'octal\101';
SELECT E'bad \u00zz';
SELECT E'lone surrogate \ud800';
SELECT U&'d\0061t\+000061';
SELECT U&'d!0061t' UESCAPE '!';
SELECT U&'bad \00';
SELECT U&'it''s';
SELECT U&'a;b' UESCAPE '*';
SELECT u&'\0441\043b\043e\043d';
SELECT B'1010';
SELECT b'01';
SELECT B'102';
SELECT X'1F';
SELECT x'zz';
SELECT N'national';
SELECT n'it''s; national';
SELECT $$dollar$$;
SELECT $$it's;"quoted"$$;
SELECT $a$with $$ inside$a$;
SELECT $a$with $b$ and $b$ inside$a$;
SELECT $tag_1$ $tag$ $tag_1$;
SELECT $é$accented tag$é$;
SELECT $$two
lines; and a semicolon$$;
SELECT $a$ $a $a$;
SELECT $1a;
SELECT 1 AS a$b$;
SELECT 1 AS a$b$c;
SELECT $$ends at its own tag$$ AS x;
SELECT $body$ SELECT 'nested'; $inner$ deep; $inner$ $body$;
SELECT "name" FROM (SELECT 1 AS "name") AS t;
SELECT "na""me" FROM (SELECT 1 AS "na""me") AS t;
SELECT "semi;colon" FROM (SELECT 1 AS "semi;colon") AS t;
SELECT "two
lines" FROM (SELECT 1 AS "two
lines") AS t;
SELECT "--no comment" FROM (SELECT 1 AS "--no comment") AS t;
SELECT U&"d\0061ta" FROM (SELECT 1 AS data) AS t;
SELECT U&"d!0061ta" UESCAPE '!' FROM (SELECT 1 AS data) AS t;
SELECT "" FROM (SELECT 1) AS t;
SELECT 'é' = U&'\00e9' AS same;
SELECT 'naïve' AS "größe";
SELECT '-- no comment' AS a, '/* none */' AS b;
SELECT '' AS empty, NULL AS nothing, ' ' AS blank;
SELECT 'quote at the end''';
SELECT '''';
SELECT '''''' AS two;
SELECT ';' || ';' AS "; ;";
SELECT E'\\' || ';' AS escaped;
SELECT length(E'a\
b') AS continued;
SELECT 'x'::text, 'y'::char(3), 'z'::varchar;
SELECT text 'typed', date '2026-11-25', interval '1 day 2 hours';
SELECT '{1,2,3}'::int[], '{"a b","c,d"}'::text[];
SELECT '{"a": 1, "b": [1, 2]}'::jsonb -> 'b' AS b;
SELECT 'a' < 'b' AS less, 'a' <> 'b' AS other;
SELECT missing 'x';
SELECT 'wrong'::int;
SELECT 'é', missing;
SELECT 'ééé' || missing_column;
