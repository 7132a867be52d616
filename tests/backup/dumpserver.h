// SPDX-License-Identifier: GPL-3.0-or-later
// What the tests of logical backups share: a server with row security, hostile names and every kind of object, and the image's programs beside it.
#pragma once

#include "backup/logical.h"
#include "support/testserver.h"

#include <QTemporaryDir>

namespace howdah::test
{

inline const QString hostileSchema = QStringLiteral("s p\"a;c.e");
inline const QString hostileTable = QStringLiteral("t'; DROP TABLE x; --\n\\! touch /tmp/pwned \"ü\"");

class DumpServer
{
public:
    bool start(QString *why)
    {
        server = TestServer::start({}, why);
        if (!server)
            return false;
        const QByteArray schema = "\"s p\"\"a;c.e\"", table = schema + ".\"t'; DROP TABLE x; --\n\\! touch /tmp/pwned \"\"ü\"\"\"";
        return server->sql({"CREATE ROLE keeper NOLOGIN", "CREATE ROLE app LOGIN PASSWORD 'geheim1'", "CREATE ROLE taker LOGIN BYPASSRLS PASSWORD 'geheim2' CONNECTION LIMIT 5",
                            "CREATE DATABASE ideas OWNER keeper"},
                           why)
            && sqlIn("ideas",
                     {"SET search_path = public", "GRANT USAGE, CREATE ON SCHEMA public TO keeper", "CREATE SCHEMA audit", "GRANT USAGE ON SCHEMA audit TO app, taker", "CREATE SCHEMA " + schema,
                      "GRANT USAGE ON SCHEMA " + schema + " TO taker",
                      "CREATE TABLE projects (id int PRIMARY KEY, name text)", "INSERT INTO projects SELECT i, 'p' || i FROM generate_series(1, 5) i",
                      "CREATE TABLE ideas (id serial PRIMARY KEY, project int REFERENCES projects, text text)", "CREATE INDEX ideas_by_project ON ideas (project)",
                      "INSERT INTO ideas (project, text) SELECT p, md5(p || ':' || i) FROM generate_series(1, 5) p, generate_series(1, 1000) i",
                      "CREATE TABLE audit.log (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, project int, what text)",
                      "INSERT INTO audit.log (project, what) SELECT project, 'made ' || id FROM ideas ORDER BY id",
                      "CREATE TABLE " + table + " (id int PRIMARY KEY, v text)", "INSERT INTO " + table + " SELECT i, 'v' || i FROM generate_series(1, 100) i",
                      "CREATE INDEX \"an index\" ON " + table + " (v)",
                      "CREATE TABLE events (at int, v text) PARTITION BY RANGE (at)", "CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (1000)",
                      "CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM (1000) TO (2000)", "INSERT INTO events SELECT i, 'e' FROM generate_series(0, 1999) i",
                      "CREATE VIEW counted AS SELECT project, count(*) AS n FROM ideas GROUP BY project", "CREATE MATERIALIZED VIEW kept AS SELECT project, count(*) AS n FROM ideas GROUP BY project",
                      "CREATE FUNCTION f(int, text) RETURNS int LANGUAGE sql AS 'SELECT 1'", "CREATE TYPE mood AS ENUM ('good')", "CREATE SEQUENCE numbers", "SELECT setval('numbers', 4711)",
                      "SELECT lo_from_bytea(0, 'large')", "ALTER TABLE ideas OWNER TO keeper", "ALTER TABLE ideas ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
                      "ALTER TABLE audit.log ENABLE ROW LEVEL SECURITY", "CREATE POLICY own ON ideas USING (project = 1)", "CREATE POLICY own ON audit.log USING (project = 1)",
                      "GRANT SELECT ON ALL TABLES IN SCHEMA public, audit TO app, taker", "GRANT SELECT ON " + table + " TO taker", "GRANT SELECT ON ALL SEQUENCES IN SCHEMA public, audit TO app, taker",
                      "DO $$ BEGIN EXECUTE format('GRANT SELECT ON LARGE OBJECT %s TO taker', (SELECT oid FROM pg_largeobject_metadata)); END $$", "COMMENT ON TABLE ideas IS 'what people think'",
                      "ANALYZE"},
                     why);
    }
    std::unique_ptr<pg::Connection> link(const QString &database, const QString &role = QStringLiteral("postgres")) const
    {
        const pg::ConnectionSpec spec = server->spec().withDatabase(database).withRole(role);
        auto made = pg::Connection::open(spec, secretOf(role));
        return made ? std::move(*made) : nullptr;
    }
    Secret secretOf(const QString &role) const { return role == u"postgres" ? server->password() : Secret(QByteArray(role == u"app" ? "geheim1" : "geheim2")); }
    bool sqlIn(const QByteArray &database, const QList<QByteArray> &statements, QString *why = nullptr) const
    {
        const auto connection = link(QString::fromUtf8(database));
        if (!connection) {
            if (why)
                *why = QStringLiteral("no link");
            return false;
        }
        for (const QByteArray &statement : statements) {
            if (const auto done = connection->run({statement, {}}); !done) {
                if (why)
                    *why = QString::fromUtf8(statement) + QLatin1Char('\n') + done.error().text();
                return false;
            }
        }
        return true;
    }
    QString one(const QByteArray &database, const QByteArray &question) const
    {
        const auto connection = link(QString::fromUtf8(database));
        const auto rows = connection ? connection->run({question, {}}) : Result<pg::Rows>(fail(Error()));
        return rows && !rows->isEmpty() ? rows->text(0, 0) : rows ? QStringLiteral("no row") : rows.error().text();
    }
    // Every table's rows, as one line a table.
    QStringList rowsOf(const QByteArray &database) const
    {
        const auto connection = link(QString::fromUtf8(database));
        QStringList lines;
        const auto tables = connection ? connection->run({"SELECT format('%I.%I', n.nspname, c.relname), format('SELECT count(*) || '' '' || coalesce(md5(string_agg(t::text, '','' ORDER BY t::text)), '''') FROM %I.%I AS t',"
                                                          " n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'm') AND n.nspname !~ '^pg_'"
                                                          " AND n.nspname <> 'information_schema' ORDER BY 1", {}})
                                       : Result<pg::Rows>(fail(Error()));
        for (qsizetype i = 0; tables && i < tables->size(); ++i) {
            const auto said = connection->run({tables->text(i, 1).toUtf8(), {}});
            lines << tables->text(i, 0) + QLatin1Char(' ') + (said ? said->text(0, 0) : said.error().text());
        }
        return lines;
    }
    // The image's programs, with `folder` to write into.
    Result<std::unique_ptr<backup::Toolbox>> tools(const QString &folder) const
    {
        backup::ToolboxChoice choice;
        choice.image = QStringLiteral("howdah-postgres:18");
        choice.places = {{folder, {}, true}};
        choice.network = QStringLiteral("host");
        return backup::Toolbox::inImage(choice);
    }
    Result<backup::PhysicalSource> source(backup::Toolbox &box, const QString &database, const QString &role) const
    {
        return backup::sourceOf(box, server->spec().withDatabase(database).withRole(role), {secretOf(role), {}});
    }

    std::unique_ptr<TestServer> server;
};

} // namespace howdah::test
