// SPDX-License-Identifier: GPL-3.0-or-later
// howdahctl explain as people and scripts run it: a plan from a file or a pipe, JSON or text; its times, its findings, and the exit code.
#include "session/program.h"
#include "support/testserver.h"

#include <QFile>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QTest>

using namespace howdah;
using namespace Qt::StringLiterals;

class TestVerb : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void fromAPipe();
    void asText();
    void withTheServer();
    void compared();
    void wrong();

private:
    QByteArray explain(const QByteArray &statement, const QByteArray &options);
    QString file(const QString &name, const QByteArray &text);
    QStringList server() const;

    QTemporaryDir m_dir;
    std::unique_ptr<test::TestServer> m_server;
    std::unique_ptr<pg::Connection> m_link;
};

void TestVerb::initTestCase()
{
    QString why;
    test::ServerSetup setup;
    setup.settings = {u"autovacuum=off"_s, u"max_parallel_workers_per_gather=0"_s};
    m_server = test::TestServer::start(setup, &why);
    QVERIFY2(m_server, qPrintable(why));
    QVERIFY2(m_server->sql({"CREATE SCHEMA shop", "CREATE TABLE shop.item (id int PRIMARY KEY, kind int)",
                            "INSERT INTO shop.item SELECT g, g % 5000 FROM generate_series(1, 100000) g", "VACUUM ANALYZE shop.item"},
                           &why),
             qPrintable(why));
    auto link = m_server->admin();
    QVERIFY(link);
    m_link = *std::move(link);
}

QByteArray TestVerb::explain(const QByteArray &statement, const QByteArray &options)
{
    const auto rows = m_link->run({"EXPLAIN (" + options + ") " + statement, {}});
    QByteArray text;
    for (qsizetype row = 0; rows && row < rows->size(); ++row)
        text += rows->text(row, 0).toUtf8() + '\n';
    return text;
}

QString TestVerb::file(const QString &name, const QByteArray &text)
{
    QFile out(m_dir.filePath(name));
    if (!out.open(QIODevice::WriteOnly) || out.write(text) != text.size())
        qWarning("%s not written", qPrintable(name));
    return out.fileName();
}

QStringList TestVerb::server() const
{
    return {u"--url"_s, u"postgresql://postgres@127.0.0.1:%1/postgres"_s.arg(m_server->port()), u"--ca"_s, m_server->caFile(), u"--password-stdin"_s};
}

void TestVerb::fromAPipe()
{
    for (const QByteArray &options : {QByteArray("ANALYZE, FORMAT JSON"), QByteArray("ANALYZE, VERBOSE")}) {
        const Program told = Program::run({u"explain"_s, u"-"_s, u"--json"_s}, explain("SELECT * FROM shop.item WHERE kind = 7", options));
        QVERIFY2(told.exitCode == 5, told.errors.constData());
        QCOMPARE(told.json()[u"asked_server"_s], false);
        const QJsonArray plans = told.json()[u"plans"_s].toArray();
        QCOMPARE(plans.size(), 1);
        QCOMPARE(plans[0][u"nodes"_s].toArray().size(), 1);
        const QJsonValue node = plans[0][u"nodes"_s][0];
        QCOMPARE(node[u"title"_s], u"Seq Scan"_s);
        QCOMPARE(node[u"rows"_s], 20);
        QVERIFY(node[u"own_ms"_s].toDouble() > 0 && node[u"own_ms"_s].toDouble() <= plans[0][u"total_ms"_s].toDouble());
        QVERIFY(node[u"index"_s].isNull() && node[u"parent"_s].isNull());
        const QJsonArray findings = plans[0][u"findings"_s].toArray();
        QCOMPARE(findings.size(), 1);
        QCOMPARE(findings[0][u"kind"_s], u"missing_index"_s);
        QVERIFY(findings[0][u"share"_s].toDouble() > 0.1);
        QCOMPARE(findings[0][u"relation"_s].toString(), options.contains("VERBOSE") ? u"shop.item"_s : u"item"_s);
    }
    const Program well = Program::run({u"explain"_s, u"-"_s, u"--json"_s}, explain("SELECT * FROM shop.item WHERE id = 7", "ANALYZE"));
    QCOMPARE(well.exitCode, 0);
    QCOMPARE(well.json()[u"plans"_s][0][u"findings"_s].toArray().size(), 0);
    // Not run: no time is known, and none is said.
    const Program planned = Program::run({u"explain"_s, u"-"_s, u"--json"_s}, explain("SELECT * FROM shop.item WHERE id = 7", "VERBOSE"));
    QCOMPARE(planned.exitCode, 0);
    QVERIFY(planned.json()[u"plans"_s][0][u"total_ms"_s].isNull() && planned.json()[u"plans"_s][0][u"nodes"_s][0][u"own_ms"_s].isNull());
}

void TestVerb::asText()
{
    const Program told = Program::run({u"explain"_s, file(u"plan.txt"_s, explain("SELECT count(*) FROM shop.item WHERE kind = 7", "ANALYZE, VERBOSE"))});
    QCOMPARE(told.exitCode, 5);
    for (const QByteArray &line :
         {QByteArray("  Seq Scan on shop.item\n"), QByteArray("Aggregate\n"), QByteArray("(planning)\n"), QByteArray("\nmissing_index: shop.item, "),
          QByteArray("    CREATE INDEX CONCURRENTLY ON shop.item (kind);\n"), QByteArray("not known")})
        QVERIFY2(told.output.contains(line), told.output.constData());
    const Program well = Program::run({u"explain"_s, u"-"_s}, explain("SELECT * FROM shop.item WHERE id = 7", "ANALYZE"));
    QVERIFY2(well.exitCode == 0 && well.output.endsWith("\nNo findings.\n"), well.output.constData());
}

void TestVerb::withTheServer()
{
    const QString plan = file(u"plan.json"_s, explain("SELECT * FROM shop.item WHERE kind = 7", "ANALYZE, FORMAT JSON")); // names no schema
    const QByteArray password(m_server->password().data());
    const Program told = Program::run(QStringList{u"explain"_s, plan, u"--ask"_s, u"--json"_s} + server(), password + '\n');
    QVERIFY2(told.exitCode == 5, told.errors.constData());
    QCOMPARE(told.json()[u"asked_server"_s], true);
    const QJsonValue finding = told.json()[u"plans"_s][0][u"findings"_s][0];
    QCOMPARE(finding[u"relation"_s], u"shop.item"_s);
    QCOMPARE(finding[u"statements"_s].toArray(), QJsonArray{u"CREATE INDEX CONCURRENTLY ON shop.item (kind)"_s});
    QVERIFY(finding[u"evidence"_s].toString().contains(u"No index serves this"_s));
    // Two of that name: where to look decides.
    QVERIFY(m_server->sql({"CREATE SCHEMA other", "CREATE TABLE other.item (id int, kind int)"}));
    const auto relation = [&](const QStringList &more) {
        return Program::run(QStringList{u"explain"_s, plan, u"--ask"_s, u"--json"_s} + more + server(), password + '\n')
            .json()[u"plans"_s][0][u"findings"_s][0][u"relation"_s]
            .toString();
    };
    QCOMPARE(relation({}), u"item"_s);
    QCOMPARE(relation({u"--schema"_s, u"shop"_s}), u"shop.item"_s);
    QVERIFY(m_server->sql({"DROP SCHEMA other CASCADE"}));
}

void TestVerb::compared()
{
    const QByteArray statement = "SELECT * FROM shop.item WHERE kind = 7";
    const QString before = file(u"before.json"_s, explain(statement, "ANALYZE, BUFFERS, FORMAT JSON"));
    QVERIFY(m_server->sql({"CREATE INDEX item_kind ON shop.item (kind)"}));
    const QByteArray after = explain(statement, "ANALYZE, BUFFERS, FORMAT JSON");
    QVERIFY(m_server->sql({"DROP INDEX shop.item_kind"}));
    const Program told = Program::run({u"explain"_s, u"-"_s, u"--before"_s, before, u"--json"_s}, after);
    QCOMPARE(told.exitCode, 0);
    const QJsonValue comparison = told.json()[u"plans"_s][0][u"comparison"_s];
    QCOMPARE(comparison[u"same_shape"_s], false);
    QVERIFY(comparison[u"nodes"_s][0][u"differs"_s].toArray().contains(u"type"_s));
    QVERIFY(comparison[u"nodes"_s][0][u"was"_s][u"buffers"_s].toInt() > comparison[u"nodes"_s][0][u"is"_s][u"buffers"_s].toInt());
    const Program text = Program::run({u"explain"_s, u"-"_s, u"--before"_s, before}, after);
    QVERIFY2(text.output.contains("another shape") && text.output.contains("Seq Scan on item > Bitmap Heap Scan on item") &&
                 text.output.contains("only now: Bitmap Index Scan using item_kind"),
             text.output.constData());
}

void TestVerb::wrong()
{
    const Program broken = Program::run({u"explain"_s, u"-"_s, u"--json"_s}, "SELECT 1\n");
    QCOMPARE(broken.exitCode, 2);
    QCOMPARE(broken.error("reason"), u"plan_not_read"_s);
    const Program absent = Program::run({u"explain"_s, m_dir.filePath(u"none"_s), u"--json"_s});
    QCOMPARE(absent.exitCode, 1);
    QCOMPARE(absent.error("reason"), u"unreadable"_s);
    QCOMPARE(Program::run({u"explain"_s}).exitCode, 2);
    QCOMPARE(Program::run({u"explain"_s, u"-"_s, u"--before"_s, u"-"_s}).exitCode, 2);
}

QTEST_GUILESS_MAIN(TestVerb)
#include "tst_verb.moc"
