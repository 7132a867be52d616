// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/connectdialog.h"
#include "ui/shell/checkview.h"
#include "ui/widgets/errorbar.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include "resources/resources.h"

#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QtTest>

using namespace howdah;
using namespace howdah::ui;

class TestConnectDialog : public QObject
{
    Q_OBJECT

private:
    static QLineEdit *line(QWidget &dialog, const QString &name)
    {
        for (auto *edit : dialog.findChildren<QLineEdit *>()) {
            if (edit->accessibleName() == name)
                return edit;
        }
        return nullptr;
    }

    static QPushButton *button(QWidget &dialog, const QString &text)
    {
        for (auto *one : dialog.findChildren<QPushButton *>()) {
            if (one->text() == text && one->accessibleName().isEmpty())
                return one;
        }
        return nullptr;
    }
    static QString fieldError(QWidget &dialog)
    {
        for (const auto *label : dialog.findChildren<PlainLabel *>()) {
            if (label->property("role").toByteArray() == "critical" && !label->text().isEmpty())
                return label->text();
        }
        return {};
    }
    static void choose(QWidget &dialog, const QString &name, int index)
    {
        for (auto *box : dialog.findChildren<QComboBox *>()) {
            if (box->accessibleName() == name)
                box->setCurrentIndex(index);
        }
    }

    static void paste(QLineEdit *edit, const QString &text)
    {
        QGuiApplication::clipboard()->setText(text);
        edit->paste();
    }

private slots:
    void initTestCase()
    {
        qputenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
        initResources();
    }

    void pastedUrlFillsTheFieldsAndIsGone()
    {
        auto *dialog = new ConnectDialog({}, nullptr);
        dialog->show();
        QLineEdit *url = line(*dialog, QStringLiteral("Connection URL"));
        paste(url, QStringLiteral("postgresql+asyncpg://bob:s%40cret@db1:6432/shop"));
        QCOMPARE(line(*dialog, QStringLiteral("Host"))->text(), QStringLiteral("db1"));
        for (const auto *box : dialog->findChildren<QSpinBox *>()) {
            if (box->accessibleName() == QLatin1StringView("Port"))
                QCOMPARE(box->value(), 6432);
        }
        QCOMPARE(line(*dialog, QStringLiteral("Database"))->text(), QStringLiteral("shop"));
        QCOMPARE(line(*dialog, QStringLiteral("Role"))->text(), QStringLiteral("bob"));
        QCOMPARE(line(*dialog, QStringLiteral("Password"))->text(), QStringLiteral("s@cret"));
        QCOMPARE(line(*dialog, QStringLiteral("Password"))->echoMode(), QLineEdit::Password);
        QVERIFY(url->text().isEmpty()); // the password was in it
        QVERIFY(dialog->findChild<ErrorBar *>()->isHidden());
        paste(url, QStringLiteral("postgresql://bob@elsewhere/shop"));
        QVERIFY(line(*dialog, QStringLiteral("Password"))->text().isEmpty()); // it was for db1
        dialog->close();
    }

    void typedUrlWaitsForItsEnd()
    {
        auto *dialog = new ConnectDialog({}, nullptr);
        dialog->show();
        QLineEdit *url = line(*dialog, QStringLiteral("Connection URL"));
        QTest::keyClicks(url, QStringLiteral("postgresql://bob@db1/shop"));
        QVERIFY(line(*dialog, QStringLiteral("Host"))->text().isEmpty());
        emit url->editingFinished();
        QCOMPARE(line(*dialog, QStringLiteral("Host"))->text(), QStringLiteral("db1"));
        dialog->close();
    }

    void refusedUrlSaysWhy()
    {
        auto *dialog = new ConnectDialog({}, nullptr);
        dialog->show();
        paste(line(*dialog, QStringLiteral("Connection URL")), QStringLiteral("postgresql://bob@db1/shop?sslmode=prefer"));
        QVERIFY(dialog->findChild<ErrorBar *>()->isVisible());
        QVERIFY(line(*dialog, QStringLiteral("Host"))->text().isEmpty());
        dialog->close();
    }

    void unknownIsProduction()
    {
        auto *dialog = new ConnectDialog({}, nullptr);
        QStringList chosen;
        for (const auto *box : dialog->findChildren<QComboBox *>())
            chosen.append(box->currentText());
        QVERIFY(chosen.contains(QStringLiteral("production")));
        QVERIFY(chosen.contains(QStringLiteral("verify-full")));
        delete dialog;
    }

    void severalHostsAndAPoolerOfAUrl()
    {
        auto *dialog = new ConnectDialog({}, nullptr);
        dialog->show();
        paste(line(*dialog, QStringLiteral("Connection URL")),
              QStringLiteral("postgres://bob@db1:5432,db2:5433/shop?target_session_attrs=read-write&pgbouncer=true"));
        QCOMPARE(line(*dialog, QStringLiteral("More hosts"))->text(), QStringLiteral("db2:5433"));
        QStringList chosen;
        for (const auto *box : dialog->findChildren<QComboBox *>())
            chosen.append(box->currentText());
        QVERIFY(chosen.contains(QStringLiteral("read-write")));
        QVERIFY2(chosen.contains(QStringLiteral("SCRAM without channel binding (weaker)")), qPrintable(chosen.join(QLatin1Char('|'))));
        dialog->close();
    }

    void errorsAreAtTheirField()
    {
        auto *dialog = new ConnectDialog({}, nullptr);
        dialog->show();
        QTest::mouseClick(button(*dialog, QStringLiteral("Test connection")), Qt::LeftButton);
        QVERIFY(fieldError(*dialog).size() > 0);
        QTest::keyClicks(line(*dialog, QStringLiteral("Host")), QStringLiteral("db1"));
        QTest::keyClicks(line(*dialog, QStringLiteral("Role")), QStringLiteral("bob"));
        choose(*dialog, QStringLiteral("Authentication"), 2); // peer
        QTest::mouseClick(button(*dialog, QStringLiteral("Test connection")), Qt::LeftButton);
        QVERIFY2(fieldError(*dialog).contains(QLatin1StringView("Unix socket")), qPrintable(fieldError(*dialog)));
        QVERIFY(!line(*dialog, QStringLiteral("Password"))->isVisible());
        dialog->close();
    }

    void aTestThatIsCancelledEndsAtOnce()
    {
        QTcpServer silent; // takes the link and never says a word
        QVERIFY(silent.listen(QHostAddress::LocalHost));
        auto *dialog = new ConnectDialog({}, nullptr);
        dialog->show();
        paste(line(*dialog, QStringLiteral("Connection URL")), QStringLiteral("postgresql://bob:pw@127.0.0.1:%1/shop").arg(silent.serverPort()));
        QTest::mouseClick(button(*dialog, QStringLiteral("Test connection")), Qt::LeftButton);
        auto *steps = dialog->findChild<CheckView *>();
        QTRY_COMPARE(steps->count(), 2); // the name and TCP, as they become known
        QVERIFY(!button(*dialog, QStringLiteral("Connect"))->isEnabled());
        QTest::keyClick(dialog, Qt::Key_Escape);
        QVERIFY(dialog->isVisible());
        QVERIFY(button(*dialog, QStringLiteral("Connect"))->isEnabled());
        QVERIFY(dialog->findChild<ErrorBar *>()->isHidden());
        QTest::keyClick(dialog, Qt::Key_Escape);
        QVERIFY(!dialog->isVisible());
    }

    void pictures()
    {
        const QString folder = qEnvironmentVariable("HOWDAH_PICTURES"); // asked for by people alone
        for (const bool dark : {false, true}) {
            theme().setChoice(dark ? Theme::Choice::Dark : Theme::Choice::Light);
            for (const QSize size : {QSize(1600, 1000), QSize(1100, 700)}) {
                QWidget window;
                window.resize(size);
                auto *dialog = new ConnectDialog({}, &window);
                dialog->show();
                const auto grab = [&](const char *name) {
                    QCoreApplication::processEvents();
                    if (!folder.isEmpty())
                        dialog->grab().save(QStringLiteral("%1/%2-%3-%4.png").arg(folder, QLatin1String(name), Theme::choiceName(theme().choice())).arg(size.width()));
                };
                grab("empty");
                paste(line(*dialog, QStringLiteral("Connection URL")), QStringLiteral("postgresql://bob:pw@127.0.0.1:1/shop?pgbouncer=true"));
                button(*dialog, QStringLiteral("Test connection"))->click();
                QTRY_COMPARE(dialog->findChild<CheckView *>()->count(), 7);
                QTRY_VERIFY(dialog->width() <= size.width() && dialog->height() <= size.height());
                grab("pooler");
                dialog->close();
            }
        }
    }

    void failureStaysInTheDialogAndSavesNothing()
    {
        QTemporaryDir folder;
        store::StoreWorker store(folder.filePath(QStringLiteral("store.sqlite")));
        store::Keychain keychain;
        bool opened = false;
        PaneContext context;
        context.store = &store;
        context.keychain = &keychain;
        context.openProfile = [&opened](const QString &) { opened = true; };
        auto *dialog = new ConnectDialog(context, nullptr);
        dialog->show();
        paste(line(*dialog, QStringLiteral("Connection URL")), QStringLiteral("postgresql://bob:pw@127.0.0.1:1/shop"));
        for (auto *button : dialog->findChildren<QPushButton *>()) {
            if (button->text() == QLatin1StringView("Connect"))
                button->click();
        }
        auto *bar = dialog->findChild<ErrorBar *>();
        QTRY_VERIFY_WITH_TIMEOUT(bar->isVisible(), 20'000);
        QVERIFY(dialog->isVisible());
        QVERIFY(!opened);
        QCOMPARE(dialog->findChild<CheckView *>()->count(), 7); // every step has its line
        QVERIFY(fieldError(*dialog).contains(QLatin1StringView("127.0.0.1")));
        auto profiles = store.run([](store::Store &open) { return session::readProfiles(open); });
        profiles.waitForFinished();
        QCOMPARE(profiles.result()->size(), 0);
        dialog->close();
    }
};

QTEST_MAIN(TestConnectDialog)
#include "tst_connectdialog.moc"
