// SPDX-License-Identifier: GPL-3.0-or-later
// From the spike on the chart to the drafted migration, by keys and clicks on a real server: the statement that costs most, its plan, why it is slow, what
// would mend it, and the file in the folder of migrations. What is not known is said, what runs is cancelled, and a healthy statement gets no advice.
#include "causeshands.h"
#include "store/settings.h"
#include "support/client.h"

#include <QClipboard>
#include <QDir>
#include <QFile>

using namespace howdah;
using namespace howdah::test;
using namespace howdah::ui;
using namespace Qt::StringLiterals;

class TestWindow : public QObject, private CausesHands
{
    Q_OBJECT
private slots:
    void initTestCase();
    void init() { QVERIFY2(!m_failed, "what it needs has failed"); }
    void cleanup()
    {
        if (!m_failed && QTest::currentTestFailed() && m_window)
            tellWhatIsShown(m_window.get());
        m_failed = m_failed || QTest::currentTestFailed();
    }
    void fromTheSpikeToTheStatement();
    void itsPlan();
    void itIsCancelled();
    void withoutAPlanThatIsSaid();
    void itsCause();
    void nothingToTryItOn();
    void withoutAFolderThatIsSaid();
    void itIsDrafted();
    void nothingOfAHealthyOne();
    void cleanupTestCase();

private:
    void run(const QByteArray &statement, const pg::Params &parameters, int times);

    QTemporaryDir m_project;
    session::Profile m_profile;
    bool m_failed = false; // each step stands on the one before
};

void TestWindow::initTestCase()
{
    begin();
    ServerSetup setup;
    setup.settings = {u"shared_preload_libraries=pg_stat_statements"_s, u"autovacuum=off"_s, u"jit=off"_s, u"max_parallel_workers_per_gather=0"_s};
    startServer(setup, {"CREATE EXTENSION pg_stat_statements SCHEMA public", "CREATE SCHEMA shop",
                        "CREATE TABLE shop.orders (id int PRIMARY KEY, customer_id int NOT NULL, state text NOT NULL, note text)",
                        "INSERT INTO shop.orders SELECT g, g % 4000, CASE WHEN g % 50 = 0 THEN 'open' ELSE 'done' END, repeat('x', 60) "
                        "FROM generate_series(1, 80000) AS g",
                        "ANALYZE shop.orders"});
    if (QTest::currentTestFailed())
        return;
    m_profile.name = u"shop"_s;
    m_profile.spec = m_server->spec();
    m_profile.environment = session::Environment::Test;
    open(m_profile, m_server->password(), u"overview"_s);
    if (QTest::currentTestFailed())
        return;
    m_profile = m_window->workspace()->context().profile; // with its id
    QTRY_VERIFY_WITH_TIMEOUT(m_window->workspace()->context().statements->beganMs() > 0, 20'000);
}

void TestWindow::run(const QByteArray &statement, const pg::Params &parameters, int times)
{
    const auto link = pg::Connection::open(m_server->socketSpec(), {});
    QVERIFY2(link, qPrintable(link ? QString() : link.error().text()));
    for (int i = 0; i < times; ++i) {
        const auto ran = (*link)->run({statement, {}}, parameters);
        QVERIFY2(ran, qPrintable(ran ? QString() : ran.error().text()));
    }
}

void TestWindow::fromTheSpikeToTheStatement()
{
    run("SELECT id, note FROM shop.orders WHERE customer_id = $1", {u"77"_s}, 80);
    run("SELECT 1 AS cheap", {}, 200);
    QTRY_VERIFY_WITH_TIMEOUT(m_window->panes()->currentPane()->isSettled(), 30'000);
    pickOnChart(u"transactions"_s);
    windowPictures(m_window.get(), u"causes-1-spike"_s);
    key(Qt::Key_Q, Qt::ControlModifier | Qt::ShiftModifier);
    QTRY_COMPARE(m_window->panes()->currentId(), u"statements"_s);
    nextReading();
    QTRY_VERIFY(view() && view()->isVisible() && view()->shownRows() >= 2);
    QTRY_VERIFY2(cell(0, 0).contains(u"customer_id = $1"_s), qPrintable(cell(0, 0)));
    openRow(0);
}

void TestWindow::itsPlan()
{
    QTRY_VERIFY(button(u"Plan"_s, detail()) && button(u"Plan"_s, detail())->isEnabled());
    click(button(u"Plan"_s, detail()));
    QTRY_COMPARE(m_window->panes()->currentId(), u"plans"_s);
    auto *page = pane()->findChild<PlanPage *>();
    QVERIFY(page->question()->statementText()->toPlainText().contains(u"customer_id = $1"_s));
    QTest::keyClick(page->question()->statementText(), Qt::Key_Return, Qt::ControlModifier);
    QTRY_VERIFY_WITH_TIMEOUT(page->view()->isVisible() && hasWords(page->view()->tree()->model(), u"Seq Scan"_s), 20'000);
    toPane(u"statements"_s);
    QTRY_VERIFY(detail()->isVisible() && detail()->statement());
}

// Its table is locked meanwhile: the plan is waited for.
void TestWindow::itIsCancelled()
{
    showCauses();
    Client holder(m_server->socketSpec(), {});
    QVERIFY(holder.run("BEGIN") && holder.run("LOCK TABLE shop.orders IN ACCESS EXCLUSIVE MODE"));
    QSignalSpy found(causes()->flow(), &CauseFlow::found);
    click(causes()->lookButton());
    QTRY_VERIFY(causes()->cancelButton()->isVisible() && !causes()->lookButton()->isVisible());
    click(causes()->cancelButton());
    QTRY_VERIFY(causes()->lookButton()->isVisible() && !causes()->cancelButton()->isVisible());
    QVERIFY(says(causes(), u"Cancelled"_s));
    QVERIFY(holder.run("ROLLBACK"));
    QVERIFY(!QTest::qWaitFor([&] { return !found.isEmpty() || !says(causes(), u"Cancelled"_s); }, 700)); // longer than the plan would have been waited for
    QVERIFY(found.isEmpty() && causes()->cards().isEmpty() && says(causes(), u"Cancelled"_s));
}

void TestWindow::withoutAPlanThatIsSaid()
{
    Client holder(m_server->socketSpec(), {});
    QVERIFY(holder.run("BEGIN") && holder.run("LOCK TABLE shop.orders IN ACCESS EXCLUSIVE MODE"));
    lookForCauses();
    QVERIFY(holder.run("ROLLBACK"));
    QVERIFY(causes()->cards().isEmpty());
    QVERIFY(says(causes(), u"No plan could be had"_s));
    QVERIFY(says(causes(), u"There is no plan of it: "_s));
    QVERIFY(!says(causes(), u"Nothing was found that is worth mending"_s));
    windowPictures(m_window.get(), u"causes-2-no-plan"_s);
}

void TestWindow::itsCause()
{
    lookForCauses();
    QTRY_COMPARE(causes()->cards().size(), 1);
    const CauseCard *missing = card(u"missing_index"_s);
    QVERIFY(missing);
    QCOMPARE(missing->advice().object, u"shop.orders"_s);
    QVERIFY(says(causes(), u"Missing index"_s) || missing->accessibleName().startsWith(u"Missing index: shop.orders"_s));
    const QString sql = textOf(missing, u"Statements that would mend it"_s)->toPlainText();
    QVERIFY2(sql.contains(u"CREATE INDEX"_s) && sql.contains(u"customer_id"_s), qPrintable(sql));
    QVERIFY(says(missing, u"of what all statements took"_s));
    QVERIFY(says(causes(), u"its plan as the server would make it now"_s));
    // Old plans are not known, and that is said.
    QVERIFY(says(causes(), u"auto_explain's log could not be read, so that plans that ran are not known"_s));
    click(button(u"Copy"_s, missing));
    QVERIFY(QGuiApplication::clipboard()->text().contains(u"CREATE INDEX"_s));
    windowPictures(m_window.get(), u"causes-3-found"_s);
}

void TestWindow::nothingToTryItOn()
{
    click(button(u"Try it…"_s, card(u"missing_index"_s)));
    QTRY_VERIFY(shown<TrialDialog>());
    auto *dialog = shown<TrialDialog>();
    QTRY_VERIFY_WITH_TIMEOUT(says(dialog, u"There is nothing to try it on"_s), 30'000);
    QVERIFY(says(dialog, u"howdahctl pitr lab create"_s));
    QVERIFY(says(dialog, u"HypoPG, which is not installed"_s));
    const QString script = dialog->script()->toPlainText();
    QVERIFY2(script.contains(u"WHERE customer_id = $1"_s) && script.contains(u"CREATE INDEX"_s) && script.contains(u"never on this server"_s), qPrintable(script));
    QVERIFY(!dialog->tryButton()->isEnabled());
    windowPictures(dialog, u"causes-4-nowhere"_s);
    QTest::keyClick(dialog, Qt::Key_Escape);
    QTRY_VERIFY(!shown<TrialDialog>());
}

void TestWindow::withoutAFolderThatIsSaid()
{
    activate();
    click(button(u"Draft a migration…"_s, card(u"missing_index"_s)));
    QTRY_VERIFY(shown<DraftDialog>());
    auto *dialog = shown<DraftDialog>();
    QTRY_VERIFY(says(dialog, u"No folder of migrations is chosen for this server"_s));
    QVERIFY(!dialog->writeButton()->isEnabled());
    QVERIFY(button(u"Choose a folder in Migrations"_s, dialog));
    windowPictures(dialog, u"causes-5-no-folder"_s);
    QTest::keyClick(dialog, Qt::Key_Escape);
    QTRY_VERIFY(!shown<DraftDialog>());
    // As the pane Migrations keeps what is chosen there.
    QFile older(m_project.filePath(u"20200101000000_older.sql"_s)); // which the pane would show by itself
    QVERIFY(older.open(QIODevice::WriteOnly) && older.write("-- Purpose: there before\n\n-- migrate:up\nSELECT 1;\n\n-- migrate:down\nSELECT 2;\n") > 0);
    older.close();
    const QJsonObject options{{u"folder"_s, m_project.path()}};
    auto kept = m_store->run([id = m_profile.id, options](store::Store &store) { return store::writeSetting(store, u"migrations/project/"_s + id, options); });
    kept.waitForFinished();
    QVERIFY(kept.result());
}

void TestWindow::itIsDrafted()
{
    activate();
    click(button(u"Draft a migration…"_s, card(u"missing_index"_s)));
    QTRY_VERIFY(shown<DraftDialog>());
    auto *dialog = shown<DraftDialog>();
    QTRY_VERIFY(dialog->writeButton()->isEnabled());
    QVERIFY(says(dialog, m_project.path()));
    QVERIFY(dialog->text()->toPlainText().contains(u"CREATE INDEX CONCURRENTLY"_s));
    windowPictures(dialog, u"causes-6-draft"_s);
    QCOMPARE(QDir(m_project.path()).entryList({u"*.sql"_s}).size(), 1); // nothing is written unasked
    QTest::keyClick(dialog->purpose(), Qt::Key_Return);
    QTRY_VERIFY(!shown<DraftDialog>());
    QTRY_COMPARE(m_window->panes()->currentId(), u"migrations"_s);
    const QStringList files = QDir(m_project.path()).entryList({u"*_add_index_orders*.sql"_s});
    QCOMPARE(files.size(), 1);
    QFile file(m_project.filePath(files.constFirst()));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QString text = QString::fromUtf8(file.readAll());
    QVERIFY2(text.contains(u"-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY "_s) && text.contains(u"DROP INDEX CONCURRENTLY "_s), qPrintable(text));
    QVERIFY2(text.startsWith(u"-- Purpose: Missing index"_s) && text.contains(u"Not tried"_s), qPrintable(text));
    QTRY_COMPARE_WITH_TIMEOUT(m_window->panes()->currentPane()->crumb(), files.constFirst(), 20'000);
    windowPictures(m_window.get(), u"causes-7-migration"_s);
    // Nothing of it was run.
    const auto link = pg::Connection::open(m_server->socketSpec(), {});
    QVERIFY(link);
    const auto indexes = (*link)->run({"SELECT count(*) FROM pg_catalog.pg_index WHERE indrelid = 'shop.orders'::regclass", {}});
    QVERIFY(indexes);
    QCOMPARE(indexes->integer(0, 0), std::optional<qint64>(1));
}

void TestWindow::nothingOfAHealthyOne()
{
    toPane(u"statements"_s);
    QVERIFY(m_server->sql({"CREATE INDEX by_customer ON shop.orders (customer_id)"}));
    nextReading();
    const qint64 mendedMs = m_clock.wallMs();
    run("SELECT id, note FROM shop.orders WHERE customer_id = $1", {u"77"_s}, 400);
    nextReading();
    m_window->workspace()->context().range->setInterval(mendedMs, m_clock.wallMs() + 1000);
    QTRY_VERIFY(detail()->isVisible() && detail()->statement());
    showCauses();
    const auto looked = [&] {
        lookForCauses();
        return causes()->cards().isEmpty();
    };
    QTRY_VERIFY(looked());
    QVERIFY(says(causes(), u"Nothing was found that is worth mending"_s));
    QVERIFY(says(causes(), u"Looked at: its figures, its plan as the server would make it now"_s));
    windowPictures(m_window.get(), u"causes-8-nothing"_s);
}

void TestWindow::cleanupTestCase()
{
    end();
}

QTEST_MAIN(TestWindow)
#include "tst_window.moc"
