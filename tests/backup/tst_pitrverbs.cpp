// SPDX-License-Identifier: GPL-3.0-or-later
// `howdahctl pitr compare` and `apply` as people and scripts run them, with another server's socket in a rehearsal's place: words, JSON, exit codes, the journal.
#include "session/program.h"
#include "twodatabases.h"

#include <QJsonArray>
#include <QTemporaryDir>

using namespace howdah;
using namespace howdah::test;
using namespace Qt::StringLiterals;

class TestPitrVerbs : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void compareAndApply();
    void receive();
    void whoseOptions();

private:
    std::unique_ptr<TwoDatabases> m_both;
};

void TestPitrVerbs::initTestCase()
{
    QString why;
    m_both = TwoDatabases::make({"CREATE TABLE orders (id int PRIMARY KEY)", "INSERT INTO orders SELECT generate_series(1, 120)",
                                 "CREATE TABLE lines (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, order_id int REFERENCES orders ON DELETE CASCADE)", "INSERT INTO lines (order_id) SELECT generate_series(1, 120)"},
                                &why);
    QVERIFY2(m_both, qPrintable(why));
}

void TestPitrVerbs::compareAndApply()
{
    QTemporaryDir home;
    qputenv("XDG_DATA_HOME", home.path().toLocal8Bit());
    const auto spec = m_both->server->socketSpec();
    const QString url = u"postgresql://postgres@/live?host=%1&port=%2"_s.arg(spec.host).arg(spec.port), copy = u"postgresql://postgres@/rehearsed?host=%1&port=%2"_s.arg(spec.host).arg(spec.port);
    const auto ctl = [&](const QStringList &verb) { return Program::run(QStringList{u"--json"_s, u"--url"_s, url, u"pitr"_s} + verb + QStringList{u"--with"_s, copy}); };
    Program said = ctl({u"compare"_s});
    QVERIFY2(said.exitCode == 0 && said.json()["equal"_L1].toBool(), QByteArray(said.errors + said.output).constData());
    QVERIFY(TwoDatabases::run(*m_both->live, {"DELETE FROM lines WHERE id <= 10", "CREATE TABLE \"Later\" (id int)"}));
    said = ctl({u"compare"_s, u"--table"_s, u"public.lines"_s, u"--table"_s, u"public.\"Later\""_s});
    QCOMPARE(said.exitCode, 5);
    QCOMPARE(said.json()["tables"_L1][1]["only_rehearsed"_L1].toInt(), 10);
    QCOMPARE(said.json()["tables"_L1][0]["state"_L1].toString(), u"only_live"_s);
    const QStringList apply{u"apply"_s, u"--table"_s, u"public.lines"_s, u"--key"_s, u"\"3\""_s, u"--key"_s, u"4"_s};
    said = ctl(apply + QStringList{u"--plan"_s});
    QVERIFY2(said.exitCode == 0 && said.json()["rows"_L1].toInt() == 2, QByteArray(said.errors + said.output).constData());
    said = ctl(apply);
    QVERIFY2(said.exitCode == 2 && said.error("hint").contains(u"--confirm live"_s), QByteArray(said.errors + said.output).constData());
    QCOMPARE(TwoDatabases::one(*m_both->live, "SELECT count(*) FROM lines"), u"110"_s);
    said = ctl(apply + QStringList{u"--confirm"_s, u"live"_s});
    QVERIFY2(said.exitCode == 0, QByteArray(said.errors + said.output).constData());
    QCOMPARE(said.json()["tables"_L1][0]["inserted"_L1].toInt(), 2);
    QCOMPARE(TwoDatabases::one(*m_both->live, "SELECT string_agg(id::text, ',' ORDER BY id) FROM lines WHERE id <= 10"), u"3,4"_s);
    said = Program::run({u"--json"_s, u"journal"_s});
    QVERIFY2(said.output.contains("Bring 2 rows back into public.lines") && said.output.contains("OVERRIDING SYSTEM VALUE"), said.output);
    QVERIFY(TwoDatabases::run(*m_both->live, {"DELETE FROM orders WHERE id = 1"}));
    said = ctl({u"apply"_s, u"--table"_s, u"public.lines"_s, u"--confirm"_s, u"live"_s});
    QVERIFY2(said.exitCode == 5 && said.json()["blocked"_L1][0].toString().contains(u"would refer"_s), QByteArray(said.errors + said.output).constData());
    QCOMPARE(Program::run({u"--json"_s, u"--url"_s, url, u"pitr"_s, u"compare"_s, u"--with"_s, u"postgresql://db1/x"_s}).exitCode, 2);
}

// The slot comes last: what is made before it can fail without the server holding WAL for nobody.
void TestPitrVerbs::receive()
{
    QTemporaryDir home;
    qputenv("XDG_DATA_HOME", home.path().toLocal8Bit());
    const auto spec = m_both->server->socketSpec();
    const QString url = u"postgresql://postgres@/live?host=%1&port=%2"_s.arg(spec.host).arg(spec.port), unit = home.filePath(u"wal.service"_s);
    QString why;
    QVERIFY2(m_both->server->sql({"ALTER SYSTEM SET max_slot_wal_keep_size = '512MB'", "SELECT pg_reload_conf()"}, &why), qPrintable(why));
    const auto ctl = [&](const QString &file) { return Program::run({u"--json"_s, u"--url"_s, url, u"backup"_s, u"receive"_s, u"--folder"_s, u"/srv/wal"_s, u"--confirm"_s, u"howdah_receive"_s, u"--write-unit"_s, file}); };
    const auto slotCount = [&] { return TwoDatabases::one(*m_both->live, "SELECT count(*) FROM pg_replication_slots"); };
    QTRY_COMPARE_WITH_TIMEOUT(TwoDatabases::one(*m_both->live, "SHOW max_slot_wal_keep_size"), u"512MB"_s, 60'000);
    Program said = ctl(u"/nowhere/at/all/wal.service"_s);
    QVERIFY2(said.exitCode != 0 && !said.error("message").isEmpty(), QByteArray(said.errors + said.output).constData());
    QCOMPARE(slotCount(), u"0"_s);
    said = ctl(unit);
    QVERIFY2(said.exitCode == 0 && said.json()["held"_L1].toString().contains("pg_drop_replication_slot('howdah_receive')"_L1), QByteArray(said.errors + said.output).constData());
    QCOMPARE(slotCount(), u"1"_s);
    QVERIFY(QFile::exists(unit));
    QVERIFY(TwoDatabases::run(*m_both->live, {"SELECT pg_drop_replication_slot('howdah_receive')"}));
    // What could not be made leaves no unit of it.
    QVERIFY(QFile::remove(unit) && TwoDatabases::run(*m_both->live, {"CREATE ROLE mere LOGIN", "CREATE ROLE copying REPLICATION"}));
    said = Program::run({u"--json"_s, u"--url"_s, QString(url).replace("postgres@"_L1, "mere@"_L1), u"backup"_s, u"receive"_s, u"--role"_s, u"copying"_s, u"--folder"_s, u"/srv/wal"_s, u"--confirm"_s, u"howdah_receive"_s, u"--write-unit"_s, unit});
    QVERIFY2(said.exitCode != 0 && said.output.contains("taken away again"), QByteArray(said.errors + said.output).constData());
    QVERIFY(!QFile::exists(unit));
    QCOMPARE(slotCount(), u"0"_s);
}

// Another tool's repository is named where it is known what to do with it, and nowhere else.
void TestPitrVerbs::whoseOptions()
{
    const auto usage = [](const QStringList &verb) { return Program::run(verb + QStringList{u"--help"_s}).output; };
    for (const QStringList &verb : {QStringList{u"backup"_s, u"window"_s}, QStringList{u"backup"_s, u"drill"_s}, QStringList{u"pitr"_s, u"rehearse"_s}})
        QVERIFY2(usage(verb).contains("--pgbackrest"), qPrintable(verb.join(u' ')));
    QVERIFY(usage({u"pitr"_s, u"restore"_s}).contains("--data") && !usage({u"pitr"_s, u"restore"_s}).contains("--pgbackrest"));
}

QTEST_GUILESS_MAIN(TestPitrVerbs)
#include "tst_pitrverbs.moc"
