// SPDX-License-Identifier: GPL-3.0-or-later
// The slow-query pane by keys and clicks, on a real server: the statement that costs most, its text and figures, what it waited for, who runs it; what
// became slower and what is new; hostile texts are text; what is not recorded, not permitted or lost is said.
#include "activity/waitsampler.h"
#include "statements/sampler.h"
#include "support/client.h"
#include "support/windowparts.h"
#include "support/windowpictures.h"
#include "support/windowstand.h"
#include "ui/metrics/timechart.h"
#include "ui/shell/workspace.h"
#include "ui/statements/regressionsview.h"
#include "ui/statements/statementdetail.h"
#include "ui/statements/statementfilter.h"
#include "ui/statements/statementload.h"
#include "ui/statements/statementwaits.h"
#include "ui/statements/toplistview.h"
#include "ui/widgets/keyedview.h"
#include "ui/widgets/timerange.h"

#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QHeaderView>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QSpinBox>
#include <QTabWidget>

using namespace howdah;
using namespace howdah::test;
using namespace howdah::ui;
using namespace Qt::StringLiterals;

namespace
{

// The server counts statements that differ in names and constants alone as one: each here has a shape of its own.
enum Column { TextColumn, TotalColumn, MeanColumn, CallsColumn };

} // namespace

class TestPane : public QObject, protected WindowStand
{
    Q_OBJECT
private slots:
    void initTestCase();
    void whatIsNotRecordedIsSaid();
    void theDearestStandsFirst();
    void itIsOrderedByEachFigure();
    void whatIsLostHasARow();
    void oneIsLookedAtInDetail();
    void whatItWaitedForIsShown();
    void roomsAddPages();
    void leadsToItsPlan();
    void whatBecameSlowerIsFound();
    void hostileTextIsText();
    void theOwnAreHidden();
    void whatIsNotPermittedIsSaid();
    void cleanupTestCase();

private:
    KeyedView *view() const { return pane()->findChild<KeyedView *>(u"statements"_s); }
    StatementDetail *detail() const { return pane()->findChild<StatementDetail *>(); }
    RegressionsView *regressions() const { return pane()->findChild<RegressionsView *>(); }
    TopListView *top() const { return pane()->findChild<TopListView *>(); }
    QPlainTextEdit *text() const { return detail()->findChild<QPlainTextEdit *>(); }
    QLineEdit *word() const { return pane()->findChild<StatementFilter *>()->word(); }
    template<typename Widget> Widget *named(const QString &name) const
    {
        for (Widget *one : pane()->findChildren<Widget *>()) {
            if (one->accessibleName() == name)
                return one;
        }
        return nullptr;
    }
    QString cell(int row, int column) const { return view()->model()->index(row, column).data().toString(); }
    QStringList shownTexts() const
    {
        QStringList texts;
        for (int row = 0; row < view()->shownRows(); ++row)
            texts << cell(row, TextColumn);
        return texts;
    }
    int rowsLike(const QString &part) const { return int(shownTexts().filter(part).size()); }
    void type(const QString &filter)
    {
        activate();
        pane()->setFocus();
        QTest::keyClick(pane(), Qt::Key_F, Qt::ControlModifier);
        QTRY_VERIFY(word()->hasFocus());
        QSignalSpy changed(pane()->findChild<StatementFilter *>(), &StatementFilter::changed);
        const bool edits = !word()->text().isEmpty() || !filter.isEmpty();
        QTest::keyClick(word(), Qt::Key_A, Qt::ControlModifier);
        QTest::keyClick(word(), Qt::Key_Delete);
        QTest::keyClicks(word(), filter);
        if (edits)
            QTRY_VERIFY(changed.count() > 0); // the typing has paused
    }
    void openRow(int row)
    {
        view()->setFocus();
        QTest::keyClick(view(), Qt::Key_Home);
        for (int i = 0; i < row; ++i)
            QTest::keyClick(view(), Qt::Key_Down);
        QTest::keyClick(view(), Qt::Key_Return);
        QTRY_VERIFY(detail()->isVisible());
    }
    void run(const QByteArray &statement, int times = 1);
    void nextReading(); // as when a minute is over
};

void TestPane::initTestCase()
{
    begin();
    ServerSetup setup;
    setup.settings = {u"shared_preload_libraries=pg_stat_statements"_s, u"pg_stat_statements.track=all"_s, u"track_io_timing=on"_s, u"work_mem=1MB"_s};
    startServer(setup, {"CREATE DATABASE shop", "CREATE TABLE public.orders AS SELECT i AS id, i % 100 AS customer FROM generate_series(1, 50000) AS i",
                        "CREATE FUNCTION public.price(int) RETURNS bigint LANGUAGE plpgsql AS "
                        "'BEGIN RETURN (SELECT count(*) FROM public.orders AS priced WHERE customer = $1); END'"});
    if (QTest::currentTestFailed())
        return;
    session::Profile profile;
    profile.name = u"shop"_s;
    profile.spec = m_server->spec();
    profile.environment = session::Environment::Test;
    open(profile, m_server->password(), u"statements"_s);
}

void TestPane::run(const QByteArray &statement, int times)
{
    const auto link = pg::Connection::open(m_server->socketSpec(), {});
    QVERIFY2(link, qPrintable(link ? QString() : link.error().text()));
    for (int i = 0; i < times; ++i) {
        const auto ran = (*link)->run({statement, {}});
        QVERIFY2(ran, qPrintable(ran ? QString() : ran.error().text()));
    }
}

void TestPane::nextReading()
{
    statements::Sampler *sampler = m_window->workspace()->context().statements;
    QSignalSpy recorded(sampler, &statements::Sampler::recorded), began(sampler, &statements::Sampler::began);
    activate();
    QTest::keyClick(pane(), Qt::Key_F5);
    QTRY_VERIFY_WITH_TIMEOUT(recorded.count() + began.count() > 0, 20'000);
    if (recorded.count() > 0)
        QVERIFY(recorded.at(0).at(1).toBool());
}

void TestPane::whatIsNotRecordedIsSaid()
{
    QTRY_VERIFY_WITH_TIMEOUT(says(pane(), u"Statements are not recorded"_s), 15'000);
    QVERIFY(says(pane(), u"shared_preload_libraries"_s));
    QTRY_VERIFY(button(u"Copy the statements"_s));
    QTest::mouseClick(button(u"Copy the statements"_s), Qt::LeftButton);
    QVERIFY(QGuiApplication::clipboard()->text().contains(u"CREATE EXTENSION pg_stat_statements;"_s));
    windowPictures(m_window.get(), u"statements-absent"_s);
    QVERIFY(m_server->sql({"CREATE EXTENSION pg_stat_statements SCHEMA public"}));
    nextReading();
    QTRY_VERIFY(!says(pane(), u"Statements are not recorded"_s));
    QTRY_VERIFY(says(pane(), u"Recording since"_s));
    windowPictures(m_window.get(), u"statements-new"_s);
    // Until then there is what the server counted.
    run("SELECT 1 AS before_the_first_minute", 3);
    QTest::mouseClick(button(u"Show all since"_s), Qt::LeftButton);
    QTRY_VERIFY(hasWords(view()->model(), u"before_the_first_minute"_s));
    top()->setLifetime(false);
    QTRY_VERIFY(says(pane(), u"Recording since"_s));
}

void TestPane::theDearestStandsFirst()
{
    run("SELECT count(*) FROM public.orders AS dearest WHERE id % 7 = 3", 30);
    run("SELECT 1 AS cheap, 2", 200);
    nextReading();
    QTRY_VERIFY(view()->isVisible() && view()->shownRows() >= 2);
    QTRY_VERIFY(cell(0, TextColumn).contains(u"dearest"_s));
    QCOMPARE(cell(0, CallsColumn), u"30"_s);
    QVERIFY(view()->model()->index(0, TotalColumn).data(KeyedModel::ShareRole).toDouble() > 0.1); // of all, the console's own too
    QVERIFY(says(pane(), u"nothing is missing"_s));
    type(u"CHEAP"_s); // whatever the case
    QTRY_COMPARE(view()->shownRows(), 1);
    QCOMPARE(cell(0, CallsColumn), u"200"_s);
    type(u"no such text"_s);
    QTRY_VERIFY(says(pane(), u"passes the filter"_s));
    windowPictures(m_window.get(), u"statements-filtered"_s);
    QTest::mouseClick(button(u"Clear the filter"_s), Qt::LeftButton);
    QTRY_VERIFY(view()->shownRows() > 1);
}

void TestPane::itIsOrderedByEachFigure()
{
    run("SELECT i AS many_rows FROM generate_series(1, 30000) AS i");
    run("SELECT count(*) FROM (SELECT i AS spilled FROM generate_series(1, 300000) AS i ORDER BY -i OFFSET 1) AS s");
    run("CREATE TABLE public.written AS SELECT i FROM generate_series(1, 20000) AS i");
    nextReading();
    QTRY_VERIFY(rowsLike(u"spilled"_s) == 1);
    const auto first = [&](const QString &order) {
        top()->order()->setCurrentIndex(top()->order()->findData(order));
        return cell(0, TextColumn);
    };
    QVERIFY2(first(u"calls"_s).contains(u"cheap"_s), qPrintable(first(u"calls"_s)));
    QVERIFY2(first(u"rows"_s).contains(u"many_rows"_s), qPrintable(first(u"rows"_s)));
    QVERIFY2(first(u"temp"_s).contains(u"spilled"_s), qPrintable(first(u"temp"_s)));
    QVERIFY2(first(u"wal"_s).contains(u"written"_s), qPrintable(first(u"wal"_s)));
    QVERIFY2(first(u"dirtied"_s).contains(u"written"_s), qPrintable(first(u"dirtied"_s)));
    for (int i = 0; i < top()->order()->count(); ++i) { // each has its column, shown where it is asked for
        top()->order()->setCurrentIndex(i);
        const int sorted = view()->header()->sortIndicatorSection();
        QVERIFY2(sorted > 0 && !view()->isColumnHidden(sorted), qPrintable(top()->order()->currentText()));
    }
    view()->sortBy(u"calls"_s, Qt::DescendingOrder); // and the header's order is told
    QCOMPARE(top()->order()->currentData().toString(), u"calls"_s);
    view()->sortBy(u"calls"_s, Qt::AscendingOrder);
    QCOMPARE(top()->order()->currentIndex(), -1);
    first(u"total"_s);
}

void TestPane::whatIsLostHasARow()
{
    QVERIFY(!shownTexts().contains(u"Not read in time"_s));
    QVERIFY(m_server->sql({"SELECT public.pg_stat_statements_reset()"}));
    run("SELECT 1 AS after_the_reset, 2, 3", 4);
    nextReading();
    QTRY_VERIFY(rowsLike(u"Not read in time"_s) == 1);
    const int last = view()->shownRows() - 1;
    QVERIFY(cell(last, TextColumn).contains(u"Not read in time"_s)); // in either order
    QCOMPARE(cell(last, TotalColumn), u"–"_s);
    QVERIFY(says(pane(), u"pg_stat_statements was reset"_s));
    windowPictures(m_window.get(), u"statements-list"_s);
}

void TestPane::oneIsLookedAtInDetail()
{
    run("SELECT public.price(7)", 5);
    nextReading();
    QTRY_VERIFY(rowsLike(u"price"_s) >= 2);
    openRow(0);
    QTRY_VERIFY(text()->toPlainText().contains(shownTexts().constFirst().left(20)));
    type(u"dearest"_s);
    QTRY_COMPARE(rowsLike(u"dearest"_s), 1);
    openRow(0);
    QTRY_VERIFY(text()->toPlainText().contains(u"dearest"_s));
    QVERIFY(says(detail(), u"postgres@"_s));
    QTRY_VERIFY(detail()->load()->chart()->series(0).points().size() >= 2);
    QVERIFY(detail()->load()->chart()->series(0).points().constFirst().y() > 0);
    QVERIFY(says(detail(), u"± "_s));
    windowPictures(m_window.get(), u"statements-detail"_s);
    for (int i = 0; i < detail()->load()->measure()->count(); ++i)
        detail()->load()->measure()->setCurrentIndex(i);
    detail()->load()->measure()->setCurrentIndex(1); // the mean, between two lines
    QCOMPARE(detail()->load()->chart()->lineCount(), 3);
    const auto value = [&](int line) { return detail()->load()->chart()->series(line).points().constFirst().y(); };
    QVERIFY(value(0) > 0 && value(1) > value(0) && value(2) < value(0));
    windowPictures(m_window.get(), u"statements-deviation"_s);
    detail()->load()->measure()->setCurrentIndex(0);
    QTest::mouseClick(button(u"Copy statement"_s, detail()), Qt::LeftButton);
    QVERIFY(QGuiApplication::clipboard()->text().contains(u"dearest"_s));
    // What a function called is told apart, and its time is not counted twice.
    type(u"priced"_s);
    QTRY_COMPARE(rowsLike(u"priced"_s), 1);
    QVERIFY(cell(0, TextColumn).startsWith(u'↳'));
    QVERIFY(!view()->model()->index(0, TotalColumn).data(KeyedModel::ShareRole).isValid());
    openRow(0);
    QTRY_VERIFY(says(detail(), u"called by a function"_s));
    detail()->pages()->setCurrentIndex(2);
    auto *runs = named<KeyedView>(u"Who runs the same statement"_s);
    QVERIFY(hasWords(runs->model(), u"function"_s));
    QTest::keyClick(pane(), Qt::Key_Escape);
    QTRY_VERIFY(!detail()->isVisible());
    type({});
    QTRY_VERIFY(view()->shownRows() > 2);
}

void TestPane::whatItWaitedForIsShown()
{
    Client holder(m_server->socketSpec(), {}), waiter(m_server->socketSpec(), {});
    QVERIFY(holder.run("SELECT pg_try_advisory_lock(7)"));
    QSignalSpy sampled(m_window->workspace()->context().waits, &activity::WaitSampler::sampled);
    waiter.start("SELECT pg_advisory_lock(7) AS waited");
    QTRY_VERIFY_WITH_TIMEOUT(sampled.count() >= 4, 15'000);
    QVERIFY(holder.run("SELECT pg_advisory_unlock(7)"));
    QCOMPARE(waiter.end(), u"done"_s);
    nextReading();
    type(u"AS waited"_s);
    QTRY_COMPARE(rowsLike(u"waited"_s), 1);
    openRow(0);
    detail()->pages()->setCurrentIndex(1);
    auto *waits = detail()->findChild<StatementWaits *>();
    const auto isSeen = [&] {
        nextReading(); // samples are kept some seconds at a time
        return hasWords(waits->view()->model(), u"advisory"_s);
    };
    QTRY_VERIFY_WITH_TIMEOUT(isSeen(), 30'000);
    QVERIFY(says(waits, u"sessions ran it on average"_s));
    windowPictures(m_window.get(), u"statements-waits"_s);
    detail()->pages()->setCurrentIndex(0);
}

void TestPane::roomsAddPages()
{
    auto *page = new QPlainTextEdit;
    detail()->addPage(u"Plan"_s, page);
    QVector<ChosenStatement> heard;
    QObject hearing; // ends before what it fills
    connect(detail(), &StatementDetail::statementShown, &hearing, [&heard](const ChosenStatement &chosen) { heard << chosen; });
    QSignalSpy left(detail(), &StatementDetail::statementLeft);
    type(u"dearest"_s);
    QTRY_COMPARE(rowsLike(u"dearest"_s), 1);
    openRow(0);
    QTRY_COMPARE(heard.size(), 1);
    QVERIFY(heard.constFirst().text.contains(u"AS dearest"_s) && heard.constFirst().isWhole);
    QCOMPARE(heard.constFirst().database, u"postgres"_s);
    QCOMPARE(statements::keyText(heard.constFirst().key), view()->currentKey());
    nextReading(); // the same one again is no news
    type({});
    QTRY_VERIFY(view()->shownRows() > 2);
    QCOMPARE(heard.size(), 1);
    detail()->setPage(page);
    QVERIFY(page->isVisible());
    QTest::keyClick(pane(), Qt::Key_Escape);
    QCOMPARE(left.count(), 1);
    delete page; // and its page with it
    detail()->pages()->setCurrentIndex(0);
}

void TestPane::leadsToItsPlan()
{
    type(u"dearest"_s);
    QTRY_COMPARE(rowsLike(u"dearest"_s), 1);
    openRow(0);
    QPushButton *plan = button(u"Plan"_s, detail());
    QVERIFY(plan);
    QTRY_VERIFY(plan->isEnabled());
    QTest::mouseClick(plan, Qt::LeftButton);
    const auto texts = pane()->findChildren<QPlainTextEdit *>();
    QVERIFY(std::any_of(texts.cbegin(), texts.cend(), [](const QPlainTextEdit *text) { return text->isVisible() && text->toPlainText().contains(u"AS dearest"_s); }));
    m_window->workspace()->context().showPlace(u"statements"_s, {});
    type({});
    QTest::keyClick(pane(), Qt::Key_Escape);
}

void TestPane::whatBecameSlowerIsFound()
{
    // The earlier time ends, and the later one begins, with a reading.
    QVERIFY(m_server->sql({"CREATE TABLE public.weight AS SELECT 1 AS one", "ANALYZE public.weight"}));
    const QByteArray grew = "SELECT count(*) FROM generate_series(1, 2000 * (SELECT count(*) FROM public.weight)) AS grew";
    run(grew, 20);
    nextReading();
    const qint64 borderMs = m_clock.wallMs();
    QVERIFY(m_server->sql({"INSERT INTO public.weight SELECT 1 FROM generate_series(1, 99)"}));
    run(grew, 20);
    run("SELECT count(*) AS fresh FROM public.orders", 2);
    nextReading();
    const qint64 nowMs = m_clock.wallMs();
    TimeRange *range = m_window->workspace()->context().range;
    range->setInterval(borderMs, borderMs + qMax<qint64>(nowMs - borderMs, 1000));
    QTest::keyClick(pane(), Qt::Key_2, Qt::AltModifier);
    QTRY_VERIFY(regressions()->isVisible());
    QTRY_VERIFY(hasWords(regressions()->slower()->model(), u"grew"_s));
    const QAbstractItemModel *slower = regressions()->slower()->model();
    QVERIFY(slower->index(0, 0).data().toString().contains(u"grew"_s)); // the most added first
    QVERIFY(slower->index(0, 1).data().toString().startsWith(u'+'));
    QVERIFY(slower->index(0, 2).data(KeyedModel::SortRole).toDouble() > 3);
    QVERIFY(hasWords(regressions()->fresh()->model(), u"AS fresh"_s));
    QVERIFY(!hasWords(regressions()->fresh()->model(), u"grew"_s));
    windowPictures(m_window.get(), u"statements-regressions"_s);
    regressions()->minCalls()->setValue(21); // more than there were
    QTRY_VERIFY(!hasWords(slower, u"grew"_s));
    QVERIFY(says(regressions(), u"too few calls"_s));
    regressions()->minCalls()->setValue(10);
    QTRY_VERIFY(hasWords(slower, u"grew"_s));
    regressions()->slower()->setFocus();
    QTest::keyClick(regressions()->slower(), Qt::Key_Home);
    QTRY_VERIFY(detail()->isVisible());
    QTRY_VERIFY(text()->toPlainText().contains(u"grew"_s));
    windowPictures(m_window.get(), u"statements-regressions-detail"_s);
    QTest::keyClick(pane(), Qt::Key_Escape);
    regressions()->againstBox()->setCurrentIndex(3);
    QTRY_VERIFY(says(regressions(), u"Of the earlier time nothing was recorded"_s));
    windowPictures(m_window.get(), u"statements-regressions-none"_s);
    range->setLast(2 * 3'600'000); // an hour earlier overlaps it
    regressions()->againstBox()->setCurrentIndex(0);
    QVERIFY(!(regressions()->againstBox()->model()->flags(regressions()->againstBox()->model()->index(1, 0)) & Qt::ItemIsEnabled));
    QTest::keyClick(pane(), Qt::Key_1, Qt::AltModifier);
    QTRY_VERIFY(view()->isVisible() && view()->shownRows() > 2);
}

void TestPane::hostileTextIsText()
{
    run("SELECT '<b>bold</b>' AS \"<img src=x>\x1b[31m\xe2\x80\xae\", 5 AS hostile", 3);
    run("SELECT 2 AS longer, 3, 4, 5, 6, 7, " + QByteArray(1'000'000, ' ') + "8", 1);
    run("ALTER ROLE postgres PASSWORD 'hunter2secret'", 1);
    nextReading();
    type(u"hostile"_s);
    QTRY_COMPARE(rowsLike(u"hostile"_s), 1);
    const auto isHarmless = [](const QString &text) { return !text.contains(QChar(0x1b)) && !text.contains(QChar(0x202e)); };
    QVERIFY2(isHarmless(cell(0, TextColumn)), qPrintable(cell(0, TextColumn)));
    QVERIFY(cell(0, TextColumn).contains(u"<img src=x>"_s));
    const QString tip = view()->model()->index(0, TextColumn).data(Qt::ToolTipRole).toString();
    QVERIFY2(isHarmless(tip) && !tip.contains(u"<img"_s), qPrintable(tip));
    openRow(0);
    QVERIFY(text()->toPlainText().contains(u"<img src=x>"_s));
    QVERIFY(isHarmless(text()->toPlainText()));
    QTest::mouseClick(button(u"Copy statement"_s, detail()), Qt::LeftButton);
    QVERIFY(QGuiApplication::clipboard()->text().contains(QChar(0x1b))); // what is copied is what it is
    windowPictures(m_window.get(), u"statements-hostile"_s);
    type(u"ALTER ROLE"_s);
    QTRY_VERIFY(rowsLike(u"ALTER ROLE"_s) >= 1);
    for (int row = 0; row < view()->shownRows(); ++row)
        QVERIFY(!cell(row, TextColumn).contains(u"hunter2secret"_s));
    type(u"longer"_s);
    QTRY_COMPARE(rowsLike(u"longer"_s), 1);
    QElapsedTimer timer;
    timer.start();
    openRow(0);
    QTRY_VERIFY(text()->toPlainText().contains(u"longer"_s));
    QVERIFY2(timer.elapsed() < 3'000, qPrintable(QString::number(timer.elapsed())));
    QVERIFY(text()->toPlainText().size() < 30'000);
    QVERIFY(text()->toPlainText().contains(u"characters in all"_s));
    QVERIFY(cell(0, TextColumn).size() < 1000);
    QTest::keyClick(pane(), Qt::Key_Escape);
    type({});
    QTRY_VERIFY(view()->shownRows() > 3);
}

void TestPane::theOwnAreHidden()
{
    auto *own = pane()->findChild<QCheckBox *>();
    const int before = view()->shownRows();
    QCOMPARE(rowsLike(u"pg_stat_activity"_s), 0);
    own->setFocus();
    QTest::keyClick(own, Qt::Key_Space);
    QTRY_VERIFY(view()->shownRows() > before);
    QVERIFY(rowsLike(u"pg_stat_activity"_s) > 0);
    QTest::keyClick(own, Qt::Key_Space);
    QTRY_COMPARE(view()->shownRows(), before);
    // By database: one that others do not run in.
    auto *database = named<QComboBox>(u"Of which database"_s);
    QVERIFY(database->findText(u"postgres"_s) > 0);
    QCOMPARE(database->findText(u"shop"_s), -1);
    const auto shop = pg::Connection::open(m_server->socketSpec().withDatabase(u"shop"_s), {});
    QVERIFY(shop && (*shop)->run({"SELECT 1 AS in_the_shop", {}}));
    nextReading();
    QTRY_VERIFY(database->findText(u"shop"_s) > 0);
    database->setCurrentIndex(database->findText(u"shop"_s));
    QTRY_COMPARE(rowsLike(u"in_the_shop"_s), 1);
    QCOMPARE(rowsLike(u"dearest"_s), 0);
    database->setCurrentIndex(0);
    QTRY_COMPARE(rowsLike(u"dearest"_s), 1);
    // Ctrl+Shift+C copies with the headers.
    view()->setFocus();
    QTest::keyClick(view(), Qt::Key_Home);
    QTest::keyClick(view(), Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
    const QStringList copied = QGuiApplication::clipboard()->text().split(u'\n');
    QCOMPARE(copied.size(), 2);
    QVERIFY(copied.at(0).startsWith(u"Statement\tTotal time\tMean\tCalls"_s));
    QTest::keyClick(pane(), Qt::Key_Escape);
}

void TestPane::whatIsNotPermittedIsSaid()
{
    QVERIFY(m_server->sql({"CREATE ROLE watcher LOGIN PASSWORD 'watcher'"}));
    m_window.reset();
    session::Profile profile;
    profile.name = u"watched"_s;
    profile.spec = m_server->spec().withRole(u"watcher"_s);
    profile.environment = session::Environment::Production;
    open(profile, Secret("watcher"), u"statements"_s);
    if (QTest::currentTestFailed())
        return;
    QTRY_VERIFY_WITH_TIMEOUT(pane() && says(pane(), u"Recording since"_s), 15'000);
    run("SELECT 1 AS of_another, 2, 3, 4", 3);
    nextReading();
    QTRY_VERIFY_WITH_TIMEOUT(says(pane(), u"statements of other roles may not be read"_s), 15'000);
    QVERIFY(!hasWords(view()->model(), u"of_another"_s));
    QVERIFY(button(u"Copy GRANT"_s));
    QTest::mouseClick(button(u"Copy GRANT"_s), Qt::LeftButton);
    const QString grant = QGuiApplication::clipboard()->text();
    windowPictures(m_window.get(), u"statements-not-permitted"_s);
    QVERIFY2(m_server->sql({grant.toUtf8()}), qPrintable(grant)); // as it stands
    nextReading();
    run("SELECT 1 AS permitted_now, 2, 3, 4, 5", 3);
    nextReading();
    QTRY_VERIFY(hasWords(view()->model(), u"permitted_now"_s));
}

void TestPane::cleanupTestCase()
{
    end();
}

QTEST_MAIN(TestPane)
#include "tst_pane.moc"
