// SPDX-License-Identifier: GPL-3.0-or-later
// Every reading on every server version at hand, as a superuser and as a role that may read nothing of others: no error in the server's log,
// and what is not permitted is said.
#include "activity/horizon.h"
#include "activity/locktree.h"
#include "activity/progress.h"
#include "activity/snapshot.h"
#include "support/testserver.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace howdah;
using namespace howdah::activity;
using namespace Qt::StringLiterals;
using test::TestServer;

class TestVersions : public QObject
{
    Q_OBJECT
private slots:
    void everything_data();
    void everything();
    void textsThatAreKeptAreThoseOfTheServer();
    void aSnapshotHoldsNoPassword();
};

void TestVersions::everything_data()
{
    QTest::addColumn<int>("major");
    for (const int major : {15, 16, 17, 18})
        QTest::addRow("%d", major) << major;
}

void TestVersions::everything()
{
    QFETCH(int, major);
    QString why;
    test::ServerSetup setup;
    setup.major = major;
    const auto server = TestServer::start(setup, &why);
    QVERIFY2(server, qPrintable(why));
    QVERIFY2(server->sql({"CREATE ROLE nobody LOGIN PASSWORD 'nobody'"}, &why), qPrintable(why));
    const qsizetype logBegin = server->log().size();
    const auto other = server->admin(); // somebody to see, or not
    QVERIFY(other && (*other)->run({"SELECT 'secret of another'", {}}));
    for (const bool mayRead : {true, false}) {
        const auto link = mayRead ? server->admin() : pg::Connection::open(server->spec().withRole(u"nobody"_s), Secret("nobody"));
        QVERIFY2(link, qPrintable(link ? QString() : link.error().text()));
        const auto sessions = readSessions(**link);
        QVERIFY2(sessions, qPrintable(sessions ? QString() : sessions.error().text()));
        QCOMPARE(sessions->mayReadAll, mayRead);
        const Backend *seen = sessions->find((*other)->facts().backendPid);
        QVERIFY(seen);
        QCOMPARE(seen->permitted, mayRead);
        QCOMPARE(seen->query, mayRead ? u"SELECT 'secret of another'"_s : QString());
        const auto tree = readLockTree(**link);
        QVERIFY2(tree, qPrintable(tree ? QString() : tree.error().text()));
        QCOMPARE(tree->waiting, 0);
        const auto locks = readLocks(**link);
        QVERIFY2(locks, qPrintable(locks ? QString() : locks.error().text()));
        const auto tasks = readTasks(**link);
        QVERIFY2(tasks, qPrintable(tasks ? QString() : tasks.error().text()));
        const auto horizon = readHorizon(**link);
        QVERIFY2(horizon, qPrintable(horizon ? QString() : horizon.error().text()));
        QVERIFY(!horizon->databases.isEmpty() && !horizon->tables.isEmpty());
        QCOMPARE(horizon->databases.constFirst().verdict(), DatabaseAge::Verdict::Ok);
        const auto waits = readWaits(**link);
        QVERIFY2(waits, qPrintable(waits ? QString() : waits.error().text()));
        QCOMPARE(waits->mayReadAll, mayRead);
    }
    for (const QString &word : {u"ERROR:"_s, u"FATAL:"_s, u"PANIC:"_s, u"WARNING:"_s})
        QVERIFY2(!server->log().sliced(logBegin).contains(word), qPrintable(server->log()));
}

void TestVersions::textsThatAreKeptAreThoseOfTheServer()
{
    QString why;
    const auto server = TestServer::start({}, &why);
    QVERIFY2(server, qPrintable(why));
    const auto watching = server->admin(), still = server->admin(), busy = server->admin();
    QVERIFY(watching && still && busy);
    QVERIFY((*still)->run({"SELECT 'stays'", {}}) && (*busy)->run({"SELECT 'first'", {}}));
    const auto query = [](const Sessions &sessions, const auto &of) {
        const Backend *backend = sessions.find((*of)->facts().backendPid);
        return backend ? backend->query : u"(not there)"_s;
    };
    auto first = readSessions(**watching);
    QVERIFY(first);
    // As if it had been read long ago: what is older is not sent again, and must not be missed.
    QVERIFY((*watching)->run({"SELECT pg_sleep(1.2)", {}}) && (*busy)->run({"SELECT 'second'", {}}));
    const auto second = readSessionsAfter(**watching, *first);
    QVERIFY(second);
    QCOMPARE(query(*second, still), u"SELECT 'stays'"_s);
    QCOMPARE(query(*second, busy), u"SELECT 'second'"_s);
    // What an earlier reading lacks is asked for again, and not left empty or taken from another statement.
    Sessions strange = *second;
    strange.atMs += 3'600'000; // a clock that was set back
    for (Backend &backend : strange.backends) {
        backend.query = u"of another statement"_s;
        backend.queryStartUs = 1;
    }
    const auto third = readSessionsAfter(**watching, strange);
    QVERIFY(third);
    QCOMPARE(query(*third, still), u"SELECT 'stays'"_s);
    QCOMPARE(query(*third, busy), u"SELECT 'second'"_s);
}

void TestVersions::aSnapshotHoldsNoPassword()
{
    QString why;
    const auto server = TestServer::start({}, &why);
    QVERIFY2(server, qPrintable(why));
    QVERIFY2(server->sql({"CREATE ROLE app"}, &why), qPrintable(why));
    // Its last statement holds a password, and its transaction the horizon.
    const auto changes = server->admin(), watching = server->admin();
    QVERIFY(changes && watching);
    QVERIFY((*changes)->command("BEGIN") && (*changes)->run({"ALTER ROLE app PASSWORD 'hunter2'", {}}));
    const QByteArray file = QJsonDocument(readSnapshot(**watching, {})).toJson();
    QVERIFY(file.contains("ALTER ROLE app PASSWORD"));
    QVERIFY2(!file.contains("hunter2"), file.constData());
    // Nor does a setting, which is no statement.
    QVERIFY2(server->sql({"ALTER SYSTEM SET primary_conninfo = 'host=primary user=replica password=hunter3'",
                          "ALTER SYSTEM SET restore_command = 'fetch postgresql://copy:hunter4@archive/db %f %p'", "SELECT pg_reload_conf()"}, &why), qPrintable(why));
    QTRY_VERIFY(QJsonDocument(readSnapshot(**watching, {})).toJson().contains("user=replica"));
    const QByteArray settings = QJsonDocument(readSnapshot(**watching, {})).toJson();
    QVERIFY(settings.contains("fetch postgresql://copy:"));
    QVERIFY2(!settings.contains("hunter"), settings.constData());
}

QTEST_GUILESS_MAIN(TestVersions)
#include "tst_versions.moc"
