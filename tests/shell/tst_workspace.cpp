// SPDX-License-Identifier: GPL-3.0-or-later
// The window on a real server: connected, silent, given up by hand, back by itself; another profile is another workspace.
#include "support/testserver.h"
#include "ui/query/editor.h"
#include "ui/query/querytab.h"
#include "ui/query/querytabs.h"
#include "ui/shell/connectionbar.h"
#include "ui/shell/linkfacts.h"
#include "ui/shell/mainwindow.h"
#include "ui/shell/panestack.h"
#include "ui/shell/picturerun.h"
#include "ui/shell/rail.h"

#include "resources/resources.h"

#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTemporaryDir>
#include <QToolButton>
#include <QtTest>

using namespace howdah;
using namespace howdah::ui;

class TestWorkspace : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<store::StoreWorker> m_store;
    std::unique_ptr<store::Keychain> m_keychain;
    std::unique_ptr<Worker> m_tools;
    std::unique_ptr<test::TestServer> m_server;
    Clock m_clock;

    session::Profile saveProfile(const QString &name)
    {
        session::Profile profile;
        profile.name = name;
        profile.spec = m_server->spec();
        profile.environment = session::Environment::Test;
        auto saved = m_store->run([profile](store::Store &open) { return session::saveProfile(open, profile); });
        saved.waitForFinished();
        profile = *saved.result();
        m_keychain->holdForSession(profile.secretKey(), m_server->password());
        return profile;
    }

    std::unique_ptr<MainWindow> open(const QString &profile)
    {
        WindowOptions options;
        options.profile = profile;
        auto window = std::make_unique<MainWindow>(Services{m_store.get(), m_keychain.get(), m_tools.get(), &m_clock}, options);
        window->resize(1100, 700);
        window->show();
        window->start();
        return window;
    }

    static bool saysSince(const MainWindow &window)
    {
        const Facts facts = versionFacts(*window.workspace());
        return std::any_of(facts.facts.cbegin(), facts.facts.cend(), [](const Fact &fact) { return fact.name == QLatin1StringView("Connected since"); });
    }

    static bool popupSays(const QString &text)
    {
        for (const QWidget *popup : QApplication::topLevelWidgets()) {
            if (popup->objectName() != QLatin1StringView("factsPopup") || !popup->isVisible())
                continue;
            for (const auto *label : popup->findChildren<QLabel *>()) {
                if (label->text() == text)
                    return true;
            }
        }
        return false;
    }

    static QPushButton *barButton(const MainWindow &window, const QString &text)
    {
        for (auto *button : window.connectionBar()->findChildren<QPushButton *>()) {
            if (button->text() == text && button->isVisible())
                return button;
        }
        return nullptr;
    }

private slots:
    void aboutNamesTheClientLibrary()
    {
        const Facts about = aboutFacts();
        QVERIFY(about.title.startsWith(QStringLiteral("Howdah ")));
        for (const char *name : {"PostgreSQL client", "encrypted cancel", "rows in chunks", "protocol 3.2"}) {
            const auto is = [name](const Fact &fact) { return fact.name == QLatin1StringView(name) && !fact.value.isEmpty(); };
            QVERIFY2(std::any_of(about.facts.cbegin(), about.facts.cend(), is), name);
        }
    }
    void initTestCase()
    {
        qputenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
        initResources();
        theme().setChoice(Theme::Choice::Light);
        m_folder = std::make_unique<QTemporaryDir>();
        qputenv("XDG_DATA_HOME", m_folder->path().toLocal8Bit());
        m_store = std::make_unique<store::StoreWorker>(m_folder->filePath(QStringLiteral("store.sqlite")));
        m_keychain = std::make_unique<store::Keychain>();
        m_tools = std::make_unique<Worker>(QStringLiteral("tools"));
        QString why;
        m_server = test::TestServer::start({}, &why);
        QVERIFY2(m_server, qPrintable(why));
    }

    void connectsAndSamples()
    {
        saveProfile(QStringLiteral("one"));
        const auto window = open(QStringLiteral("one"));
        QTRY_COMPARE_WITH_TIMEOUT(window->connectionBar()->stateText(), QStringLiteral("connected"), 10'000);
        QTRY_VERIFY_WITH_TIMEOUT(window->workspace()->samples() >= 2, 10'000);
        QVERIFY(window->workspace()->link().facts.tls);
        QVERIFY(!window->workspace()->trouble());
        for (const PaneDescriptor &pane : allPanes()) {
            window->rail()->button(pane.id)->click();
            QVERIFY2(window->panes()->currentPane(), qPrintable(pane.id));
            QTRY_VERIFY_WITH_TIMEOUT(window->panes()->currentPane()->isSettled(), 20'000);
        }
    }

    // Every scene, light and dark, at both sizes; what the run wrote into the user's own tabs is gone after it.
    void picturesAreTakenAndNothingOfThemStays()
    {
        QVERIFY(m_server->sql({"CREATE TABLE public.projects (id bigint PRIMARY KEY)"}));
        const auto window = open(saveProfile(QStringLiteral("pictured")).name);
        QTRY_COMPARE_WITH_TIMEOUT(window->connectionBar()->stateText(), QStringLiteral("connected"), 10'000);
        const QString folder = m_folder->filePath(QStringLiteral("pictures"));
        PictureRun run(window.get(), folder);
        QStringList files;
        QString failure;
        connect(&run, &PictureRun::finished, this, [&files](const QStringList &saved) { files = saved; });
        connect(&run, &PictureRun::failed, this, [&failure](const QString &why) { failure = why; });
        run.start();
        QTRY_VERIFY_WITH_TIMEOUT(!files.isEmpty() || !failure.isEmpty(), 90'000);
        QVERIFY2(failure.isEmpty(), qPrintable(failure));
        QCOMPARE(files.size(), allPictureScenes().size() * 4);
        for (const QString &file : std::as_const(files)) {
            const QImage picture(file);
            const QStringList size = QFileInfo(file).baseName().section(QLatin1Char('-'), -1).split(QLatin1Char('x'));
            QCOMPARE(picture.size(), QSize(size.first().toInt(), size.last().toInt()));
        }
        QCOMPARE(QDir(folder).entryList(QDir::Files).size(), files.size()); // no two of one name
        window->rail()->button(QStringLiteral("query"))->click();
        const auto *tabs = window->panes()->currentPane()->findChild<QueryTabs *>();
        QVERIFY(tabs);
        for (int i = 0; i < tabs->count(); ++i)
            QVERIFY(tabs->at(i)->draft().text.isEmpty());
    }

    void anotherProfileIsAnotherWorkspace()
    {
        saveProfile(QStringLiteral("two"));
        const auto window = open(QStringLiteral("one"));
        QTRY_COMPARE_WITH_TIMEOUT(window->connectionBar()->stateText(), QStringLiteral("connected"), 10'000);
        const QPointer<Workspace> before = window->workspace();
        const QPointer<Pane> pane = window->panes()->currentPane();
        window->openProfile(QStringLiteral("two"));
        QTRY_VERIFY(window->workspace() && window->workspace() != before);
        QVERIFY(!before);
        QVERIFY(!pane);
        QTRY_COMPARE_WITH_TIMEOUT(window->connectionBar()->stateText(), QStringLiteral("connected"), 10'000);
        QCOMPARE(window->workspace()->profile().name, QStringLiteral("two"));
    }

    // What the pane that is shown can do is in the palette, and it acts on the part that had the keys.
    void thePaletteHasThePanesCommands()
    {
        const auto window = open(QStringLiteral("one"));
        QTRY_COMPARE_WITH_TIMEOUT(window->connectionBar()->stateText(), QStringLiteral("connected"), 10'000);
        const auto offered = [&](const QString &text) {
            const QVector<Command> list = window->commands();
            return std::any_of(list.cbegin(), list.cend(), [&](const Command &command) { return command.text == text; });
        };
        const QString comment = QStringLiteral("Comment the lines, or not");
        window->rail()->button(QStringLiteral("stack"))->click();
        QVERIFY(!offered(comment));
        window->rail()->button(QStringLiteral("query"))->click();
        QTRY_VERIFY(window->panes()->currentPane() && window->panes()->currentPane()->isSettled());
        QTRY_VERIFY(offered(comment));
        auto *editor = window->panes()->currentPane()->findChild<SqlEditor *>();
        QVERIFY(editor);
        editor->setFocus();
        QTest::keyClicks(editor, QStringLiteral("SELECT 1"));
        QTest::keyClick(window.get(), Qt::Key_K, Qt::ControlModifier);
        QTRY_VERIFY(window->palette()->isVisible());
        QTest::keyClicks(window->palette()->line(), QStringLiteral("comment the lines"));
        QTest::keyClick(window->palette()->line(), Qt::Key_Return);
        QTRY_COMPARE(editor->bytes(), QByteArray("-- SELECT 1"));
        QVERIFY(editor->hasFocus());
    }

    void certificateIsShownWhileTheToolsAreBusy()
    {
        const auto window = open(QStringLiteral("one"));
        QTRY_COMPARE_WITH_TIMEOUT(window->connectionBar()->stateText(), QStringLiteral("connected"), 10'000);
        std::atomic<bool> go = false;
        m_tools->post([&go] {
            while (!go)
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
        });
        const auto letGo = qScopeGuard([&] {
            go = true;
            m_tools->drain(5000);
        });
        for (auto *button : window->connectionBar()->findChildren<QToolButton *>()) {
            if (button->accessibleName() == QLatin1StringView("Encryption"))
                button->click();
        }
        QVERIFY(popupSays(QStringLiteral("Encrypted")));
        QVERIFY(popupSays(QStringLiteral("SHA-256"))); // what the connection was shown: nobody is asked again
    }

    void silenceIsSaidAndCancelGivesControlBack()
    {
        const auto window = open(QStringLiteral("one"));
        ConnectionBar *bar = window->connectionBar();
        QTRY_COMPARE_WITH_TIMEOUT(bar->stateText(), QStringLiteral("connected"), 10'000);
        QTRY_VERIFY(window->workspace()->samples() >= 1);
        m_server->pause();
        QTRY_VERIFY_WITH_TIMEOUT(bar->stateText().startsWith(QLatin1StringView("no answer")), 15'000);
        // What waits for this server ends within a second of Cancel.
        const auto waiting = window->workspace()->context().catalog->run(
            [](pg::Connection &connection, const CancelToken &cancel) { return connection.runFile(QStringLiteral("health/ping"), {}, {}, cancel); });
        QTRY_VERIFY(barButton(*window, QStringLiteral("Cancel")));
        barButton(*window, QStringLiteral("Cancel"))->click();
        QTRY_VERIFY_WITH_TIMEOUT(waiting.isFinished(), 1000);
        m_server->resume();
        QTRY_COMPARE_WITH_TIMEOUT(bar->stateText(), QStringLiteral("connected"), 25'000);
        const int before = window->workspace()->samples();
        QTRY_VERIFY_WITH_TIMEOUT(window->workspace()->samples() > before, 10'000);
    }

    void lossIsSaidWithItsReasonAndHeals()
    {
        const auto window = open(QStringLiteral("one"));
        ConnectionBar *bar = window->connectionBar();
        QTRY_COMPARE_WITH_TIMEOUT(bar->stateText(), QStringLiteral("connected"), 10'000);
        QVERIFY(saysSince(*window));
        QVERIFY(m_server->stop());
        QTRY_VERIFY_WITH_TIMEOUT(bar->stateText().startsWith(QLatin1StringView("lost")), 10'000);
        QVERIFY(!saysSince(*window));
        QVERIFY(window->workspace()->trouble());
        QTRY_VERIFY(barButton(*window, QStringLiteral("Reconnect")));
        QString why;
        QVERIFY2(m_server->startAgain(&why), qPrintable(why));
        QTRY_COMPARE_WITH_TIMEOUT(bar->stateText(), QStringLiteral("connected"), 30'000);
    }

    void cleanupTestCase()
    {
        m_server.reset();
        m_tools.reset();
        m_keychain.reset();
        m_store.reset();
    }
};

QTEST_MAIN(TestWorkspace)
#include "tst_workspace.moc"
