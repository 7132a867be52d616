// SPDX-License-Identifier: GPL-3.0-or-later
// The whole way by keys and clicks, on a stack of its own with a lab from its last backup: the spike, the statement, its plan, why it is slow, the remedy tried
// on the lab, faster there by measure, and drafted as a migration. The stack itself is not changed by it.
#include "causeshands.h"
#include "backup/labs.h"
#include "e2e/stacksession.h"
#include "resources/resources.h"
#include "store/settings.h"
#include "ui/advise/trialresult.h"
#include "ui/plan/parameterform.h"

#include <QComboBox>
#include <QDir>
#include <QFile>
#include <QLineEdit>
#include <QSpinBox>

using namespace howdah;
using namespace howdah::test;
using namespace howdah::ui;
using namespace Qt::StringLiterals;

class TestWindowLab : public QObject, private CausesHands
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
    void fromTheSpikeToTheCause();
    void triedWithoutValues();
    void estimatedByHypoPg();
    void triedOnTheLab();
    void cancelledOnTheLab();
    void drafted();
    void cleanupTestCase();

private:
    QByteArray psql(const QByteArray &text, const QString &role = u"postgres"_s) { return m_session->psql(text, role).output.trimmed(); }
    QByteArray indexes() { return psql("SELECT count(*) FROM pg_index WHERE indrelid = 'shop.orders'::regclass"); }
    TrialDialog *openTrial();

    std::unique_ptr<e2e::StackSession> m_session;
    QTemporaryDir m_project;
    QString m_lab; // the rehearsal's id
    bool m_failed = false; // each step stands on the one before
};

void TestWindowLab::initTestCase()
{
    m_session = std::make_unique<e2e::StackSession>(u"causes"_s);
    QVERIFY2(m_session->error().isEmpty(), qPrintable(m_session->error()));
    e2e::Ran ran = m_session->up();
    QVERIFY2(ran.exit == 0, ran.all().constData());
    ran = m_session->psql("CREATE SCHEMA shop; GRANT USAGE ON SCHEMA shop TO PUBLIC;\n"
                          "CREATE TABLE shop.orders (id int PRIMARY KEY, customer_id int NOT NULL, note text); GRANT SELECT ON shop.orders TO PUBLIC;\n"
                          "INSERT INTO shop.orders SELECT g, g % 4000, repeat('x', 60) FROM generate_series(1, 80000) AS g;\nVACUUM ANALYZE shop.orders;\n",
                          u"postgres"_s);
    QVERIFY2(ran.exit == 0, ran.all().constData());
    ran = m_session->ctl({u"backup"_s, u"create"_s}, {}, 300'000);
    QVERIFY2(ran.exit == 0, ran.all().constData());
    ran = m_session->ctl({u"pitr"_s, u"lab"_s, u"create"_s, u"causes"_s, u"--latest"_s}, {}, 300'000);
    QVERIFY2(ran.exit == 0, ran.all().constData());
    m_lab = ran.json().value("id"_L1).toString();

    initResources();
    theme().setChoice(Theme::Choice::Light);
    m_store = std::make_unique<store::StoreWorker>();
    m_keychain = std::make_unique<store::Keychain>();
    m_tools = std::make_unique<Worker>(u"tools"_s);
    auto profile = m_store->run([name = m_session->name(), folder = m_project.path()](store::Store &store) -> Result<session::Profile> {
        auto read = session::readProfile(store, name);
        if (!read)
            return read;
        const QJsonObject options{{u"folder"_s, folder}, {u"role"_s, u"jeex_owner"_s}};
        if (Done kept = store::writeSetting(store, u"migrations/project/"_s + read->id, options); !kept)
            return fail(std::move(kept.error()));
        return read;
    });
    profile.waitForFinished();
    QVERIFY2(profile.result(), qPrintable(profile.result() ? QString() : profile.result().error().text()));
    WindowOptions options;
    options.profile = m_session->name();
    options.pane = u"overview"_s;
    m_window = std::make_unique<MainWindow>(Services{m_store.get(), m_keychain.get(), m_tools.get(), &m_clock}, options);
    m_window->resize(1600, 1000);
    m_window->show();
    m_window->start();
    m_window->activateWindow();
    QTRY_COMPARE_WITH_TIMEOUT(m_window->connectionBar()->stateText(), u"connected"_s, 60'000);
    QTRY_VERIFY_WITH_TIMEOUT(m_window->workspace()->context().statements->beganMs() > 0, 20'000);
}

void TestWindowLab::fromTheSpikeToTheCause()
{
    QByteArray load;
    for (int i = 0; i < 80; ++i)
        load += "SELECT id, note FROM shop.orders WHERE customer_id = 77;\n";
    const e2e::Ran ran = m_session->psql(load, m_window->workspace()->context().profile.spec.role);
    QVERIFY2(ran.exit == 0, ran.all().constData());
    QTRY_VERIFY_WITH_TIMEOUT(m_window->panes()->currentPane()->isSettled(), 30'000);
    pickOnChart(u"transactions"_s);
    key(Qt::Key_Q, Qt::ControlModifier | Qt::ShiftModifier);
    QTRY_COMPARE(m_window->panes()->currentId(), u"statements"_s);
    nextReading();
    QTRY_VERIFY(view() && view()->isVisible() && view()->shownRows() >= 1);
    QTRY_VERIFY2(cell(0, 0).contains(u"customer_id = $1"_s), qPrintable(cell(0, 0)));
    openRow(0);
    QTRY_VERIFY(button(u"Plan"_s, detail()) && button(u"Plan"_s, detail())->isEnabled());
    click(button(u"Plan"_s, detail()));
    QTRY_COMPARE(m_window->panes()->currentId(), u"plans"_s);
    auto *page = pane()->findChild<PlanPage *>();
    QTest::keyClick(page->question()->statementText(), Qt::Key_Return, Qt::ControlModifier);
    QTRY_VERIFY_WITH_TIMEOUT(page->view()->isVisible() && hasWords(page->view()->tree()->model(), u"Seq Scan"_s), 20'000);
    toPane(u"statements"_s);
    QTRY_VERIFY(detail()->isVisible() && detail()->statement());
    showCauses();
    lookForCauses();
    QTRY_VERIFY(card(u"missing_index"_s));
    QCOMPARE(card(u"missing_index"_s)->advice().object, u"shop.orders"_s);
    windowPictures(m_window.get(), u"lab-1-causes"_s);
}

TrialDialog *TestWindowLab::openTrial()
{
    activate();
    click(button(u"Try it…"_s, card(u"missing_index"_s)));
    (void)QTest::qWaitFor([] { return shown<TrialDialog>() && shown<TrialDialog>()->where()->count() > 0; }, 30'000);
    return shown<TrialDialog>();
}

void TestWindowLab::triedWithoutValues()
{
    auto *dialog = openTrial();
    QVERIFY(dialog && dialog->where()->count() > 0);
    QCOMPARE(dialog->tryButton()->text(), u"Try it on the lab causes"_s);
    QVERIFY(dialog->script()->toPlainText().contains(u"CREATE INDEX"_s));
    QSignalSpy tried(dialog->flow(), &TrialFlow::tried);
    click(dialog->tryButton());
    QTRY_COMPARE_WITH_TIMEOUT(tried.count(), 1, 60'000);
    QVERIFY(!dialog->result()->isHidden() && says(dialog, u"was not run"_s)); // costs alone
    windowPictures(dialog, u"lab-2-costs"_s);
    QTest::keyClick(dialog, Qt::Key_Escape);
    QTRY_VERIFY(!shown<TrialDialog>());
}

// The stack's image has it: a plan with an index that is none, on the server itself.
void TestWindowLab::estimatedByHypoPg()
{
    auto *dialog = openTrial();
    QVERIFY(dialog);
    QTRY_COMPARE(dialog->where()->count(), 2);
    dialog->where()->setFocus();
    QTest::keyClick(dialog->where(), Qt::Key_Down);
    QCOMPARE(dialog->tryButton()->text(), u"Estimate it by HypoPG"_s);
    QVERIFY(dialog->script()->toPlainText().contains(u"the statement is not run"_s));
    QSignalSpy tried(dialog->flow(), &TrialFlow::tried), failed(dialog->flow(), &TrialFlow::failed);
    click(dialog->tryButton());
    QTRY_COMPARE_WITH_TIMEOUT(tried.count() + failed.count(), 1, 60'000);
    QVERIFY2(failed.isEmpty(), failed.isEmpty() ? "" : qPrintable(failed.at(0).at(0).value<Error>().text()));
    QVERIFY(says(dialog, u"An estimate: the index was not built"_s) && says(dialog, u"so nothing was run"_s));
    windowPictures(dialog, u"lab-2-hypopg"_s);
    QTest::keyClick(dialog, Qt::Key_Escape);
    QTRY_VERIFY(!shown<TrialDialog>());
    QCOMPARE(indexes(), "1");
}

void TestWindowLab::triedOnTheLab()
{
    auto *dialog = openTrial();
    QVERIFY(dialog && dialog->values()->valueLine(1));
    QTest::keyClicks(dialog->values()->valueLine(1), u"77"_s);
    windowPictures(dialog, u"lab-3-question"_s);
    QSignalSpy tried(dialog->flow(), &TrialFlow::tried);
    QTest::keyClick(dialog->values()->valueLine(1), Qt::Key_Return);
    QTRY_VERIFY(dialog->cancelButton()->isVisible());
    windowPictures(dialog, u"lab-4-running"_s);
    QTRY_COMPARE_WITH_TIMEOUT(tried.count(), 1, 60'000);
    QVERIFY(says(dialog, u"times faster"_s));
    QVERIFY(says(dialog, u"Median time"_s) && says(dialog, u"Blocks touched"_s) && says(dialog, u"Seq Scan on orders"_s));
    QVERIFY(says(dialog, u"the plan uses it"_s) && says(dialog, u"Taken back: DROP INDEX"_s));
    windowPictures(dialog, u"lab-5-result"_s);
    dialog->result()->pages()->setCurrentIndex(1);
    windowPictures(dialog, u"lab-6-plans"_s);
    dialog->result()->pages()->setCurrentIndex(0);
    QCOMPARE(indexes(), "1"); // the live one has its primary key alone
}

// Again from the result, and given up in the midst: nothing of it stays on the lab.
void TestWindowLab::cancelledOnTheLab()
{
    auto *dialog = shown<TrialDialog>();
    QVERIFY(dialog);
    click(button(u"Try again…"_s, dialog));
    dialog->runs()->setValue(21);
    QSignalSpy failed(dialog->flow(), &TrialFlow::failed), tried(dialog->flow(), &TrialFlow::tried);
    click(dialog->tryButton());
    QTRY_VERIFY(dialog->cancelButton()->isVisible());
    click(dialog->cancelButton());
    QTRY_COMPARE_WITH_TIMEOUT(failed.count(), 1, 60'000);
    QVERIFY(tried.isEmpty() && says(dialog, u"Cancelled"_s));
    const auto lab = backup::findLab(u"causes"_s);
    QVERIFY(lab && lab->rehearsal.changed.isEmpty());
    const auto link = pg::Connection::open(lab->rehearsal.spec(m_window->workspace()->context().profile.spec.database), {});
    QVERIFY(link);
    const auto left = (*link)->run({"SELECT count(*) FROM pg_catalog.pg_index WHERE indrelid = 'shop.orders'::regclass", {}});
    QVERIFY(left);
    QCOMPARE(left->integer(0, 0), std::optional<qint64>(1));
}

void TestWindowLab::drafted()
{
    auto *dialog = shown<TrialDialog>();
    QVERIFY(dialog);
    dialog->runs()->setValue(3);
    QSignalSpy tried(dialog->flow(), &TrialFlow::tried);
    click(dialog->tryButton());
    QTRY_COMPARE_WITH_TIMEOUT(tried.count(), 1, 60'000);
    click(button(u"Draft a migration…"_s, dialog));
    QTRY_VERIFY(shown<DraftDialog>());
    auto *draft = shown<DraftDialog>();
    QTRY_VERIFY(draft->writeButton()->isEnabled());
    windowPictures(draft, u"lab-7-draft"_s);
    click(draft->writeButton());
    QTRY_COMPARE(m_window->panes()->currentId(), u"migrations"_s);
    const QStringList files = QDir(m_project.path()).entryList({u"*_add_index_orders*.sql"_s});
    QCOMPARE(files.size(), 1);
    QFile file(m_project.filePath(files.constFirst()));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QString text = QString::fromUtf8(file.readAll());
    QVERIFY2(text.contains(u"CREATE INDEX CONCURRENTLY "_s) && text.contains(u"Tried on the lab causes"_s) && text.contains(u"times faster"_s), qPrintable(text));
    QTRY_COMPARE_WITH_TIMEOUT(m_window->panes()->currentPane()->crumb(), files.constFirst(), 20'000);
    windowPictures(m_window.get(), u"lab-8-migration"_s);
    QCOMPARE(indexes(), "1");
}

void TestWindowLab::cleanupTestCase()
{
    end();
    if (!m_lab.isEmpty())
        std::ignore = backup::dropRehearsal(m_lab);
    m_session.reset();
}

QTEST_MAIN(TestWindowLab)
#include "tst_windowlab.moc"
