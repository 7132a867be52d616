// SPDX-License-Identifier: GPL-3.0-or-later
// A project of another tool, its real program, and the whole of a database's tables, for tests.
#pragma once

#include "migrations/foreign.h"
#include "project.h"

#include <QProcess>
#include <QTest>

namespace howdah::test
{

class ForeignFolder
{
public:
    ForeignFolder(const TestServer &server, const QByteArray &database) : m_server(server), m_project(server, database) {}

    QString path() const { return m_project.path(); }
    const Project &database() const { return m_project; }
    void put(const QString &name, const QByteArray &text) const
    {
        const QString file = QDir(path()).filePath(name);
        QDir().mkpath(QFileInfo(file).path());
        QFile out(file);
        if (!out.open(QIODevice::WriteOnly) || out.write(text) != text.size())
            qFatal("not written: %s", qPrintable(name));
    }
    void sql(const QList<QByteArray> &statements) const
    {
        const auto link = m_project.link();
        for (const QByteArray &one : statements) {
            if (const auto done = link->run({one, {}}); !done)
                qFatal("%s: %s", one.constData(), qPrintable(done.error().text()));
        }
    }
    QString url(const QString &mode = QStringLiteral("verify-full")) const
    {
        const pg::ConnectionSpec spec = m_project.spec();
        return QStringLiteral("postgresql://postgres:%1@%2:%3/%4?sslmode=%5&sslrootcert=%6")
            .arg(QString::fromLatin1(m_server.password().data()), spec.host)
            .arg(spec.port)
            .arg(spec.database, mode, m_server.caFile());
    }
    // As a person runs it in the project's folder. Its exit code; what it said is in said().
    int tool(const QString &program, const QStringList &arguments)
    {
        QProcess process;
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.setWorkingDirectory(path());
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        const pg::ConnectionSpec spec = m_project.spec();
        environment.insert(QStringLiteral("DATABASE_URL"), program == QLatin1String("node") ? url(QStringLiteral("no-verify")).section(QStringLiteral("&sslrootcert"), 0, 0) : url());
        environment.insert(QStringLiteral("PGHOST"), spec.host);
        environment.insert(QStringLiteral("PGPORT"), QString::number(spec.port));
        environment.insert(QStringLiteral("PGUSER"), QStringLiteral("postgres"));
        environment.insert(QStringLiteral("PGDATABASE"), spec.database);
        environment.insert(QStringLiteral("PGPASSWORD"), QString::fromLatin1(m_server.password().data()));
        environment.insert(QStringLiteral("PGSSLMODE"), QStringLiteral("verify-full"));
        environment.insert(QStringLiteral("PGSSLROOTCERT"), m_server.caFile());
        environment.insert(QStringLiteral("NODE_PATH"), qEnvironmentVariable("HOWDAH_SOURCE_DIR") + QStringLiteral("/build/tool/node/node_modules"));
        process.setProcessEnvironment(environment);
        process.start(program, arguments);
        const bool ended = process.waitForFinished(60'000);
        m_said = process.readAll();
        return ended && process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1;
    }
    int node(const QString &script, const QStringList &arguments)
    {
        return tool(QStringLiteral("node"), QStringList{qEnvironmentVariable("HOWDAH_SOURCE_DIR") + QStringLiteral("/build/tool/node/node_modules/") + script} + arguments);
    }
    QByteArray said() const { return m_said; }
    // Every row of every table, with the transaction that wrote it.
    QString tables() const
    {
        return m_project.value("SELECT string_agg(c.oid || ' ' || query_to_xml(format('SELECT t.xmin, t.ctid, t::text FROM %s AS t', c.oid::regclass), true, true, '')::text, '' ORDER BY c.oid) "
                               "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema')");
    }
    QVector<migrations::ForeignProject> read() const
    {
        const auto link = m_project.link();
        auto found = migrations::foreignProjects(path(), link.get());
        if (!found)
            qFatal("%s", qPrintable(found.error().text()));
        return *found;
    }
    // The one there is, with its tables as they were before it was looked at.
    migrations::ForeignProject one() const
    {
        const QString before = tables();
        const QVector<migrations::ForeignProject> found = read();
        if (found.size() != 1 || before.isNull() || tables() != before)
            qFatal("%d projects, or their tables were written", int(found.size()));
        return found.constFirst();
    }

private:
    const TestServer &m_server;
    Project m_project;
    QByteArray m_said;
};

inline QStringList appliedOf(const migrations::ForeignProject &project)
{
    QStringList ids;
    for (const migrations::ForeignMigration &one : project.migrations) {
        if (one.applied)
            ids << one.id;
    }
    return ids;
}

// An Alembic project: 1 <- (a1 <- a2), (b1), merged by m, then n.
inline void putAlembic(const ForeignFolder &folder)
{
    folder.put(QStringLiteral("alembic.ini"), "[alembic]\nscript_location = %(here)s/alembic\n\n[loggers]\nkeys = root\n[handlers]\nkeys = console\n[formatters]\nkeys = generic\n"
                                             "[logger_root]\nlevel = WARN\nhandlers = console\nqualname =\n[handler_console]\nclass = StreamHandler\nargs = (sys.stderr,)\nlevel = NOTSET\nformatter = generic\n"
                                             "[formatter_generic]\nformat = %(levelname)s %(message)s\n");
    folder.put(QStringLiteral("alembic/env.py"), "import os\nfrom alembic import context\nfrom sqlalchemy import create_engine, MetaData, Table, Column, Integer\nurl = os.environ['DATABASE_URL']\n"
                                                "meta = MetaData()\nTable('wanted', meta, Column('id', Integer, primary_key=True))\n"
                                                "if context.is_offline_mode():\n    context.configure(url=url, target_metadata=meta, literal_binds=True)\n    with context.begin_transaction():\n        context.run_migrations()\n"
                                                "else:\n    with create_engine(url).connect() as connection:\n        context.configure(connection=connection, target_metadata=meta)\n        with context.begin_transaction():\n            context.run_migrations()\n");
    folder.put(QStringLiteral("alembic/script.py.mako"), "\"\"\"${message}\n\nRevision ID: ${up_revision}\nRevises: ${down_revision | comma,n}\n\"\"\"\nfrom alembic import op\nimport sqlalchemy as sa\n\n"
                                                        "revision = ${repr(up_revision)}\ndown_revision = ${repr(down_revision)}\nbranch_labels = ${repr(branch_labels)}\ndepends_on = ${repr(depends_on)}\n\n\n"
                                                        "def upgrade():\n    ${upgrades if upgrades else \"pass\"}\n\n\ndef downgrade():\n    ${downgrades if downgrades else \"pass\"}\n");
    const auto revision = [&](const char *id, const QByteArray &down, const QByteArray &title, const QByteArray &up, const QByteArray &back) {
        folder.put(QStringLiteral("alembic/versions/%1_x.py").arg(QLatin1String(id)), "\"\"\"" + title + "\n\nRevision ID: " + id + "\n\"\"\"\nfrom typing import Sequence, Union\nfrom alembic import op\n\n"
                       "revision: str = '" + id + "'\ndown_revision: Union[str, Sequence[str], None] = " + down + "\nbranch_labels = None\ndepends_on = None\n\n\n"
                       "def upgrade():\n    revision = 'not this one'\n    op.execute(\"\"\"" + up + "\"\"\")\n\n\ndef downgrade():\n    op.execute('" + back + "')\n");
    };
    revision("1a00000000aa", "None", "first", "CREATE TABLE first (i int)", "DROP TABLE first");
    revision("2a00000000aa", "'1a00000000aa'", "left", "CREATE TABLE l (i int)", "DROP TABLE l");
    revision("3a00000000aa", "'2a00000000aa'", "left again", "CREATE INDEX l_i ON l (i)", "DROP INDEX l_i");
    revision("2b00000000bb", "'1a00000000aa'", "right", "CREATE TABLE r (i int)", "DROP TABLE r");
    revision("4c00000000cc", "('3a00000000aa', '2b00000000bb')", "meet", "SELECT 1", "SELECT 1");
    revision("5d00000000dd", "'4c00000000cc'", "last", "CREATE TABLE last (i int)", "DROP TABLE last");
}

} // namespace howdah::test
