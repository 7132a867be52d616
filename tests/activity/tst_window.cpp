// SPDX-License-Identifier: GPL-3.0-or-later
// An incident from its first sign to its file, by keys and clicks: a spike under the overview's charts, brushed; who waited; the root; its end, as
// the server and the journal tell it; and the kept incident, opened when the server is gone.
#include "activity/waitsampler.h"
#include "store/journal.h"
#include "support/client.h"
#include "ui/activity/activitypages.h"
#include "ui/activity/activitysource.h"
#include "ui/activity/locksview.h"
#include "ui/activity/relationusersview.h"
#include "ui/activity/sessiondetail.h"
#include "ui/activity/sessionsview.h"
#include "ui/activity/waitschart.h"
#include "ui/activity/waitsview.h"
#include "ui/catalog/catalogtree.h"
#include "ui/metrics/overviewview.h"
#include "ui/metrics/timechart.h"
#include "ui/session/changeplandialog.h"
#include "ui/shell/mainwindow.h"
#include "ui/shell/panestack.h"
#include "ui/shell/rail.h"
#include "ui/widgets/errorbar.h"
#include "ui/widgets/keyedview.h"
#include "ui/widgets/timerange.h"
#include "ui/widgets/typedline.h"
#include "support/windowparts.h"
#include "support/windowpictures.h"
#include "support/windowstand.h"

#include <QAbstractScrollArea>
#include <QCheckBox>
#include <QDir>
#include <QFileDialog>
#include <QLineEdit>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QtTest>

#include <algorithm>

using namespace howdah;
using namespace howdah::test;
using namespace howdah::ui;
using namespace Qt::StringLiterals;

namespace
{

constexpr int readers = 20;

} // namespace

class TestWindow : public QObject, protected WindowStand
{
    Q_OBJECT

private:
    std::unique_ptr<Client> m_root;
    std::vector<std::unique_ptr<Client>> m_waiters;
    int m_rootPid = 0; // as it was

    ActivityPages *pages() const { return pane()->findChild<ActivityPages *>(); }
    SessionDetail *detail() const { return pane()->findChild<SessionDetail *>(); }
    KeyedView *tree() const { return pages()->locks()->view(); }
    void key(Qt::Key which, Qt::KeyboardModifiers modifiers = {}) const
    {
        QWidget *focus = QApplication::focusWidget();
        QTest::keyClick(focus ? focus : m_window.get(), which, modifiers);
    }

    // The bar of this pane: the window has its own, for links.
    bool isRefused(const QString &text) const
    {
        const auto bars = pane()->findChildren<ErrorBar *>();
        return std::any_of(bars.cbegin(), bars.cend(), [&](const ErrorBar *bar) { return bar->isVisible() && says(bar, text); });
    }

    // What the server says, not what we show.
    int count(const QByteArray &question) const
    {
        const auto admin = m_server->admin();
        const auto rows = admin ? (*admin)->run({question, {}}) : fail(admin.error());
        return rows ? rows->text(0, 0).toInt() : -1;
    }
    int waiting() const { return count("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"); }
    bool rootLives() const { return count("SELECT count(*) FROM pg_stat_activity WHERE pid = " + QByteArray::number(m_rootPid)) == 1; }
    QVector<store::JournalEntry> journal() const
    {
        auto read = m_store->run([](store::Store &store) { return store::readJournal(store, 50); });
        read.waitForFinished();
        return read.result().value_or(QVector<store::JournalEntry>());
    }
    std::optional<store::JournalEntry> journalled(const QString &action) const
    {
        const auto entries = journal();
        const auto found = std::find_if(entries.cbegin(), entries.cend(), [&](const store::JournalEntry &entry) { return entry.action == action && entry.endedMs; });
        return found == entries.cend() ? std::nullopt : std::optional(*found);
    }
    QStringList incidents() const
    {
        return QDir(m_folder.filePath(u"Documents/howdah"_s)).entryList({u"incident-*.json"_s}, QDir::Files);
    }

    // HOWDAH_PICTURES names a folder: what is shown, at both sizes, light and dark.
    void picture(const QString &name) const { test::windowPictures(m_window.get(), name); }

private slots:
    void initTestCase();
    void aSpikeIsBrushed();
    void theIntervalSaysWhoWaited();
    void keysLeadToTheRoot();
    void aRelationSaysWhoUsesIt();
    void theIncidentIsKept();
    void whatMustNotEndIsRefused();
    void escapeEndsNothing();
    void terminateEmptiesTheTree();
    void theIncidentOpensWithoutAServer();
    void cleanupTestCase();
};

void TestWindow::initTestCase()
{
    begin();
    startServer({}, {"CREATE TABLE public.orders (id bigint PRIMARY KEY, paid boolean)", "INSERT INTO public.orders SELECT i, false FROM generate_series(1, 100) i"});
    if (QTest::currentTestFailed())
        return;
    session::Profile profile;
    profile.name = u"shop"_s;
    profile.spec = m_server->spec();
    profile.environment = session::Environment::Production;
    open(profile, m_server->password(), u"overview"_s);
}

void TestWindow::aSpikeIsBrushed()
{
    m_root = std::make_unique<Client>(*m_server, u"checkout"_s);
    m_rootPid = m_root->pid();
    QVERIFY(m_root->run("BEGIN"));
    QVERIFY(m_root->run("UPDATE public.orders SET paid = true WHERE id = 7"));
    m_waiters.push_back(std::make_unique<Client>(*m_server, u"migration"_s));
    m_waiters.back()->start("ALTER TABLE public.orders ADD COLUMN note text");
    QTRY_COMPARE_WITH_TIMEOUT(waiting(), 1, 10'000);
    for (int i = 0; i < readers; ++i) {
        m_waiters.push_back(std::make_unique<Client>(*m_server, u"reader %1"_s.arg(i + 1)));
        m_waiters.back()->start("SELECT count(*) FROM public.orders");
    }
    QTRY_COMPARE_WITH_TIMEOUT(waiting(), readers + 1, 20'000);

    // Sessions are kept each ten seconds: until one of those readings has them.
    const QString profile = m_window->workspace()->profile().id;
    const auto kept = [&] {
        activity::WaitSample crowded; // as many as there are now
        crowded.atMs = m_clock.wallMs();
        crowded.sessions[{u"Lock"_s, u"relation"_s, {}}] = readers + 1;
        auto read = m_store->run([profile, crowded](store::Store &store) { return activity::readSessionsLike(store, profile, crowded); });
        read.waitForFinished();
        const auto sessions = read.result().value_or(std::nullopt);
        return sessions && sessions->find(m_rootPid) && std::count_if(sessions->backends.cbegin(), sessions->backends.cend(), [](const activity::Backend &one) {
            return one.isWaitingForLock();
        }) == readers + 1;
    };
    QTRY_VERIFY_WITH_TIMEOUT(kept(), 20'000);

    auto *view = pane()->findChild<OverviewView *>();
    auto *waits = pane()->findChild<WaitsChart *>();
    QVERIFY(view && waits && waits->isVisible());
    TimeChart *chart = waits->chart();
    const auto greatest = [&] {
        double most = 0;
        for (int i = 0; i < chart->lineCount(); ++i) {
            for (qint64 at = chart->fromMs(); at < chart->toMs(); at += 1000)
                most = std::max(most, chart->series(i).valueAt(at).value_or(0));
        }
        return most;
    };
    QTRY_VERIFY(greatest() >= readers + 1);
    picture(u"overview"_s);
    m_window->resize(1600, 1000);
    QCoreApplication::processEvents();

    // The last half minute of five, dragged from the right to the left.
    QWidget *plot = qobject_cast<QAbstractScrollArea *>(chart->focusProxy())->viewport();
    const QRect area = chart->plotRect();
    const qint64 fromMs = chart->toMs() - 30'000;
    const auto at = [&](qint64 ms) { return QPoint(area.left() + int(double(ms - chart->fromMs()) / double(chart->toMs() - chart->fromMs()) * area.width()), area.center().y()); };
    const QPoint right = at(chart->toMs()) - QPoint(1, 0), left = at(fromMs);
    QTest::mousePress(plot, Qt::LeftButton, {}, right);
    QTest::mouseMove(plot, QPoint((left.x() + right.x()) / 2, right.y()));
    QTest::mouseMove(plot, left);
    QTest::mouseRelease(plot, Qt::LeftButton, {}, left);
    TimeRange *range = m_window->workspace()->context().range;
    QVERIFY(!range->isFollowing());
    QVERIFY(std::abs(range->at(0).fromMs - fromMs) < 2000);
}

void TestWindow::theIntervalSaysWhoWaited()
{
    pane()->setFocus();
    key(Qt::Key_W, Qt::ControlModifier | Qt::ShiftModifier);
    QTRY_VERIFY(pane() && pane()->findChild<ActivityPages *>());
    QCOMPARE(pages()->page(), ActivityPages::WaitsPage);
    QVERIFY(m_window->rail()->button(u"activity"_s)->isChecked());
    QCOMPARE(QApplication::activeWindow(), m_window.get()); // no part of the new pane was a window for a moment
    const QAbstractItemModel *waits = pages()->waits()->view()->model();
    QTRY_VERIFY_WITH_TIMEOUT(hasWords(waits, u"Lock"_s), 10'000);
    QTRY_VERIFY(says(pane(), u"near the busiest moment of the picked interval"_s));
    picture(u"past-waits"_s);

    QVERIFY(!pages()->button(ActivityPages::HorizonPage)->isEnabled()); // not kept

    // The sessions of that time; nothing of it can be ended.
    key(Qt::Key_1, Qt::AltModifier);
    QCOMPARE(pages()->page(), ActivityPages::SessionsPage);
    KeyedView *sessions = pages()->sessions()->view();
    QTRY_VERIFY(hasWords(sessions->model(), u"idle in transaction"_s));
    for (const QString &who : {u"checkout"_s, u"migration"_s, u"reader 1"_s, u"reader %1"_s.arg(readers)})
        QVERIFY2(hasWords(sessions->model(), who), qPrintable(who));
    key(Qt::Key_F, Qt::ControlModifier);
    QTRY_VERIFY(pages()->sessions()->word()->hasFocus());
    QTest::keyClicks(pages()->sessions()->word(), u"checkout"_s);
    QTRY_COMPARE(sessions->shownRows(), 1);
    sessions->setFocus();
    key(Qt::Key_Home);
    QTRY_COMPARE(detail()->pid(), m_rootPid);
    QVERIFY(!detail()->terminateButton()->isEnabled());
    picture(u"past-sessions"_s);
    pages()->sessions()->word()->clear();
}

void TestWindow::keysLeadToTheRoot()
{
    QPushButton *back = button(u"Back to now"_s);
    QVERIFY(back);
    QTest::mouseClick(back, Qt::LeftButton);
    QTRY_VERIFY(!button(u"Back to now"_s));
    QVERIFY(m_window->workspace()->context().range->isFollowing());

    key(Qt::Key_2, Qt::AltModifier);
    QCOMPARE(pages()->page(), ActivityPages::LocksPage);
    QTRY_VERIFY_WITH_TIMEOUT(tree()->isVisible() && tree()->shownRows() == 1, 10'000);
    for (int i = 0; i < 30 && !tree()->hasFocus(); ++i)
        key(Qt::Key_Tab);
    QVERIFY(tree()->hasFocus());
    key(Qt::Key_Home);
    QTRY_COMPARE(detail()->pid(), m_rootPid);
    QVERIFY(detail()->isVisible());
    QTRY_VERIFY(says(detail(), u"idle in transaction"_s));
    QTRY_VERIFY(says(detail(), u"%1 sessions"_s.arg(readers + 1)));
    QTRY_VERIFY(detail()->terminateButton()->isEnabled());
    picture(u"locks"_s);
    key(Qt::Key_P, Qt::ControlModifier | Qt::ShiftModifier);
    picture(u"locks-picture"_s);
    key(Qt::Key_P, Qt::ControlModifier | Qt::ShiftModifier);
    QTRY_VERIFY(tree()->isVisible());
    if (qEnvironmentVariableIsSet("HOWDAH_PICTURES")) {
        for (const auto &[digit, name] : {std::pair(Qt::Key_1, u"sessions"_s), {Qt::Key_3, u"waits"_s}, {Qt::Key_4, u"progress"_s}, {Qt::Key_5, u"horizon"_s}}) {
            key(digit, Qt::AltModifier);
            QTRY_VERIFY(digit != Qt::Key_5 || hasWords(pane()->findChild<KeyedView *>(u"holders"_s)->model(), QString::number(m_rootPid)));
            picture(name);
        }
        key(Qt::Key_2, Qt::AltModifier);
    }
}

// From a table to who uses it, and to the session; by Enter on its row.
void TestWindow::aRelationSaysWhoUsesIt()
{
    QTest::mouseClick(m_window->rail()->button(u"catalog"_s), Qt::LeftButton);
    QTRY_VERIFY(pane()->findChild<CatalogTree *>());
    auto *objects = pane()->findChild<CatalogTree *>();
    QModelIndex at;
    for (const QString &step : {u"postgres"_s, u"Schemas"_s, u"public"_s, u"Tables"_s, u"orders"_s}) {
        QTRY_VERIFY2_WITH_TIMEOUT(childOf(objects->model(), at, step).isValid() || step == u"Schemas"_s, qPrintable(step), 10'000);
        if (const QModelIndex child = childOf(objects->model(), at, step); child.isValid()) {
            objects->expand(child);
            at = child;
        }
    }
    objects->setFocus();
    objects->setCurrentIndex(at);
    auto *users = pane()->findChild<RelationUsersView *>();
    QTRY_COMPARE_WITH_TIMEOUT(users->words(), u"Used now by %1 sessions; %2 of them wait for a lock on it"_s.arg(readers + 2).arg(readers + 1), 10'000);
    picture(u"relation"_s);
    auto *list = users->findChild<KeyedView *>();
    list->setFocus();
    key(Qt::Key_Home); // who has it stands before who waits for it
    QTRY_COMPARE(list->currentKey(), u"pid %1"_s.arg(m_rootPid));
    key(Qt::Key_Return);
    QTRY_VERIFY(pane()->findChild<ActivityPages *>());
    QTRY_COMPARE(detail()->pid(), m_rootPid);
    QCOMPARE(pages()->page(), ActivityPages::SessionsPage);
}

void TestWindow::theIncidentIsKept()
{
    QVERIFY(incidents().isEmpty());
    key(Qt::Key_I, Qt::ControlModifier | Qt::ShiftModifier);
    QTRY_COMPARE_WITH_TIMEOUT(incidents().size(), 1, 15'000);
    QTRY_VERIFY(journalled(u"Keep the incident"_s));
    QCOMPARE(journalled(u"Keep the incident"_s)->outcome, u"done"_s);
    QCOMPARE(detail()->pid(), m_rootPid);
}

void TestWindow::whatMustNotEndIsRefused()
{
    key(Qt::Key_1, Qt::AltModifier);
    auto *servers = pages()->sessions()->findChildren<QCheckBox *>().constLast();
    QCOMPARE(servers->text(), u"Server processes"_s);
    QTest::mouseClick(servers, Qt::LeftButton, {}, QPoint(8, servers->height() / 2));
    QVERIFY(servers->isChecked());
    key(Qt::Key_F, Qt::ControlModifier);
    QTest::keyClicks(pages()->sessions()->word(), u"checkpointer"_s);
    KeyedView *sessions = pages()->sessions()->view();
    QTRY_COMPARE(sessions->shownRows(), 1);
    sessions->setFocus();
    key(Qt::Key_Home);
    const int pid = sessions->currentKey().section(u' ', 1).toInt();
    QVERIFY(pid > 0);
    QTRY_COMPARE(detail()->pid(), pid);
    QTest::mouseClick(detail()->terminateButton(), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(isRefused(u"Backend %1 is one of the server's own processes"_s.arg(pid)), 10'000);
    QVERIFY(!shown<ChangePlanDialog>());
    QCOMPARE(count("SELECT count(*) FROM pg_stat_activity WHERE pid = " + QByteArray::number(pid)), 1);
    QSignalSpy read(pane()->findChild<ActivitySource *>(), &ActivitySource::treeRead);
    QTRY_VERIFY_WITH_TIMEOUT(read.size() >= 2, 10'000);
    QVERIFY(isRefused(u"Backend %1"_s.arg(pid))); // what is read since does not wipe it away
    picture(u"refused"_s);
    QTest::mouseClick(button(u"Dismiss"_s), Qt::LeftButton);
    QTRY_VERIFY(!isRefused(u"Backend %1"_s.arg(pid)));
    QTest::mouseClick(servers, Qt::LeftButton, {}, QPoint(8, servers->height() / 2));
    pages()->sessions()->word()->clear();
}

void TestWindow::escapeEndsNothing()
{
    key(Qt::Key_2, Qt::AltModifier);
    tree()->setFocus();
    key(Qt::Key_End);
    key(Qt::Key_Home);
    QTRY_COMPARE(detail()->pid(), m_rootPid);
    key(Qt::Key_Delete);
    QTRY_VERIFY_WITH_TIMEOUT(shown<ChangePlanDialog>(), 10'000);
    QPointer<ChangePlanDialog> dialog = shown<ChangePlanDialog>();
    QTest::keyClick(dialog, Qt::Key_Escape);
    QTRY_VERIFY(!dialog);
    QVERIFY(rootLives());
    QCOMPARE(waiting(), readers + 1);
    QVERIFY(!journalled(u"Terminate backend %1"_s.arg(m_rootPid)));
}

void TestWindow::terminateEmptiesTheTree()
{
    QTest::mouseClick(detail()->terminateButton(), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(shown<ChangePlanDialog>(), 10'000);
    QPointer<ChangePlanDialog> dialog = shown<ChangePlanDialog>();
    QVERIFY(dialog->steps()->item(0)->text().contains(u"is rolled back"_s)); // what it costs
    QVERIFY(dialog->sql()->toPlainText().contains(u"pg_terminate_backend"_s));
    if (const QString folder = qEnvironmentVariable("HOWDAH_PICTURES"); !folder.isEmpty())
        dialog->grab().save(QDir(folder).filePath(u"plan.png"_s));
    // Production: the name is typed before the button wakes.
    QVERIFY(dialog->typed());
    QVERIFY(!dialog->verb()->isEnabled());
    QString name = dialog->typed()->accessibleName(); // what is read there
    QVERIFY(name.startsWith(u"Type "_s) && name.endsWith(u" to go on"_s) && name.contains(QString::number(m_rootPid)));
    name = name.sliced(5).chopped(9);
    QTest::keyClicks(dialog->typed(), name);
    QTRY_VERIFY(dialog->verb()->isEnabled());
    QTest::mouseClick(dialog->verb(), Qt::LeftButton);

    QTRY_COMPARE_WITH_TIMEOUT(tree()->shownRows(), 0, 15'000);
    QVERIFY(!rootLives());
    QCOMPARE(waiting(), 0);
    QTRY_VERIFY(says(pane(), u"Nobody waits for a lock"_s));
    const QString action = u"Terminate backend %1"_s.arg(m_rootPid);
    QTRY_VERIFY(journalled(action));
    const store::JournalEntry line = *journalled(action);
    QCOMPARE(line.outcome, u"done"_s);
    QVERIFY2(line.message.contains(u"Backend %1 ended"_s.arg(m_rootPid)), qPrintable(line.message));
    QVERIFY2(line.commands.contains(u"pg_terminate_backend"_s), qPrintable(line.commands));
    QVERIFY2(line.target.contains(u"shop"_s), qPrintable(line.target));
    m_waiters.clear();
    m_root.reset();
    picture(u"nobody"_s);
}

void TestWindow::theIncidentOpensWithoutAServer()
{
    QVERIFY(m_server->stop());
    QTRY_VERIFY_WITH_TIMEOUT(m_window->connectionBar()->stateText().startsWith(u"lost"_s), 15'000);
    activate();
    pane()->setFocus();
    key(Qt::Key_O, Qt::ControlModifier);
    QTRY_VERIFY(shown<QFileDialog>());
    QPointer<QFileDialog> dialog = shown<QFileDialog>();
    auto *name = dialog->findChild<QLineEdit *>(u"fileNameEdit"_s);
    QVERIFY(name);
    name->setCompleter(nullptr); // its list would take the Return
    name->setFocus();
    name->selectAll();
    QTest::keyClicks(name, incidents().constFirst()); // it begins in their folder
    QTest::keyClick(name, Qt::Key_Return);
    QTRY_VERIFY(!dialog);

    activate();
    QTRY_VERIFY_WITH_TIMEOUT(says(pane(), u"The incident of "_s), 10'000);
    QCOMPARE(pages()->page(), ActivityPages::LocksPage);
    QTRY_COMPARE(tree()->shownRows(), 1);
    QVERIFY(hasWords(tree()->model(), QString::number(m_rootPid)));
    QVERIFY(hasWords(tree()->model(), u"ALTER TABLE public.orders"_s));
    QVERIFY(hasWords(tree()->model(), u"%1 sessions"_s.arg(readers)));
    QVERIFY(rowsOf(tree()->model()) >= readers + 2); // and each of them
    tree()->setFocus();
    key(Qt::Key_Home);
    QTRY_COMPARE(detail()->pid(), m_rootPid);
    QVERIFY(detail()->findChild<QPlainTextEdit *>()->toPlainText().contains(u"UPDATE public.orders"_s));
    QVERIFY(!detail()->terminateButton()->isEnabled());
    picture(u"incident"_s);
    key(Qt::Key_3, Qt::AltModifier);
    QTRY_VERIFY(hasWords(pages()->waits()->view()->model(), u"Lock"_s));
    QVERIFY(button(u"Settings, statements, log"_s));
    QTest::mouseClick(button(u"Settings, statements, log"_s), Qt::LeftButton);
    const auto texts = pages()->findChildren<QPlainTextEdit *>();
    QVERIFY(std::any_of(texts.cbegin(), texts.cend(), [](const QPlainTextEdit *text) { return text->isVisible() && text->toPlainText().contains(u"Settings that differ"_s); }));
    picture(u"incident-rest"_s);
}

void TestWindow::cleanupTestCase()
{
    m_root.reset(); // first, where a step failed: what waits for it then ends
    m_waiters.clear();
    end();
}

QTEST_MAIN(TestWindow)
#include "tst_window.moc"
