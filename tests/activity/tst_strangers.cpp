// SPDX-License-Identifier: GPL-3.0-or-later
// The window by a role that may see nothing of others, on every server version: each page opens, says what is not permitted, shows no 0 for it, and
// the server's log has no error of ours. HOWDAH_STAND_S: so long it stands on each; `ctest -L long` has ten minutes of all four at once.
#include "support/client.h"
#include "ui/activity/activitypages.h"
#include "ui/activity/horizonview.h"
#include "ui/activity/locksview.h"
#include "ui/activity/progressview.h"
#include "ui/activity/sessionsview.h"
#include "ui/activity/waitsview.h"
#include "ui/shell/connectionbar.h"
#include "ui/shell/mainwindow.h"
#include "ui/shell/panestack.h"
#include "ui/shell/rail.h"
#include "ui/widgets/keyedview.h"
#include "support/windowparts.h"

#include "resources/resources.h"

#include <QDir>
#include <QElapsedTimer>
#include <QJsonDocument>
#include <QJsonObject>
#include <QPushButton>
#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>

using namespace howdah;
using namespace howdah::test;
using namespace howdah::ui;
using namespace Qt::StringLiterals;

namespace
{

constexpr int leastSeconds = 6;

// A server, somebody who works on it, and a window of somebody else.
struct Stand {
    int major = 0;
    std::unique_ptr<test::TestServer> server;
    qsizetype logBegin = 0; // what was said before: the test's own attempts while it started
    std::unique_ptr<Client> idle;   // of another role, in a transaction
    std::unique_ptr<Client> works;  // with a COPY that reports its progress
    std::unique_ptr<Client> waits;  // for the one in a transaction
    std::unique_ptr<MainWindow> window;

    QWidget *pane() const { return window->panes()->currentPane(); }
    ActivityPages *pages() const { return pane()->findChild<ActivityPages *>(); }
};

} // namespace

class TestStrangers : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void everyPageSaysWhatIsNotPermitted_data();
    void everyPageSaysWhatIsNotPermitted();
    void theLogHasNoErrorOfOurs();
    void cleanupTestCase();

private:
    void start(Stand &stand);

    QTemporaryDir m_folder;
    std::unique_ptr<store::StoreWorker> m_store;
    std::unique_ptr<store::Keychain> m_keychain;
    std::unique_ptr<Worker> m_tools;
    Clock m_clock;
    QElapsedTimer m_standing;
    std::vector<std::unique_ptr<Stand>> m_stands;
};

void TestStrangers::initTestCase()
{
    qputenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
    qputenv("HOME", m_folder.path().toLocal8Bit());
    qputenv("XDG_CONFIG_HOME", m_folder.path().toLocal8Bit());
    qputenv("XDG_DATA_HOME", m_folder.path().toLocal8Bit());
    initResources();
    m_store = std::make_unique<store::StoreWorker>(m_folder.filePath(u"store.sqlite"_s));
    m_keychain = std::make_unique<store::Keychain>();
    m_tools = std::make_unique<Worker>(u"tools"_s);
    for (const int major : {15, 16, 17, 18}) {
        m_stands.push_back(std::make_unique<Stand>());
        m_stands.back()->major = major;
        start(*m_stands.back());
        if (QTest::currentTestFailed())
            return;
    }
    m_standing.start();
}

void TestStrangers::start(Stand &stand)
{
    QString why;
    test::ServerSetup setup;
    setup.major = stand.major;
    stand.server = test::TestServer::start(setup, &why);
    QVERIFY2(stand.server, qPrintable(why));
    stand.logBegin = stand.server->log().size();
    QVERIFY2(stand.server->sql({"CREATE ROLE stranger LOGIN PASSWORD 'stranger'", "CREATE TABLE public.orders AS SELECT i FROM generate_series(1, 100000) i"}, &why), qPrintable(why));
    for (auto *client : {&stand.idle, &stand.works, &stand.waits})
        *client = std::make_unique<Client>(*stand.server, u"of another"_s);
    QVERIFY(stand.idle->run("BEGIN ISOLATION LEVEL REPEATABLE READ") && stand.idle->run("SELECT count(*) AS secret_of_another FROM public.orders"));
    // They go on for as long as we look.
    stand.works->start("COPY (SELECT pg_sleep(3600)) TO '/dev/null'");
    stand.waits->start("ALTER TABLE public.orders /* secret_of_another */ ADD COLUMN j int");
    session::Profile profile;
    profile.name = u"stranger %1"_s.arg(stand.major);
    profile.spec = stand.server->spec().withRole(u"stranger"_s);
    profile.environment = session::Environment::Production;
    auto saved = m_store->run([profile](store::Store &store) { return session::saveProfile(store, profile); });
    saved.waitForFinished();
    QVERIFY(saved.result());
    m_keychain->holdForSession(saved.result()->secretKey(), Secret("stranger"));
    WindowOptions options;
    options.profile = profile.name;
    options.pane = u"activity"_s;
    stand.window = std::make_unique<MainWindow>(Services{m_store.get(), m_keychain.get(), m_tools.get(), &m_clock}, options);
    stand.window->resize(1600, 1000);
    stand.window->show();
    stand.window->start();
    QTRY_COMPARE_WITH_TIMEOUT(stand.window->connectionBar()->stateText(), u"connected"_s, 15'000);
    QTRY_VERIFY(stand.pane() && stand.pages());
}

void TestStrangers::everyPageSaysWhatIsNotPermitted_data()
{
    QTest::addColumn<int>("index");
    for (int i = 0; i < int(m_stands.size()); ++i)
        QTest::addRow("%d", m_stands.at(size_t(i))->major) << i;
}

void TestStrangers::everyPageSaysWhatIsNotPermitted()
{
    QFETCH(int, index);
    Stand &stand = *m_stands.at(size_t(index));
    stand.window->activateWindow();
    QTRY_COMPARE(QApplication::activeWindow(), stand.window.get());
    ActivityPages *pages = stand.pages();
    const auto open = [&](ActivityPages::Page page) {
        QTest::mouseClick(pages->button(page), Qt::LeftButton);
        return pages->page() == page;
    };
    QVERIFY(open(ActivityPages::SessionsPage));
    QTRY_VERIFY_WITH_TIMEOUT(says(pages, u"GRANT pg_monitor to this role"_s), 10'000);
    const QAbstractItemModel *sessions = pages->sessions()->view()->model();
    QTRY_VERIFY(hasWords(sessions, u"not permitted"_s));
    QVERIFY(!hasWords(sessions, u"secret_of_another"_s));
    // The locks are everybody's to see: who waits for whom, though not what they run.
    QVERIFY(open(ActivityPages::LocksPage));
    const QAbstractItemModel *locks = pages->locks()->findChild<KeyedView *>()->model();
    QTRY_VERIFY_WITH_TIMEOUT(says(pages->locks(), u"1 session waits for a lock, held up by one"_s), 10'000);
    const QModelIndex root = childOf(locks, {}, QString::number(stand.idle->pid()));
    QVERIFY(root.isValid());
    const QModelIndex waiter = childOf(locks, root, QString::number(stand.waits->pid()));
    QVERIFY(waiter.isValid());
    QVERIFY(waiter.siblingAtColumn(1).data().toString().contains(u"AccessExclusiveLock on public.orders"_s));
    QVERIFY(hasWords(locks, u"not permitted"_s));
    QVERIFY(!hasWords(locks, u"secret_of_another"_s));
    QVERIFY(open(ActivityPages::WaitsPage));
    QTRY_VERIFY_WITH_TIMEOUT(says(pages->waits(), u"only of this role's sessions"_s), 10'000);
    QVERIFY(open(ActivityPages::ProgressPage));
    const auto *tasks = pages->progress()->findChild<KeyedView *>();
    QTRY_VERIFY_WITH_TIMEOUT(hasWords(tasks->model(), u"not permitted"_s), 10'000);
    QVERIFY(!hasWords(tasks->model(), u"0 %"_s));
    QVERIFY(open(ActivityPages::HorizonPage));
    QTRY_VERIFY_WITH_TIMEOUT(says(pages->horizon(), u"sessions and standbys of others may hold it too"_s), 10'000);
    QVERIFY(!says(pages->horizon(), u"Nothing: vacuum may remove"_s));
    QTRY_VERIFY(pages->horizon()->databases()->model()->rowCount() > 0); // what everybody may see

    // The incident says what it could not have.
    pages->button(ActivityPages::HorizonPage)->setFocus();
    QTest::keyClick(pages->button(ActivityPages::HorizonPage), Qt::Key_I, Qt::ControlModifier | Qt::ShiftModifier);
    QDir folder(m_folder.filePath(u"Documents/howdah"_s));
    const QStringList mine{u"incident-stranger_%1-*.json"_s.arg(stand.major)};
    QTRY_COMPARE_WITH_TIMEOUT(folder.entryList(mine, QDir::Files).size(), 1, 20'000);
    QFile file(folder.filePath(folder.entryList(mine, QDir::Files).constFirst()));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray bytes = file.readAll();
    QVERIFY(!bytes.contains("secret_of_another"));
    QCOMPARE(QJsonDocument::fromJson(bytes).object().value("log"_L1).toObject().value("error"_L1).toObject().value("reason"_L1).toString(), u"not_permitted"_s);
}

void TestStrangers::theLogHasNoErrorOfOurs()
{
    const int seconds = std::max(leastSeconds, qEnvironmentVariableIntValue("HOWDAH_STAND_S"));
    // Meanwhile the pages change, as somebody's who looks for something.
    int page = 0;
    const auto turn = [&] {
        for (const auto &stand : m_stands)
            QTest::mouseClick(stand->pages()->button(ActivityPages::Page(page % 5)), Qt::LeftButton);
        ++page;
        return m_standing.elapsed() > seconds * 1000;
    };
    QTRY_VERIFY_WITH_TIMEOUT(turn(), seconds * 1000 + 10'000);
    for (const auto &stand : m_stands) {
        QCOMPARE(stand->window->connectionBar()->stateText(), u"connected"_s);
        const QString said = stand->server->log().sliced(stand->logBegin);
        for (const QString &word : {u"ERROR:"_s, u"FATAL:"_s, u"PANIC:"_s, u"WARNING:"_s})
            QVERIFY2(!said.contains(word), qPrintable(u"%1: %2"_s.arg(stand->major).arg(said)));
    }
}

void TestStrangers::cleanupTestCase()
{
    m_stands.clear();
    m_tools.reset();
    m_keychain.reset();
    m_store.reset();
    QVERIFY(Worker::joinClosed(30'000)); // no thread of theirs outlives the program
}

QTEST_MAIN(TestStrangers)
#include "tst_strangers.moc"
