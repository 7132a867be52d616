// SPDX-License-Identifier: GPL-3.0-or-later
// Production, a transaction of the user's own, and a link that is lost in one: by keys and clicks, on a real server.
#include "querypane/bench.h"
#include "ui/widgets/typedline.h"


#include <QApplication>
#include <QDialog>
#include <QTabBar>

using namespace howdah;
using namespace howdah::ui;

class TestGuarded : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<test::PaneBench> m_bench;

    static QDialog *dialog() { return qobject_cast<QDialog *>(QApplication::activeModalWidget()); }
    static QPushButton *button(QDialog *dialog, const QString &text)
    {
        for (auto *one : dialog->findChildren<QPushButton *>()) {
            if (one->text() == text)
                return one;
        }
        return nullptr;
    }
    // What the dialog says of it: its label is named "Rows: …".
    static QString fact(const char *name)
    {
        const QString start = QString::fromLatin1(name) + QStringLiteral(": ");
        for (const auto *label : dialog()->findChildren<QLabel *>()) {
            if (label->isVisible() && label->accessibleName() == start + label->text())
                return label->text();
        }
        return {};
    }
    QString sum() const { return m_bench->ask("SELECT sum(total)::int FROM public.orders"); }
    // What one backend says of the statement it last ran is enough to know it by.
    QByteArray backend() const
    {
        return m_bench->ask("SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND query LIKE 'UPDATE orders%'").toLatin1();
    }

private slots:
    void initTestCase()
    {
        QString why;
        m_bench = test::PaneBench::start(&why);
        QVERIFY2(m_bench, qPrintable(why));
        QVERIFY2(m_bench->server->sql({"CREATE TABLE public.orders (id int PRIMARY KEY, total int NOT NULL)",
                                       "INSERT INTO public.orders SELECT i, 1 FROM generate_series(1, 7) i",
                                       "CREATE VIEW public.totals AS SELECT sum(total) FROM public.orders", "ANALYZE public.orders"},
                                      &why),
                 qPrintable(why));
    }
    void cleanupTestCase()
    {
        m_bench.reset();
        QVERIFY(Worker::joinClosed(5000));
    }

    void anUpdateWithoutWhereOnProduction()
    {
        QVERIFY(m_bench->open(session::Environment::Production));
        m_bench->type(QStringLiteral("UPDATE orders SET total = 5"));
        m_bench->key(Qt::Key_Return, Qt::ControlModifier);

        // Refused: this session is read-only. Nothing was sent; unlocking is a step of its own.
        QTRY_VERIFY(dialog());
        QVERIFY2(m_bench->messages().contains(QStringLiteral("Refused, nothing was sent")), qPrintable(m_bench->messages()));
        QVERIFY(!m_bench->tab()->isBusy());
        QPushButton *unlock = button(dialog(), QStringLiteral("Unlock this session"));
        QVERIFY(unlock);
        QVERIFY(!unlock->isEnabled());
        auto *line = dialog()->findChild<TypedLine *>();
        QVERIFY(line);
        QTest::keyClicks(line, QStringLiteral("wrong"));
        QVERIFY(!unlock->isEnabled());
        line->clear();
        QTest::keyClicks(line, QStringLiteral("orders (%1)").arg(m_bench->server->spec().address()));
        QTRY_VERIFY(unlock->isEnabled());
        QTest::mouseClick(unlock, Qt::LeftButton);

        // Then asked anew, with the table's name to type.
        QTRY_VERIFY(dialog() && button(dialog(), QStringLiteral("Run the statement")));
        QCOMPARE(sum(), QStringLiteral("7"));
        // What it would do stands there before: the server's estimate of the rows, and the view that hangs on the table.
        QCOMPARE(fact("Rows"), QStringLiteral("about 7 (the server's estimate)"));
        QCOMPARE(fact("Dependants"), QStringLiteral("1"));
        QCOMPARE(fact("Last backup"), QStringLiteral("not known: no backup is known to Howdah"));
        QPushButton *run = button(dialog(), QStringLiteral("Run the statement"));
        QVERIFY(!run->isEnabled());
        line = dialog()->findChild<TypedLine *>();
        QVERIFY(line);
        QTest::keyClicks(line, QStringLiteral("orders"));
        QTRY_VERIFY(run->isEnabled());
        QTest::mouseClick(run, Qt::LeftButton);
        QTRY_VERIFY(m_bench->tab()->hasOpenTransaction());
        QVERIFY(m_bench->idle());

        // The rows are shown before anything is committed, and it can be taken back.
        QVERIFY2(m_bench->messages().contains(QStringLiteral("UPDATE 7")), qPrintable(m_bench->messages()));
        QTRY_VERIFY(m_bench->says(QStringLiteral("7 rows changed")));
        QVERIFY(m_bench->says(QStringLiteral("in transaction")));
        QVERIFY(m_bench->pane->findChild<QTabBar *>()->tabText(0).endsWith(QStringLiteral("in transaction")));
        QCOMPARE(sum(), QStringLiteral("7"));
        QVERIFY(m_bench->button(QStringLiteral("Commit")));
        QTest::mouseClick(m_bench->button(QStringLiteral("Roll back")), Qt::LeftButton);
        QTRY_VERIFY(!m_bench->tab()->hasOpenTransaction());
        QVERIFY(m_bench->idle());
        QVERIFY(!m_bench->button(QStringLiteral("Commit")));
        QCOMPARE(sum(), QStringLiteral("7"));
        QVERIFY(m_bench->says(QStringLiteral("read-write, unlocked")));
    }

    // What it takes to know comes from the catalog, and what can't be known is said so: never 0, and never the part that is known.
    void consequencesAreShownOrNotKnown_data()
    {
        QTest::addColumn<QByteArray>("statement");
        QTest::addColumn<QString>("rows");
        QTest::addColumn<QString>("dependants");
        const QString unknown = QStringLiteral("not known");
        const auto about = [](const char *count) { return QStringLiteral("about %1 (the server's estimate)").arg(QLatin1StringView(count)); };
        QTest::newRow("delete") << QByteArray("DELETE FROM cons.parent") << about("1,200") << QStringLiteral("3");
        QTest::newRow("truncate") << QByteArray("TRUNCATE cons.child") << about("200") << QStringLiteral("0");
        QTest::newRow("drop table") << QByteArray("DROP TABLE IF EXISTS cons.\"Odd name\"") << about("3") << QStringLiteral("0");
        QTest::newRow("drop view") << QByteArray("DROP VIEW cons.seen") << unknown << QStringLiteral("0");
        QTest::newRow("drop schema") << QByteArray("DROP SCHEMA cons CASCADE") << unknown << QStringLiteral("6");
        QTest::newRow("two of one name") << QByteArray("DELETE FROM twin") << unknown << unknown;
        QTest::newRow("two statements") << QByteArray("DELETE FROM cons.child; DELETE FROM cons.\"Odd name\"") << about("203") << QStringLiteral("0");
        QTest::newRow("cascade") << QByteArray("TRUNCATE cons.parent CASCADE") << unknown << QStringLiteral("3");
        QTest::newRow("two tables") << QByteArray("TRUNCATE cons.parent, cons.child") << unknown << unknown;
        QTest::newRow("one that is not seen through") << QByteArray("DELETE FROM cons.child; INSERT INTO cons.child VALUES (1)") << unknown << unknown;
        QTest::newRow("what a query writes") << QByteArray("DELETE FROM cons.child;\nSELECT 'DELETE FROM cons.twin' \\gexec\n") << unknown << unknown;
        QTest::newRow("no such table") << QByteArray("DELETE FROM cons.nothing") << unknown << unknown;
        QTest::newRow("a function") << QByteArray("DROP FUNCTION cons.child") << unknown << unknown;
    }
    void consequencesAreShownOrNotKnown()
    {
        QFETCH(QByteArray, statement);
        static const bool made = m_bench->server->sql(
            {"CREATE SCHEMA cons", "CREATE TABLE cons.parent (id int PRIMARY KEY)", "INSERT INTO cons.parent SELECT generate_series(1, 1000)",
             "CREATE TABLE cons.child (parent int REFERENCES cons.parent)", "CREATE TABLE cons.heir () INHERITS (cons.parent)",
             "INSERT INTO cons.heir SELECT generate_series(1, 200)", "INSERT INTO cons.child SELECT generate_series(1, 200)",
             "CREATE VIEW cons.seen AS SELECT id FROM cons.parent", "CREATE TABLE cons.\"Odd name\" (a int)", "INSERT INTO cons.\"Odd name\" VALUES (1), (2), (3)",
             "CREATE TABLE cons.twin ()", "CREATE TABLE public.twin ()", "ANALYZE cons.parent, cons.child, cons.heir, cons.\"Odd name\""});
        QVERIFY(made);
        QVERIFY(m_bench->open(session::Environment::Development));
        m_bench->put(statement);
        m_bench->key(Qt::Key_Return, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_VERIFY(dialog());
        QTEST(fact("Rows"), "rows");
        QTEST(fact("Dependants"), "dependants");
        QTest::keyClick(dialog(), Qt::Key_Escape);
        QTRY_VERIFY(!dialog());
        QVERIFY(!m_bench->tab()->isBusy());
    }

    // A catalog that waits for a lock, say, costs two seconds and no more.
    void aCatalogThatDoesNotAnswerIsNotWaitedFor()
    {
        QVERIFY(m_bench->open(session::Environment::Development));
        const auto blocked = m_bench->catalog->run(
            [](pg::Connection &connection, const CancelToken &cancel) { return connection.run({"SELECT pg_catalog.pg_sleep(6)", {}}, {}, {}, cancel); });
        m_bench->put("DELETE FROM public.orders");
        m_bench->key(Qt::Key_Return, Qt::ControlModifier);
        QTRY_VERIFY_WITH_TIMEOUT(dialog(), 4500);
        QVERIFY(!blocked.isFinished());
        QCOMPARE(fact("Rows"), QStringLiteral("not known"));
        QTest::keyClick(dialog(), Qt::Key_Escape);
        QTRY_VERIFY(!dialog());
    }

    // Looking around in production leaves no transaction open, and can't write whatever the text says.
    void aLockedSessionCannotWrite()
    {
        QVERIFY(m_bench->open(session::Environment::Production));
        m_bench->put("SELECT count(*) FROM orders");
        QVERIFY(m_bench->runStatement());
        QVERIFY(!m_bench->tab()->hasOpenTransaction());
        // Our lexer sees a call and not what is in it: the session's setting is what holds.
        QVERIFY(m_bench->server->sql({"CREATE OR REPLACE FUNCTION public.quiet() RETURNS void LANGUAGE sql AS 'UPDATE public.orders SET total = 9'"}));
        m_bench->put("SELECT quiet()");
        QVERIFY(m_bench->runStatement());
        QVERIFY2(m_bench->messages().contains(QStringLiteral("25006")), qPrintable(m_bench->messages()));
        QCOMPARE(sum(), QStringLiteral("7"));
    }

    void manualCommitKeepsWhatWasRightBehindAnError()
    {
        QVERIFY(m_bench->open(session::Environment::Test));
        m_bench->box(QStringLiteral("Manual commit"))->click();
        m_bench->put("UPDATE orders SET total = 2 WHERE id = 1;\nSELECT nothing;\n");
        QVERIFY(m_bench->runScript());
        QVERIFY(m_bench->tab()->hasOpenTransaction());
        // The error cost its own statement: a savepoint stood before it.
        QCOMPARE(m_bench->runner()->transaction().state, pg::TransactionState::Open);
        QTest::mouseClick(m_bench->button(QStringLiteral("Commit")), Qt::LeftButton);
        QTRY_VERIFY(!m_bench->tab()->hasOpenTransaction());
        QCOMPARE(sum(), QStringLiteral("8"));
    }

    void aLinkLostInAnOpenTransaction()
    {
        QVERIFY(m_bench->open(session::Environment::Development));
        m_bench->put("BEGIN;\nUPDATE orders SET total = 100 WHERE id < 4;\n");
        QVERIFY(m_bench->runScript());
        QVERIFY(m_bench->tab()->hasOpenTransaction());
        const QByteArray pid = backend();
        QVERIFY(pid.toInt() > 0);
        m_bench->ask("SELECT pg_terminate_backend(" + pid + ")");

        // Told with the server's reason, what was open on it and what is known: nothing was committed.
        QTRY_VERIFY(m_bench->says(QStringLiteral("The link was lost in an open transaction")));
        const QString told = m_bench->messages();
        QVERIFY2(told.contains(QStringLiteral("57P01")), qPrintable(told));
        QVERIFY2(told.contains(QStringLiteral("3 rows changed; no COMMIT was sent, so the server rolls it back")), qPrintable(told));
        QVERIFY2(told.contains(QStringLiteral("Nothing was run again")), qPrintable(told));
        QVERIFY(!m_bench->tab()->hasOpenTransaction());
        QVERIFY(!m_bench->button(QStringLiteral("Commit")));
        QCOMPARE(sum(), QStringLiteral("8"));

        // The next run is in a session that says it is another one, until that was read.
        m_bench->put("SELECT 1");
        QVERIFY(m_bench->runStatement());
        QCOMPARE(m_bench->tab()->results()->results(), 1);
        QTRY_VERIFY(m_bench->says(QStringLiteral("new session")));
        QTest::mouseClick(m_bench->button(QStringLiteral("Dismiss")), Qt::LeftButton);
        QTRY_VERIFY(!m_bench->says(QStringLiteral("new session")));
    }

    void aLinkLostWhileAStatementRuns()
    {
        QVERIFY(m_bench->open(session::Environment::Development));
        const QString before = sum();
        m_bench->put("BEGIN;\nUPDATE orders SET total = 100 WHERE id = 1;\nSELECT pg_sleep(60);\n");
        m_bench->key(Qt::Key_Return, Qt::ControlModifier | Qt::ShiftModifier);
        const QByteArray sleeper = "FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(60)%' AND state = 'active'";
        QTRY_COMPARE_WITH_TIMEOUT(m_bench->ask("SELECT count(*) " + sleeper), QStringLiteral("1"), 10'000);
        m_bench->ask("SELECT pg_terminate_backend(pid) " + sleeper);
        QVERIFY(m_bench->idle());
        QTRY_VERIFY2(m_bench->messages().contains(QStringLiteral("1 row changed; no COMMIT was sent")), qPrintable(m_bench->messages()));
        QVERIFY2(m_bench->messages().contains(QStringLiteral("57P01")), qPrintable(m_bench->messages()));
        QVERIFY(m_bench->says(QStringLiteral("The link was lost in an open transaction")));
        QCOMPARE(sum(), before);
    }
};

QTEST_MAIN(TestGuarded)
#include "tst_guarded.moc"
