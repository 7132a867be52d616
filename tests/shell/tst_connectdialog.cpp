// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/connectdialog.h"
#include "ui/widgets/errorbar.h"

#include "resources/resources.h"

#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
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
        QCOMPARE(dialog->findChild<QSpinBox *>()->value(), 6432);
        QCOMPARE(line(*dialog, QStringLiteral("Database"))->text(), QStringLiteral("shop"));
        QCOMPARE(line(*dialog, QStringLiteral("Role"))->text(), QStringLiteral("bob"));
        QCOMPARE(line(*dialog, QStringLiteral("Password"))->text(), QStringLiteral("s@cret"));
        QCOMPARE(line(*dialog, QStringLiteral("Password"))->echoMode(), QLineEdit::Password);
        QVERIFY(url->text().isEmpty()); // the password was in it
        QVERIFY(dialog->findChild<ErrorBar *>()->isHidden());
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
        auto profiles = store.run([](store::Store &open) { return session::readProfiles(open); });
        profiles.waitForFinished();
        QCOMPARE(profiles.result()->size(), 0);
        dialog->close();
    }
};

QTEST_MAIN(TestConnectDialog)
#include "tst_connectdialog.moc"
