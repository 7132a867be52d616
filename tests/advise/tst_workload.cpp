// SPDX-License-Identifier: GPL-3.0-or-later
// Ten planted problems under a running workload: `howdahctl statements advise` names at least nine with their objects,
// and nothing once they are mended.
#include "advise/imageserver.h"
#include "advise/workload.h"
#include "session/program.h"

#include <QJsonArray>
#include <QTemporaryDir>
#include <QTest>

using namespace howdah;
using namespace Qt::StringLiterals;
using test::Problem;

class TestWorkload : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void cleanupTestCase() { m_server.reset(); }

    void plantedAreNamed();
    void mendedAreQuiet();

private:
    QJsonArray adviseWhile(bool mended, QString *why);

    QTemporaryDir m_folder;
    const QVector<Problem> m_problems = test::plantedProblems();
    std::unique_ptr<test::ImageServer> m_server;
};

namespace
{

constexpr int leastRounds = 4; // of each session, on a machine that is busy

QString told(const QJsonObject &advice)
{
    return u"%1 %2 %3: %4 | %5"_s.arg(advice["kind"_L1].toString(), -20)
        .arg(advice["object"_L1].toString(), -28)
        .arg(advice["index"_L1].toString(), advice["evidence"_L1].toString(), advice["query"_L1].toString().left(100));
}

bool names(const QJsonObject &advice, const Problem &problem)
{
    return advice["kind"_L1] == problem.kind && advice["object"_L1] == problem.object;
}

} // namespace

void TestWorkload::initTestCase()
{
    qputenv("XDG_DATA_HOME", m_folder.path().toLocal8Bit());
    QString why;
    m_server = test::ImageServer::start(
        {u"shared_preload_libraries = 'pg_stat_statements'"_s, u"session_preload_libraries = 'auto_explain'"_s,
         u"logging_collector = on"_s, u"log_destination = 'jsonlog'"_s, u"auto_explain.log_min_duration = '2ms'"_s,
         u"auto_explain.log_analyze = on"_s, u"auto_explain.log_buffers = on"_s, u"auto_explain.log_verbose = on"_s,
         u"auto_explain.log_settings = on"_s, u"auto_explain.log_format = 'json'"_s,
         u"auto_explain.log_parameter_max_length = -1"_s, u"autovacuum = off"_s,
         u"max_parallel_workers_per_gather = 0"_s, u"shared_buffers = '256MB'"_s, u"work_mem = '4MB'"_s,
         u"max_wal_size = '4GB'"_s},
        &why);
    QVERIFY2(m_server, qPrintable(why));
    QVERIFY2(m_server->sql({"CREATE EXTENSION pg_stat_statements SCHEMA public", "CREATE SCHEMA plant",
                            "DO $$ BEGIN ASSERT pg_jit_available(); END $$"},
                           &why),
             qPrintable(why));
    for (const Problem &problem : m_problems)
        QVERIFY2(m_server->sql(problem.setup, &why), qPrintable(why));
}

QJsonArray TestWorkload::adviseWhile(bool mended, QString *why)
{
    test::Workload workload(m_server->socketSpec(), m_problems, mended);
    if (!QTest::qWaitFor([&] { return workload.hasBegun(); }, 30'000)) {
        workload.stop();
        *why = u"not every session began: "_s + workload.errors().join(u'\n');
        return {};
    }
    const Program advised = Program::run({u"statements"_s, u"advise"_s, u"--over"_s, u"25s"_s, u"--json"_s, u"--url"_s,
                                          u"postgresql://postgres@127.0.0.1:%1/postgres"_s.arg(m_server->port()),
                                          u"--ca"_s, m_server->caFile(), u"--password-stdin"_s},
                                         m_server->password() + '\n', 90'000);
    workload.stop();
    *why = workload.errors().join(u'\n');
    for (int i = 0; i < m_problems.size(); ++i)
        if (workload.rounds()[i] < leastRounds)
            *why += u"\n%1 came to %2 rounds only"_s.arg(m_problems[i].kind).arg(workload.rounds()[i]);
    const QJsonObject json = advised.json();
    if (!json["advice"_L1].isArray())
        *why += u"\nno advice: exit %1 %2 %3"_s.arg(advised.exitCode)
                    .arg(QString::fromUtf8(advised.output.left(2000)), QString::fromUtf8(advised.errors.left(2000)));
    const QJsonArray notLooked = json["not_looked"_L1].toArray();
    for (const QJsonValue &one : notLooked)
        qInfo("not looked: %s",
              qPrintable(one.isString()
                             ? one.toString()
                             : QString::fromUtf8(QJsonDocument(one.toObject()).toJson(QJsonDocument::Compact))));
    return json["advice"_L1].toArray();
}

void TestWorkload::plantedAreNamed()
{
    QString why;
    const QJsonArray all = adviseWhile(false, &why);
    QVERIFY2(why.isEmpty(), qPrintable(why));
    QStringList missed;
    QList<bool> used(all.size(), false);
    for (const Problem &problem : m_problems) {
        QString how;
        for (qsizetype i = 0; i < all.size(); ++i) {
            if (names(all[i].toObject(), problem)) {
                used[i] = true;
                how = how.isEmpty() ? told(all[i].toObject()) : how;
            }
        }
        qInfo("%-6s %s", how.isEmpty() ? "MISSED" : "named",
              qPrintable(how.isEmpty() ? problem.kind + u' ' + problem.object : how));
        if (how.isEmpty())
            missed.append(problem.kind);
    }
    for (qsizetype i = 0; i < all.size(); ++i)
        if (!used[i])
            qInfo("beside %s", qPrintable(told(all[i].toObject())));
    QVERIFY2(missed.size() <= 1, qPrintable(u"not named: "_s + missed.join(u", "_s)));
    // What is beside them is of the same tables: nothing is invented about others.
    for (const QJsonValue &one : all)
        QVERIFY2(one["object"_L1].toString().startsWith("plant."_L1), qPrintable(told(one.toObject())));
}

void TestWorkload::mendedAreQuiet()
{
    QString why;
    for (const Problem &problem : m_problems)
        QVERIFY2(m_server->sql(problem.mend, &why), qPrintable(why));
    const QJsonArray all = adviseWhile(true, &why);
    QVERIFY2(why.isEmpty(), qPrintable(why));
    for (const QJsonValue &one : all)
        qInfo("still   %s", qPrintable(told(one.toObject())));
    QVERIFY(all.isEmpty());
}

QTEST_GUILESS_MAIN(TestWorkload)
#include "tst_workload.moc"
