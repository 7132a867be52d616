// SPDX-License-Identifier: GPL-3.0-or-later
// The connect dialog against a real server and a real keyring, by keys: tested by steps, a CA pinned, what is lacking given, and then saved.
#include "base/async.h"
#include "shell/formkeys.h"
#include "store/keyring.h"
#include "support/testserver.h"
#include "ui/shell/checkview.h"
#include "ui/shell/connectdialog.h"
#include "ui/shell/connectionbar.h"
#include "ui/shell/mainwindow.h"
#include "ui/widgets/dialogs.h"
#include "ui/widgets/errorbar.h"
#include "ui/widgets/label.h"
#include "ui/widgets/stateword.h"
#include "ui/widgets/theme.h"

#include "resources/resources.h"

#include <QClipboard>
#include <QComboBox>
#include <QLineEdit>
#include <QPushButton>
#include <QTemporaryDir>
#include <QtTest>

#include <optional>

using namespace howdah;
using namespace howdah::ui;
using Kind = test::TestCertificates::Kind;

class TestConnectServer : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void fieldsByKeysTestedSavedConnected();
    void aPastedUrlConnects();
    void aPasswordForThisSessionOnly();
    void pinThisCa_data();
    void pinThisCa();
    void whatIsLackingComesWithItsGrant();
    void anEmptyPasswordIsNeverHeld();
    void anEmptyAnswerIsNoPassword();
    void cleanupTestCase();

private:
    ConnectDialog *open(QWidget *parent = nullptr)
    {
        PaneContext context;
        context.store = m_store.get();
        context.keychain = m_keychain.get();
        context.openProfile = [this](const QString &name) { m_opened = name; };
        m_opened.clear();
        auto *dialog = new ConnectDialog(context, parent);
        dialog->show();
        dialog->activateWindow();
        return dialog;
    }
    QString url(const QString &role, const QString &more = {}) const
    {
        return QStringLiteral("postgresql://%1@localhost:%2/postgres?sslmode=verify-full%3").arg(role).arg(m_server->port()).arg(more);
    }
    QString typedPassword() const { return QString::fromUtf8(m_server->password().data()); }
    static void paste(QWidget &dialog, const QString &text)
    {
        QGuiApplication::clipboard()->setText(text);
        auto *edit = test::spoken<QLineEdit>(dialog, QStringLiteral("Connection URL"));
        edit->setFocus();
        QTest::keyClick(edit, Qt::Key_V, Qt::ControlModifier);
    }
    // The steps' words as they are shown.
    static QString shown(QWidget &dialog)
    {
        QStringList words;
        for (const auto *word : dialog.findChild<CheckView *>()->findChildren<StateWord *>())
            words << word->word();
        return words.join(QLatin1Char(' '));
    }
    static bool says(QWidget &dialog, const QString &text)
    {
        for (const auto *label : dialog.findChildren<QLabel *>()) {
            if (label->isVisibleTo(&dialog) && QString(label->text()).remove(QChar(0x200b)).contains(text))
                return true;
        }
        return false;
    }
    QVector<session::Profile> profiles()
    {
        auto read = m_store->run([](store::Store &store) { return session::readProfiles(store); });
        read.waitForFinished();
        return *read.result();
    }
    std::optional<session::Profile> profile(const QString &name)
    {
        for (const session::Profile &one : profiles()) {
            if (one.name == name)
                return one;
        }
        return std::nullopt;
    }
    Result<Secret> inKeychain(const store::SecretKey &key)
    {
        store::Keychain other; // has nothing in memory
        std::optional<Result<Secret>> answer;
        async::onFinished(other.read(key), this, [&](const Result<Secret> &read) { answer = read; });
        [&] { QTRY_VERIFY_WITH_TIMEOUT(answer.has_value(), 20'000); }();
        return answer ? *answer : fail(ErrorKind::Timeout, QStringLiteral("test"), QStringLiteral("no answer"));
    }
    bool inAnyFile(const QByteArray &text) const // of the store
    {
        bool found = false;
        for (const QFileInfo &info : QDir(m_folder.path()).entryInfoList(QDir::Files)) {
            QFile file(info.filePath());
            found = found || !file.open(QIODevice::ReadOnly) || file.readAll().contains(text);
        }
        return found;
    }
    void grab(QWidget &window, const char *name)
    {
        const QString folder = qEnvironmentVariable("HOWDAH_PICTURES"); // asked for by people alone
        if (folder.isEmpty())
            return;
        for (const auto choice : {Theme::Choice::Light, Theme::Choice::Dark}) {
            theme().setChoice(choice);
            for (const QSize size : {QSize(1600, 1000), QSize(1100, 700)}) {
                window.resize(qMin(1080, size.width() - 48), qMin(760, size.height() - 32));
                QCoreApplication::processEvents();
                window.grab().save(QStringLiteral("%1/%2-%3-%4.png").arg(folder, QLatin1String(name), Theme::choiceName(choice)).arg(size.width()));
            }
        }
        theme().setChoice(Theme::Choice::Light);
    }

    QTemporaryDir m_folder;
    std::unique_ptr<PrivateKeyring> m_keyring;
    std::unique_ptr<store::StoreWorker> m_store;
    std::unique_ptr<store::Keychain> m_keychain;
    std::unique_ptr<test::TestServer> m_server;
    QString m_opened;
};

void TestConnectServer::initTestCase()
{
    m_keyring = std::make_unique<PrivateKeyring>();
    QVERIFY2(m_keyring->isRunning() && m_keyring->startUnlocked(), qPrintable(m_keyring->error()));
    initResources();
    theme().setChoice(Theme::Choice::Light);
    m_store = std::make_unique<store::StoreWorker>(m_folder.filePath(QStringLiteral("store.sqlite")));
    m_keychain = std::make_unique<store::Keychain>();
    QString why;
    test::ServerSetup setup;
    setup.hba = QStringList{QStringLiteral("hostssl all certy 127.0.0.1/32 cert")};
    m_server = test::TestServer::start(setup, &why);
    QVERIFY2(m_server, qPrintable(why));
    QVERIFY2(m_server->sql({"CREATE ROLE app LOGIN PASSWORD '" + QByteArray(m_server->password().data()) + '\'', "CREATE ROLE certy LOGIN"}, &why), qPrintable(why));
}

void TestConnectServer::fieldsByKeysTestedSavedConnected()
{
    auto *dialog = open();
    QVERIFY(test::typeInto(*dialog, QStringLiteral("Name"), QStringLiteral("by keys")));
    QVERIFY(test::tabTo(*dialog, QStringLiteral("Environment")));
    QTest::keyClicks(dialog->focusWidget(), QStringLiteral("dev"));
    QVERIFY(test::typeInto(*dialog, QStringLiteral("Host"), QStringLiteral("localhost")));
    QVERIFY(test::typeInto(*dialog, QStringLiteral("Port"), QString::number(m_server->port())));
    QVERIFY(test::typeInto(*dialog, QStringLiteral("Role"), QStringLiteral("postgres")));
    QVERIFY(test::typeInto(*dialog, QStringLiteral("Password"), typedPassword()));
    QVERIFY(test::typeInto(*dialog, QStringLiteral("CA file"), m_server->caFile()));
    QVERIFY(test::press(*dialog, QStringLiteral("Test connection")));
    QTRY_COMPARE_WITH_TIMEOUT(shown(*dialog), QStringLiteral("ok ok ok ok ok ok ok"), 20'000);
    QTRY_VERIFY(says(*dialog, QStringLiteral("Nothing is saved yet")));
    QCOMPARE(test::spokenName(dialog->focusWidget()), QStringLiteral("Test connection")); // and not Cancel
    grab(*dialog, "tested");
    QTRY_VERIFY(says(*dialog, QStringLiteral("certificate and host verified")));
    QTRY_VERIFY(says(*dialog, QStringLiteral("SCRAM-SHA-256-PLUS")));
    QVERIFY(profiles().isEmpty() && m_opened.isEmpty());

    QVERIFY(test::tabTo(*dialog, QStringLiteral("Name")));
    QTest::keyClick(dialog->focusWidget(), Qt::Key_Return);
    QTRY_COMPARE_WITH_TIMEOUT(m_opened, QStringLiteral("by keys"), 20'000);
    const auto saved = profile(QStringLiteral("by keys"));
    QVERIFY(saved);
    QCOMPARE(saved->environment, session::Environment::Development);
    QCOMPARE(saved->spec.database, QStringLiteral("postgres"));
    QCOMPARE(saved->spec.sslMode, pg::SslMode::VerifyFull);
    QCOMPARE(saved->spec.auth, pg::Auth::ScramBound);
    const auto kept = inKeychain(saved->secretKey());
    QVERIFY2(kept, qPrintable(kept ? QString() : kept.error().text()));
    QCOMPARE(QByteArray(kept->data()), QByteArray(m_server->password().data()));
    QVERIFY(!m_keychain->isSessionOnly(saved->secretKey()));
    QVERIFY(!inAnyFile(m_server->password().data()));
}

void TestConnectServer::aPastedUrlConnects()
{
    auto *dialog = open();
    paste(*dialog, QStringLiteral("postgresql+psycopg://postgres:%1@localhost:%2/postgres?sslmode=verify-full&sslrootcert=%3")
                       .arg(typedPassword()).arg(m_server->port()).arg(m_server->caFile()));
    QCOMPARE(test::spoken<QLineEdit>(*dialog, QStringLiteral("CA file"))->text(), m_server->caFile());
    QVERIFY(test::typeInto(*dialog, QStringLiteral("Name"), QStringLiteral("pasted")));
    QVERIFY(test::press(*dialog, QStringLiteral("Connect")));
    QTRY_COMPARE_WITH_TIMEOUT(m_opened, QStringLiteral("pasted"), 20'000);
    const auto saved = profile(QStringLiteral("pasted"));
    QVERIFY(saved && inKeychain(saved->secretKey()).has_value());
    QCOMPARE(saved->environment, session::Environment::Production); // nothing was said
}

void TestConnectServer::aPasswordForThisSessionOnly()
{
    auto *dialog = open();
    paste(*dialog, url(QStringLiteral("postgres"), QStringLiteral("&sslrootcert=") + m_server->caFile()));
    QVERIFY(test::typeInto(*dialog, QStringLiteral("Name"), QStringLiteral("session only")));
    QVERIFY(test::typeInto(*dialog, QStringLiteral("Password"), typedPassword()));
    QVERIFY(test::press(*dialog, QStringLiteral("Keep it in the keychain")));
    QVERIFY(test::press(*dialog, QStringLiteral("Connect")));
    QTRY_COMPARE_WITH_TIMEOUT(m_opened, QStringLiteral("session only"), 20'000);
    const auto saved = profile(QStringLiteral("session only"));
    QVERIFY(saved && m_keychain->isSessionOnly(saved->secretKey()));
    QVERIFY(!inKeychain(saved->secretKey()));
}

void TestConnectServer::pinThisCa_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<QString>("name");
    QTest::newRow("an authority that is shown") << int(Kind::WithAuthority) << QStringLiteral("authority");
    QTest::newRow("signed by itself") << int(Kind::SelfSigned) << QStringLiteral("itself");
    QTest::newRow("an authority that is not shown") << int(Kind::Good) << QString();
}

void TestConnectServer::pinThisCa()
{
    QFETCH(const int, kind);
    QFETCH(const QString, name);
    QVERIFY(m_server->useCertificate(Kind::Renewed) && m_server->useCertificate(Kind(kind)));
    auto *dialog = open();
    paste(*dialog, url(QStringLiteral("postgres")));
    QVERIFY(test::typeInto(*dialog, QStringLiteral("Password"), typedPassword()));
    QVERIFY(test::press(*dialog, QStringLiteral("Test connection")));
    QTRY_VERIFY_WITH_TIMEOUT(dialog->findChild<ErrorBar *>()->isVisible(), 20'000);
    QCOMPARE(shown(*dialog), QStringLiteral("ok ok failed not reached not reached not reached not reached"));
    if (name.isEmpty()) { // what nobody shows can't be pinned, and it is said where to get it
        QTRY_VERIFY(says(*dialog, QStringLiteral("does not show its CA")));
        QVERIFY(!test::spoken<QPushButton>(*dialog, QStringLiteral("Pin this CA")));
        dialog->close();
        return;
    }
    QTRY_VERIFY(says(*dialog, QStringLiteral("Compare the fingerprint")));
    grab(*dialog, "pin");
    QVERIFY(test::press(*dialog, QStringLiteral("Pin this CA")));
    QTRY_COMPARE_WITH_TIMEOUT(shown(*dialog), QStringLiteral("ok ok ok ok ok ok ok"), 20'000);
    const QString path = test::spoken<QLineEdit>(*dialog, QStringLiteral("CA file"))->text();
    QFile pinned(path);
    QVERIFY2(pinned.open(QIODevice::ReadOnly), qPrintable(path));
    QCOMPARE(pinned.permissions() & (QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther | QFile::WriteOther), QFile::Permissions());
    QTRY_VERIFY(says(*dialog, QStringLiteral("certificate and host verified")));
    // Saved with it, and nothing else is trusted from there on.
    QVERIFY(test::typeInto(*dialog, QStringLiteral("Name"), name));
    QVERIFY(test::press(*dialog, QStringLiteral("Connect")));
    QTRY_COMPARE_WITH_TIMEOUT(m_opened, name, 20'000);
    const auto saved = profile(name);
    QVERIFY(saved);
    QCOMPARE(saved->spec.caFile, path);
    QCOMPARE(saved->spec.sslMode, pg::SslMode::VerifyFull);
    if (Kind(kind) == Kind::SelfSigned) {
        QVERIFY(m_server->useCertificate(Kind::Good));
        const auto other = pg::Connection::open(saved->spec, m_server->password());
        QVERIFY(!other && other.error().kind == ErrorKind::Tls);
    }
}

void TestConnectServer::whatIsLackingComesWithItsGrant()
{
    QString why;
    auto *dialog = open();
    paste(*dialog, url(QStringLiteral("app"), QStringLiteral("&sslrootcert=") + m_server->caFile()));
    QVERIFY(test::typeInto(*dialog, QStringLiteral("Password"), typedPassword()));
    QVERIFY(test::press(*dialog, QStringLiteral("Test connection")));
    QTRY_COMPARE_WITH_TIMEOUT(shown(*dialog), QStringLiteral("ok ok ok ok ok ok lacking"), 20'000);
    grab(*dialog, "lacking");
    QVERIFY(dialog->findChild<ErrorBar *>()->isHidden()); // one is in, and sees less
    QTRY_VERIFY(says(*dialog, QStringLiteral("GRANT pg_monitor TO app;")));
    QVERIFY(test::press(*dialog, QStringLiteral("Copy the statements")));
    const QString copied = QGuiApplication::clipboard()->text();
    QCOMPARE(copied, QStringLiteral("GRANT pg_monitor TO app;\nGRANT pg_signal_backend TO app;"));
    QList<QByteArray> statements;
    for (const QString &line : copied.split(QLatin1Char('\n')))
        statements << line.toUtf8();
    QVERIFY2(m_server->sql(statements, &why), qPrintable(why));
    QVERIFY(test::press(*dialog, QStringLiteral("Test connection")));
    QTRY_COMPARE_WITH_TIMEOUT(shown(*dialog), QStringLiteral("ok ok ok ok ok ok ok"), 20'000);
    dialog->close();
}

void TestConnectServer::anEmptyPasswordIsNeverHeld()
{
    // Not before: a server that knows an authority shows it too.
    QVERIFY(QFile::setPermissions(m_server->caFile(), QFile::ReadOwner | QFile::WriteOwner | QFile::ReadGroup | QFile::ReadOther)); // of root, else
    QVERIFY(m_server->sql({"ALTER SYSTEM SET ssl_ca_file = '" + m_server->caFile().toUtf8() + '\'', "SELECT pg_catalog.pg_reload_conf()"}));
    for (const bool keep : {true, false}) {
        auto *dialog = open();
        paste(*dialog, url(QStringLiteral("certy"), QStringLiteral("&sslrootcert=") + m_server->caFile()));
        QVERIFY(test::typeInto(*dialog, QStringLiteral("Name"), keep ? QStringLiteral("none kept") : QStringLiteral("none held")));
        QVERIFY(test::tabTo(*dialog, QStringLiteral("Authentication")));
        QTest::keyClicks(dialog->focusWidget(), QStringLiteral("c"));
        QVERIFY(test::typeInto(*dialog, QStringLiteral("Certificate file"), m_server->folder() + QStringLiteral("/client.crt")));
        QVERIFY(test::typeInto(*dialog, QStringLiteral("Key file"), m_server->folder() + QStringLiteral("/client.key")));
        QVERIFY(test::spoken<QLineEdit>(*dialog, QStringLiteral("Password"))->text().isEmpty()); // there to be typed into, for a key that has one
        if (!keep)
            QVERIFY(test::press(*dialog, QStringLiteral("Keep it in the keychain")));
        QVERIFY(test::press(*dialog, QStringLiteral("Connect")));
        QTRY_VERIFY_WITH_TIMEOUT(!m_opened.isEmpty(), 20'000);
        const auto saved = profile(m_opened);
        QVERIFY(saved);
        QVERIFY(!m_keychain->isSessionOnly(saved->secretKey()));
        const auto kept = inKeychain(saved->secretKey());
        QVERIFY(!kept);
        QCOMPARE(kept.error().reason, QStringLiteral("absent"));
    }
}

void TestConnectServer::anEmptyAnswerIsNoPassword()
{
    session::Profile wanted;
    wanted.name = QStringLiteral("asked");
    wanted.spec = m_server->spec();
    auto save = m_store->run([wanted](store::Store &store) { return session::saveProfile(store, wanted); });
    save.waitForFinished();
    QVERIFY(save.result());
    bool choice = false;
    DialogAnswers answers(qApp, [&choice](const Question &question) {
        Answer answer;
        answer.accepted = question.fieldIsSecret;
        answer.choice = choice;
        return answer; // and no secret
    });
    Worker tools(QStringLiteral("tools"));
    Clock clock;
    WindowOptions options;
    options.profile = wanted.name;
    options.remember = false;
    MainWindow window(Services{m_store.get(), m_keychain.get(), &tools, &clock}, options);
    window.show();
    window.start();
    for (const bool kept : {false, true}) {
        choice = kept;
        QTRY_VERIFY_WITH_TIMEOUT(test::spoken<QPushButton>(window, QStringLiteral("Enter the password…")), 20'000);
        const auto asked = answers.asked.size();
        test::spoken<QPushButton>(window, QStringLiteral("Enter the password…"))->click();
        QTRY_COMPARE(answers.asked.size(), asked + 1);
        QCoreApplication::processEvents();
        QVERIFY(!m_keychain->isSessionOnly(save.result()->secretKey()));
        QVERIFY(!inKeychain(save.result()->secretKey()));
    }
}

void TestConnectServer::cleanupTestCase()
{
    m_keychain.reset(); // before its bus
    m_store.reset();
    m_server.reset();
}

QTEST_MAIN(TestConnectServer)
#include "tst_connectserver.moc"
