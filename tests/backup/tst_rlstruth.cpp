// SPDX-License-Identifier: GPL-3.0-or-later
// Row security hides rows from those who dump, compare and rescue as others do; here every row of every table is counted and hashed by the superuser, who
// sees all: in a dump by `make db-backup` restored by stock programs in a container that knows nothing of Howdah, in a rehearsed copy, and after a rescue.
#include "backup/rescue.h"
#include "e2e/stacksession.h"

#include <QDir>
#include <QtTest>

using namespace howdah;
using namespace howdah::backup;
using namespace Qt::StringLiterals;

#define VERIFY_OK(result) QVERIFY2(result, (result) ? "" : qPrintable((result).error().text()))

class TestRlsTruth : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void cleanupTestCase();
    void rowsAreHidden();
    void makeDbBackup();
    void rehearsedAndRescued();

private:
    // Every table's number of rows and the hash of them all, a line each.
    static QByteArray everyRow(const e2e::Ran &generated) { return generated.output.trimmed(); }
    QByteArray live() { return everyRow(m_session->psql(m_rows, u"postgres"_s)); }

    std::unique_ptr<e2e::StackSession> m_session;
    QTemporaryDir m_folder;
    QByteArray m_then;
    const QByteArray m_rows = "SELECT format('SELECT %L, count(*), coalesce(md5(string_agg(t::text, '','' ORDER BY t::text COLLATE \"C\")), '''') FROM %I.%I AS t', n.nspname || '.' || c.relname, n.nspname, c.relname)"
                              " FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' ORDER BY 1 \\gexec\n";
};

void TestRlsTruth::initTestCase()
{
    m_session = std::make_unique<e2e::StackSession>(u"rls-test"_s);
    QVERIFY2(m_session->error().isEmpty(), qPrintable(m_session->error()));
    const e2e::Ran up = m_session->up();
    QVERIFY2(up.exit == 0, up.all().constData());
    const e2e::Ran filled = m_session->psql("INSERT INTO public.users (email, display_name) VALUES ('a@example.org', 'A');\n"
                                            "INSERT INTO public.projects (owner_id, name) SELECT u.id, 'p' || n FROM public.users AS u, generate_series(1, 5) AS n;\n"
                                            "INSERT INTO public.document_versions (project_id, language, document_id, version, document_type, title, content)"
                                            " SELECT p.id, p.language, uuidv7(), 1, 'notes', p.name || ' ' || n, md5(p.name || n) FROM public.projects AS p, generate_series(1, 1000) AS n;\n",
                                            u"postgres"_s);
    QVERIFY2(filled.exit == 0, filled.all().constData());
}

void TestRlsTruth::cleanupTestCase()
{
    m_session.reset();
}

// Without this the rest would prove nothing.
void TestRlsTruth::rowsAreHidden()
{
    QCOMPARE(m_session->psql("SELECT string_agg(DISTINCT n::text, ',') FROM (SELECT count(*) AS n FROM public.document_versions GROUP BY project_id) AS s", u"postgres"_s).output.trimmed(), "1000");
    QCOMPARE(m_session->psql("SELECT count(*) FROM public.document_versions", u"jeex_user"_s).output.trimmed(), "0");
    QCOMPARE(m_session->psql("SET ROLE jeex_owner; SELECT count(*) FROM public.document_versions").output.trimmed(), "0");
    QCOMPARE(m_session->psql("SELECT count(*) FROM pg_class WHERE relforcerowsecurity AND relname IN ('projects', 'document_versions', 'agent_executions', 'exports')", u"postgres"_s).output.trimmed(), "4");
    m_then = live();
    QVERIFY2(m_then.contains("public.document_versions|5000|") && m_then.contains("audit.log|5006|"), m_then.constData());
}

// The Makefile's own words; ./run.sh, which would build and make a session of its own, stands aside for one that takes this test's.
void TestRlsTruth::makeDbBackup()
{
    QTemporaryDir room;
    QVERIFY(QFile::copy(qEnvironmentVariable("HOWDAH_SOURCE_DIR") + u"/Makefile"_s, room.filePath(u"Makefile"_s)));
    QFile run(room.filePath(u"run.sh"_s));
    QVERIFY(run.open(QIODevice::WriteOnly) && run.write("#!/bin/sh\n[ \"$1\" = --in-session ] || exit 2\nshift\nPATH=" + qgetenv("HOWDAH_BIN_DIR") + ":$PATH exec \"$@\"\n") > 0 && run.setPermissions(QFile::Permissions(0x7700)));
    run.close();
    const QString backups = m_folder.filePath(u"backups"_s);
    const e2e::Ran made = e2e::run(u"make"_s, {u"-C"_s, room.path(), u"--no-print-directory"_s, u"db-backup"_s, u"PROFILE="_s + m_session->name(), u"BACKUPS="_s + backups}, {}, 300'000);
    QVERIFY2(made.exit == 0, made.all().constData());
    QVERIFY2(made.output.contains("howdah_backup (BYPASSRLS"), made.all().constData());
    const QStringList dumps = QDir(backups + u"/dump"_s).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    QCOMPARE(dumps.size(), 1);
    const QString dump = backups + u"/dump/"_s + dumps.constFirst();

    // An empty cluster of the image's programs, with the libraries that an extension of the dump asks for; nothing of the stack is in it but the dump's folder.
    const QString bare = m_session->name() + u"-bare"_s;
    const e2e::Ran started = m_session->docker({u"run"_s, u"--detach"_s, u"--rm"_s, u"--init"_s, u"--name"_s, bare, u"--network"_s, u"none"_s, u"--user"_s, u"999:999"_s,
                                                u"--shm-size"_s, u"2g"_s, u"--entrypoint"_s, u"sleep"_s, u"howdah-postgres:18"_s, u"infinity"_s});
    QVERIFY2(started.exit == 0, started.all().constData());
    const auto removed = qScopeGuard([&] { m_session->docker({u"rm"_s, u"--force"_s, u"--volumes"_s, bare}); });
    const auto inside = [&](const QString &script, const QByteArray &input = {}) {
        return m_session->docker({u"exec"_s, u"--interactive"_s, u"--env"_s, u"PATH=/usr/lib/postgresql/18/bin:/usr/bin:/bin"_s, u"--env"_s, u"PGHOST=/dev/shm"_s, u"--env"_s, u"PGUSER=postgres"_s, bare, u"bash"_s, u"-c"_s, script}, input);
    };
    for (const QString &name : QDir(dump).entryList(QDir::Files)) {
        QFile file(dump + u'/' + name);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(inside(u"cat > /dev/shm/'%1'"_s.arg(name), file.readAll()).exit, 0);
    }
    const e2e::Ran cluster = inside(u"set -e; initdb -D /dev/shm/data -U postgres -A trust -N --no-instructions >/dev/null; printf \"listen_addresses = ''\\nunix_socket_directories = '/dev/shm'\\nfsync = off\\n"
                                    "shared_preload_libraries = 'pg_stat_statements,pgaudit'\\n\" >> /dev/shm/data/postgresql.conf; pg_ctl -D /dev/shm/data -w -s -l /dev/shm/log start"_s);
    QVERIFY2(cluster.exit == 0, cluster.all().constData());
    // By the page beside the dump: its roles, a new database, and everything into it.
    QFile page(dump + u"/RUNBOOK.md"_s);
    QVERIFY(page.open(QIODevice::ReadOnly));
    QStringList lines;
    for (const QByteArray &line : page.readAll().split('\n')) {
        if (line.startsWith("       "))
            lines << QString::fromUtf8(line.trimmed());
    }
    const QStringList restore = lines.filter(u"globals.sql"_s) + lines.filter(QRegularExpression(u"^(createdb|pg_restore .*-d restored)"_s));
    QVERIFY2(restore.size() == 3, qPrintable(lines.join(u'\n')));
    const e2e::Ran restored = inside(u"cd /dev/shm; "_s + restore.at(0) + u"; "_s + restore.at(1) + u" && "_s + restore.at(2));
    QVERIFY2(restored.exit == 0, restored.all().constData());
    const e2e::Ran rows = inside(u"psql -XAtq -v ON_ERROR_STOP=1 -d restored"_s, m_rows);
    QVERIFY2(rows.exit == 0, rows.all().constData());
    QCOMPARE(everyRow(rows), m_then);
    const e2e::Ran policies = inside(u"psql -XAtqd restored"_s, "SELECT count(*) FROM pg_class WHERE relforcerowsecurity");
    QCOMPARE(policies.output.trimmed(), m_session->psql("SELECT count(*) FROM pg_class WHERE relforcerowsecurity", u"postgres"_s).output.trimmed());
}

void TestRlsTruth::rehearsedAndRescued()
{
    // A commit behind them all, or the last of them could not be reached, and all of it in the archive.
    const QByteArray last = m_session->psql("SELECT pg_walfile_name(pg_switch_wal())", u"postgres"_s).output.trimmed();
    QTRY_VERIFY_WITH_TIMEOUT(m_session->docker({u"exec"_s, m_session->container(), u"test"_s, u"-e"_s, u"/archive/"_s + QString::fromLatin1(last)}).exit == 0, 60'000);
    const e2e::Ran rehearsal = m_session->ctl({u"pitr"_s, u"rehearse"_s, u"--latest"_s}, {}, 300'000);
    QVERIFY2(rehearsal.exit == 0, rehearsal.all().constData());
    const QString id = rehearsal.json().value("id"_L1).toString();
    const auto dropped = qScopeGuard([&] { m_session->ctl({u"pitr"_s, u"drop"_s, id}, {}, 300'000); });

    // The superuser's own socket: what the container's root may enter.
    pg::ConnectionSpec spec;
    spec.host = u"/proc/%1/root/run/postgresql"_s.arg(QString::fromLatin1(m_session->docker({u"inspect"_s, u"--format"_s, u"{{.State.Pid}}"_s, m_session->container()}).output.trimmed()));
    spec.database = u"jeex_idea"_s;
    spec.role = u"postgres"_s;
    spec.auth = pg::Auth::Peer;
    spec.sslMode = pg::SslMode::Disable;
    const auto ours = pg::Connection::open(spec, {});
    VERIFY_OK(ours);
    spec.host = rehearsal.json().value("socket"_L1).toString();
    const auto copy = pg::Connection::open(spec, {});
    VERIFY_OK(copy);
    const auto compared = compare(**ours, **copy);
    VERIFY_OK(compared);
    // Not by isEqual(): a sequence of a recovered copy stands some numbers ahead, as after every crash.
    QVERIFY2(compared->schemaCompared && compared->schema.isEmpty() && compared->tables.size() == 7, qPrintable(compared->text()));
    for (const TableComparison &table : compared->tables)
        QVERIFY2(table.state == TableComparison::State::Equal, qPrintable(table.text()));
    const TableComparison *documents = compared->find({u"public"_s, u"document_versions"_s}), *audit = compared->find({u"audit"_s, u"log"_s});
    QVERIFY(documents && documents->live && documents->live->rows == 5000 && documents->rehearsed == documents->live);
    QVERIFY(audit && audit->live && audit->live->rows == 5006 && audit->rehearsed == audit->live);

    const auto hashOf = [&] { return m_session->psql("SELECT count(*) || md5(string_agg(d::text, ',' ORDER BY id)) FROM public.document_versions AS d", u"postgres"_s).output.trimmed(); };
    const QByteArray before = hashOf();
    QCOMPARE(m_session->psql("DELETE FROM public.document_versions", u"postgres"_s).exit, 0);
    RescueChoice choice;
    choice.tables = {{{u"public"_s, u"document_versions"_s}, RescueTable::Rows::Missing, {}}};
    choice.server = u"the stack"_s;
    choice.environment = session::Environment::Development;
    const auto plan = planRescue(**ours, **copy, choice);
    VERIFY_OK(plan);
    QVERIFY2(plan->isGood(), qPrintable(plan->text()));
    QCOMPARE(plan->rows(), 5000);
    const auto outcome = rescue(**ours, **copy, *plan);
    VERIFY_OK(outcome);
    QCOMPARE(outcome->tables.constFirst().inserted, 5000);
    QCOMPARE(hashOf(), before);
    // The audit tells of both, and has lost nothing.
    QCOMPARE(m_session->psql("SELECT count(*) FROM audit.log", u"postgres"_s).output.trimmed(), "15006");

    // Who is hidden from is refused, and never told that little is much.
    pg::ConnectionSpec owner = (*ours)->spec();
    owner.role = u"jeex_admin"_s;
    const auto admin = pg::Connection::open(owner, {});
    VERIFY_OK(admin);
    VERIFY_OK((*admin)->run({"SET ROLE jeex_owner", {}}));
    const auto hidden = compare(**admin, **copy);
    VERIFY_OK(hidden);
    QVERIFY(!hidden->isEqual());
    QCOMPARE(hidden->find({u"public"_s, u"document_versions"_s})->state, TableComparison::State::NotPermitted);
}

QTEST_GUILESS_MAIN(TestRlsTruth)
#include "tst_rlstruth.moc"
