// SPDX-License-Identifier: GPL-3.0-or-later
// The journal's window, by keys and clicks, on a store with entries of the test's.
#include "ui/session/journaldialog.h"
#include "ui/shell/mainwindow.h"
#include "ui/shell/rail.h"
#include "ui/widgets/dialogs.h"
#include "ui/widgets/label.h"

#include "resources/resources.h"

#include <QClipboard>
#include <QComboBox>
#include <QJsonArray>
#include <QJsonDocument>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QTemporaryDir>
#include <QTreeWidget>
#include <QtTest>

using namespace howdah;
using namespace howdah::ui;

class TestJournal : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_home;
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<store::StoreWorker> m_store;
    std::unique_ptr<Worker> m_tools;
    store::Keychain m_keychain;
    Clock m_clock;
    std::unique_ptr<MainWindow> m_window;

    void add(const char *action, qint64 agoMs, const char *commands, const char *outcome = "done", const char *message = "5 rows in 120 ms")
    {
        store::JournalEntry entry;
        entry.startedMs = QDateTime::currentMSecsSinceEpoch() - agoMs;
        entry.who = QStringLiteral("ada@desk");
        entry.target = QStringLiteral("orders on db1.example.org:5432/orders as admin");
        entry.action = QString::fromUtf8(action);
        entry.commands = QString::fromUtf8(commands);
        entry.undo = QStringLiteral("CREATE INDEX orders_total ON public.orders (total);");
        auto added = m_store->run([entry, end = QString::fromUtf8(outcome), told = QString::fromUtf8(message)](store::Store &open) -> Result<qint64> {
            auto id = store::beginJournalEntry(open, entry);
            if (id && !end.isEmpty())
                return store::endJournalEntry(open, *id, end, told) ? id : Result<qint64>(fail(Error()));
            return id;
        });
        added.waitForFinished();
        QVERIFY(added.result().has_value());
    }
    JournalDialog *dialog() const { return m_window->findChild<JournalDialog *>(); }
    void openByKeys()
    {
        m_window->activateWindow();
        QTRY_VERIFY(m_window->isActiveWindow());
        QTest::keyClick(m_window.get(), Qt::Key_J, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_VERIFY(dialog() && dialog()->isActiveWindow());
    }
    int rows() const { return dialog()->list()->topLevelItemCount(); }
    bool says(const QString &text) const
    {
        for (const auto *label : dialog()->findChildren<QLabel *>()) {
            if (label->isVisible() && label->text().contains(text))
                return true;
        }
        return false;
    }
    QPushButton *button(const QString &text) const
    {
        for (auto *one : dialog()->findChildren<QPushButton *>()) {
            if (one->text() == text && one->isVisible())
                return one;
        }
        return nullptr;
    }
    void picture(const QString &name) const
    {
        const QString folder = qEnvironmentVariable("HOWDAH_PICTURES"); // to be looked at
        if (!folder.isEmpty())
            QVERIFY(dialog()->grab().save(folder + QLatin1Char('/') + name));
    }

private slots:
    void initTestCase()
    {
        qputenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
        qputenv("XDG_DATA_HOME", m_home.path().toLocal8Bit());
        qputenv("PATH", "/nonexistent");
        initResources();
        theme().setChoice(Theme::Choice::Light);
        QGuiApplication::setQuitOnLastWindowClosed(false);
    }
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_store = std::make_unique<store::StoreWorker>(m_folder->filePath(QStringLiteral("store.sqlite")));
        m_tools = std::make_unique<Worker>(QStringLiteral("tools"));
        m_window = std::make_unique<MainWindow>(Services{m_store.get(), &m_keychain, m_tools.get(), &m_clock}, WindowOptions());
        m_window->resize(1100, 700);
        m_window->show();
        m_window->start();
        QTRY_VERIFY(m_window->workspace());
    }
    void cleanup()
    {
        m_window.reset();
        m_tools.reset();
        m_store.reset();
    }
    void cleanupTestCase() { QVERIFY(Worker::joinClosed(5000)); }

    void nothingYetSaysWhatWillStandHere()
    {
        openByKeys();
        QTRY_VERIFY(says(QStringLiteral("Whatever Howdah changes on a server or a stack will stand here")));
        QVERIFY(!button(QStringLiteral("Export to CSV…"))->isEnabled());
        picture(QStringLiteral("empty.png"));
        QTest::keyClick(dialog(), Qt::Key_Escape);
        QTRY_VERIFY(!dialog());
    }

    void listSearchPeriodAndDetail()
    {
        add("Drop the index orders_total", 3 * 86'400'000LL, "BEGIN;\nDROP INDEX public.orders_total;\nCOMMIT;\n");
        add("Terminate 3 backends", 7'200'000, "SELECT pg_terminate_backend(4711);", "failed", "permission denied");
        add("Stop the stack howdah", 4000, "docker stop howdah-db-1", "");
        openByKeys();
        QTRY_COMPARE(rows(), 3);
        auto *list = dialog()->list();
        QCOMPARE(list->topLevelItem(0)->text(4), QStringLiteral("no end"));
        QCOMPARE(list->topLevelItem(0)->text(5), QStringLiteral("not known"));
        QCOMPARE(list->topLevelItem(1)->text(4), QStringLiteral("failed"));
        QCOMPARE(list->topLevelItem(2)->text(4), QStringLiteral("done"));
        QVERIFY(!list->topLevelItem(2)->icon(4).isNull());
        QVERIFY(says(QStringLiteral("no end: it ran or the program died")));
        QVERIFY(says(QStringLiteral("3 changes")));

        // The search has the focus; Down goes into the list, whose row stands below with what ran.
        QTest::keyClicks(dialog()->needle(), QStringLiteral("DROP index"));
        QTRY_COMPARE(rows(), 1);
        QCOMPARE(dialog()->commands()->toPlainText(), QStringLiteral("BEGIN;\nDROP INDEX public.orders_total;\nCOMMIT;\n"));
        QVERIFY(says(QStringLiteral("Undo: CREATE INDEX orders_total")));
        QVERIFY(says(QStringLiteral("5 rows in 120 ms")));
        QTest::mouseClick(button(QStringLiteral("Copy")), Qt::LeftButton);
        QCOMPARE(QGuiApplication::clipboard()->text(), dialog()->commands()->toPlainText());
        dialog()->needle()->clear();
        QTRY_COMPARE(rows(), 3);
        dialog()->needle()->setFocus();
        QTest::keyClick(dialog()->needle(), Qt::Key_Down);
        QVERIFY(list->hasFocus());
        QTest::keyClick(list, Qt::Key_Down);
        QVERIFY(says(QStringLiteral("permission denied")));

        dialog()->period()->setFocus();
        QTest::keyClick(dialog()->period(), Qt::Key_Down); // the last hour
        QTRY_COMPARE(rows(), 1);
        QTest::keyClick(dialog()->period(), Qt::Key_Down); // 24 hours
        QTRY_COMPARE(rows(), 2);
        QTest::keyClicks(dialog()->needle(), QStringLiteral("nowhere"));
        QTRY_VERIFY(says(QStringLiteral("Nothing in the journal is like that")));

        // The palette and the menu lead to the same one.
        for (const Command &command : m_window->commands()) {
            if (command.text == QLatin1StringView("Journal of changes"))
                command.run();
        }
        QCOMPARE(m_window->findChildren<JournalDialog *>().size(), 1);
        for (const auto &[size, dark, name] : {std::tuple(QSize(1100, 700), false, "small-light.png"), {QSize(1100, 700), true, "small-dark.png"},
                                               {QSize(1600, 1000), false, "large-light.png"}, {QSize(1600, 1000), true, "large-dark.png"}}) {
            if (qEnvironmentVariableIsEmpty("HOWDAH_PICTURES"))
                break;
            delete dialog();
            m_window->resize(size);
            theme().setChoice(dark ? Theme::Choice::Dark : Theme::Choice::Light);
            openByKeys();
            QTRY_COMPARE(rows(), 3);
            dialog()->list()->setCurrentItem(dialog()->list()->topLevelItem(2));
            picture(QString::fromLatin1(name));
            theme().setChoice(Theme::Choice::Light);
        }
    }

    void moreAsOneScrolls()
    {
        auto filled = m_store->run([](store::Store &open) -> Result<bool> {
            for (int i = 0; i < 250; ++i) {
                store::JournalEntry entry;
                entry.action = QStringLiteral("Change %1").arg(i);
                if (auto id = store::beginJournalEntry(open, entry); !id)
                    return fail(id.error());
            }
            return true;
        });
        filled.waitForFinished();
        QVERIFY(filled.result().has_value());
        openByKeys();
        QTRY_COMPARE(rows(), 200);
        QVERIFY(says(QStringLiteral("200+ changes")));
        dialog()->list()->setFocus();
        QTest::keyClick(dialog()->list(), Qt::Key_End);
        QTRY_COMPARE(rows(), 250);
        QVERIFY(says(QStringLiteral("250 changes")));
        QCOMPARE(dialog()->list()->topLevelItem(249)->text(3), QStringLiteral("Change 0"));

        // What is exported is all that was found, not what was scrolled to.
        QTest::keyClicks(dialog()->needle(), QStringLiteral("change"));
        QTRY_COMPARE(rows(), 200);
        const QString path = m_folder->filePath(QStringLiteral("journal.json"));
        DialogAnswers answers(qApp, [path](const Question &) { return Answer{.accepted = true, .text = path, .secret = {}, .choice = false}; });
        QSignalSpy exported(dialog(), &JournalDialog::exported);
        QTest::mouseClick(button(QStringLiteral("Export to JSON…")), Qt::LeftButton);
        QTRY_COMPARE(exported.size(), 1);
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(QJsonDocument::fromJson(file.readAll()).object().value(QLatin1StringView("entries")).toArray().size(), 250);
        QVERIFY(says(QStringLiteral("250 exported to")));
    }

    void aFileThatCannotBeWrittenIsSaid()
    {
        add("Drop the index", 1000, "DROP INDEX i;");
        openByKeys();
        QTRY_COMPARE(rows(), 1);
        const QString path = m_folder->filePath(QStringLiteral("journal.csv"));
        QString answer = path;
        DialogAnswers answers(qApp, [&answer](const Question &) { return Answer{.accepted = true, .text = answer, .secret = {}, .choice = false}; });
        QTest::mouseClick(button(QStringLiteral("Export to CSV…")), Qt::LeftButton);
        QTRY_VERIFY(QFile::exists(path));
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray csv = file.readAll();
        QVERIFY2(csv.startsWith("id,started,") && csv.contains(",DROP INDEX i;,done,5 rows in 120 ms,"), csv.constData());
        answer = QStringLiteral("/nonexistent/journal.csv");
        QTest::mouseClick(button(QStringLiteral("Export to CSV…")), Qt::LeftButton);
        QTRY_VERIFY(says(QStringLiteral("The journal was not exported")));
    }
};

QTEST_MAIN(TestJournal)
#include "tst_journal.moc"
