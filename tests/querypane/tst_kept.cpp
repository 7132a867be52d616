// SPDX-License-Identifier: GPL-3.0-or-later
// What stays: the history of each run, files, and tabs after a crash. The crash is a real one: this program, run again as a window of its own,
// and killed.
#include "querypane/bench.h"
#include "ui/query/historyview.h"

#include "resources/resources.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QProcess>
#include <QTabBar>
#include <QTreeWidget>

#include <cstdio>

using namespace howdah;
using namespace howdah::ui;

namespace
{

constexpr int promisedMs = 2000;

// Two tabs, one of them typed into until it is killed.
int writeAndWait(const QString &store)
{
    test::PaneBench bench(store);
    if (!bench.open())
        return 1;
    bench.type(QStringLiteral("SELECT 'first tab';"));
    bench.key(Qt::Key_T, Qt::ControlModifier);
    bench.type(QStringLiteral("SELECT 'second tab',\n  'not finished"));
    bench.key(Qt::Key_Home);
    std::puts("typed");
    std::fflush(stdout);
    return QApplication::exec();
}

} // namespace

class TestKept : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<test::PaneBench> m_bench;

    QTabBar *tabs() const { return m_bench->pane->findChild<QTabBar *>(QString(), Qt::FindChildrenRecursively); }
    HistoryView *history() const { return m_bench->pane->findChild<HistoryView *>(); }

private slots:
    void initTestCase()
    {
        QString why;
        m_bench = test::PaneBench::start(&why);
        QVERIFY2(m_bench, qPrintable(why));
        QVERIFY(m_bench->open());
    }
    void cleanupTestCase()
    {
        m_bench.reset();
        QVERIFY(Worker::joinClosed(5000));
    }

    void everyRunIsInTheHistoryAndIsFound()
    {
        for (const QByteArray text : {"SELECT 1 AS needle_one", "SELECT nothing_there", "ALTER ROLE postgres PASSWORD 'hunter2-secret'", "SELECT 2 AS other"}) {
            m_bench->put(text);
            DialogAnswers answers(qApp, [](const Question &) { return Answer{.accepted = true, .text = {}, .secret = {}, .choice = false}; });
            QVERIFY(text.startsWith("ALTER") || m_bench->runStatement());
        }
        m_bench->put("");
        m_bench->key(Qt::Key_H, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_VERIFY(history()->isVisible());
        QTreeWidget *list = history()->list();
        QTRY_COMPARE(list->topLevelItemCount(), 3);
        QCOMPARE(list->topLevelItem(0)->text(1), QStringLiteral("SELECT 2 AS other;"));
        QCOMPARE(list->topLevelItem(0)->text(4), QStringLiteral("done"));
        QCOMPARE(list->topLevelItem(1)->text(4), QStringLiteral("failed"));
        // Searched as one types, and into the editor by Enter; nothing is run by that.
        QTest::keyClicks(history()->needle(), QStringLiteral("NEEDLE"));
        QTRY_COMPARE(list->topLevelItemCount(), 1);
        QTest::keyClick(history()->needle(), Qt::Key_Return);
        QTRY_VERIFY(m_bench->editor()->bytes().contains("SELECT 1 AS needle_one"));
        QVERIFY(!m_bench->tab()->isBusy());
        m_bench->key(Qt::Key_H, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_VERIFY(!history()->isVisible());
    }

    void aFileIsOpenedChangedAndSaved()
    {
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("report.sql"));
        {
            QFile file(path);
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write("SELECT 'from the file';\n");
        }
        DialogAnswers answers(qApp, [path](const Question &) { return Answer{.accepted = true, .text = path, .secret = {}, .choice = false}; });
        m_bench->key(Qt::Key_T, Qt::ControlModifier);
        m_bench->key(Qt::Key_O, Qt::ControlModifier);
        QTRY_COMPARE(m_bench->editor()->bytes(), QByteArray("SELECT 'from the file';\n"));
        QTRY_COMPARE(m_bench->tab()->title(), QStringLiteral("report.sql"));
        QVERIFY(!m_bench->tab()->isModified());
        m_bench->editor()->setCursor(0);
        m_bench->type(QStringLiteral("-- mine\n"));
        QVERIFY(m_bench->tab()->isModified());
        m_bench->key(Qt::Key_S, Qt::ControlModifier);
        QTRY_VERIFY(!m_bench->tab()->isModified());
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), QByteArray("-- mine\nSELECT 'from the file';\n"));
        // Another program's writing is told; the text here is not touched.
        {
            QFile other(path);
            QVERIFY(other.open(QIODevice::WriteOnly));
            other.write("SELECT 'somebody else wrote this';\n");
        }
        QTRY_VERIFY_WITH_TIMEOUT(m_bench->says(QStringLiteral("was changed by another program")), 10'000);
        QVERIFY(m_bench->editor()->bytes().startsWith("-- mine\n"));
    }

    void aClosedTabIsReopened()
    {
        m_bench->key(Qt::Key_T, Qt::ControlModifier);
        m_bench->type(QStringLiteral("SELECT 'keep me'"));
        const int before = tabs()->count();
        m_bench->key(Qt::Key_W, Qt::ControlModifier);
        QTRY_COMPARE(tabs()->count(), before - 1);
        QVERIFY(m_bench->editor()->bytes() != QByteArray("SELECT 'keep me'"));
        m_bench->key(Qt::Key_T, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_COMPARE(m_bench->editor()->bytes(), QByteArray("SELECT 'keep me'"));
    }

    void tabsAreThereAfterACrash()
    {
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("store.sqlite"));
        QProcess window;
        window.start(QCoreApplication::applicationFilePath(), {QStringLiteral("--write-and-wait"), path});
        QVERIFY(window.waitForStarted());
        QByteArray said;
        QTRY_VERIFY_WITH_TIMEOUT((said += window.readAllStandardOutput()).contains("typed"), 30'000);
        QElapsedTimer since;
        since.start();
        QTRY_VERIFY_WITH_TIMEOUT(since.elapsed() > promisedMs, 2 * promisedMs);
        window.kill();
        QVERIFY(window.waitForFinished());
        QCOMPARE(window.exitStatus(), QProcess::CrashExit);

        test::PaneBench after(path);
        QVERIFY(after.open());
        auto *bar = after.pane->findChild<QTabBar *>();
        QVERIFY(bar);
        QCOMPARE(bar->count(), 2);
        QCOMPARE(after.editor()->bytes(), QByteArray("SELECT 'first tab';"));
        after.key(Qt::Key_Tab, Qt::ControlModifier);
        const QByteArray second("SELECT 'second tab',\n  'not finished");
        QTRY_COMPARE(after.editor()->bytes(), second);
        QVERIFY(after.editor()->cursor() > second.indexOf('\n'));
        QVERIFY(after.editor()->cursor() < second.size());
        QCOMPARE(bar->tabText(0), QStringLiteral("Query 1"));
    }
};

int main(int argc, char **argv)
{
    QApplication app(argc, argv);
    if (argc == 3 && QByteArrayView(argv[1]) == "--write-and-wait") {
        initResources();
        return writeAndWait(QString::fromLocal8Bit(argv[2]));
    }
    TestKept test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_kept.moc"
