// SPDX-License-Identifier: GPL-3.0-or-later
// The frame without a server: first start, what is remembered, the words where a password or a server is missing.
#include "ui/shell/connectionbar.h"
#include "ui/shell/mainwindow.h"
#include "ui/shell/panestack.h"
#include "ui/shell/rail.h"
#include "ui/widgets/dialogs.h"
#include "ui/widgets/errorbar.h"
#include "ui/widgets/label.h"

#include "resources/resources.h"

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
    explicit Program(const QString &folder) : store(folder + QStringLiteral("/store.sqlite")) {}
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

private slots:
    void initTestCase()
    {
        // No bus: the keychain answers at once that there is none. No PATH: no Docker is asked.
        qputenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
        qputenv("XDG_DATA_HOME", m_home.path().toLocal8Bit());
        qputenv("PATH", "/nonexistent");
        initResources();
        theme().setChoice(Theme::Choice::Light);
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
            LayoutMemory other(&program.store);
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
        LayoutMemory memory(&program.store);
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
        session::Profile profile;
        profile.name = QStringLiteral("dead");
        profile.environment = session::Environment::Production;
        profile.spec.host = QStringLiteral("127.0.0.1");
        profile.spec.port = 1; // nobody listens there
        profile.spec.role = QStringLiteral("someone");
        profile.spec.database = QStringLiteral("postgres");
        auto saved = program.store.run([profile](store::Store &open) { return session::saveProfile(open, profile); });
        saved.waitForFinished();
        QVERIFY(saved.result().has_value());

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
        buttonWith(window.panes(), QStringLiteral("Enter the password…"))->click();
        QTRY_VERIFY_WITH_TIMEOUT(window.connectionBar()->stateText().startsWith(QLatin1StringView("lost"))
                                     || window.connectionBar()->stateText() == QLatin1StringView("not connected"),
                                 20'000);
        QCOMPARE(answers.asked.size(), 1);
        QVERIFY(window.workspace()->isSessionOnly());
        QTRY_VERIFY(saysSomewhere(&window, QStringLiteral("No connection to dead")));
        QVERIFY(buttonWith(&window, QStringLiteral("Reconnect")));
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
        window.resize(1100, 700);
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        QCOMPARE(window.size(), QSize(1100, 700));
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
