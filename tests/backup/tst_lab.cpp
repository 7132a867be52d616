// SPDX-License-Identifier: GPL-3.0-or-later
// A rehearsal kept under a name: the stack's own sizes, statistics and planner's settings without a network and without an archive, migrations tried on its
// true rows, and nothing of it left once it is dropped.
#include "backup/labs.h"
#include "e2e/stacksession.h"
#include "pg/connection.h"
#include "support/verifyok.h"
#include "trial/labtrial.h"

#include <QDir>
#include <QJsonArray>
#include <QtTest>

using namespace howdah;
using namespace howdah::backup;
using namespace Qt::StringLiterals;

class TestLab : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void cleanupTestCase();
    void names_data();
    void names();
    void plannersLines();
    void created();
    void asLiveIs();
    void migrationsOnTrueRows();
    void remedyTried();
    void hypotheticalOnLive();
    void whatStaysIsNoted();
    void connects();
    void dropped();

private:
    QByteArray inLab(const QByteArray &question, const QString &database = QStringLiteral("jeex_idea"))
    {
        const auto lab = findLab(u"trial"_s);
        const auto link = lab ? pg::Connection::open(lab->rehearsal.spec(database), {}) : Result<std::unique_ptr<pg::Connection>>(fail(lab.error()));
        const auto rows = link ? (*link)->run({question, {}}) : Result<pg::Rows>(fail(link.error()));
        return !rows ? rows.error().text().toUtf8() : rows->isEmpty() ? QByteArray() : rows->text(0, 0).toUtf8();
    }
    QByteArray live(const QByteArray &question) { return m_session->psql(question, u"postgres"_s).output.trimmed(); }

    std::unique_ptr<e2e::StackSession> m_session;
    QString m_id;
};

void TestLab::initTestCase()
{
    m_session = std::make_unique<e2e::StackSession>(u"lab-test"_s);
    QVERIFY2(m_session->error().isEmpty(), qPrintable(m_session->error()));
    e2e::Ran ran = m_session->up();
    QVERIFY2(ran.exit == 0, ran.all().constData());
    ran = m_session->psql("INSERT INTO public.users (email, display_name) SELECT 'u' || n || '@example.org', 'U' || n FROM generate_series(1, 3000) AS n;\n"
                          "INSERT INTO public.projects (owner_id, name, language) SELECT id, 'p', CASE WHEN random() < 0.9 THEN 'en' ELSE 'de' END FROM public.users;\nVACUUM ANALYZE public.users, public.projects;\n",
                          u"postgres"_s);
    QVERIFY2(ran.exit == 0, ran.all().constData());
    ran = m_session->ctl({u"backup"_s, u"create"_s}, {}, 300'000);
    QVERIFY2(ran.exit == 0, ran.all().constData());
    ran = m_session->psql("SELECT pg_create_restore_point('for the lab'); SELECT pg_current_xact_id(); SELECT pg_walfile_name(pg_switch_wal())", u"postgres"_s);
    const QString last = QString::fromLatin1(ran.output.trimmed().split('\n').constLast());
    QTRY_VERIFY_WITH_TIMEOUT(m_session->docker({u"exec"_s, m_session->container(), u"test"_s, u"-e"_s, u"/archive/"_s + last}).exit == 0, 60'000);
}

void TestLab::cleanupTestCase()
{
    if (!m_id.isEmpty())
        std::ignore = dropRehearsal(m_id);
    m_session.reset();
}

void TestLab::names_data()
{
    QTest::addColumn<QString>("name");
    for (const QString &name : {u""_s, u"-x"_s, u"../x"_s, u"a b"_s, u"a\nb"_s, u"$(id)"_s, u"ä"_s, u"1a"_s, u"a;b"_s, QString(33, u'a')})
        QTest::addRow("%s", qPrintable(name)) << name;
}

void TestLab::names()
{
    QFETCH(const QString, name);
    QVERIFY(!isLabName(name));
    const Done refused = checkNewLab(name);
    QVERIFY(!refused);
    QCOMPARE(refused.error().reason, u"bad_lab_name"_s);
}

void TestLab::plannersLines()
{
    QCOMPARE(plannerSettings("random_page_cost = 1.1 # SSD\n#enable_seqscan = off\nwork_mem '4MB'\n archive_command = 'x'\nshared_buffers = 1GB\nRandom_Page_Cost=1.2\nenable_nestloop = 'off'; x\njit_above_cost = 500000\n"),
             "jit_above_cost = 500000\nrandom_page_cost = 1.2\nwork_mem = '4MB'\n");
}

void TestLab::created()
{
    const e2e::Ran bad = m_session->ctl({u"pitr"_s, u"lab"_s, u"create"_s, u"../x"_s, u"--latest"_s}, {}, 300'000);
    QVERIFY2(bad.exit == 2 && bad.json().value("error"_L1)["reason"_L1].toString() == "bad_lab_name"_L1, bad.all().constData());
    const e2e::Ran made = m_session->ctl({u"pitr"_s, u"lab"_s, u"create"_s, u"trial"_s, u"--name"_s, u"for the lab"_s}, {}, 300'000);
    QVERIFY2(made.exit == 0, made.all().constData());
    m_id = made.json().value("id"_L1).toString();
    QCOMPARE(made.json().value("lab"_L1).toString(), u"trial"_s);
    const e2e::Ran again = m_session->ctl({u"pitr"_s, u"lab"_s, u"create"_s, u"trial"_s, u"--latest"_s}, {}, 300'000);
    QVERIFY2(again.exit == 2 && again.json().value("error"_L1)["reason"_L1].toString() == "lab_taken"_L1, again.all().constData());
    const auto all = labs();
    VERIFY_OK(all);
    QCOMPARE(all->size(), 1);
    QVERIFY(all->constFirst().running && all->constFirst().name == "trial"_L1 && all->constFirst().rehearsal.id == m_id);
    const e2e::Ran listed = m_session->ctl({u"pitr"_s, u"lab"_s, u"list"_s}, {}, 300'000);
    QCOMPARE(listed.json().value("labs"_L1).toArray().size(), 1);
    QCOMPARE(m_session->docker({u"inspect"_s, u"--format"_s, u"{{.HostConfig.NetworkMode}}"_s, m_id}).output.trimmed(), "none");
    QCOMPARE(inLab("SELECT current_setting('archive_mode')"), "off");
}

void TestLab::asLiveIs()
{
    for (const QByteArray &question : {QByteArray("SELECT string_agg(concat_ws(' ', c.relname, relpages, reltuples, relallvisible, pg_relation_size(c.oid)), ',' ORDER BY c.oid) FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND relkind IN ('r', 'i')"),
                                       QByteArray("SELECT md5(string_agg(s::text, ',' ORDER BY s::text)) FROM pg_stats AS s WHERE schemaname = 'public'"),
                                       QByteArray("SELECT string_agg(name || setting, ',' ORDER BY name) FROM pg_settings WHERE category LIKE 'Query Tuning%' OR name IN ('work_mem', 'hash_mem_multiplier')")})
        QCOMPARE(inLab(question), live(question));
    const QByteArray asked = "EXPLAIN (FORMAT JSON) SELECT count(*) FROM public.projects AS p JOIN public.users AS u ON u.id = p.owner_id WHERE p.language = 'de'";
    QCOMPARE(inLab(asked).simplified(), live(asked).simplified());
    QVERIFY(live(asked).contains("Plan"));
}

void TestLab::migrationsOnTrueRows()
{
    QTemporaryDir folder;
    const QDir own(qEnvironmentVariable("HOWDAH_SOURCE_DIR") + u"/docker/migrations"_s);
    for (const QString &name : own.entryList(QDir::Files))
        QVERIFY(QFile::copy(own.filePath(name), folder.filePath(name)));
    const auto put = [&](const char *name, const char *text) {
        QFile file(folder.filePath(QString::fromLatin1(name)));
        return file.open(QIODevice::WriteOnly | QIODevice::Truncate) && file.write(text) > 0;
    };
    QVERIFY(put("20270101000000_index.sql", "-- migrate:up\nCREATE INDEX users_created_idx ON public.users (created_at);\nALTER TABLE public.projects ALTER COLUMN progress TYPE integer;\n\n-- migrate:down\nDROP INDEX public.users_created_idx;\n"));
    const QStringList plan{u"migrate"_s, u"--folder"_s, folder.path(), u"--role"_s, u"jeex_owner"_s, u"plan"_s, u"--preview-locks"_s, u"--sandbox"_s};
    e2e::Ran ran = m_session->ctl(plan + QStringList{u"lab:trial"_s}, {}, 300'000);
    QVERIFY2(ran.exit == 0, ran.all().constData());
    const QJsonObject seen = ran.json().value("preview"_L1).toObject();
    QVERIFY2(seen.value("where"_L1).toString().startsWith("the lab trial, PostgreSQL 18."_L1) && seen.value("basis"_L1).toString().contains("its own rows"_L1) && !seen.value("basis"_L1).toString().contains("made-up"_L1), ran.output.constData());
    const QJsonArray statements = seen.value("statements"_L1).toArray();
    QCOMPARE(statements.size(), 2);
    QVERIFY2(QJsonDocument(statements.at(0).toObject()).toJson().contains("3000"), ran.output.constData());
    const QByteArray rewrite = QJsonDocument(statements.at(1).toObject()).toJson();
    QVERIFY2(rewrite.contains("the type of a column") && rewrite.contains("public.projects"), rewrite.constData());
    // What the true rows forbid is told as that; made-up ones would have been taken out again.
    QVERIFY(put("20270101000000_index.sql", "-- migrate:up\nCREATE UNIQUE INDEX projects_language_key ON public.projects (language);\n\n-- migrate:down\nDROP INDEX public.projects_language_key;\n"));
    ran = m_session->ctl(plan + QStringList{u"lab:trial"_s}, {}, 300'000);
    QVERIFY2(ran.json().value("preview"_L1)["statements"_L1][0]["error"_L1]["sqlstate"_L1].toString() == "23505"_L1, ran.all().constData());
    // Neither the lab nor the stack has anything of it.
    QCOMPARE(inLab("SELECT count(*) FROM pg_database WHERE datname LIKE 'howdah_scratch%'"), "0");
    QCOMPARE(inLab("SELECT to_regclass('public.users_created_idx') IS NULL"), "t");
    QCOMPARE(live("SELECT to_regclass('public.users_created_idx') IS NULL"), "t");
    ran = m_session->ctl(plan + QStringList{u"lab:none"_s}, {}, 300'000);
    QVERIFY2(ran.json().value("preview_missing"_L1).toString().contains("There is no lab"_L1), ran.all().constData());
}

// A statement is measured on the true rows, an index built and dropped, and the migration written where that was asked for.
void TestLab::remedyTried()
{
    QTemporaryDir folder;
    QFile file(folder.filePath(u"statement.sql"_s));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write("SELECT (SELECT count(*) FROM public.users AS u WHERE u.display_name = $1 || g::text) FROM generate_series(1, 300) AS g") > 0 && file.flush());
    const QStringList tried{u"statements"_s, u"try"_s, u"--lab"_s, u"trial"_s, u"--text"_s, file.fileName(), u"--database"_s, u"jeex_idea"_s, u"--value"_s, u"1=U7"_s,
                            u"--remedy"_s, u"CREATE INDEX CONCURRENTLY ON public.users (display_name)"_s};
    e2e::Ran ran = m_session->ctl(tried, {}, 300'000);
    QVERIFY2(ran.exit == 0, ran.all().constData());
    const QJsonObject json = ran.json();
    QVERIFY2(json["where"_L1].toString().startsWith("the lab trial of "_L1) && json["measured"_L1].toBool(), ran.output.constData());
    for (const char *when : {"before", "after"}) {
        const QJsonValue measured = json[QLatin1StringView(when)];
        QVERIFY2(measured["ran"_L1].toBool() && measured["runs_ms"_L1].toArray().size() == 3 && measured["median_ms"_L1].isDouble(), ran.output.constData());
    }
    QVERIFY2(json["before"_L1]["blocks"_L1]["touched"_L1].toInteger() > json["after"_L1]["blocks"_L1]["touched"_L1].toInteger(), ran.output.constData());
    const QJsonValue made = json["remedies"_L1][0]["made"_L1][0];
    QCOMPARE(made["name"_L1].toString(), u"public.users_display_name_idx"_s);
    QVERIFY2(made["used"_L1].toBool() && made["bytes"_L1].toInteger() > 0, ran.output.constData());
    QCOMPARE(json["stays"_L1].toArray().size(), 0);
    QCOMPARE(json["migration"_L1]["written"_L1].toArray().size(), 0);
    QCOMPARE(QDir(folder.path()).entryList(QDir::Files).size(), 1);
    QCOMPARE(inLab("SELECT to_regclass('public.users_display_name_idx') IS NULL"), "t");
    QCOMPARE(live("SELECT to_regclass('public.users_display_name_idx') IS NULL"), "t");
    QVERIFY(findLab(u"trial"_s)->rehearsal.changed.isEmpty());
    const QString migrations = folder.filePath(u"migrations"_s);
    ran = m_session->ctl(tried + QStringList{u"--migration"_s, migrations}, {}, 300'000);
    QVERIFY2(ran.exit == 0, ran.all().constData());
    const QStringList written = QDir(migrations).entryList({u"*_add_index_users_display_name.sql"_s}, QDir::Files);
    QCOMPARE(written.size(), 1);
    QFile migration(QDir(migrations).filePath(written.first()));
    QVERIFY(migration.open(QIODevice::ReadOnly));
    const QByteArray text = migration.readAll();
    QVERIFY2(text.contains("CREATE INDEX CONCURRENTLY users_display_name_idx ON public.users (display_name);") && text.contains("times faster"), text.constData());
    QVERIFY2(!text.contains("U7"), text.constData()); // the value is nobody else's
}

void TestLab::hypotheticalOnLive()
{
    QTemporaryDir folder;
    QFile file(folder.filePath(u"statement.sql"_s));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write("SELECT * FROM public.users WHERE display_name = $1") > 0 && file.flush());
    const QStringList tried{u"statements"_s, u"try"_s, u"--hypopg"_s, u"--text"_s, file.fileName(), u"--remedy"_s, u"CREATE INDEX CONCURRENTLY ON public.users (display_name)"_s};
    const QStringList owner{u"--role"_s, u"jeex_owner"_s};
    QCOMPARE(m_session->ctl(tried, {}, 300'000).exit, 10); // the administrator may read no table
    for (const QStringList &values : {QStringList(), QStringList{u"--value"_s, u"1=U77"_s}}) {
        const e2e::Ran ran = m_session->ctl(tried + owner + values, {}, 300'000);
        QVERIFY2(ran.exit == 0, ran.all().constData());
        const QJsonObject json = ran.json();
        QVERIFY2(json["on"_L1] == "hypopg"_L1 && !json["measured"_L1].toBool() && json["before"_L1]["median_ms"_L1].isNull(), ran.output.constData());
        QVERIFY2(json["verdict"_L1] == "faster"_L1 && json["remedies"_L1][0]["made"_L1][0]["used"_L1].toBool(), ran.output.constData());
        QVERIFY2(json["remedies"_L1][0]["made"_L1][0]["bytes"_L1].toInteger() > 0, ran.output.constData());
    }
    QCOMPARE(live("SELECT count(*) FROM pg_class WHERE relname LIKE '%display_name%' AND relkind = 'i'"), "0");
    // Of what does not help no migration is written, even where it was asked for.
    const QString migrations = folder.filePath(u"migrations"_s);
    QStringList useless = tried;
    useless.last() = u"CREATE INDEX ON public.users (created_at)"_s;
    const e2e::Ran ran = m_session->ctl(useless + owner + QStringList{u"--migration"_s, migrations}, {}, 300'000);
    QVERIFY2(ran.exit == 0 && ran.json()["verdict"_L1] == "same"_L1, ran.all().constData());
    QVERIFY(ran.json()["migration"_L1]["files"_L1].toArray().size() == 1 && ran.json()["migration"_L1]["written"_L1].toArray().isEmpty());
    QVERIFY(!QFile::exists(migrations));
}

void TestLab::whatStaysIsNoted()
{
    QTemporaryDir folder;
    QFile file(folder.filePath(u"statement.sql"_s));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write("SELECT count(*) FROM public.users") > 0 && file.flush());
    e2e::Ran ran = m_session->ctl({u"statements"_s, u"try"_s, u"--lab"_s, u"trial"_s, u"--text"_s, file.fileName(), u"--database"_s, u"jeex_idea"_s, u"--remedy"_s, u"ANALYZE public.users"_s}, {}, 300'000);
    QVERIFY2(ran.exit == 0, ran.all().constData());
    QCOMPARE(ran.json()["stays"_L1].toArray(), QJsonArray{u"ANALYZE public.users"_s});
    QCOMPARE(findLab(u"trial"_s)->rehearsal.changed, QStringList{u"ANALYZE public.users"_s});
    // What is to be dropped again is noted meanwhile: a program that is killed leaves its index and the note of it.
    const QString index = u"CREATE INDEX left_behind ON public.users (display_name)"_s;
    trial::TrialRequest request;
    request.statement.text = u"SELECT count(*) FROM public.users"_s;
    request.remedies = {index};
    QStringList meanwhile;
    const auto tried = trial::tryOnLab(u"trial"_s, u"jeex_idea"_s, request, [&](const ProgressStep &step) {
        if (step.step == "Run the remedy"_L1)
            meanwhile = findLab(u"trial"_s)->rehearsal.changed;
    });
    VERIFY_OK(tried);
    QCOMPARE(meanwhile, QStringList({u"ANALYZE public.users"_s, index}));
    QCOMPARE(findLab(u"trial"_s)->rehearsal.changed, QStringList{u"ANALYZE public.users"_s});
    const CancelToken cancel;
    const auto cancelled = trial::tryOnLab(u"trial"_s, u"jeex_idea"_s, request, [&](const ProgressStep &step) {
        if (step.step == "Measure after"_L1)
            cancel.cancel();
    }, cancel);
    QVERIFY(!cancelled && cancelled.error().kind == ErrorKind::Cancelled);
    QCOMPARE(inLab("SELECT to_regclass('public.left_behind') IS NULL"), "t");
    QCOMPARE(findLab(u"trial"_s)->rehearsal.changed, QStringList{u"ANALYZE public.users"_s});
    ran = m_session->ctl({u"pitr"_s, u"lab"_s, u"list"_s}, {}, 300'000);
    QCOMPARE(ran.json()["labs"_L1][0]["changed"_L1].toArray(), QJsonArray{u"ANALYZE public.users"_s});
}

void TestLab::connects()
{
    const e2e::Ran ran = m_session->ctl({u"pitr"_s, u"lab"_s, u"connect"_s, u"trial"_s, u"--database"_s, u"jeex_idea"_s, u"--"_s, u"-XAtqc"_s, u"SELECT count(*) FROM public.users"_s}, {}, 300'000);
    QVERIFY2(ran.exit == 0 && ran.output.startsWith("3000\n"), ran.all().constData());
}

void TestLab::dropped()
{
    const e2e::Ran ran = m_session->ctl({u"pitr"_s, u"lab"_s, u"drop"_s, u"trial"_s}, {}, 300'000);
    QVERIFY2(ran.exit == 0, ran.all().constData());
    QCOMPARE(m_session->docker({u"ps"_s, u"-aqf"_s, u"name="_s + m_id}).output.trimmed(), QByteArray());
    QCOMPARE(m_session->docker({u"volume"_s, u"ls"_s, u"-qf"_s, u"name="_s + m_id}).output.trimmed(), QByteArray());
    QCOMPARE(findLab(u"trial"_s).error().reason, u"no_such_lab"_s);
    m_id.clear();
}

QTEST_GUILESS_MAIN(TestLab)
#include "tst_lab.moc"
