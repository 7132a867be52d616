// SPDX-License-Identifier: GPL-3.0-or-later
// What every test of the query pane needs: a real server, a store in a folder of the test's, a pane in a window, and keys.
#pragma once

#include "resources/resources.h"
#include "support/testserver.h"
#include "ui/query/editor.h"
#include "ui/query/querypane.h"
#include "ui/query/querytab.h"
#include "ui/query/resulttabs.h"
#include "ui/query/runner.h"
#include "ui/query/transactionbar.h"
#include "ui/shell/jobmodel.h"
#include "ui/widgets/dialogs.h"
#include "ui/widgets/label.h"
#include "ui/widgets/stateword.h"
#include "ui/widgets/theme.h"

#include <QCheckBox>
#include <QLabel>
#include <QPushButton>
#include <QTemporaryDir>
#include <QtTest>

namespace howdah::test
{

class PaneBench
{
public:
    // The store at this path, or in the test's own folder.
    explicit PaneBench(const QString &storePath = {}) : store(storePath.isEmpty() ? folder.filePath(QStringLiteral("store.sqlite")) : storePath) {}
    // With the program's own icons and fonts, in its light theme. Null and why where it can't be.
    static std::unique_ptr<PaneBench> start(QString *why)
    {
        initResources();
        ui::theme().setChoice(ui::Theme::Choice::Light);
        auto bench = std::make_unique<PaneBench>();
        bench->server = TestServer::start({}, why);
        return bench->server ? std::move(bench) : nullptr;
    }

    ~PaneBench()
    {
        pane.reset();
        catalog.reset();
        control.reset();
    }

    ui::PaneContext context(session::Environment environment)
    {
        ui::PaneContext context;
        session::Profile profile;
        profile.id = QStringLiteral("5a1c3a51-7bb7-4bb5-9a3b-b4e0d3c6a2a1");
        profile.name = QStringLiteral("orders");
        profile.environment = environment;
        context.store = &store;
        context.clock = &clock;
        context.jobs = &jobs;
        if (!server) { // no link: what is written, and no more
            context.profile = profile;
            return context;
        }
        profile.spec = server->spec().withDatabase(database);
        if (port > 0)
            profile.spec.port = port;
        context.profile = profile;
        control = std::make_unique<pg::Session>(profile.monitorSpec(), server->password(), pg::Session::Purpose::Control);
        catalog = std::make_unique<pg::Session>(profile.spec, server->password(), pg::Session::Purpose::Editor);
        control->open();
        context.control = control.get();
        context.catalog = catalog.get();
        context.editorLink = [spec = profile.editorSpec(), secret = server->password()](const QString &name, QObject *parent) {
            return new pg::Session(spec.withDatabase(name), secret, pg::Session::Purpose::Editor, parent);
        };
        return context;
    }

    // A pane in a window of its own, settled, its editor with the focus.
    bool open(session::Environment environment = session::Environment::Development)
    {
        pane.reset();
        catalog.reset();
        control.reset();
        pane.reset(ui::makeQueryPane(context(environment), nullptr));
        pane->resize(1016, 626);
        pane->show();
        pane->activateWindow();
        pane->activated();
        return QTest::qWaitForWindowExposed(pane.get()) && QTest::qWaitFor([this] { return pane->isSettled() && tab(); });
    }

    ui::QueryTab *tab() const
    {
        for (auto *one : pane->findChildren<ui::QueryTab *>()) {
            if (one->isVisible())
                return one;
        }
        return nullptr;
    }
    ui::SqlEditor *editor() const { return tab()->editor(); }
    QString messages() const { return tab()->results()->messages()->toPlainText(); }
    const ui::Runner *runner() const { return tab()->runner(); }

    // As typed: by keys, one after the other.
    void type(const QString &text)
    {
        editor()->setFocus();
        for (const QChar c : text) {
            if (c == QLatin1Char('\n'))
                QTest::keyClick(editor(), Qt::Key_Return);
            else
                QTest::keyClick(editor(), c.toLatin1());
        }
    }
    void key(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
    {
        // There is no window manager here that gives the window its place back once a dialog is gone.
        if (!pane->isActiveWindow()) {
            pane->activateWindow();
            QTRY_VERIFY(pane->isActiveWindow());
        }
        QTest::keyClick(editor(), key, modifiers);
    }
    // Where a text as it is, not how it came there, matters.
    void put(const QByteArray &text)
    {
        key(Qt::Key_A, Qt::ControlModifier);
        editor()->replaceSelection(text);
    }
    bool idle() const
    {
        return QTest::qWaitFor([this] { return !tab()->isBusy(); }, 15'000);
    }
    bool runScript()
    {
        key(Qt::Key_Return, Qt::ControlModifier | Qt::ShiftModifier);
        return idle();
    }
    bool runStatement()
    {
        key(Qt::Key_Return, Qt::ControlModifier);
        return idle();
    }
    QPushButton *button(const QString &text) const { return withText<QPushButton>(text); }
    QCheckBox *box(const QString &text) const { return withText<QCheckBox>(text); }
    template<typename Button>
    Button *withText(const QString &text) const
    {
        for (auto *one : pane->findChildren<Button *>()) {
            if (one->isVisible() && one->text() == text)
                return one;
        }
        return nullptr;
    }
    bool says(const QString &text) const
    {
        for (const auto *label : pane->findChildren<QLabel *>()) {
            const auto *elided = qobject_cast<const ui::ElidedLabel *>(label);
            if (label->isVisible() && (elided ? elided->fullText() : label->text()).contains(text))
                return true;
        }
        for (const auto *word : pane->findChildren<ui::StateWord *>()) {
            if (word->isVisible() && word->word().contains(text))
                return true;
        }
        return false;
    }
    // One value asked by a link of the test's own.
    QString ask(const QByteArray &sql) const
    {
        auto link = server->admin();
        if (!link)
            return link.error().text();
        const auto rows = (*link)->run({sql, {}});
        return rows ? (rows->isEmpty() ? QString() : rows->text(0, 0)) : rows.error().text();
    }

    QString database = QStringLiteral("postgres"); // of the next pane
    quint16 port = 0; // of a proxy that leads to the server; 0: the server's own
    QTemporaryDir folder;
    store::StoreWorker store;
    ui::JobModel jobs{&store};
    Clock clock;
    std::unique_ptr<TestServer> server;
    std::unique_ptr<pg::Session> control;
    std::unique_ptr<pg::Session> catalog;
    std::unique_ptr<ui::Pane> pane;
};

} // namespace howdah::test
