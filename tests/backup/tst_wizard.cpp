// SPDX-License-Identifier: GPL-3.0-or-later
// A DELETE without WHERE, and the way back by keys and clicks: the transaction found in the WAL of a real server, the moment before it rehearsed in a container,
// compared with live, and the rows brought back. What counts is what the server says, and that it went on working meanwhile.
#include "backup/physical.h"
#include "lab.h"
#include "wizardhands.h"
#include "pg/connection.h"
#include "resources/resources.h"
#include "stack/record.h"
#include "store/journal.h"
#include "store/settings.h"
#include "ui/backup/wizardchecks.h"
#include "ui/backup/wizardpicks.h"
#include "ui/shell/connectionbar.h"
#include "ui/widgets/dialogs.h"
#include "ui/widgets/keyedview.h"

#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QtTest>

using namespace howdah;
using namespace howdah::backup;
using namespace howdah::test;
using namespace howdah::ui;
using namespace Qt::StringLiterals;

class TestWizard : public QObject, private WizardHands
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
    void itBegins();
    void theTransactionIsFound();
    void itCanBeReached();
    void whatCannotIsRefused();
    void whatWillBeDoneIsShown();
    void itIsRehearsed();
    void itIsCompared();
    void theRowsComeBack();
    void nothingIsLostByGoingBack();
    void itIsTakenUpAgain();
    void theReportAndTheEnd();
    void cleanupTestCase();

private:
    bool typed(const QString &text) const
    {
        auto *moment = named<QLineEdit>(wizard(), u"Moment"_s);
        if (!moment)
            return false;
        moment->clear();
        QTest::keyClicks(moment, text);
        return true;
    }
    QByteArray rows() const { return m_lab->sql(u"main"_s, "SELECT count(*) || ' ' || md5(coalesce(string_agg(o::text, ',' ORDER BY id), '')) FROM public.orders o"); }

    QTemporaryDir m_home;
    std::unique_ptr<Lab> m_lab;
    std::unique_ptr<store::StoreWorker> m_store;
    std::unique_ptr<store::Keychain> m_keychain;
    std::unique_ptr<Worker> m_tools;
    Clock m_clock;
    QByteArray m_before; // the mistake
    QString m_mistake;   // its transaction
    QString m_copy;
    bool m_failed = false; // each step stands on the one before
};

void TestWizard::initTestCase()
{
    qputenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
    for (const char *name : {"HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"})
        qputenv(name, m_home.path().toLocal8Bit());
    qputenv("HOWDAH_PG_BIN", "/nowhere");
    stack::Record record; // as of a machine where the stack was started once: its image has the programs
    record.name = u"howdah"_s;
    record.image = u"howdah-postgres:18"_s;
    QVERIFY(stack::writeRecord(record));
    initResources();
    theme().setChoice(Theme::Choice::Light);
    QString why;
    m_lab = Lab::make(&why);
    QVERIFY2(m_lab, qPrintable(why));
    QVERIFY(!m_lab->run({u"init"_s, u"main"_s, u"1"_s, u"max_connections = 110"_s}).startsWith("failed"));
    const auto sql = [this](const QByteArray &statement) { return m_lab->sql(u"main"_s, statement); };
    QVERIFY(!sql("CREATE TABLE public.orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer text NOT NULL, total numeric(12, 2) NOT NULL); CREATE TABLE public.payments (id serial PRIMARY KEY, amount int)").startsWith("failed"));
    QVERIFY(!sql("INSERT INTO public.orders (customer, total) SELECT 'customer ' || i % 97, i FROM generate_series(1, 4000) i").startsWith("failed"));
    // A full backup into the folder, as any other.
    const auto engine = stack::findDocker();
    QVERIFY(engine);
    const auto server = Toolbox::inServer(*engine, m_lab->id(), u"the lab"_s, 18);
    QVERIFY2(server, qPrintable(server ? QString() : server.error().text()));
    PhysicalSource source;
    source.name = u"the lab"_s;
    source.conninfo = {{u"host"_s, u"/lab/main"_s}};
    const Repository repository(**server, u"/lab/main"_s, u"the lab's folder"_s);
    const auto plan = planTake(source, repository, {});
    QVERIFY2(plan, qPrintable(plan ? QString() : plan.error().text()));
    const auto taken = take(source, repository, *plan);
    QVERIFY2(taken, qPrintable(taken ? QString() : taken.error().text()));
    QVERIFY(!sql("INSERT INTO public.orders (customer, total) SELECT 'later ' || i, i FROM generate_series(1, 1000) i; SELECT pg_create_restore_point('before the release')").startsWith("failed"));
    m_before = rows();
    QVERIFY(m_before.startsWith("5000 "));
    m_mistake = QString::fromLatin1(m_lab->run({u"sql"_s, u"main"_s}, "WITH gone AS (DELETE FROM public.orders RETURNING 1) SELECT pg_current_xact_id()::xid FROM gone LIMIT 1;\n"));
    QVERIFY2(m_mistake.toUInt() > 0, qPrintable(m_mistake));
    QVERIFY(!sql("INSERT INTO public.payments (amount) SELECT i FROM generate_series(1, 50) i").startsWith("failed"));
    QVERIFY(!m_lab->run({u"archived"_s, u"main"_s}).startsWith("failed"));
    QVERIFY(!m_lab->shell(u"chmod 0711 /lab/main"_s).startsWith("failed"));

    m_store = std::make_unique<store::StoreWorker>(m_home.filePath(u"store.sqlite"_s));
    m_keychain = std::make_unique<store::Keychain>();
    m_tools = std::make_unique<Worker>(u"tools"_s);
    session::Profile profile;
    profile.name = u"orders"_s;
    profile.spec.host = m_lab->path(u"main"_s);
    profile.spec.database = u"postgres"_s;
    profile.spec.role = u"postgres"_s;
    profile.spec.auth = pg::Auth::Peer;
    profile.spec.sslMode = pg::SslMode::Disable;
    profile.environment = session::Environment::Production;
    auto saved = m_store->run([profile](store::Store &store) { return session::saveProfile(store, profile); });
    saved.waitForFinished();
    QVERIFY2(saved.result(), qPrintable(saved.result() ? QString() : saved.result().error().text()));
    const QJsonObject place{{u"folder"_s, m_lab->path(u"main"_s)}, {u"archive"_s, m_lab->path(u"main/archive"_s)}};
    auto kept = m_store->run([place, id = saved.result()->id](store::Store &store) { return store::writeSetting(store, u"backup/place/"_s + id, place); });
    kept.waitForFinished();
    WindowOptions options;
    options.profile = profile.name;
    options.pane = u"backup"_s;
    m_window = std::make_unique<MainWindow>(Services{m_store.get(), m_keychain.get(), m_tools.get(), &m_clock}, options);
    m_window->resize(1600, 1000);
    m_window->show();
    m_window->start();
    m_window->activateWindow();
    QTRY_COMPARE_WITH_TIMEOUT(m_window->connectionBar()->stateText(), u"connected"_s, 30'000);
}

void TestWizard::itBegins()
{
    click(pane(), u"Recover"_s);
    QTRY_VERIFY(wizard() && wizard()->isVisible());
    QVERIFY(radio(u"Rows or a table"_s) && radio(u"Rows or a table"_s)->isChecked()); // rows or a table: the common case
    QTRY_VERIFY_WITH_TIMEOUT(says(wizard(), u"1 usable base backup"_s), 30'000);
    QVERIFY(says(wizard(), u"PRODUCTION"_s));
    pictures(u"wizard-1"_s);
    next();
    QCOMPARE(wizard()->step(), WizardStep::Moment);
}

void TestWizard::theTransactionIsFound()
{
    QVERIFY(!wizard()->findChild<QPushButton *>(u"next"_s)->isEnabled());
    search(u"public.orders"_s);
    auto *table = named<KeyedView>(wizard(), u"Transactions"_s);
    QTRY_COMPARE_WITH_TIMEOUT(table->shownRows(), 1, 60'000);
    QVERIFY(hasWords(table->model(), u"5.00 k"_s) && hasWords(table->model(), m_mistake) && hasWords(table->model(), u"public.orders"_s));
    QTest::mouseClick(table->viewport(), Qt::LeftButton, {}, table->visualRect(table->model()->index(0, 0)).center());
    QTRY_COMPARE(wizard()->model().targetText(), u"just before transaction "_s + m_mistake);
    QCOMPARE(wizard()->model().origin(), u"public.orders: 5,000 rows deleted"_s);
    pictures(u"wizard-2"_s);
}

void TestWizard::itCanBeReached()
{
    next();
    QTRY_VERIFY_WITH_TIMEOUT(is(WizardStep::Preflight, WizardModel::State::Done), 60'000);
    QVERIFY(says(wizard(), u"from backup"_s) && says(wizard(), u"max_connections = 110"_s));
    pictures(u"wizard-3"_s);
}

void TestWizard::whatCannotIsRefused()
{
    click(wizard(), u"Back"_s);
    auto *tabs = named<QTabWidget>(wizard(), u"Ways to the moment"_s);
    tabs->setCurrentIndex(1);
    // Without an offset nothing is guessed.
    QVERIFY(typed(u"2026-11-27 14:02:13"_s));
    QVERIFY(says(wizard(), u"is of no zone"_s));
    QCOMPARE(wizard()->model().targetText(), u"just before transaction "_s + m_mistake);
    QVERIFY(typed(u"2020-01-01 00:00:00+00"_s));
    QVERIFY(wizard()->model().targetText().startsWith(u"2020-01-01"_s));
    // What is typed on behind it and refused takes the moment back.
    QTest::keyClicks(named<QLineEdit>(wizard(), u"Moment"_s), u"x"_s);
    QVERIFY(!wizard()->model().target());
    QVERIFY(!wizard()->findChild<QPushButton *>(u"next"_s)->isEnabled());
    QTest::keyClick(named<QLineEdit>(wizard(), u"Moment"_s), Qt::Key_Backspace);
    QVERIFY(wizard()->model().targetText().startsWith(u"2020-01-01"_s));
    next();
    QTRY_VERIFY_WITH_TIMEOUT(is(WizardStep::Preflight, WizardModel::State::Blocked), 60'000);
    QVERIFY(says(wizard(), u"What can be recovered"_s));
    QVERIFY(!wizard()->findChild<QPushButton *>(u"next"_s)->isEnabled());
    pictures(u"wizard-3-refused"_s);
    click(wizard(), u"Back"_s);
    tabs->setCurrentIndex(0);
    auto *table = named<KeyedView>(wizard(), u"Transactions"_s);
    for (const QString &side : {u"Just after it"_s, u"Just before it"_s}) {
        QVERIFY(radio(side));
        QTest::mouseClick(radio(side), Qt::LeftButton, {}, QPoint(10, radio(side)->height() / 2));
        QTRY_COMPARE(wizard()->model().target()->inclusive, side == "Just after it"_L1);
    }
    QTRY_COMPARE(wizard()->model().targetText(), u"just before transaction "_s + m_mistake);
    QCOMPARE(table->shownRows(), 1);
    next();
    QTRY_VERIFY_WITH_TIMEOUT(is(WizardStep::Preflight, WizardModel::State::Done), 60'000);
}

void TestWizard::whatWillBeDoneIsShown()
{
    next();
    QCOMPARE(wizard()->step(), WizardStep::Preview);
    const QString text = named<QPlainTextEdit>(wizard(), u"Commands and configuration"_s)->toPlainText();
    for (const QString &word : {QString(u"recovery_target_xid="_s + m_mistake), u"recovery_target_inclusive=off"_s, u"recovery_target_timeline=1"_s, u"archive_mode=off"_s, u"restore.sh"_s})
        QVERIFY2(text.contains(word), qPrintable(text));
    QVERIFY(says(wizard(), u"public.orders (5,000 deleted)"_s) && says(wizard(), u"public.payments (50 inserted)"_s));
    pictures(u"wizard-4"_s);
    next();
}

void TestWizard::itIsRehearsed()
{
    QVERIFY(says(wizard(), u"is not proven until it was tried"_s));
    click(wizard(), u"Rehearse the recovery"_s);
    QTRY_VERIFY(is(WizardStep::Rehearse, WizardModel::State::Running));
    QTRY_VERIFY_WITH_TIMEOUT(says(wizard(), u"Start the server"_s) || says(wizard(), u"Replay"_s) || says(wizard(), u"Check"_s) || !is(WizardStep::Rehearse, WizardModel::State::Running), 120'000);
    pictures(u"wizard-5-running"_s);
    QTRY_VERIFY_WITH_TIMEOUT(!is(WizardStep::Rehearse, WizardModel::State::Running), 180'000);
    QVERIFY2(is(WizardStep::Rehearse, WizardModel::State::Done), qPrintable(wizard()->model().note(WizardStep::Rehearse)));
    m_copy = wizard()->model().rehearsal()->id;
    QVERIFY(says(wizard(), u"of transaction %1,"_s.arg(m_mistake)));
    pictures(u"wizard-5"_s);
    next();
}

void TestWizard::itIsCompared()
{
    // Live goes on: what it does meanwhile is no loss.
    QVERIFY(!m_lab->sql(u"main"_s, "INSERT INTO public.payments (amount) VALUES (51)").startsWith("failed"));
    click(wizard(), u"Compare live with the copy"_s);
    QTRY_VERIFY_WITH_TIMEOUT(is(WizardStep::Compare, WizardModel::State::Done), 120'000);
    const TableComparison *orders = wizard()->model().comparison()->find({u"public"_s, u"orders"_s});
    QVERIFY(orders && orders->onlyRehearsed == 5000 && orders->onlyLive == 0);
    const TableComparison *payments = wizard()->model().comparison()->find({u"public"_s, u"payments"_s});
    QVERIFY(payments && payments->onlyRehearsed == 0 && payments->onlyLive == 51);
    pictures(u"wizard-6"_s);
    next();
}

void TestWizard::theRowsComeBack()
{
    auto *picks = wizard()->findChild<WizardPicks *>();
    QTRY_VERIFY(picks->isVisible());
    QCOMPARE(picks->topLevelItemCount(), 1); // live's own payments are nothing to bring back
    picks->setFocus();
    QTreeWidgetItem *all = picks->topLevelItem(0)->child(0);
    picks->setCurrentItem(all);
    QTest::keyClick(picks, Qt::Key_Space);
    QCOMPARE(picks->rows(), 5000);
    // One of those that are shown fewer, and it is no more all of them.
    all->child(0)->setCheckState(0, Qt::Unchecked);
    QCOMPARE(all->checkState(0), Qt::PartiallyChecked);
    QVERIFY(picks->rows() < 5000);
    QTest::keyClick(picks, Qt::Key_Space);
    QCOMPARE(picks->rows(), 5000);
    click(wizard(), u"Plan 5,000 rows"_s);
    QTRY_VERIFY_WITH_TIMEOUT(wizard()->model().rescuePlan(), 60'000);
    QVERIFY2(wizard()->model().rescuePlan()->isGood(), qPrintable(wizard()->model().rescuePlan()->text()));
    QVERIFY(rows().startsWith("0 ")); // planned, and nothing written
    pictures(u"wizard-7-plan"_s);
    click(wizard(), u"Bring 5000 rows back"_s);
    confirm(u"OVERRIDING SYSTEM VALUE"_s, u"wizard-7-confirm"_s);
    QTRY_VERIFY_WITH_TIMEOUT(wizard()->model().outcome(), 60'000);
    QCOMPARE(rows(), m_before);
    QCOMPARE(m_lab->sql(u"main"_s, "SELECT count(*) FROM public.payments"), "51");
    auto read = m_store->run([](store::Store &store) { return store::readJournal(store, 50); });
    read.waitForFinished();
    const auto journal = read.result().value_or(QVector<store::JournalEntry>());
    QVERIFY(std::any_of(journal.cbegin(), journal.cend(), [](const store::JournalEntry &entry) { return entry.action.startsWith(u"Bring 5000 rows back"_s) && entry.outcome == "done"_L1 && entry.commands.contains("INSERT INTO"_L1); })); // sql-ok: what the journal has
    pictures(u"wizard-7"_s);
}

void TestWizard::nothingIsLostByGoingBack()
{
    auto *steps = wizard()->findChild<WizardSteps *>();
    QTest::mouseClick(steps->viewport(), Qt::LeftButton, {}, steps->visualItemRect(steps->item(int(WizardStep::Moment))).center());
    QCOMPARE(wizard()->step(), WizardStep::Moment);
    named<QTabWidget>(wizard(), u"Ways to the moment"_s)->setCurrentIndex(2);
    auto *points = named<KeyedView>(wizard(), u"Restore points"_s);
    QVERIFY(hasWords(points->model(), u"before the release"_s));
    QTest::mouseClick(points->viewport(), Qt::LeftButton, {}, points->visualRect(points->model()->index(1, 0)).center());
    QTRY_VERIFY(wizard()->model().targetText().contains(u"before the release"_s));
    QVERIFY(is(WizardStep::Rehearse, WizardModel::State::Stale) && is(WizardStep::Apply, WizardModel::State::Done) && wizard()->model().comparison());
    pictures(u"wizard-2-points"_s);
    named<QTabWidget>(wizard(), u"Ways to the moment"_s)->setCurrentIndex(0);
    QTest::mouseClick(steps->viewport(), Qt::LeftButton, {}, steps->visualItemRect(steps->item(int(WizardStep::Compare))).center());
    click(wizard(), u"Compare again"_s);
    QTRY_VERIFY_WITH_TIMEOUT(wizard()->model().comparison() && wizard()->model().comparison()->find({u"public"_s, u"orders"_s})->state == TableComparison::State::Equal, 120'000);
}

void TestWizard::itIsTakenUpAgain()
{
    // As of a window that was closed: another one, that knows nothing of it.
    RecoveryWizard other(m_window->workspace()->context(), {m_window->workspace()->profile(), m_lab->path(u"main"_s), m_lab->path(u"main/archive"_s)});
    other.resize(1000, 700);
    other.show();
    QPushButton *take = nullptr;
    QTRY_VERIFY_WITH_TIMEOUT((take = named<QPushButton>(&other, u"Take up "_s + m_copy)), 60'000);
    QTest::mouseClick(take, Qt::LeftButton);
    QCOMPARE(other.step(), WizardStep::Rehearse);
    QCOMPARE(other.model().targetText(), u"just before transaction "_s + m_mistake);
    QVERIFY(other.model().mayEnter(WizardStep::Compare) && other.model().rehearsal()->id == m_copy);
}

void TestWizard::theReportAndTheEnd()
{
    auto *steps = wizard()->findChild<WizardSteps *>();
    const QString saved = m_home.filePath(u"report.json"_s);
    DialogAnswers answers(qApp, [&](const Question &) { return Answer{true, saved, {}, false}; });
    wizard()->go(WizardStep::Report);
    auto *text = named<QPlainTextEdit>(wizard(), u"The report"_s);
    QTRY_VERIFY_WITH_TIMEOUT(text->toPlainText().contains(m_copy), 30'000);
    pictures(u"wizard-9"_s);
    click(wizard(), u"Save the report"_s);
    QTRY_VERIFY_WITH_TIMEOUT(!wizard()->model().report().isEmpty(), 30'000);
    QFile file(saved);
    QVERIFY2(file.open(QIODevice::ReadOnly), qPrintable(wizard()->model().report()));
    const QByteArray evidence = file.readAll();
    QVERIFY2(evidence.contains("manifest_sha256") && evidence.contains("\"rescue\"") && evidence.contains("\"compare\""), evidence.left(2000).constData());
    QCOMPARE(file.permissions() & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
    QTest::mouseClick(steps->viewport(), Qt::LeftButton, {}, steps->visualItemRect(steps->item(int(WizardStep::Return))).center());
    pictures(u"wizard-8"_s);
    click(wizard(), u"Remove the copy"_s);
    QTRY_VERIFY_WITH_TIMEOUT(wizard()->model().isDropped(), 60'000);
    const auto standing = standingRehearsals();
    QVERIFY(standing && std::none_of(standing->cbegin(), standing->cend(), [this](const Standing &one) { return one.id == m_copy; }));
    QVERIFY(!wizard()->model().mayEnter(WizardStep::Compare) || wizard()->model().comparison());
    QTRY_VERIFY_WITH_TIMEOUT(!wizard()->isBusy(), 60'000); // else it ends what runs
    QTest::keyClick(wizard(), Qt::Key_Escape);
    QTRY_VERIFY_WITH_TIMEOUT(!wizard()->isVisible(), 60'000);
}

void TestWizard::cleanupTestCase()
{
    if (!m_copy.isEmpty())
        std::ignore = dropRehearsal(m_copy);
    m_window.reset();
    m_tools.reset();
    m_keychain.reset();
    m_store.reset();
    QVERIFY(Worker::joinClosed(30'000));
}

QTEST_MAIN(TestWizard)
#include "tst_wizard.moc"
