// SPDX-License-Identifier: GPL-3.0-or-later
// A link that goes while COMMIT is on its way: the tab says what the server says of it, runs nothing again, and goes on as a new session.
#include "querypane/bench.h"
#include "support/delayproxy.h"

#include "store/history.h"

using namespace howdah;
using namespace howdah::ui;

class TestLostCommit : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<test::PaneBench> m_bench;
    std::unique_ptr<test::DelayProxy> m_proxy;

    QString rowsOf(int deed) const { return m_bench->ask("SELECT count(*) FROM public.deeds WHERE deed = " + QByteArray::number(deed)); }
    bool waits(const QByteArray &event) const
    {
        return QTest::qWaitFor([&] { return m_bench->ask("SELECT count(*) FROM pg_stat_activity WHERE wait_event = '" + event + "'") == QStringLiteral("1"); }, 10'000);
    }
    // A deed in a transaction that asks for a standby.
    bool begin(int deed)
    {
        m_bench->put("BEGIN;\nSET LOCAL synchronous_commit = on;\nINSERT INTO public.deeds VALUES (" + QByteArray::number(deed) + ");\n");
        return m_bench->runScript() && m_bench->tab()->hasOpenTransaction();
    }
    store::HistoryEntry lastRun()
    {
        const auto read = m_bench->store.run([](store::Store &store) { return store::searchHistory(store, {}, {}, 1); });
        if (!QTest::qWaitFor([&] { return read.isFinished(); }, 5000) || !read.result() || read.result()->isEmpty())
            return {};
        return read.result()->constFirst();
    }

private slots:
    void initTestCase()
    {
        QString why;
        m_bench = test::PaneBench::start(&why);
        QVERIFY2(m_bench, qPrintable(why));
        // Whoever asks for it waits at COMMIT for a standby that never comes; a deed of number 2 sleeps in a trigger of COMMIT.
        QVERIFY(m_bench->server->sql({"ALTER SYSTEM SET synchronous_commit = 'local'", "ALTER SYSTEM SET synchronous_standby_names = 'nobody'"}));
        QVERIFY(m_bench->server->stop() && m_bench->server->startAgain());
        QVERIFY(m_bench->server->sql({"CREATE TABLE public.deeds (deed int4)",
                                      "CREATE FUNCTION public.dawdle() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(60); RETURN NULL; END'",
                                      "CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON public.deeds DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
                                      "WHEN (NEW.deed = 2) EXECUTE FUNCTION public.dawdle()"}));
        m_proxy = std::make_unique<test::DelayProxy>(m_bench->server->address(), m_bench->server->port());
        m_bench->port = m_proxy->port();
    }
    void cleanupTestCase()
    {
        m_bench.reset();
        m_proxy.reset();
        QVERIFY(Worker::joinClosed(5000));
    }

    void whatTheServerSays_data()
    {
        QTest::addColumn<int>("deed");
        QTest::addColumn<QByteArray>("event"); // that COMMIT waits for
        QTest::addColumn<bool>("cut");         // the link alone, else the backend is ended
        QTest::addColumn<QString>("fate");
        QTest::addColumn<QString>("rows");
        const QString asked = QStringLiteral(": the server was asked on a new link");
        QTest::newRow("committed, its backend ended") << 1 << QByteArray("SyncRep") << false << QStringLiteral("committed") + asked << QStringLiteral("1");
        QTest::newRow("rolled back") << 2 << QByteArray("PgSleep") << false << QStringLiteral("rolled back") + asked << QStringLiteral("0");
        QTest::newRow("committed, the link cut") << 3 << QByteArray("SyncRep") << true << QStringLiteral("committed") + asked << QStringLiteral("1");
    }
    void whatTheServerSays()
    {
        QFETCH(int, deed);
        QFETCH(QByteArray, event);
        QFETCH(bool, cut);
        QFETCH(QString, fate);
        QFETCH(QString, rows);
        QVERIFY(m_bench->open());
        QVERIFY(begin(deed));
        QTRY_VERIFY(m_bench->button(QStringLiteral("Commit")));
        QTest::mouseClick(m_bench->button(QStringLiteral("Commit")), Qt::LeftButton);
        QVERIFY(waits(event));
        if (cut) {
            m_proxy->cut();
            // The server is still at it, and is asked again until it no longer is.
            const QByteArray asking = "SELECT count(*) > 0 FROM pg_stat_activity WHERE query LIKE '%pg_xact_status%' AND pid <> pg_backend_pid()";
            QTRY_COMPARE_WITH_TIMEOUT(m_bench->ask(asking), QStringLiteral("t"), 10'000);
            QVERIFY(m_bench->tab()->isBusy());
            QVERIFY(m_bench->server->sql({"ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()"}));
        } else {
            m_bench->ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = '" + event + "'");
        }
        QVERIFY(m_bench->idle());

        QTRY_VERIFY(m_bench->says(QStringLiteral("The link was lost during COMMIT")));
        const QString told = m_bench->messages();
        QVERIFY2(told.contains(QStringLiteral("COMMIT was sent and no answer came. Transaction: ") + fate), qPrintable(told));
        QVERIFY2(told.contains(QStringLiteral("Nothing was run again")), qPrintable(told));
        QVERIFY2(!told.contains(QStringLiteral("no COMMIT was sent")) && !told.contains(QStringLiteral("Outcome unknown")), qPrintable(told));
        QVERIFY(m_bench->says(QStringLiteral("link lost at COMMIT · ") + fate));
        QVERIFY(!m_bench->tab()->hasOpenTransaction());
        QVERIFY(!m_bench->button(QStringLiteral("Commit")));
        QCOMPARE(rowsOf(deed), rows);
        const store::HistoryEntry line = lastRun();
        QCOMPARE(line.text, QStringLiteral("COMMIT;"));
        QVERIFY2(line.message.contains(fate), qPrintable(line.message));

        // What comes next is another session, and says so; the row is there once or not at all.
        m_bench->put("SHOW synchronous_commit");
        QVERIFY(m_bench->runStatement());
        QCOMPARE(m_bench->tab()->results()->results(), 1);
        QTRY_VERIFY(m_bench->says(QStringLiteral("new session")));
        QCOMPARE(rowsOf(deed), rows);
    }

    // Nobody is left to ask: never told as the one or the other.
    void aServerThatIsGone()
    {
        QVERIFY(m_bench->server->sql({"ALTER SYSTEM SET synchronous_standby_names = 'nobody'", "SELECT pg_reload_conf()"}));
        QVERIFY(m_bench->open());
        QVERIFY(begin(4));
        m_bench->key(Qt::Key_C, Qt::ControlModifier | Qt::AltModifier);
        QVERIFY(waits("SyncRep"));
        m_bench->server->kill();
        QTRY_VERIFY_WITH_TIMEOUT(m_bench->control->status().state != pg::LinkState::Connected, 10'000);
        m_bench->key(Qt::Key_Escape); // else it is asked for as long as a server takes to come back
        QVERIFY(m_bench->idle());
        const QString told = m_bench->messages();
        QVERIFY2(told.contains(QStringLiteral("Outcome unknown")), qPrintable(told));
        QVERIFY2(told.contains(QStringLiteral("COMMIT was sent and no answer came. Transaction: not known")), qPrintable(told));
        QVERIFY2(!told.contains(QStringLiteral("committed")) && !told.contains(QStringLiteral("rolled back")), qPrintable(told));
        QCOMPARE(lastRun().outcome, QStringLiteral("unknown"));
    }
};

QTEST_MAIN(TestLostCommit)
#include "tst_lostcommit.moc"
