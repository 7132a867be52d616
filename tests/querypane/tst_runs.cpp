// SPDX-License-Identifier: GPL-3.0-or-later
// Runs by keys and clicks, on a real server: a script with three results and an error, cancel, notices, parameters, row security, COPY.
#include "querypane/bench.h"
#include "ui/query/messages.h"


#include <QApplication>
#include <QCheckBox>
#include <QDialog>
#include <QDialogButtonBox>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QTabBar>
#include <QTextBlock>

using namespace howdah;
using namespace howdah::ui;

class TestRuns : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<test::PaneBench> m_bench;

    // The last line of the messages that holds this text.
    QTextBlock messageWith(const QString &text)
    {
        QTextBlock block = m_bench->tab()->results()->messages()->document()->lastBlock();
        while (block.isValid() && !block.text().contains(text))
            block = block.previous();
        return block;
    }

    static QDialog *dialog() { return qobject_cast<QDialog *>(QApplication::activeModalWidget()); }

private slots:
    void initTestCase()
    {
        QString why;
        m_bench = test::PaneBench::start(&why);
        QVERIFY2(m_bench, qPrintable(why));
        QVERIFY2(m_bench->server->sql({"CREATE TABLE public.orders (id int PRIMARY KEY, owner text NOT NULL, total numeric(10,2))",
                                       "INSERT INTO public.orders SELECT i, CASE WHEN i % 2 = 0 THEN 'a' ELSE 'b' END, i FROM generate_series(1, 100) i"},
                                      &why),
                 qPrintable(why));
        QVERIFY(m_bench->open());
    }
    void cleanupTestCase()
    {
        m_bench.reset();
        QVERIFY(Worker::joinClosed(5000));
    }

    void aScriptWithThreeResultsAndAnError()
    {
        m_bench->type(QStringLiteral("SELECT 1 AS one;\nSELECT * FROM orders;\nSELECT nothing FROM orders;\nSELECT 3;\n"));
        // Stops at the error: two results, and the last statement was not run.
        QVERIFY(m_bench->runScript());
        QCOMPARE(m_bench->tab()->results()->results(), 2);
        QVERIFY2(m_bench->messages().contains(QStringLiteral("ERROR 42703: column \"nothing\" does not exist")), qPrintable(m_bench->messages()));
        QVERIFY2(m_bench->messages().contains(QStringLiteral("1 of 4 statements were not run")), qPrintable(m_bench->messages()));

        // Goes on: three results, and the error at its place.
        QVERIFY(m_bench->box(QStringLiteral("Go on at errors")));
        m_bench->box(QStringLiteral("Go on at errors"))->click();
        QVERIFY(m_bench->runScript());
        QCOMPARE(m_bench->tab()->results()->results(), 3);
        QTabBar *tabs = m_bench->tab()->results()->tabBar();
        QCOMPARE(tabs->count(), 4);
        QVERIFY2(tabs->tabText(2).contains(QStringLiteral("orders (100)")), qPrintable(tabs->tabText(2)));
        QCOMPARE(tabs->currentIndex(), 0); // an error: the messages
        const QTextBlock line = messageWith(QStringLiteral("42703"));
        QVERIFY(line.isValid());
        QVERIFY2(line.text().contains(QStringLiteral("line 3")), qPrintable(line.text()));
        // A click on it goes there.
        MessagesView *messages = m_bench->tab()->results()->messages();
        QTextCursor at(line);
        messages->setTextCursor(at);
        QTest::mouseClick(messages->viewport(), Qt::LeftButton, {}, messages->cursorRect(at).center());
        const QByteArray text = m_bench->editor()->bytes();
        QCOMPARE(m_bench->editor()->cursor(), text.indexOf("nothing"));
        // The mark moves with the text, and the click still finds it.
        m_bench->editor()->setCursor(0);
        m_bench->type(QStringLiteral("-- in front\n"));
        QTest::mouseClick(messages->viewport(), Qt::LeftButton, {}, messages->cursorRect(at).center());
        QCOMPARE(m_bench->editor()->cursor(), m_bench->editor()->bytes().indexOf("nothing"));
    }

    void theStatementAtTheCursorOrTheSelection()
    {
        m_bench->put("SELECT 10 AS ten;\nSELECT 20 AS twenty; SELECT 30 AS thirty;\n");
        m_bench->editor()->setCursor(25);
        QVERIFY(m_bench->runStatement());
        QCOMPARE(m_bench->tab()->results()->results(), 1);
        QVERIFY(m_bench->messages().contains(QStringLiteral("SELECT 1 ·")));
        QVERIFY2(m_bench->messages().contains(QStringLiteral("(server ")) && m_bench->messages().contains(QStringLiteral("transfer"))
                     && m_bench->messages().contains(QStringLiteral("display")),
                 qPrintable(m_bench->messages()));
        m_bench->editor()->select({18, 59});
        QVERIFY(m_bench->runStatement());
        QCOMPARE(m_bench->tab()->results()->results(), 2);
    }

    void noticesAndPsqlCommandsAreMessages()
    {
        m_bench->put("DO $$ BEGIN RAISE NOTICE 'hear %', 'this'; RAISE WARNING 'and this'; END $$;\n\\echo said\n\\dt\n");
        DialogAnswers answers(qApp, [](const Question &) { return Answer{.accepted = true, .text = {}, .secret = {}, .choice = false}; });
        QVERIFY(m_bench->runScript());
        QVERIFY2(m_bench->messages().contains(QStringLiteral("NOTICE: hear this")), qPrintable(m_bench->messages()));
        QVERIFY(m_bench->messages().contains(QStringLiteral("WARNING: and this")));
        QVERIFY(m_bench->messages().contains(QStringLiteral("said")));
    }

    void cancelIsConfirmed()
    {
        m_bench->put("SELECT pg_sleep(60);\nSELECT 1;\n");
        m_bench->key(Qt::Key_Return, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_COMPARE_WITH_TIMEOUT(m_bench->ask("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(60)%' AND state = 'active'"),
                                  QStringLiteral("1"), 10'000);
        m_bench->key(Qt::Key_Escape);
        QVERIFY(m_bench->idle());
        QVERIFY2(m_bench->messages().contains(QStringLiteral("Cancelled, confirmed by the server (57014)")), qPrintable(m_bench->messages()));
        // What stood behind it was not begun.
        QCOMPARE(m_bench->tab()->results()->results(), 0);
        QCOMPARE(m_bench->ask("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(60)%' AND state = 'active'"), QStringLiteral("0"));
        // The link is as good as before.
        m_bench->put("SELECT 1");
        QVERIFY(m_bench->runStatement());
        QCOMPARE(m_bench->tab()->results()->results(), 1);
    }

    void parametersAreAskedOnce()
    {
        m_bench->put("SELECT $1::int + 1 AS sum, $2::text IS NULL AS missing, :'word' AS word");
        m_bench->key(Qt::Key_Return, Qt::ControlModifier);
        QTRY_VERIFY(dialog());
        const auto lines = dialog()->findChildren<QLineEdit *>();
        QCOMPARE(lines.size(), 3);
        QTest::keyClicks(lines.at(0), QStringLiteral("41"));
        QTest::keyClicks(lines.at(2), QStringLiteral("it's"));
        const auto nulls = dialog()->findChildren<QCheckBox *>();
        QVERIFY(!nulls.at(2)->isEnabled()); // quoted by psql: there is no NULL
        nulls.at(1)->setChecked(true);
        QTest::keyClick(lines.at(0), Qt::Key_Return);
        QVERIFY(m_bench->idle());
        QCOMPARE(m_bench->tab()->results()->results(), 1);
        // The next time the values are there already.
        m_bench->key(Qt::Key_Return, Qt::ControlModifier);
        QTRY_VERIFY(dialog());
        QCOMPARE(dialog()->findChildren<QLineEdit *>().at(0)->text(), QStringLiteral("41"));
        QVERIFY(dialog()->findChildren<QCheckBox *>().at(1)->isChecked());
        QTest::keyClick(dialog(), Qt::Key_Escape);
        QTRY_VERIFY(!dialog());
        QVERIFY(!m_bench->tab()->isBusy());
    }

    void rowSecurityIsSaid()
    {
        QVERIFY(m_bench->server->sql({"CREATE ROLE app", "GRANT SELECT ON public.orders TO app", "ALTER TABLE public.orders ENABLE ROW LEVEL SECURITY",
                                      "CREATE POLICY own ON public.orders TO app USING (owner = 'a')"}));
        m_bench->put("SET ROLE app;\nSELECT * FROM orders;\n");
        QVERIFY(m_bench->runScript());
        QVERIFY2(m_bench->messages().contains(QStringLiteral("Row security filters public.orders for the role app")), qPrintable(m_bench->messages()));
        QVERIFY(m_bench->says(QStringLiteral("Row security filters public.orders")));
        m_bench->put("RESET ROLE;\nSELECT * FROM orders;\n");
        QVERIFY(m_bench->runScript());
        QVERIFY(!m_bench->messages().isEmpty());
        const QString last = m_bench->messages().section(QLatin1Char('\n'), -2);
        QVERIFY2(!last.contains(QStringLiteral("Row security")), qPrintable(last));
    }

    void copyOutIsOfferedAsAFile()
    {
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("orders.csv"));
        DialogAnswers answers(qApp, [path](const Question &) { return Answer{.accepted = true, .text = path, .secret = {}, .choice = false}; });
        m_bench->put("COPY (SELECT 1 AS a, 'x' AS b) TO STDOUT (FORMAT csv, HEADER)");
        QVERIFY(m_bench->runStatement());
        m_bench->tab()->results()->setCurrentIndex(1);
        QTRY_VERIFY(m_bench->button(QStringLiteral("Save as a file…")));
        QTest::mouseClick(m_bench->button(QStringLiteral("Save as a file…")), Qt::LeftButton);
        QTRY_VERIFY(QFile::exists(path));
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), QByteArray("a,b\n1,x\n"));
    }

    void aResultIsExportedToAFile()
    {
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("numbers.csv"));
        m_bench->put("SELECT i AS number, NULL AS none, 'a;\"b\"' AS word FROM generate_series(1, 5000) i");
        QVERIFY(m_bench->runStatement());
        auto *button = m_bench->pane->findChild<QPushButton *>(QStringLiteral("exportResult"));
        QVERIFY(button);
        QTRY_VERIFY(button->isVisible() && button->isEnabled());
        QTest::mouseClick(button, Qt::LeftButton);
        QTRY_VERIFY(dialog());
        auto *name = dialog()->findChild<QLineEdit *>(QStringLiteral("fileNameEdit"));
        QVERIFY(name);
        name->setText(path);
        auto *buttons = dialog()->findChild<QDialogButtonBox *>();
        QVERIFY(buttons);
        QTest::mouseClick(buttons->button(QDialogButtonBox::Save), Qt::LeftButton);
        QTRY_VERIFY(QFile::exists(path));
        QTRY_VERIFY(m_bench->says(QStringLiteral("Exported 5,000 rows")));
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QList<QByteArray> lines = file.readAll().split('\n');
        QCOMPARE(lines.size(), 5002);
        QCOMPARE(lines.at(0), QByteArray("number,none,word"));
        QCOMPARE(lines.at(5000), QByteArray("5000,,\"a;\"\"b\"\"\""));
    }

    void nothingIsRunByF5()
    {
        m_bench->put("SELECT 1");
        QVERIFY(m_bench->runStatement());
        const QString before = m_bench->messages();
        m_bench->pane->refresh();
        QCoreApplication::processEvents();
        QVERIFY(!m_bench->tab()->isBusy());
        QCOMPARE(m_bench->messages(), before);
    }
};

QTEST_MAIN(TestRuns)
#include "tst_runs.moc"
