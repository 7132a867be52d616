// SPDX-License-Identifier: GPL-3.0-or-later
// A query run for a file, by keys: what is written, what a cancel and an error leave, and what is not let through.
#include "querypane/bench.h"
#include "ui/query/resultgrid.h"
#include "ui/query/resultpage.h"

#include "store/journal.h"

#include <QApplication>
#include <QClipboard>
#include <QMenu>

using namespace howdah;
using namespace howdah::ui;

class TestExports : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<test::PaneBench> m_bench;
    QTemporaryDir m_folder;
    QString m_path;
    int m_asked = 0; // for a file
    std::unique_ptr<DialogAnswers> m_answers;

    // Ctrl+Shift+E, then the letter of a format.
    void exportBy(Qt::Key letter)
    {
        m_bench->key(Qt::Key_E, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_VERIFY(QApplication::activePopupWidget());
        QTest::keyClick(QApplication::activePopupWidget(), letter);
        QTRY_VERIFY(!QApplication::activePopupWidget());
    }
    session::Job *last() const { return m_bench->jobs.results().value(0); }
    bool ended(qsizetype results) const
    {
        return QTest::qWaitFor([&] { return m_bench->jobs.running().isEmpty() && m_bench->jobs.results().size() == results; }, 15'000);
    }
    QByteArray written() const
    {
        QFile file(m_path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("none");
    }
    QStringList files() const { return QDir(m_folder.path()).entryList(QDir::Files | QDir::Hidden); }
    void writeOld()
    {
        QFile file(m_path);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("as it was") == 9);
    }

private slots:
    void initTestCase()
    {
        QString why;
        m_bench = test::PaneBench::start(&why);
        QVERIFY2(m_bench, qPrintable(why));
        QVERIFY2(m_bench->server->sql({"CREATE TABLE public.\"Orders\" (id int PRIMARY KEY, word text)",
                                       "INSERT INTO public.\"Orders\" SELECT i, CASE WHEN i > 1 THEN 'a\"' || i END FROM generate_series(1, 3) i"},
                                      &why),
                 qPrintable(why));
        m_answers = std::make_unique<DialogAnswers>(qApp, [this](const Question &) {
            ++m_asked;
            return Answer{.accepted = true, .text = m_path, .secret = {}, .choice = false};
        });
    }
    void init()
    {
        for (const QString &name : files())
            QFile::remove(m_folder.filePath(name));
        m_path = m_folder.filePath(QStringLiteral("orders.csv"));
        m_asked = 0;
    }
    void cleanupTestCase()
    {
        m_answers.reset();
        m_bench.reset();
        QVERIFY(Worker::joinClosed(5000));
    }

    void toCsvAndJson()
    {
        QVERIFY(m_bench->open());
        const qsizetype before = m_bench->jobs.results().size();
        m_bench->put("SELECT 1;\nSELECT * FROM \"Orders\" -- all\n;\nSELECT 3;\n");
        m_bench->editor()->setCursor(15);
        exportBy(Qt::Key_C);
        QVERIFY(ended(before + 1));
        QCOMPARE(int(last()->state()), int(session::Job::State::Done));
        QCOMPARE(written(), QByteArray("id,word\n1,\n2,\"a\"\"2\"\n3,\"a\"\"3\"\n"));
        QVERIFY2(m_bench->messages().contains(QStringLiteral("Exported 3 rows")), qPrintable(m_bench->messages()));
        QVERIFY(m_bench->says(QStringLiteral("exported to orders.csv")));
        QVERIFY(!m_bench->tab()->isBusy());
        QCOMPARE(m_bench->tab()->results()->results(), 0);

        // Not by COPY, which takes no EXPLAIN.
        m_bench->put("EXPLAIN (COSTS off) SELECT 1");
        exportBy(Qt::Key_L);
        QVERIFY(ended(before + 2));
        QCOMPARE(written(), QByteArray("{\"QUERY PLAN\":\"Result\"}\n"));
        QCOMPARE(files().size(), 1);

        // A job like any other: it has its line in the journal.
        const auto journal = m_bench->store.run([](store::Store &store) { return store::readJournal(store, 10); });
        QTRY_VERIFY(journal.isFinished());
        QVERIFY(journal.result());
        QCOMPARE(journal.result()->constFirst().action, QStringLiteral("Export a query to orders.csv"));
    }

    void cancelledInTheMiddleNothingIsWritten_data()
    {
        QTest::addColumn<bool>("escape");
        QTest::newRow("in the strip of jobs") << false;
        QTest::newRow("by Esc in the editor") << true;
    }
    void cancelledInTheMiddleNothingIsWritten()
    {
        QFETCH(bool, escape);
        QVERIFY(m_bench->open());
        const qsizetype before = m_bench->jobs.results().size();
        writeOld();
        m_bench->put("SELECT i, repeat('x', 100) FROM generate_series(1, 20000) i, generate_series(1, 20000) j");
        exportBy(Qt::Key_C);
        QTRY_VERIFY(m_bench->jobs.running().size() == 1 && m_bench->jobs.running().constFirst()->progress().done > 1 << 20);
        QVERIFY(m_bench->tab()->isBusy());
        if (escape)
            m_bench->key(Qt::Key_Escape);
        else
            m_bench->jobs.running().constFirst()->cancel();
        QVERIFY(ended(before + 1));
        QCOMPARE(int(last()->state()), int(session::Job::State::Cancelled));
        QTRY_VERIFY(m_bench->messages().contains(QStringLiteral("Not exported, no file was written. Cancelled")));
        QCOMPARE(written(), QByteArray("as it was"));
        QCOMPARE(files().size(), 1);
        QTRY_COMPARE(m_bench->ask("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%repeat%' AND state = 'active' AND pid <> pg_backend_pid()"), QStringLiteral("0"));
        QVERIFY(m_bench->idle());
        m_bench->put("SELECT 1");
        QVERIFY(m_bench->runStatement());
        QCOMPARE(m_bench->tab()->results()->results(), 1);
    }

    void anErrorCostsNothingOfAnOpenTransaction()
    {
        QVERIFY(m_bench->open());
        const qsizetype before = m_bench->jobs.results().size();
        writeOld();
        m_bench->put("BEGIN;\nCREATE TEMPORARY TABLE mine AS SELECT 1 AS a;\n");
        QVERIFY(m_bench->runScript());
        m_bench->put("SELECT a,\n nothing FROM mine");
        exportBy(Qt::Key_C);
        QVERIFY(ended(before + 1));
        QCOMPARE(int(last()->state()), int(session::Job::State::Failed));
        QTRY_VERIFY(m_bench->messages().contains(QStringLiteral("column \"nothing\" does not exist")));
        QVERIFY2(m_bench->messages().contains(QStringLiteral("line 2")), qPrintable(m_bench->messages()));
        QCOMPARE(written(), QByteArray("as it was"));
        // What the transaction has made is seen, and is there for the next one.
        m_bench->put("SELECT a FROM mine");
        exportBy(Qt::Key_C);
        QVERIFY(ended(before + 2));
        QCOMPARE(written(), QByteArray("a\n1\n"));
        m_bench->put("ROLLBACK");
        QVERIFY(m_bench->runStatement());
    }

    void whatReturnsNoRowsIsNotRun()
    {
        QVERIFY(m_bench->open());
        const qsizetype before = m_bench->jobs.results().size();
        for (const char *statement : {"DELETE FROM \"Orders\"", "SELECT 1 AS a INTO public.made", "\\dt", ""}) {
            m_bench->put(statement);
            exportBy(Qt::Key_C);
            QTRY_VERIFY(m_bench->says(QStringLiteral("Nothing was exported")));
        }
        QCOMPARE(m_asked, 0);
        QCOMPARE(m_bench->jobs.results().size(), before);
        QCOMPARE(m_bench->ask("SELECT count(*) FROM public.\"Orders\""), QStringLiteral("3"));
    }

    void onProductionOnlyWhatReads()
    {
        QVERIFY(m_bench->open(session::Environment::Production));
        const qsizetype before = m_bench->jobs.results().size();
        m_bench->put("DELETE FROM \"Orders\" WHERE id = 1 RETURNING id");
        exportBy(Qt::Key_C);
        QTRY_VERIFY(m_bench->says(QStringLiteral("Nothing was exported")));
        QCOMPARE(m_asked, 0);
        m_bench->put("SELECT count(*) FROM \"Orders\"");
        exportBy(Qt::Key_C);
        QVERIFY(ended(before + 1));
        QCOMPARE(written(), QByteArray("count\n3\n"));
    }

    // A file has all rows or is not written; the grid shows what the role may see, and says that it is a part.
    void whatAPolicyHidesIsAnErrorInAFileAndANoteInTheGrid()
    {
        QVERIFY(m_bench->server->sql({"CREATE TABLE public.owned (owner text)", "INSERT INTO public.owned VALUES ('app'), ('other')", "CREATE ROLE app",
                                      "GRANT SELECT ON public.owned TO app", "ALTER TABLE public.owned ENABLE ROW LEVEL SECURITY",
                                      "CREATE POLICY own ON public.owned TO app USING (owner = current_user)"}));
        QVERIFY(m_bench->open());
        const qsizetype before = m_bench->jobs.results().size();
        m_bench->put("SET ROLE app");
        QVERIFY(m_bench->runStatement());
        m_bench->put("SELECT * FROM owned");
        exportBy(Qt::Key_C);
        QVERIFY(ended(before + 1));
        QTRY_VERIFY(m_bench->messages().contains(QStringLiteral("Not exported, no file was written. ERROR 42501")));
        QVERIFY2(m_bench->messages().contains(QStringLiteral("Row security would hide rows of public.owned from the role app")), qPrintable(m_bench->messages()));
        QVERIFY(files().isEmpty());
        QVERIFY(m_bench->runStatement());
        QTRY_VERIFY(m_bench->says(QStringLiteral("Row security filters public.owned for the role app")));
    }

    // In the window's palette by the same words, for the part that had the keys.
    void byThePalette()
    {
        QVERIFY(m_bench->open());
        QStringList names;
        for (const Command &command : m_bench->pane->commands()) {
            names << command.text;
            if (command.text.startsWith(QStringLiteral("Export the query"))) {
                QCOMPARE(command.shortcut, QStringLiteral("Ctrl+Shift+E"));
                command.run();
            }
        }
        QTRY_VERIFY(QApplication::activePopupWidget());
        QTest::keyClick(QApplication::activePopupWidget(), Qt::Key_Escape);
        QTRY_VERIFY(!QApplication::activePopupWidget());
        // What can't be done now is not offered.
        const QString commit = QStringLiteral("Commit the transaction");
        QVERIFY(!names.contains(commit));
        m_bench->put("BEGIN");
        QVERIFY(m_bench->runStatement());
        const auto list = m_bench->pane->commands();
        QVERIFY(std::any_of(list.cbegin(), list.cend(), [&](const Command &command) { return command.text == commit; }));
        m_bench->put("ROLLBACK");
        QVERIFY(m_bench->runStatement());
    }

    // The grid knows the table where there is one.
    void copiedAsInsert()
    {
        QVERIFY(m_bench->open());
        m_bench->put("SELECT * FROM public.\"Orders\" o WHERE id < 3 ORDER BY 1");
        QVERIFY(m_bench->runStatement());
        auto *page = qobject_cast<ResultPage *>(m_bench->tab()->results()->widget(1));
        QVERIFY(page);
        page->grid()->cells()->selectAll();
        QGuiApplication::clipboard()->clear();
        page->grid()->copySelection(query::Format::Insert, true);
        QTRY_VERIFY(!QGuiApplication::clipboard()->text().isEmpty());
        QVERIFY2(QGuiApplication::clipboard()->text().startsWith(QStringLiteral("INSERT INTO public.\"Orders\" (\"id\", \"word\") VALUES")),
                 qPrintable(QGuiApplication::clipboard()->text()));
    }
};

QTEST_MAIN(TestExports)
#include "tst_exports.moc"
