// SPDX-License-Identifier: GPL-3.0-or-later
// How the window's commands are reached: menus, keys, the palette.
#include "ui/shell/mainwindow.h"

#include "ui/session/journaldialog.h"
#include "ui/shell/connectionbar.h"
#include "ui/shell/linkfacts.h"
#include "ui/shell/panestack.h"
#include "ui/shell/rail.h"
#include "ui/stack/stackactions.h"
#include "ui/widgets/timerange.h"

#include <QMenu>
#include <QShortcut>
#include <QToolButton>

namespace howdah::ui
{

void MainWindow::buildMenus()
{
    // Filled when they open: a menu costs start-up time, and servers change.
    auto *servers = new QMenu(this);
    servers->setLayoutDirection(Qt::LeftToRight); // the button is turned round for its arrow
    m_bar->profileButton()->setMenu(servers);
    connect(servers, &QMenu::aboutToShow, this, [this, servers] {
        servers->clear();
        for (const session::Profile &profile : m_profiles) {
            // A menu reads "&" as a mnemonic.
            QString text = profile.name;
            QAction *action = servers->addAction(text.replace(QLatin1Char('&'), QLatin1StringView("&&")) + QLatin1Char('\t')
                                                 + session::environmentName(profile.environment));
            action->setCheckable(true);
            action->setChecked(m_workspace && m_workspace->profile().id == profile.id);
            connect(action, &QAction::triggered, this, [this, name = profile.name] { openProfile(name); });
        }
        if (!m_profiles.isEmpty())
            servers->addSeparator();
        servers->addAction(QStringLiteral("Connect to a server…"), this, &MainWindow::connectToServer);
        servers->addAction(QStringLiteral("Import servers…"), this, &MainWindow::importServers);
        if (!m_profiles.isEmpty())
            servers->addAction(QStringLiteral("Export profiles…"), this, &MainWindow::exportProfiles);
        if (m_workspace && m_workspace->state() == Workspace::State::NeedsSecret)
            servers->addAction(QStringLiteral("Enter the password…"), this, &MainWindow::enterPassword);
        servers->addSeparator();
        servers->addAction(QStringLiteral("Monitoring…\tCtrl+Shift+M"), this, &MainWindow::setUpMonitoring);
        servers->addAction(QStringLiteral("Journal of changes\tCtrl+Shift+J"), this, [this] { JournalDialog::show(m_shared, this); });
    });

    m_bar->rangeButton()->setText(m_range->text());
    auto *ranges = new QMenu(this);
    m_bar->rangeButton()->setMenu(ranges);
    connect(ranges, &QMenu::aboutToShow, this, [this, ranges] {
        ranges->clear();
        for (const TimeRange::Choice &choice : TimeRange::choices()) {
            QAction *action = ranges->addAction(QStringLiteral("Last ") + choice.text);
            action->setCheckable(true);
            action->setChecked(m_range->isFollowing() && m_range->spanMs() == choice.spanMs);
            connect(action, &QAction::triggered, this, [this, span = choice.spanMs] { m_range->setLast(span); });
        }
    });

    auto *themes = new QMenu(this);
    m_rail->themeButton()->setMenu(themes);
    connect(themes, &QMenu::aboutToShow, this, [this, themes] {
        themes->clear();
        for (const Theme::Choice choice : {Theme::Choice::System, Theme::Choice::Light, Theme::Choice::Dark}) {
            QString name = Theme::choiceName(choice);
            name[0] = name.at(0).toUpper();
            QAction *action = themes->addAction(name);
            action->setCheckable(true);
            action->setChecked(theme().choice() == choice);
            connect(action, &QAction::triggered, this, [this, choice] { setThemeChoice(choice); });
        }
    });
}

void MainWindow::buildShortcuts()
{
    const auto on = [this](const QKeySequence &keys, auto fn) {
        connect(new QShortcut(keys, this), &QShortcut::activated, this, fn);
    };
    on(QKeySequence(Qt::CTRL | Qt::Key_Q), [this] { close(); });
    on(QKeySequence(Qt::CTRL | Qt::Key_K), [this] { m_palette->open(commands()); });
    on(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_J), [this] { JournalDialog::show(m_shared, this); });
    on(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_M), [this] { setUpMonitoring(); });
    on(QKeySequence(Qt::Key_F5), [this] { refreshPane(); });
    // Only while there is something to give up: two shortcuts of one key cancel each other, and Escape is a pane's own key too.
    m_escape = new QShortcut(QKeySequence(Qt::Key_Escape), this);
    m_escape->setEnabled(false);
    for (const auto signal : {&QShortcut::activated, &QShortcut::activatedAmbiguously})
        connect(m_escape, signal, this, [this] { escape(); });
    for (int i = 0; i < qMin<int>(9, int(allPanes().size())); ++i)
        on(QKeySequence(Qt::CTRL | Qt::Key(Qt::Key_1 + i)), [this, i] { m_rail->select(allPanes().at(i).id); });
}

QVector<Command> MainWindow::commands() const
{
    auto *self = const_cast<MainWindow *>(this);
    QVector<Command> list;
    int number = 1;
    for (const PaneDescriptor &pane : allPanes()) {
        list.append({pane.title, QStringLiteral("pane"), QStringLiteral("Ctrl+%1").arg(number++), [self, id = pane.id] { self->m_rail->select(id); }});
    }
    if (const Pane *pane = m_panes->currentPane())
        list += pane->commands();
    list.append({QStringLiteral("Refresh"), QStringLiteral("command"), QStringLiteral("F5"), [self] { self->refreshPane(); }});
    if (m_workspace && m_workspace->state() == Workspace::State::Ready)
        list.append({QStringLiteral("Reconnect"), QStringLiteral("command"), {}, [self] { self->m_workspace->reconnect(); }});
    list.append({QStringLiteral("Connect to a server…"), QStringLiteral("command"), {}, [self] { self->connectToServer(); }});
    list.append({QStringLiteral("Import servers…"), QStringLiteral("command"), {}, [self] { self->importServers(); }});
    list.append({QStringLiteral("Export profiles…"), QStringLiteral("command"), {}, [self] { self->exportProfiles(); }});
    for (const session::Profile &profile : m_profiles)
        list.append({QStringLiteral("Open ") + profile.name, QStringLiteral("server"), {}, [self, name = profile.name] { self->openProfile(name); }});
    list.append({QStringLiteral("Start the stack"), QStringLiteral("command"), {}, [self] { self->startStack(); }});
    list.append({QStringLiteral("Stop the stack"), QStringLiteral("command"), {}, [self] {
                     ui::stopStack(self->m_workspace ? self->m_workspace->context() : self->m_shared, self);
                 }});
    list.append({QStringLiteral("Journal of changes"), QStringLiteral("command"), QStringLiteral("Ctrl+Shift+J"),
                 [self] { JournalDialog::show(self->m_shared, self); }});
    list.append({QStringLiteral("Monitoring…"), QStringLiteral("setting"), QStringLiteral("Ctrl+Shift+M"), [self] { self->setUpMonitoring(); }});
    list.append({QStringLiteral("Switch theme"), QStringLiteral("command"), {}, [self] {
                     self->setThemeChoice(theme().isDark() ? Theme::Choice::Light : Theme::Choice::Dark);
                 }});
    list.append({QStringLiteral("Follow the system's theme"), QStringLiteral("command"), {}, [self] { self->setThemeChoice(Theme::Choice::System); }});
    for (const TimeRange::Choice &choice : TimeRange::choices())
        list.append({QStringLiteral("Show the last ") + choice.text, QStringLiteral("command"), {}, [self, span = choice.spanMs] { self->m_range->setLast(span); }});
    list.append({QStringLiteral("About Howdah"), QStringLiteral("command"), {}, [self] { popupFacts(self->m_bar, aboutFacts()); }});
    list.append({QStringLiteral("Quit Howdah"), QStringLiteral("command"), QStringLiteral("Ctrl+Q"), [self] { self->close(); }});
    return list;
}

} // namespace howdah::ui
