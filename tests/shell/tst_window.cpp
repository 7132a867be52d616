// SPDX-License-Identifier: GPL-3.0-or-later
// The frame without a server: first start, what is remembered, the words where a password or a server is missing.
#include "ui/shell/connectionbar.h"
#include "ui/shell/jobmodel.h"
#include "ui/shell/linkfacts.h"
#include "ui/shell/mainwindow.h"
#include "ui/shell/panestack.h"
#include "ui/shell/rail.h"
#include "ui/widgets/dialogs.h"
#include "ui/widgets/errorbar.h"
#include "ui/widgets/label.h"

#include "resources/resources.h"
#include "store/journal.h"

#include <QLineEdit>
#include <QPushButton>
#include <QTemporaryDir>
#include <QToolButton>
#include <QtTest>

using namespace howdah;
using namespace howdah::ui;

namespace
{

// A program's own things, with a store in a folder of the test's and no keychain to reach.
struct Program {
    explicit Program(const QString &folder) : store(storeFile(folder)) {}
    static QString storeFile(const QString &folder) { return folder + QStringLiteral("/store.sqlite"); }
    Services services() { return {&store, &keychain, &tools, &clock}; }

    store::StoreWorker store;
    store::Keychain keychain;
    Worker tools{QStringLiteral("tools")};
    Clock clock;
};

QPushButton *buttonWith(QWidget *parent, const QString &text)
{
    for (auto *button : parent->findChildren<QPushButton *>()) {
        if (button->text() == text && button->isVisible())
            return button;
    }
    return nullptr;
}

bool saysSomewhere(QWidget *parent, const QString &text)
{
    for (const auto *label : parent->findChildren<QLabel *>()) {
        if (label->isVisible() && label->text().contains(text))
            return true;
    }
    return false;
}

} // namespace

class TestWindow : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_home;

    static session::Profile profileNamed(const QString &name)
    {
        session::Profile profile;
        profile.name = name;
        profile.environment = session::Environment::Production;
        profile.spec.host = QStringLiteral("127.0.0.1");
        profile.spec.port = 1; // nobody listens there
        profile.spec.role = QStringLiteral("someone");
        profile.spec.database = QStringLiteral("postgres");
        return profile;
    }

    static void save(Program &program, const session::Profile &profile)
    {
        auto saved = program.store.run([profile](store::Store &open) { return session::saveProfile(open, profile); });
        saved.waitForFinished();
        QVERIFY(saved.result().has_value());
    }

    static QJsonObject layoutIn(Program &program)
    {
        LayoutMemory memory(&program.store, true);
        QSignalSpy loaded(&memory, &LayoutMemory::loaded);
        memory.load();
        [&] { QTRY_COMPARE(loaded.size(), 1); }();
        return loaded.isEmpty() ? QJsonObject() : loaded.constFirst().constFirst().value<Remembered>().layout;
    }

private slots:
    void initTestCase()
    {
        // No bus: the keychain answers at once that there is none. No PATH: no Docker is asked.
        qputenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
        qputenv("XDG_DATA_HOME", m_home.path().toLocal8Bit());
        qputenv("PATH", "/nonexistent");
        initResources();
        theme().setChoice(Theme::Choice::Light);
        QGuiApplication::setQuitOnLastWindowClosed(false);
    }

    void firstStartOffersAServer()
    {
        QTemporaryDir folder;
        Program program(folder.path());
        MainWindow window(program.services(), {});
        window.show();
        window.start();
        QTRY_VERIFY(window.workspace());
        QTRY_COMPARE(window.panes()->currentId(), QStringLiteral("stack"));
        QTRY_VERIFY_WITH_TIMEOUT(window.panes()->currentPane() && window.panes()->currentPane()->isSettled(), 20'000);
        // A pane that needs a server says so, with a way to one.
        window.rail()->button(QStringLiteral("overview"))->click();
        QVERIFY(!window.panes()->currentPane());
        QVERIFY(buttonWith(window.panes(), QStringLiteral("Start a PostgreSQL 18 stack")));
        QVERIFY(buttonWith(window.panes(), QStringLiteral("Connect to a server…")));
    }

    void remembersLayout()
    {
        QTemporaryDir folder;
        {
            Program program(folder.path());
            MainWindow window(program.services(), {});
            window.show();
            window.start();
            QTRY_VERIFY(window.workspace());
            QTRY_COMPARE(window.panes()->currentId(), QStringLiteral("stack"));
            window.resize(1111, 777);
            window.rail()->button(QStringLiteral("catalog"))->click();
            for (const Command &command : window.commands()) {
                if (command.text == QLatin1StringView("Switch theme") || command.text == QLatin1StringView("Show the last 6 h"))
                    command.run();
            }
            // As after a kill: nothing is saved at the end, only what half a second wrote.
            LayoutMemory other(&program.store, true);
            QJsonObject seen;
            connect(&other, &LayoutMemory::loaded, &other, [&seen](const Remembered &remembered) { seen = remembered.layout; });
            QTRY_VERIFY_WITH_TIMEOUT((other.load(), seen.value(QStringLiteral("pane")).toString() == QLatin1StringView("catalog")), 3000);
        }
        theme().setChoice(Theme::Choice::Light);
        Program program(folder.path());
        MainWindow window(program.services(), {});
        window.show();
        window.start();
        QTRY_COMPARE(window.size(), QSize(1111, 777));
        QTRY_COMPARE(window.panes()->currentId(), QStringLiteral("catalog"));
        QVERIFY(theme().isDark());
        QTRY_COMPARE(window.connectionBar()->rangeButton()->text(), QStringLiteral("last 6 h"));
        theme().setChoice(Theme::Choice::Light);
    }

    void defaultsAreNotSavedOverWhatIsRemembered()
    {
        QTemporaryDir folder;
        Program program(folder.path());
        LayoutMemory memory(&program.store, true);
        memory.set(QStringLiteral("pane"), QStringLiteral("overview")); // before the store has answered
        QSignalSpy loaded(&memory, &LayoutMemory::loaded);
        memory.load();
        QTRY_COMPARE(loaded.size(), 1);
        QVERIFY(memory.value(QStringLiteral("pane")).isUndefined());
    }

    void asksForThePasswordAndNamesTheFailure()
    {
        QTemporaryDir folder;
        Program program(folder.path());
        save(program, profileNamed(QStringLiteral("dead")));

        DialogAnswers answers(qApp, [](const Question &question) {
            Answer answer;
            answer.accepted = question.fieldIsSecret;
            answer.secret = Secret("not the right one");
            answer.choice = false; // not into the keychain
            return answer;
        });
        WindowOptions options;
        options.profile = QStringLiteral("dead");
        MainWindow window(program.services(), options);
        window.resize(1100, 700);
        window.show();
        window.start();
        QTRY_COMPARE_WITH_TIMEOUT(window.connectionBar()->stateText(), QStringLiteral("no password"), 20'000);
        QTRY_VERIFY(buttonWith(window.panes(), QStringLiteral("Enter the password…")));
        QVERIFY(window.windowTitle().contains(QLatin1StringView("production")));
        QVERIFY2(roleFacts(*window.workspace()).note.startsWith(QLatin1StringView("There is no password for someone")),
                 qPrintable(roleFacts(*window.workspace()).note));
        buttonWith(window.panes(), QStringLiteral("Enter the password…"))->click();
        QTRY_VERIFY_WITH_TIMEOUT(window.connectionBar()->stateText().startsWith(QLatin1StringView("lost"))
                                     || window.connectionBar()->stateText() == QLatin1StringView("not connected"),
                                 20'000);
        QCOMPARE(answers.asked.size(), 1);
        QVERIFY(window.workspace()->isSessionOnly());
        QTRY_VERIFY(saysSomewhere(&window, QStringLiteral("No connection to dead")));
        QTRY_VERIFY(buttonWith(&window, QStringLiteral("Reconnect")));
        QCOMPARE(roleFacts(*window.workspace()).note, QStringLiteral("The password is kept in memory only and forgotten when Howdah ends."));
    }

    void aSocketWithoutPasswordIsSaidAsThat()
    {
        QTemporaryDir folder;
        Program program(folder.path());
        PaneContext shared;
        shared.store = &program.store;
        shared.keychain = &program.keychain;
        session::Profile profile = profileNamed(QStringLiteral("socket"));
        profile.id = QStringLiteral("5a1c3a51-7bb7-4bb5-9a3b-b4e0d3c6a2a1");
        profile.spec.host = folder.path();
        program.keychain.holdForSession(profile.secretKey(), Secret());
        Workspace workspace(profile, shared);
        workspace.start();
        QTRY_COMPARE(workspace.state(), Workspace::State::Ready);
        QCOMPARE(roleFacts(workspace).note, QStringLiteral("No password is used for someone."));
    }

    void aStoreThatCannotBeOpenedIsSaidUntilRetryReadsIt()
    {
        QTemporaryDir folder;
        const QString inTheWay = folder.filePath(QStringLiteral("file"));
        QFile file(inTheWay);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.close();
        Program program(inTheWay); // a store below a file
        MainWindow window(program.services(), {});
        window.show();
        window.start();
        QTRY_VERIFY(saysSomewhere(&window, QStringLiteral("Howdah's own store could not be read")));
        QVERIFY(window.workspace());
        QVERIFY(file.remove());
        buttonWith(&window, QStringLiteral("Retry"))->click();
        QTRY_VERIFY(!saysSomewhere(&window, QStringLiteral("Howdah's own store could not be read")));
        QVERIFY(QFile::exists(Program::storeFile(inTheWay)));
    }

    void aDamagedStoreIsSaidWithWhereItIsKept()
    {
        QTemporaryDir folder;
        QFile file(Program::storeFile(folder.path()));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QByteArray(8192, 'z'));
        file.close();
        Program program(folder.path());
        MainWindow window(program.services(), {});
        window.show();
        window.start();
        QTRY_VERIFY(window.workspace());
        QVERIFY(saysSomewhere(&window, QStringLiteral("Howdah's own store was damaged")));
        QVERIFY(saysSomewhere(&window, QStringLiteral("store.damaged-")));
        QVERIFY(!buttonWith(&window, QStringLiteral("Retry")));
        // It stays beside what another failure says, until it is dismissed.
        window.openProfile(QStringLiteral("nobody"));
        QTRY_VERIFY(saysSomewhere(&window, QStringLiteral("The profile nobody could not be opened")));
        QVERIFY(saysSomewhere(&window, QStringLiteral("Howdah's own store was damaged")));
        buttonWith(&window, QStringLiteral("Dismiss"))->click();
        QVERIFY(!saysSomewhere(&window, QStringLiteral("Howdah's own store was damaged")));
    }

    void unknownProfileIsSaid()
    {
        QTemporaryDir folder;
        Program program(folder.path());
        WindowOptions options;
        options.profile = QStringLiteral("nobody");
        MainWindow window(program.services(), options);
        window.show();
        window.start();
        QTRY_VERIFY(saysSomewhere(&window, QStringLiteral("The profile nobody could not be opened")));
        // Retry is for that profile, not for the server before it.
        save(program, profileNamed(QStringLiteral("nobody")));
        buttonWith(&window, QStringLiteral("Retry"))->click();
        QTRY_COMPARE(window.workspace()->profile().name, QStringLiteral("nobody"));
        QVERIFY(!saysSomewhere(&window, QStringLiteral("could not be opened")));
    }

    void comesBackFromMaximizedToTheRememberedSize()
    {
        QTemporaryDir folder;
        Program program(folder.path());
        {
            MainWindow window(program.services(), {});
            window.show();
            window.start();
            QTRY_VERIFY(window.workspace());
            window.resize(1111, 777);
            window.showMaximized();
            QTRY_VERIFY(window.isMaximized());
            window.close();
        }
        MainWindow window(program.services(), {});
        window.show();
        window.start();
        QTRY_VERIFY(window.isMaximized());
        window.showNormal();
        QTRY_COMPARE(window.size(), QSize(1111, 777));
        window.close();
        const QJsonObject layout = layoutIn(program);
        QCOMPARE(layout.value(QStringLiteral("width")).toInt(), 1111);
        QCOMPARE(layout.value(QStringLiteral("height")).toInt(), 777);
        QVERIFY(!layout.value(QStringLiteral("maximized")).toBool());
    }

    void withoutMemoryNothingIsReadOrKept()
    {
        QTemporaryDir folder;
        Program program(folder.path());
        save(program, profileNamed(QStringLiteral("a")));
        save(program, profileNamed(QStringLiteral("last")));
        const QJsonObject kept{{QStringLiteral("pane"), QStringLiteral("catalog")}, {QStringLiteral("profile"), QStringLiteral("last")},
                               {QStringLiteral("theme"), QStringLiteral("dark")}, {QStringLiteral("width"), 1111}, {QStringLiteral("height"), 777}};
        {
            LayoutMemory memory(&program.store, true);
            QSignalSpy loaded(&memory, &LayoutMemory::loaded);
            memory.load();
            QTRY_COMPARE(loaded.size(), 1);
            for (auto it = kept.begin(); it != kept.end(); ++it)
                memory.set(it.key(), it.value());
            memory.saveNow();
        }
        WindowOptions options;
        options.remember = false;
        MainWindow window(program.services(), options);
        window.show();
        const QSize size = window.size();
        window.start();
        QTRY_VERIFY(window.workspace());
        QCOMPARE(window.workspace()->profile().name, QStringLiteral("a"));
        QCOMPARE(window.panes()->currentId(), allPanes().constFirst().id);
        QCOMPARE(window.size(), size);
        QVERIFY(!theme().isDark());
        window.resize(1000, 700);
        window.rail()->button(QStringLiteral("stack"))->click();
        window.close();
        QCOMPARE(layoutIn(program), kept);
    }

    void railKeepsItsKeysBesideAttention()
    {
        QTemporaryDir folder;
        Program program(folder.path());
        MainWindow window(program.services(), {});
        window.start();
        QTRY_VERIFY(window.workspace());
        RailButton *button = window.rail()->button(QStringLiteral("overview"));
        QVERIFY2(button->toolTip().contains(QLatin1StringView("Overview (Ctrl+1)")), qPrintable(button->toolTip()));
        button->setAttention(2, QStringLiteral("warnings"));
        QVERIFY(button->toolTip().contains(QLatin1StringView("Overview (Ctrl+1)")));
        QVERIFY(button->toolTip().contains(QLatin1StringView("2 warnings")));
        button->setAttention(0, {});
        QVERIFY(!button->toolTip().contains(QLatin1StringView("warnings")));
    }

    void quitSeesACancelledJobToItsEnd()
    {
        QTemporaryDir folder;
        Program program(folder.path());
        DialogAnswers answers(qApp, [](const Question &) {
            Answer answer;
            answer.accepted = true;
            return answer;
        });
        MainWindow window(program.services(), {});
        window.show();
        window.start();
        QTRY_VERIFY(window.workspace());
        session::JobSpec spec;
        spec.title = QStringLiteral("Wait");
        std::atomic<bool> began = false;
        Worker worker(QStringLiteral("test"));
        window.jobs()->start(spec, worker, [&began](const Progress &, const CancelToken &cancel) -> Result<QString> {
            began = true;
            while (!cancel.isCancelled())
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            return fail(ErrorKind::Cancelled, QStringLiteral("cancelled"), QStringLiteral("Cancelled"));
        });
        QTRY_VERIFY(began);
        window.close();
        QCOMPARE(answers.asked.size(), 1);
        QVERIFY(window.isVisible());
        QTRY_VERIFY(!window.isVisible());
        auto lines = program.store.run([](store::Store &open) { return store::readJournal(open, 10); });
        lines.waitForFinished();
        QCOMPARE(lines.result()->size(), 1);
        QCOMPARE(lines.result()->constFirst().outcome, QStringLiteral("cancelled"));
        QCOMPARE(answers.asked.size(), 1);
    }

    void quitDoesNotWaitForeverForAJob()
    {
        QTemporaryDir folder;
        Program program(folder.path());
        DialogAnswers answers(qApp, [](const Question &) {
            Answer answer;
            answer.accepted = true;
            return answer;
        });
        std::atomic<bool> began = false;
        std::atomic<bool> go = false;
        Worker worker(QStringLiteral("test"));
        const auto letGo = qScopeGuard([&] {
            go = true;
            worker.drain(5000);
        });
        MainWindow window(program.services(), {});
        window.show();
        window.start();
        QTRY_VERIFY(window.workspace());
        window.jobs()->start({}, worker, [&](const Progress &, const CancelToken &) -> Result<QString> {
            began = true;
            while (!go)
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            return QString();
        });
        QTRY_VERIFY(began);
        window.close();
        window.close(); // pressed again: no second question
        QVERIFY(window.isVisible());
        QTRY_VERIFY_WITH_TIMEOUT(!window.isVisible(), 4000);
        QCOMPARE(window.jobs()->running().size(), 1);
        QCOMPARE(answers.asked.size(), 1);
    }

    void keysReachPanesAndPalette()
    {
        QTemporaryDir folder;
        Program program(folder.path());
        MainWindow window(program.services(), {});
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        window.start();
        QTRY_COMPARE(window.panes()->currentId(), QStringLiteral("stack"));
        QTest::keyClick(&window, Qt::Key_1, Qt::ControlModifier);
        QCOMPARE(window.panes()->currentId(), allPanes().constFirst().id);
        QTest::keyClick(&window, Qt::Key_K, Qt::ControlModifier);
        QVERIFY(window.palette()->isVisible());
        QVERIFY(window.palette()->shown().contains(QStringLiteral("Start the stack")));
        QTest::keyClick(window.palette()->line(), Qt::Key_Escape);
        QVERIFY(window.palette()->isHidden());
    }

    void frameHasNamesAndFits()
    {
        QTemporaryDir folder;
        Program program(folder.path());
        MainWindow window(program.services(), {});
        window.show();
        window.start();
        QTRY_VERIFY(window.panes()->currentPane() && window.panes()->currentPane()->isSettled());
        window.resize(1100, 700);
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        QCOMPARE(window.size(), QSize(1100, 700));
        const QSize least = window.centralWidget()->minimumSizeHint();
        QVERIFY2(least.width() <= 1100 && least.height() <= 700, qPrintable(QStringLiteral("%1x%2").arg(least.width()).arg(least.height())));
        for (const QAbstractButton *button : window.findChildren<QAbstractButton *>()) {
            if (button->isHidden() || button->objectName().startsWith(QLatin1StringView("qt_")))
                continue;
            QVERIFY2(!button->accessibleName().isEmpty() || !button->text().isEmpty(), button->metaObject()->className());
        }
        for (const QLabel *label : window.findChildren<QLabel *>())
            QCOMPARE(label->textFormat(), Qt::PlainText);
    }
};

QTEST_MAIN(TestWindow)
#include "tst_window.moc"
