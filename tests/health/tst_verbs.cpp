// SPDX-License-Identifier: GPL-3.0-or-later
// howdahctl catalog, metrics, health and verify as a script sees them: one JSON object, and the exit code.
#include "session/program.h"
#include "support/testserver.h"

#include <QElapsedTimer>
#include <QJsonArray>
#include <QTest>

using namespace howdah;
using namespace Qt::StringLiterals;

class TestVerbs : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase()
    {
        QString why;
        test::ServerSetup setup;
        setup.settings = {u"fsync=on"_s, u"archive_mode=on"_s, u"archive_command=true"_s};
        m_server = test::TestServer::start(setup, &why);
        QVERIFY2(m_server, qPrintable(why));
        QVERIFY(m_server->sql({"CREATE TABLE public.\"line\nbreak\" (id int PRIMARY KEY)", "CREATE ROLE plain LOGIN PASSWORD 'plain'"}));
    }
    void cleanupTestCase() { m_server.reset(); }

    void catalogList()
    {
        const Program listed = run({u"catalog"_s, u"list"_s});
        QCOMPARE(listed.exitCode, 0);
        const QJsonArray schemas = listed.json().value(u"schemas"_s).toArray();
        QCOMPARE(schemas.size(), 1);
        QCOMPARE(schemas[0][u"relations"_s][0][u"name"_s].toString(), u"line\nbreak"_s);
        QVERIFY(run({u"catalog"_s, u"list"_s, u"--system"_s}).json().value(u"schemas"_s).toArray().size() >= 3);
        const Program text = run({u"catalog"_s, u"list"_s}, u"postgres"_s, false);
        QVERIFY(text.output.contains("break  (table)") && !text.output.contains("line\nbreak"));
    }

    void metricsSample()
    {
        QElapsedTimer clock;
        clock.start();
        const Program sampled = run({u"metrics"_s, u"sample"_s, u"--seconds"_s, u"3"_s});
        QCOMPARE(sampled.exitCode, 0);
        QVERIFY(clock.elapsed() >= 2000);
        const QJsonArray samples = sampled.json().value(u"samples"_s).toArray();
        const QJsonArray points = sampled.json().value(u"points"_s).toArray();
        QCOMPARE(samples.size(), 3);
        QCOMPARE(points.size(), 3);
        QVERIFY(samples[2][u"counters"_s][u"xact_commit"_s].toInteger() > 0);
        QVERIFY(points[0][u"commits"_s].isUndefined()); // one sample makes no rate
        QVERIFY(points[2][u"commits"_s].isDouble());
        const qint64 apart = points[2][u"at_ms"_s].toInteger() - points[1][u"at_ms"_s].toInteger();
        QVERIFY2(apart > 900 && apart < 1100, qPrintable(QString::number(apart)));
        QVERIFY(sampled.json().value(u"absent"_s).isObject());
    }

    void healthAndItsExitCodes()
    {
        const Program well = run({u"health"_s, u"--detailed"_s});
        QCOMPARE(well.json().value(u"verdict"_s).toString(), u"ok"_s);
        QCOMPARE(well.exitCode, 0);
        const Program unknown = run({u"health"_s}, u"plain"_s);
        QCOMPARE(unknown.json().value(u"verdict"_s).toString(), u"unknown"_s);
        QCOMPARE(unknown.exitCode, 10);
        QVERIFY(m_server->sql({"CREATE FUNCTION public.simple_health_check() RETURNS jsonb LANGUAGE sql SECURITY DEFINER AS $$ SELECT '{\"status\": \"warning\"}'::jsonb $$"}));
        QCOMPARE(run({u"health"_s}).exitCode, 5);
    }

    void verifyHasFindings()
    {
        const Program verified = run({u"verify"_s});
        QCOMPARE(verified.exitCode, 5); // no roles of the stack here
        QVERIFY(verified.json().value(u"checks"_s).toArray().size() >= 20);
    }

private:
    Program run(QStringList arguments, const QString &role = u"postgres"_s, bool json = true)
    {
        const QByteArray password = role == "plain"_L1 ? QByteArray("plain") : QByteArray(m_server->password().data());
        arguments << u"--url"_s << u"postgresql://%1@127.0.0.1:%2/postgres"_s.arg(role).arg(m_server->port()) << u"--ca"_s << m_server->caFile() << u"--password-stdin"_s;
        if (json)
            arguments << u"--json"_s;
        return Program::run(arguments, password + '\n');
    }

    std::unique_ptr<test::TestServer> m_server;
};

QTEST_GUILESS_MAIN(TestVerbs)
#include "tst_verbs.moc"
