// SPDX-License-Identifier: GPL-3.0-or-later
// What each test of a whole window on one server stands on: a folder, a store, a keychain and a worker of its own, and nothing of the machine's. The
// test class inherits it, after QObject. Window's thread.
#pragma once

#include "support/testserver.h"
#include "ui/shell/connectionbar.h"
#include "ui/shell/mainwindow.h"
#include "ui/shell/panestack.h"
#include "ui/widgets/theme.h"

#include "resources/resources.h"

#include <QApplication>
#include <QPushButton>
#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>

namespace howdah::test
{

class WindowStand
{
protected:
    // First of all: nothing of the machine's is read or written from here on.
    void begin()
    {
        qputenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
        for (const char *name : {"HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"})
            qputenv(name, m_folder.path().toLocal8Bit());
        initResources();
        ui::theme().setChoice(ui::Theme::Choice::Light);
        m_store = std::make_unique<store::StoreWorker>(m_folder.filePath(QStringLiteral("store.sqlite")));
        m_keychain = std::make_unique<store::Keychain>();
        m_tools = std::make_unique<Worker>(QStringLiteral("tools"));
    }
    void startServer(const ServerSetup &setup, const QList<QByteArray> &statements)
    {
        QString why;
        m_server = TestServer::start(setup, &why);
        QVERIFY2(m_server, qPrintable(why));
        QVERIFY2(m_server->sql(statements, &why), qPrintable(why));
    }
    // The profile is saved, and the window shown with this pane until it is connected. The caller looks at QTest::currentTestFailed().
    void open(const session::Profile &profile, const Secret &secret, const QString &pane)
    {
        auto saved = m_store->run([profile](store::Store &store) { return session::saveProfile(store, profile); });
        saved.waitForFinished();
        QVERIFY2(saved.result(), qPrintable(saved.result() ? QString() : saved.result().error().text()));
        m_keychain->holdForSession(saved.result()->secretKey(), secret);
        ui::WindowOptions options;
        options.profile = profile.name;
        options.pane = pane;
        m_window = std::make_unique<ui::MainWindow>(ui::Services{m_store.get(), m_keychain.get(), m_tools.get(), &m_clock}, options);
        m_window->resize(1600, 1000);
        m_window->show();
        m_window->start();
        m_window->activateWindow();
        QTRY_COMPARE_WITH_TIMEOUT(m_window->connectionBar()->stateText(), QStringLiteral("connected"), 15'000);
    }
    void end()
    {
        m_window.reset();
        m_server.reset();
        m_tools.reset();
        m_keychain.reset();
        m_store.reset();
        QVERIFY(Worker::joinClosed(10'000));
    }

    QWidget *pane() const { return m_window->panes()->currentPane(); }
    QPushButton *button(const QString &beginning, const QWidget *in = nullptr) const // that is shown
    {
        const auto buttons = (in ? in : pane())->findChildren<QPushButton *>();
        const auto found = std::find_if(buttons.cbegin(), buttons.cend(), [&](const QPushButton *one) { return one->text().startsWith(beginning) && one->isVisible(); });
        return found == buttons.cend() ? nullptr : *found;
    }
    void activate() const // there is no window manager that does it when a dialog closes
    {
        m_window->activateWindow();
        QTRY_COMPARE(QApplication::activeWindow(), m_window.get());
    }
    template<typename Dialog> static Dialog *shown()
    {
        for (QWidget *widget : QApplication::topLevelWidgets()) {
            if (auto *dialog = qobject_cast<Dialog *>(widget); dialog && dialog->isVisible())
                return dialog;
        }
        return nullptr;
    }

    QTemporaryDir m_folder;
    std::unique_ptr<store::StoreWorker> m_store;
    std::unique_ptr<store::Keychain> m_keychain;
    std::unique_ptr<Worker> m_tools;
    std::unique_ptr<TestServer> m_server;
    Clock m_clock;
    std::unique_ptr<ui::MainWindow> m_window;
};

} // namespace howdah::test
