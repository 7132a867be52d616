// SPDX-License-Identifier: GPL-3.0-or-later
// What the connection bar says of a real server: its certificate, which layer keeps a session from writing, a pooler, and what came back.
#include "support/testserver.h"
#include "ui/shell/comebacknote.h"
#include "ui/shell/connectionbar.h"
#include "ui/shell/linkfacts.h"
#include "ui/shell/mainwindow.h"
#include "ui/shell/readonlybadge.h"

#include "resources/resources.h"

#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QTemporaryDir>
#include <QToolButton>
#include <QtTest>

using namespace howdah;
using namespace howdah::ui;

class TestConnectionBar : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<store::StoreWorker> m_store;
    std::unique_ptr<store::Keychain> m_keychain;
    std::unique_ptr<Worker> m_tools;
    std::unique_ptr<test::TestServer> m_server;
    Clock m_clock;

    void saveProfile(const QString &name, const pg::ConnectionSpec &spec, session::Environment environment)
    {
        session::Profile profile;
        profile.name = name;
        profile.spec = spec;
        profile.environment = environment;
        auto saved = m_store->run([profile](store::Store &open) { return session::saveProfile(open, profile); });
        saved.waitForFinished();
        QVERIFY2(saved.result(), qPrintable(saved.result() ? QString() : saved.result().error().text()));
        m_keychain->holdForSession(saved.result()->secretKey(), m_server->password());
    }

    std::unique_ptr<MainWindow> open(const QString &profile)
    {
        WindowOptions options;
        options.profile = profile;
        options.pane = QStringLiteral("overview");
        options.remember = false; // not the size of the window before
        auto window = std::make_unique<MainWindow>(Services{m_store.get(), m_keychain.get(), m_tools.get(), &m_clock}, options);
        window->resize(1100, 700);
        window->show();
        window->start();
        return window;
    }

    static QToolButton *part(const MainWindow &window, const char *name)
    {
        for (auto *button : window.connectionBar()->findChildren<QToolButton *>()) {
            if (button->accessibleName() == QLatin1StringView(name))
                return button;
        }
        return nullptr;
    }

    static QString popup() // all of its labels, a line each; it is closed
    {
        QString text;
        for (QWidget *shown : QApplication::topLevelWidgets()) {
            if (shown->objectName() != QLatin1StringView("factsPopup") || !shown->isVisible())
                continue;
            for (const auto *label : shown->findChildren<QLabel *>())
                text += label->text() + QLatin1Char('\n');
            shown->close();
        }
        return text;
    }

    void grab(MainWindow &window, const char *name)
    {
        const QString folder = qEnvironmentVariable("BADGES_GRAB");
        if (folder.isEmpty())
            return;
        for (const auto choice : {Theme::Choice::Light, Theme::Choice::Dark}) {
            theme().setChoice(choice);
            for (const QSize size : {QSize(1600, 1000), QSize(1100, 700)}) {
                window.resize(size);
                QCoreApplication::processEvents();
                QPixmap shot = window.grab();
                for (QWidget *shown : QApplication::topLevelWidgets()) {
                    if (shown->objectName() == QLatin1StringView("factsPopup") && shown->isVisible()) {
                        QPainter painter(&shot);
                        painter.drawPixmap(shown->pos() - window.pos(), shown->grab());
                    }
                }
                shot.save(QStringLiteral("%1/%2-%3-%4.png").arg(folder, QLatin1String(name), choice == Theme::Choice::Light ? QStringLiteral("light") : QStringLiteral("dark")).arg(size.width()));
            }
        }
        theme().setChoice(Theme::Choice::Light);
    }

private slots:
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
        saveProfile(QStringLiteral("prod"), m_server->spec(), session::Environment::Production);
        saveProfile(QStringLiteral("test"), m_server->spec(), session::Environment::Test);
        pg::ConnectionSpec pooler = m_server->spec();
        pooler.pooler = true;
        pooler.auth = pg::Auth::Scram;
        saveProfile(QStringLiteral("pooler"), pooler, session::Environment::Production);
    }

    void certificatesAreThoseOfTheConnection()
    {
        const auto window = open(QStringLiteral("prod"));
        QTRY_COMPARE_WITH_TIMEOUT(window->connectionBar()->stateText(), QStringLiteral("connected"), 10'000);
        const pg::LinkFacts link = window->workspace()->link().facts;
        QVERIFY(!link.chain.isEmpty());
        QTest::mouseClick(part(*window, "Encryption"), Qt::LeftButton);
        grab(*window, "tls");
        const QString said = popup();
        for (const QString &word : {link.tlsProtocol, link.cipher, link.chain.constFirst().subject, link.chain.constFirst().issuer,
                                    QStringLiteral("Valid until"), QStringLiteral("SHA-256")})
            QVERIFY2(said.contains(word), qPrintable(word + QLatin1String(" in ") + said));
    }

    void certificateTexts()
    {
        pg::LinkFacts link;
        QVERIFY(tlsFacts(link, pg::SslMode::VerifyFull, false).title.contains(QLatin1StringView("not known")));
        link.serverVersion = QStringLiteral("18.1");
        QCOMPARE(tlsFacts(link, pg::SslMode::VerifyFull, true).title, QStringLiteral("Not encrypted"));
        link.tls = true;
        QVERIFY(tlsFacts(link, pg::SslMode::VerifyFull, true).note.contains(QLatin1StringView("not known")));
        pg::Certificate leaf;
        leaf.subject = QStringLiteral("CN=db");
        leaf.notAfter = QDateTime::currentDateTimeUtc().addDays(3).addSecs(60);
        link.chain = {leaf, leaf};
        const auto untilOf = [&] {
            for (const Fact &fact : tlsFacts(link, pg::SslMode::VerifyFull, true).facts) {
                if (fact.name == QLatin1StringView("Valid until"))
                    return fact.value;
            }
            return QString();
        };
        QVERIFY2(untilOf().endsWith(QLatin1StringView("3 days left")), qPrintable(untilOf()));
        link.chain[0].notAfter = QDateTime::currentDateTimeUtc().addDays(-1);
        QVERIFY2(untilOf().endsWith(QLatin1StringView("expired")), qPrintable(untilOf()));
        QVERIFY(tlsFacts(link, pg::SslMode::VerifyCa, true).note.contains(QLatin1StringView("not against the host's name")));
        QVERIFY(tlsFacts(link, pg::SslMode::Require, true).note.contains(QLatin1StringView("Not checked")));
        QVERIFY(tlsFacts(link, pg::SslMode::VerifyFull, false).note.startsWith(QLatin1StringView("Of the last connection")));
    }

    void productionIsReadOnlyByTheSetting()
    {
        const auto window = open(QStringLiteral("prod"));
        ReadOnlyBadge *badge = window->connectionBar()->readOnlyBadge();
        QTRY_VERIFY_WITH_TIMEOUT(badge->isVisible(), 10'000);
        QTRY_VERIFY_WITH_TIMEOUT(badge->facts().facts.constFirst().value == QLatin1StringView("may write"), 10'000);
        QCOMPARE(badge->layer(), session::ReadOnlyLayer::SessionSetting);
        QCOMPARE(badge->text(), QStringLiteral("read-only: setting"));
        QCOMPARE(part(*window, "Environment")->text(), QStringLiteral("PRODUCTION"));
        badge->setFocus();
        QTest::keyClick(badge, Qt::Key_Space);
        grab(*window, "readonly");
        QVERIFY(popup().contains(QLatin1StringView("by session setting: a guard rail")));
        window->resize(1600, 1000);
        QTRY_COMPARE(badge->text(), QStringLiteral("read-only by session setting"));
    }

    void testWrites()
    {
        const auto window = open(QStringLiteral("test"));
        ReadOnlyBadge *badge = window->connectionBar()->readOnlyBadge();
        QTRY_COMPARE_WITH_TIMEOUT(badge->text(), QStringLiteral("writes"), 10'000);
        QVERIFY(!part(*window, "Pooler")->isVisible());
    }

    void behindAPoolerOnlyOurWarningIsReal()
    {
        const auto window = open(QStringLiteral("pooler"));
        ReadOnlyBadge *badge = window->connectionBar()->readOnlyBadge();
        QTRY_COMPARE_WITH_TIMEOUT(badge->text(), QStringLiteral("read-only: warning"), 10'000);
        QVERIFY(part(*window, "Pooler")->isVisible());
        QTest::mouseClick(part(*window, "Pooler"), Qt::LeftButton);
        grab(*window, "pooler");
        const QString said = popup();
        for (const QString &limit : pg::poolerLimits())
            QVERIFY2(said.contains(limit), qPrintable(said));
    }

    void comebackTexts()
    {
        using State = pg::TransactionState;
        pg::LinkStatus now;
        now.comeback = pg::Comeback::Same;
        QVERIFY(ComebackNote::textOf(now, State::Idle, false).isEmpty());
        QVERIFY(ComebackNote::textOf(now, State::Open, false).contains(QLatin1StringView("rolled back")));
        QVERIFY(ComebackNote::textOf(now, State::Unknown, false).contains(QLatin1StringView("not known")));
        now.facts.inRecovery = true;
        QVERIFY(ComebackNote::textOf(now, State::Idle, false).contains(QLatin1StringView("a standby now")));
        now.comeback = pg::Comeback::FailedOver;
        QVERIFY(ComebackNote::textOf(now, State::Idle, false).startsWith(QLatin1StringView("the server failed over")));
        now.comeback = pg::Comeback::Unknown;
        QVERIFY(ComebackNote::textOf(now, State::Idle, true).contains(QLatin1StringView("not known")));
    }

    void whatCameBackIsSaidAndDismissed()
    {
        const auto window = open(QStringLiteral("test"));
        ConnectionBar *bar = window->connectionBar();
        QTRY_COMPARE_WITH_TIMEOUT(bar->stateText(), QStringLiteral("connected"), 10'000);
        QVERIFY(bar->comebackNote()->text().isEmpty());
        QString why;
        QVERIFY(m_server->stop());
        QTRY_VERIFY_WITH_TIMEOUT(bar->stateText().startsWith(QLatin1StringView("lost")), 10'000);
        QVERIFY2(m_server->startAgain(&why), qPrintable(why));
        QTRY_VERIFY2_WITH_TIMEOUT(bar->comebackNote()->text().contains(QLatin1StringView("the server was restarted")),
                                  qPrintable(QStringLiteral("the bar says “%1”, its note “%2”").arg(bar->stateText(), bar->comebackNote()->text())), 30'000);
        QVERIFY(bar->comebackNote()->isVisible());
        QTRY_VERIFY_WITH_TIMEOUT(window->workspace()->context().catalog->status().state == pg::LinkState::Connected, 30'000);
        grab(*window, "comeback");
        auto *dismiss = bar->comebackNote()->findChild<QPushButton *>();
        dismiss->setFocus();
        QTest::keyClick(dismiss, Qt::Key_Space);
        QVERIFY(!bar->comebackNote()->isVisible());
        QVERIFY(bar->comebackNote()->text().isEmpty());
    }

    void cleanupTestCase()
    {
        m_server.reset();
        m_tools.reset();
        m_keychain.reset();
        m_store.reset();
    }
};

QTEST_MAIN(TestConnectionBar)
#include "tst_connectionbar.moc"
