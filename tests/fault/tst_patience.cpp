// SPDX-License-Identifier: GPL-3.0-or-later
// Security.md 6.1, row 4, with the 75 s that every profile has. What became of each transaction is told.
#include "fault/fault.h"
#include "fault/heart.h"
#include "session/commit.h"
#include "support/netns.h"

#include <QElapsedTimer>

using namespace howdah;
using namespace howdah::fault;
using pg::LinkState;
using pg::Session;

class TestPatience : public QObject
{
    Q_OBJECT
private slots:
    void row04_givenUpAfter75s();
};

// A deed and its COMMIT, as the query pane does it; the answer is what became of it.
static Result<QString> commitADeed(pg::Connection &connection, const CancelToken &cancel)
{
    const auto identity = connection.readIdentity(cancel);
    if (!identity || !connection.command("BEGIN") || !connection.run({"INSERT INTO public.deeds VALUES (1)", {}}, {}, {}, cancel))
        return QStringLiteral("no deed");
    const auto ticket = session::noteBeforeCommit(connection, cancel);
    if (!ticket || connection.command("COMMIT"))
        return QStringLiteral("the link was not lost");
    return session::fateText(session::resolveCommit(connection, *ticket, 40'000, cancel));
}

void TestPatience::row04_givenUpAfter75s()
{
    QString why;
    const auto network = test::NetworkNamespace::make(&why);
    QVERIFY2(network, qPrintable(why));
    test::ServerSetup setup;
    setup.network = network.get();
    setup.settings << QStringLiteral("log_statement=all");
    const auto server = test::TestServer::start(setup, &why);
    QVERIFY2(server, qPrintable(why));
    // A COMMIT takes 3 s: time enough to lose the network before its answer.
    QVERIFY(server->sql({"CREATE TABLE public.patience (a int)", "CREATE TABLE public.deeds (a int)",
                         "CREATE FUNCTION public.dawdle() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_catalog.pg_sleep(3); RETURN NULL; END'",
                         "CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON public.deeds DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.dawdle()"}));

    const pg::ConnectionSpec spec = server->spec();
    QCOMPARE(spec.linkTimeoutMs, 75'000);
    Session idle(spec, server->password(), Session::Purpose::Editor), busy(spec, server->password(), Session::Purpose::Editor),
        asking(spec, server->password(), Session::Purpose::Editor), committing(spec, server->password(), Session::Purpose::Editor);
    for (Session *session : {&idle, &busy, &asking, &committing}) {
        session->open();
        QTRY_COMPARE_WITH_TIMEOUT(session->status().state, LinkState::Connected, 15'000);
    }
    QCOMPARE(first(busy.run(command("BEGIN"))), QString());
    QCOMPARE(first(busy.run(statement("INSERT INTO public.patience VALUES (1) RETURNING a"))), QStringLiteral("1"));
    const auto running = busy.run(statement("SELECT pg_catalog.pg_sleep(300) AS row04long"));
    QTRY_VERIFY(stateOf(*server, busy.status().facts.backendPid).endsWith(QStringLiteral("PgSleep")));
    const auto fate = committing.run(&commitADeed);
    QTRY_VERIFY(stateOf(*server, committing.status().facts.backendPid).endsWith(QStringLiteral("PgSleep")));
    QVERIFY(network->dropAll());
    const Heart heart;
    QElapsedTimer silent;
    silent.start();
    const auto asked = asking.run(statement("SELECT 1")); // never gets there
    QTRY_COMPARE_WITH_TIMEOUT(busy.status().state, LinkState::NoAnswer, 15'000);
    QTRY_COMPARE_WITH_TIMEOUT(asking.status().state, LinkState::NoAnswer, 5'000);
    // Nobody gives up early.
    QVERIFY(!QTest::qWaitFor([&] { return running.isFinished() || asked.isFinished() || idle.status().state == LinkState::Lost; }, int(60'000 - silent.elapsed())));
    for (Session *session : {&idle, &busy, &asking})
        QTRY_COMPARE_WITH_TIMEOUT(session->status().state, LinkState::Lost, int(95'000 - silent.elapsed()));
    QTRY_VERIFY(running.isFinished() && asked.isFinished());
    QCOMPARE(errorOf(running).kind, ErrorKind::Connection);
    QCOMPARE(errorOf(asked).kind, ErrorKind::Connection);
    QVERIFY(heart.isAlive());
    // The truth about their transactions.
    QCOMPARE(busy.status().lostIn, pg::TransactionState::Open);
    QCOMPARE(asking.status().lostIn, pg::TransactionState::Idle);
    QVERIFY(network->heal());
    QTRY_VERIFY_WITH_TIMEOUT(fate.isFinished(), 40'000);
    QVERIFY2(fate.result() && fate.result()->startsWith(QStringLiteral("committed")), qPrintable(fate.result().value_or(QStringLiteral("no answer"))));
    QCOMPARE(ask(*server, "SELECT pg_catalog.count(*) FROM public.deeds"), QStringLiteral("1"));
    for (Session *session : {&idle, &busy, &asking}) {
        QTRY_COMPARE_WITH_TIMEOUT(session->status().state, LinkState::Connected, 40'000);
        QCOMPARE(session->status().generation, quint64(2));
    }
    QCOMPARE(first(busy.run(statement("SELECT pg_catalog.count(*) FROM public.patience"))), QStringLiteral("0"));
    QCOMPARE(executions(*server, QStringLiteral("AS row04long")), 1);
}

QTEST_GUILESS_MAIN(TestPatience)
#include "tst_patience.moc"
