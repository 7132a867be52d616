# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# SQL lives in sql/, where psql can run it and a test prepares it on every server version; not in C++ strings.
# What is put together from names (a plan's ALTER SYSTEM, say) marks its line: // sql-ok: why
check() {
    # At a statement's place, or with a shape that prose does not have.
    cxx strings --unless sql-ok: -- src ui app | find_in \
        '(?x) (?: ^ | [;(\x1e] ) \s* (?: (?:SELECT|INSERT|CREATE|ALTER|DROP|GRANT|REVOKE|TRUNCATE|EXPLAIN|PRAGMA|SHOW|SET) \s+ [\w"%*(]
            | select\s.*\sfrom\s | insert\s+into\s | delete\s+from\s | update\s+\S+\s+set\s | pragma\s
            | (?:create|alter|drop)\s+(?:or\s+replace\s+)?(?:table|index|view|role|user|schema|database|function|extension)\s )
        | \bSELECT\s.*\sFROM\s | \bINSERT\s+INTO\s | \bDELETE\s+FROM\s | \bUPDATE\s+\S+\s+SET\s'
}
plant() {
    bad src/catalog/a.cpp <<<'auto s = "SELECT 1";'
    bad src/catalog/b.cpp <<'X'
auto s = R"sql(
    SELECT relname
    FROM pg_class)sql";
X
    bad src/catalog/b2.cpp <<<'auto s = "/* x */\nWITH a AS (SELECT 1) TABLE a";'
    bad src/store/c.cpp <<<'query.exec(u"insert into sample values (1)"_s);'
    bad src/store/d.cpp <<'X'
query.exec("UPDATE sample "
           "SET x = 1");
X
    bad ui/shell/e.cpp <<<'run(QStringLiteral("ALTER SYSTEM RESET ALL"));'
    bad src/health/f.cpp <<<'run("CREATE TABLE x ()");'
    bad src/health/g.cpp <<<'run("DELETE FROM x");'
    bad src/health/h.cpp <<<'run("SHOW server_version_num");'
    good src/health/i.cpp <<'X'
run("BEGIN"); run("COMMIT"); run("ROLLBACK");
write("# Read before what ALTER SYSTEM wrote"); label(tr("needs SELECT on %1"));
label(tr("Select a row of the list"), tr("Create stack"), tr("Update available"));
// "SELECT 1" would be wrong here
keywords << "SELECT" << "CREATE";
plan("ALTER SYSTEM SET %1"); // sql-ok: the name is a setting's, checked against pg_settings
X
}
