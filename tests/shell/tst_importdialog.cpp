// SPDX-License-Identifier: GPL-3.0-or-later
// Import and export in the window: a preview before anything is saved, then the store and a real keyring; no secret in what is exported.
#include "base/async.h"
#include "session/passfile.h"
#include "session/profilejson.h"
#include "shell/formkeys.h"
#include "store/keyring.h"
#include "ui/session/exportdialog.h"
#include "ui/session/importdialog.h"
#include "ui/shell/connectdialog.h"
#include "ui/widgets/dialogs.h"
#include "ui/widgets/errorbar.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include "resources/resources.h"

#include <QComboBox>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTreeWidget>
#include <QtTest>

#include <optional>

using namespace howdah;
using namespace howdah::ui;
using namespace Qt::StringLiterals;

namespace
{
constexpr char canary[] = "canary-9Wz";
}

class TestImportDialog : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void init();
    void theUsualFilesAreOffered();
    void nothingIsSavedBeforeImport();
    void whatIsCheckedIsSaved();
    void aFileThatOthersCanReadIsRefused();
    void withoutAKeychainItIsSaid();
    void anExportHoldsNoSecretAndComesBack();
    void pictures();
    void cleanupTestCase();

private:
    QString write(const QString &name, const QByteArray &bytes, bool open = false)
    {
        QFile file(m_folder->filePath(name));
        if (!file.open(QIODevice::WriteOnly))
            return {};
        file.write(bytes);
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | (open ? QFile::ReadOther : QFile::Permissions()));
        return file.fileName();
    }
    QString serviceFile()
    {
        return write(u"pg_service.conf"_s, "[orders]\nhost=db1.example.org\nport=5433\nuser=app\ndbname=orders\nsslmode=prefer\n\n"
                                           "[evil]\nhost=db2\nuser=app\noptions=-c log_statement=all\n\n[plain]\nhost=db3\nuser=me\ndbname=d\n");
    }
    QString passFile() { return write(u"pgpass"_s, QByteArray("db1.example.org:5433:orders:app:") + canary + "\n"); }
    PaneContext context(store::Keychain *keychain)
    {
        PaneContext context;
        context.store = m_store.get();
        context.keychain = keychain;
        context.openProfile = [this](const QString &name) { m_opened = name; };
        return context;
    }
    ImportDialog *open(store::Keychain *keychain = nullptr)
    {
        auto *dialog = new ImportDialog(context(keychain ? keychain : m_keychain.get()), nullptr);
        dialog->show();
        return dialog;
    }
    static QTreeWidget *table(QWidget &dialog) { return dialog.findChild<QTreeWidget *>(); }
    static QString row(QWidget &dialog, int at) // its cells, a bar between
    {
        const auto *item = table(dialog)->topLevelItem(at);
        QStringList cells;
        for (int column = 0; item && column < item->columnCount(); ++column)
            cells << item->text(column);
        return cells.join(u" | "_s);
    }
    static bool says(QWidget &dialog, const QString &text)
    {
        const auto labels = dialog.findChildren<QLabel *>();
        return std::any_of(labels.begin(), labels.end(), [&](const QLabel *label) { return label->isVisibleTo(&dialog) && label->text().contains(text); });
    }
    QVector<session::Profile> profiles()
    {
        auto read = m_store->run([](store::Store &store) { return session::readProfiles(store); });
        read.waitForFinished();
        return *read.result();
    }
    Result<Secret> inKeychain(const store::SecretKey &key)
    {
        store::Keychain other; // has nothing in memory
        std::optional<Result<Secret>> answer;
        async::onFinished(other.read(key), this, [&](const Result<Secret> &read) { answer = read; });
        [&] { QTRY_VERIFY_WITH_TIMEOUT(answer.has_value(), 20'000); }();
        return answer ? *answer : fail(ErrorKind::Timeout, u"test"_s, u"no answer"_s);
    }

    std::unique_ptr<PrivateKeyring> m_keyring;
    std::unique_ptr<store::Keychain> m_keychain;
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<store::StoreWorker> m_store;
    QString m_opened;
};

void TestImportDialog::initTestCase()
{
    m_keyring = std::make_unique<PrivateKeyring>();
    QVERIFY2(m_keyring->isRunning() && m_keyring->startUnlocked(), qPrintable(m_keyring->error()));
    m_keychain = std::make_unique<store::Keychain>();
    initResources();
}

void TestImportDialog::init()
{
    m_store.reset();
    m_folder = std::make_unique<QTemporaryDir>();
    m_store = std::make_unique<store::StoreWorker>(m_folder->filePath(u"store.sqlite"_s));
    m_opened.clear();
    qputenv("PGSERVICEFILE", QFile::encodeName(m_folder->filePath(u"none"_s)));
    qputenv("PGPASSFILE", QFile::encodeName(m_folder->filePath(u"none"_s)));
}

void TestImportDialog::theUsualFilesAreOffered()
{
    qputenv("PGSERVICEFILE", QFile::encodeName(serviceFile()));
    auto *dialog = open();
    QTRY_COMPARE(table(*dialog)->topLevelItemCount(), 3);
    QCOMPARE(test::spoken<QLineEdit>(*dialog, u"pg_service.conf"_s)->text(), m_folder->filePath(u"pg_service.conf"_s));
    QVERIFY(test::spoken<QLineEdit>(*dialog, u".pgpass"_s)->text().isEmpty()); // there is none
    dialog->close();
}

void TestImportDialog::nothingIsSavedBeforeImport()
{
    const QString services = serviceFile(), passwords = passFile();
    auto *dialog = open();
    QVERIFY(test::typeInto(*dialog, u"pg_service.conf"_s, services));
    QVERIFY(test::typeInto(*dialog, u".pgpass"_s, passwords));
    QTRY_COMPARE(table(*dialog)->topLevelItemCount(), 3);
    QTRY_VERIFY2(row(*dialog, 0).contains(u"| yes |"_s), qPrintable(row(*dialog, 0)));
    QVERIFY2(row(*dialog, 0).startsWith(u"orders | db1.example.org:5433/orders | app | production | yes | "_s), qPrintable(row(*dialog, 0)));
    QVERIFY2(row(*dialog, 0).contains(u"prefer"_s), qPrintable(row(*dialog, 0))); // what was changed is said
    QVERIFY2(row(*dialog, 1).contains(u"refused"_s) && row(*dialog, 1).contains(u"options"_s), qPrintable(row(*dialog, 1)));
    QVERIFY(!(table(*dialog)->topLevelItem(1)->data(0, Qt::CheckStateRole).isValid())); // and can't be taken
    QVERIFY2(row(*dialog, 2).startsWith(u"plain | db3:5432/d | me | production | none | new"_s), qPrintable(row(*dialog, 2)));
    QVERIFY(says(*dialog, u"2 would be saved, 1 refused"_s));
    QVERIFY(!says(*dialog, QString::fromLatin1(canary)) && !row(*dialog, 0).contains(QLatin1StringView(canary)));
    dialog->close();
    QVERIFY(profiles().isEmpty());
}

void TestImportDialog::whatIsCheckedIsSaved()
{
    const QString services = serviceFile(), passwords = passFile();
    auto *dialog = open();
    QSignalSpy imported(dialog, &ImportDialog::imported);
    QVERIFY(test::typeInto(*dialog, u"pg_service.conf"_s, services));
    QVERIFY(test::typeInto(*dialog, u".pgpass"_s, passwords));
    QTRY_VERIFY(row(*dialog, 0).contains(u"| yes |"_s));
    QVERIFY(test::tabTo(*dialog, u"Environment of all"_s));
    QTest::keyClicks(dialog->focusWidget(), u"t"_s);
    QVERIFY2(row(*dialog, 0).contains(u"| test |"_s), qPrintable(row(*dialog, 0)));
    // The last of them is not wanted.
    QVERIFY(test::tabTo(*dialog, u"What the files offer"_s));
    QTest::keyClick(dialog->focusWidget(), Qt::Key_End);
    QTest::keyClick(dialog->focusWidget(), Qt::Key_Space);
    QVERIFY(test::press(*dialog, u"Import 1 server"_s));
    QTRY_VERIFY2_WITH_TIMEOUT(row(*dialog, 0).endsWith(u"saved, its password in the keychain"_s), qPrintable(row(*dialog, 0)), 20'000);
    QTRY_VERIFY(says(*dialog, u"1 saved, 1 refused"_s));
    QCOMPARE(imported.size(), 1);
    const auto all = profiles();
    QCOMPARE(all.size(), 1);
    QCOMPARE(all.constFirst().name, u"orders"_s);
    QCOMPARE(all.constFirst().environment, session::Environment::Test);
    QCOMPARE(all.constFirst().spec.sslMode, pg::SslMode::VerifyFull);
    const auto kept = inKeychain(all.constFirst().secretKey());
    QVERIFY(kept);
    QCOMPARE(QByteArray(kept->data()), QByteArray(canary));
    QVERIFY(!m_keychain->isSessionOnly(all.constFirst().secretKey()));
    // And from here to the server.
    QTest::keyClick(table(*dialog), Qt::Key_Home);
    QVERIFY(test::press(*dialog, u"Connect to orders"_s));
    QCOMPARE(m_opened, u"orders"_s);
}

void TestImportDialog::aFileThatOthersCanReadIsRefused()
{
    const QString passwords = write(u"pgpass"_s, QByteArray("db1:5432:d:app:") + canary + "\n", true);
    auto *dialog = open();
    QVERIFY(test::typeInto(*dialog, u".pgpass"_s, passwords));
    auto *bar = dialog->findChild<ErrorBar *>();
    QTRY_VERIFY(bar->isVisible());
    QVERIFY(says(*dialog, u"chmod 600"_s));
    QCOMPARE(table(*dialog)->topLevelItemCount(), 0);
    QVERIFY(!test::spoken<QPushButton>(*dialog, u"Import"_s)->isEnabled());
    // Mended, and looked at once more.
    QVERIFY(QFile::setPermissions(passwords, QFile::ReadOwner | QFile::WriteOwner));
    QVERIFY(test::press(*dialog, u"Retry"_s));
    QTRY_COMPARE(table(*dialog)->topLevelItemCount(), 1);
    QVERIFY(bar->isHidden());
    dialog->close();
}

void TestImportDialog::withoutAKeychainItIsSaid()
{
    const QString passwords = write(u"pgpass"_s, QByteArray("db1:5432:d:app:") + canary + "\n");
    m_keyring->kill();
    store::Keychain none(nullptr, 3000);
    auto *dialog = open(&none);
    QVERIFY(test::typeInto(*dialog, u".pgpass"_s, passwords));
    QTRY_COMPARE(table(*dialog)->topLevelItemCount(), 1);
    QVERIFY(test::press(*dialog, u"Import 1 server"_s));
    QTRY_VERIFY2_WITH_TIMEOUT(row(*dialog, 0).contains(u"only until Howdah ends"_s), qPrintable(row(*dialog, 0)), 20'000);
    QCOMPARE(profiles().size(), 1);
    QVERIFY(none.isSessionOnly(profiles().constFirst().secretKey()));
    dialog->close();
    QVERIFY2(m_keyring->startUnlocked(), qPrintable(m_keyring->error()));
}

void TestImportDialog::anExportHoldsNoSecretAndComesBack()
{
    const QString passwords = write(u"pgpass"_s, QByteArray("db1:5432:d:app:") + canary + "\ndb2:5432:e:app:" + canary + "\n");
    auto *from = open();
    QVERIFY(test::typeInto(*from, u".pgpass"_s, passwords));
    QTRY_COMPARE(table(*from)->topLevelItemCount(), 2);
    QVERIFY(test::press(*from, u"Import 2 servers"_s));
    QTRY_VERIFY_WITH_TIMEOUT(row(*from, 1).endsWith(u"in the keychain"_s), 20'000);
    from->close();

    const QString path = m_folder->filePath(u"out.json"_s);
    DialogAnswers answers(qApp, [&path](const Question &) {
        Answer answer;
        answer.accepted = true;
        answer.text = path;
        return answer;
    });
    auto *dialog = new ExportDialog(context(m_keychain.get()), nullptr);
    dialog->show();
    QSignalSpy exported(dialog, &ExportDialog::exported);
    QTRY_COMPARE(table(*dialog)->topLevelItemCount(), 2);
    QTest::keyClick(table(*dialog), Qt::Key_Space); // not the first
    QVERIFY(test::press(*dialog, u"Export 1 profile…"_s));
    QTRY_COMPARE(exported.size(), 1);
    QVERIFY(says(*dialog, u"1 profile written to "_s + path));
    dialog->close();
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray text = file.readAll();
    QVERIFY(!text.contains(canary));
    const auto offers = session::importProfiles(text);
    QVERIFY(offers);
    QCOMPARE(offers->size(), 1);
    QCOMPARE(offers->constFirst().profile.name, u"e-app"_s);

    // What is there already is refused as that; the file's own words are taken where it is not.
    auto *again = open();
    QVERIFY(test::typeInto(*again, u"Exported profiles"_s, path));
    QTRY_COMPARE(table(*again)->topLevelItemCount(), 1);
    QVERIFY2(row(*again, 0).contains(u"there already"_s), qPrintable(row(*again, 0)));
    again->close();
}

void TestImportDialog::pictures()
{
    const QString folder = qEnvironmentVariable("HOWDAH_PICTURES"); // asked for by people alone
    const QString services = serviceFile(), passwords = passFile();
    for (const auto &[name, environment] : {std::pair{u"orders live"_s, session::Environment::Production}, {u"orders staging"_s, session::Environment::Test}}) {
        session::Profile profile;
        profile.name = name;
        profile.environment = environment;
        profile.spec.host = u"db1.example.org"_s;
        profile.spec.database = u"orders"_s;
        profile.spec.role = u"dba"_s;
        auto saved = m_store->run([profile](store::Store &store) { return session::saveProfile(store, profile); });
        saved.waitForFinished();
        QVERIFY(saved.result());
    }
    for (const bool dark : {false, true}) {
        theme().setChoice(dark ? Theme::Choice::Dark : Theme::Choice::Light);
        for (const QSize size : {QSize(1600, 1000), QSize(1100, 700)}) {
            QWidget window;
            window.resize(size);
            auto *dialog = new ImportDialog(context(m_keychain.get()), &window);
            dialog->show();
            QVERIFY(test::typeInto(*dialog, u"pg_service.conf"_s, services));
            QVERIFY(test::typeInto(*dialog, u".pgpass"_s, passwords));
            QTRY_VERIFY(row(*dialog, 0).contains(u"| yes |"_s));
            QVERIFY(dialog->width() <= size.width() && dialog->height() <= size.height());
            QCoreApplication::processEvents();
            if (!folder.isEmpty())
                dialog->grab().save(u"%1/import-%2-%3.png"_s.arg(folder, dark ? u"dark"_s : u"light"_s).arg(size.width()));
            dialog->close();
            auto *out = new ExportDialog(context(m_keychain.get()), &window);
            out->show();
            QTRY_COMPARE(table(*out)->topLevelItemCount(), 2);
            QCoreApplication::processEvents();
            if (!folder.isEmpty())
                out->grab().save(u"%1/export-%2-%3.png"_s.arg(folder, dark ? u"dark"_s : u"light"_s).arg(size.width()));
            out->close();
        }
    }
    theme().setChoice(Theme::Choice::Light);
}

void TestImportDialog::cleanupTestCase()
{
    m_keychain.reset(); // before its bus
    m_store.reset();
}

QTEST_MAIN(TestImportDialog)
#include "tst_importdialog.moc"
