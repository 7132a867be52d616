// SPDX-License-Identifier: GPL-3.0-or-later
// Health and verify of real servers: asked directly, and by functions that the database brings.
#include "health/health.h"
#include "support/testserver.h"

#include <QJsonArray>
#include <QTest>

using namespace howdah;
using namespace howdah::health;
using namespace Qt::StringLiterals;
using Link = std::unique_ptr<pg::Connection>;

class TestHealth : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase()
    {
        QString why;
        test::ServerSetup setup;
        setup.settings = {u"fsync=on"_s, u"archive_mode=on"_s};
        m_server = test::TestServer::start(setup, &why);
        QVERIFY2(m_server, qPrintable(why));
        // Not on the command line, which ALTER SYSTEM could not change afterwards.
        QVERIFY(m_server->sql({"ALTER SYSTEM SET archive_command = 'true'", "SELECT pg_reload_conf()", "CREATE ROLE plain LOGIN", "CREATE ROLE watcher LOGIN IN ROLE pg_monitor"}));
    }
    void cleanupTestCase() { m_server.reset(); }

    void wellAskedDirectly();
    void notPermittedIsNotGreen();
    void connectionsRunOut();
    void ownFunctionIsPreferred();
    void ownFunctionThatFailsIsPassedOver();
    void ownFunctionOfAStrangerIsNotCalled();
    void ownFunctionWarnsLateWeDoNot();
    void old15();
    void verifySaysWhatIsMissing();
    void verifyKnowsNotPermitted();
    void archiverFails(); // the last: the archiver tries again after a minute only

private:
    Link open(const QString &role = u"postgres"_s)
    {
        auto link = pg::Connection::open(m_server->socketSpec().withRole(role), {});
        if (!link)
            qFatal("%s", qPrintable(link.error().text()));
        return std::move(*link);
    }
    Report read(const QString &role = u"watcher"_s, bool detailed = true)
    {
        const Link link = open(role);
        const auto report = readHealth(*link, detailed);
        if (!report)
            qFatal("%s", qPrintable(report.error().text()));
        return *report;
    }
    static QJsonObject check(const QJsonObject &verified, const QString &name)
    {
        const QJsonArray checks = verified.value(u"checks"_s).toArray();
        for (const QJsonValue &entry : checks)
            if (entry[u"name"_s].toString() == name)
                return entry.toObject();
        qWarning("no check %s", qPrintable(name));
        return {};
    }

    std::unique_ptr<test::TestServer> m_server;
};

void TestHealth::wellAskedDirectly()
{
    for (const bool detailed : {false, true}) {
        const Report report = read(u"watcher"_s, detailed);
        QVERIFY2(report.verdict == Verdict::Ok, qPrintable((report.errors + report.warnings).join(u"; "_s)));
        QCOMPARE(report.source, u"direct"_s);
        QCOMPARE(report.details[u"connections"_s][u"usable"_s].toInt(), 37);
        QVERIFY(report.details[u"connections"_s][u"used"_s].toInt() >= 1);
        QCOMPARE(report.details.contains(u"xid_age"_s), detailed);
        QCOMPARE(report.toJson().value(u"verdict"_s).toString(), u"ok"_s);
    }
}

void TestHealth::notPermittedIsNotGreen()
{
    const Report report = read(u"plain"_s);
    QCOMPARE(report.verdict, Verdict::Unknown);
    QCOMPARE(report.notPermitted, QStringList{u"Sessions and their states: GRANT pg_monitor TO plain"_s});
    QVERIFY(report.details[u"connections"_s][u"used"_s].isNull()); // not 0
}

void TestHealth::connectionsRunOut()
{
    std::vector<Link> crowd;
    for (int i = 0; i < 28; ++i) // 28 and the asking one: over 75 % of 37
        crowd.push_back(open());
    const Report warned = read();
    QCOMPARE(warned.verdict, Verdict::Warning);
    QVERIFY2(warned.warnings.join(u"; "_s).contains(u"of 37 usable connections"_s), qPrintable(warned.warnings.join(u"; "_s)));
    for (int i = 0; i < 6; ++i)
        crowd.push_back(open());
    QCOMPARE(read().verdict, Verdict::Critical);
    crowd.clear();
    QTRY_COMPARE(read().verdict, Verdict::Ok);
}

void TestHealth::archiverFails()
{
    QVERIFY(m_server->sql({"ALTER SYSTEM SET archive_command = 'false'", "SELECT pg_reload_conf()", "CREATE TABLE public.t (x int)", "SELECT pg_switch_wal()"}));
    QTRY_VERIFY_WITH_TIMEOUT(read().verdict == Verdict::Warning, 30'000);
    const QString text = read().warnings.join(u"; "_s);
    QVERIFY2(text.contains(u"Archiving 00000001"_s), qPrintable(text));
}

void TestHealth::ownFunctionIsPreferred()
{
    QVERIFY(m_server->sql({"CREATE SCHEMA \"own \"\"checks\"", "GRANT USAGE ON SCHEMA \"own \"\"checks\" TO PUBLIC",
                           "CREATE FUNCTION \"own \"\"checks\".detailed_health_check() RETURNS jsonb LANGUAGE sql SECURITY DEFINER AS $$ SELECT jsonb_build_object("
                           "'status', 'critical', 'errors', jsonb_build_array(jsonb_build_object('code', 'x', 'message', 'the roof leaks')), "
                           "'warnings', jsonb_build_array('a plain text')) $$"}));
    const Report report = read(u"plain"_s);
    QCOMPARE(report.source, u"\"own \"\"checks\".detailed_health_check()"_s);
    QCOMPARE(report.verdict, Verdict::Critical);
    QCOMPARE(report.errors, QStringList{u"the roof leaks"_s});
    QCOMPARE(report.warnings, QStringList{u"a plain text"_s});
    QCOMPARE(read(u"watcher"_s, false).source, u"direct"_s); // there is no simple_health_check()
    QVERIFY(m_server->sql({"DROP SCHEMA \"own \"\"checks\" CASCADE"}));
}

void TestHealth::ownFunctionThatFailsIsPassedOver()
{
    QVERIFY(m_server->sql({"CREATE FUNCTION public.detailed_health_check() RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN RAISE 'broken'; END $$"}));
    QCOMPARE(read().source, u"direct"_s);
    QVERIFY(m_server->sql({"DROP FUNCTION public.detailed_health_check()"}));
}

// Whoever may create a function could have it run with the monitor's rights.
void TestHealth::ownFunctionOfAStrangerIsNotCalled()
{
    QVERIFY(m_server->sql({"GRANT CREATE ON SCHEMA public TO plain", "CREATE TABLE public.canary (who text)", "GRANT INSERT ON public.canary TO PUBLIC"}));
    const Link stranger = open(u"plain"_s);
    QVERIFY(stranger->run({"CREATE FUNCTION public.simple_health_check() RETURNS jsonb LANGUAGE sql AS $$ INSERT INTO public.canary VALUES (current_user); SELECT '{\"status\": \"healthy\"}'::jsonb $$", {}}));
    QCOMPARE(read(u"watcher"_s, false).source, u"direct"_s);
    QCOMPARE(read(u"postgres"_s, false).source, u"direct"_s);
    const auto count = stranger->run({"SELECT 1 FROM public.canary", {}});
    QVERIFY(!count || count->isEmpty());
    QCOMPARE(open()->run({"SELECT count(*) FROM public.canary", {}})->integer(0, 0), 0);
    QCOMPARE(read(u"plain"_s, false).source, u"public.simple_health_check()"_s); // its own: no rights are lent
    QVERIFY(m_server->sql({"DROP FUNCTION public.simple_health_check()", "REVOKE CREATE ON SCHEMA public FROM plain"}));
}

void TestHealth::ownFunctionWarnsLateWeDoNot()
{
    const auto function = [](const QByteArray &status, int used) -> QByteArray {
        return "CREATE OR REPLACE FUNCTION public.simple_health_check() RETURNS jsonb LANGUAGE sql SECURITY DEFINER AS $$ SELECT jsonb_build_object('status', '" + status
            + "', 'connections', jsonb_build_object('used', " + QByteArray::number(used) + ", 'usable', 100), 'cache_hit_ratio', null) $$";
    };
    QVERIFY(m_server->sql({function("healthy", 77)}));
    QCOMPARE(read(u"watcher"_s, false).verdict, Verdict::Warning);
    QVERIFY(m_server->sql({function("healthy", 12)}));
    QCOMPARE(read(u"watcher"_s, false).verdict, Verdict::Ok);
    QVERIFY(m_server->sql({function("critical", 12)}));
    QCOMPARE(read(u"watcher"_s, false).verdict, Verdict::Critical);
    QVERIFY(m_server->sql({function("", 12)})); // says nothing: not green
    QCOMPARE(read(u"watcher"_s, false).verdict, Verdict::Warning);
    QVERIFY(m_server->sql({"DROP FUNCTION public.simple_health_check()"}));
}

void TestHealth::old15()
{
    QString why;
    test::ServerSetup setup;
    setup.major = 15;
    const auto server = test::TestServer::start(setup, &why);
    QVERIFY2(server, qPrintable(why));
    const auto link = server->admin();
    QVERIFY(link);
    const auto report = readHealth(**link, true);
    QVERIFY2(report, report ? "" : qPrintable(report.error().text()));
    QCOMPARE(report->verdict, Verdict::Critical); // the tests' servers run with fsync off
    QVERIFY(report->warnings.join(u"; "_s).contains(u"Data checksums are off"_s)); // 15's initdb does not turn them on
}

void TestHealth::verifySaysWhatIsMissing()
{
    const auto tcp = pg::Connection::open(m_server->spec(), m_server->password());
    QVERIFY2(tcp, tcp ? "" : qPrintable(tcp.error().text()));
    const auto verified = verify(**tcp);
    QVERIFY2(verified, verified ? "" : qPrintable(verified.error().text()));
    QCOMPARE(verified->value(u"ok"_s), QJsonValue(false));
    QCOMPARE(check(*verified, u"tls: this link"_s)[u"ok"_s], QJsonValue(true));
    QVERIFY(check(*verified, u"tls: this link"_s)[u"found"_s].toString().startsWith(u"TLSv1.3"_s));
    QCOMPARE(check(*verified, u"tls: pg_hba.conf"_s)[u"ok"_s], QJsonValue(true));
    QCOMPARE(check(*verified, u"role: jeex_admin"_s)[u"found"_s].toString(), u"absent"_s);
    QCOMPARE(check(*verified, u"extension: pgcrypto"_s)[u"ok"_s], QJsonValue(false));
    QCOMPARE(check(*verified, u"archive: mode"_s)[u"ok"_s], QJsonValue(true));
    QCOMPARE(check(*verified, u"health"_s)[u"ok"_s], QJsonValue(true));
    QVERIFY(m_server->sql({"CREATE EXTENSION pgcrypto SCHEMA public", "CREATE ROLE jeex_admin LOGIN", "CREATE ROLE jeex_user LOGIN SUPERUSER"}));
    const auto again = verify(**tcp);
    QVERIFY(again);
    QCOMPARE(check(*again, u"role: jeex_admin"_s)[u"ok"_s], QJsonValue(true));
    QCOMPARE(check(*again, u"role: jeex_user"_s)[u"ok"_s], QJsonValue(false)); // a superuser is more than it may be
    QCOMPARE(check(*again, u"extension: pgcrypto"_s)[u"ok"_s], QJsonValue(true));
    QVERIFY(m_server->sql({"DROP EXTENSION pgcrypto", "DROP ROLE jeex_admin, jeex_user"}));
}

void TestHealth::verifyKnowsNotPermitted()
{
    const Link link = open(u"plain"_s);
    const auto verified = verify(*link);
    QVERIFY2(verified, verified ? "" : qPrintable(verified.error().text()));
    QVERIFY(check(*verified, u"tls: pg_hba.conf"_s)[u"ok"_s].isNull());
    QVERIFY(check(*verified, u"tls: pg_hba.conf"_s)[u"found"_s].toString().startsWith(u"not permitted"_s));
    QVERIFY(check(*verified, u"tls: oldest version"_s)[u"ok"_s].isNull());
    QVERIFY(check(*verified, u"health"_s)[u"ok"_s].isNull());
}

QTEST_GUILESS_MAIN(TestHealth)
#include "tst_health.moc"
