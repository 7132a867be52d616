// SPDX-License-Identifier: GPL-3.0-or-later
// The window's frame: connection bar, rail, panes, strip of jobs; it opens profiles and knows nothing of what a pane does.
// Window's thread; owned by app/.
#pragma once

#include "ui/shell/layoutmemory.h"
#include "ui/shell/palette.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/theme.h"

#include <QMainWindow>
#include <QPointer>
#include <QTimer>

#include <functional>
#include <optional>

class QLayout;
class QShortcut;

namespace howdah::ui
{

class JobStrip;
class ConnectionBar;
class ErrorBar;
class PaneStack;
class Rail;

struct WindowOptions {
    QString profile; // empty: the last used, else "local"
    QString pane;    // empty: the last shown, else the first
    std::optional<Theme::Choice> theme;
    bool remember = true; // false: pictures; see LayoutMemory
};

class MainWindow : public QMainWindow
{
    Q_OBJECT
public:
    MainWindow(const Services &services, const WindowOptions &options, QWidget *parent = nullptr);
    ~MainWindow() override;

    void start(); // after show(): reads what is remembered and opens the profile
    void openProfile(const QString &name);
    Workspace *workspace() const { return m_workspace; }
    Rail *rail() const { return m_rail; }
    PaneStack *panes() const { return m_panes; }
    ConnectionBar *connectionBar() const { return m_bar; }
    JobModel *jobs() const { return m_jobs; }
    CommandPalette *palette() const { return m_palette; }
    QVector<Command> commands() const;

protected:
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;
    void closeEvent(QCloseEvent *event) override;

private:
    void buildFrame();
    ErrorBar *addErrorBar(QLayout *column, const std::function<void()> &retry);
    void buildMenus();
    void buildShortcuts();
    void restore(const Remembered &remembered);
    void reloadProfiles();
    void setWorkspace(const session::Profile &profile);
    void showPane(const QString &id);
    void showTrouble();
    void enterPassword();
    void connectToServer();
    void setUpMonitoring();
    void importServers();
    void exportProfiles();
    void startStack();
    void setThemeChoice(Theme::Choice choice);
    void refreshPane();
    void escape();
    QShortcut *m_escape = nullptr;

    Services m_services;
    WindowOptions m_options;
    TimeRange *m_range;
    JobModel *m_jobs;
    HealthEndpoint *m_endpoint;
    LayoutMemory *m_memory;
    QVector<session::Profile> m_profiles;
    QPointer<Workspace> m_workspace;
    PaneContext m_shared;
    ConnectionBar *m_bar;
    Rail *m_rail;
    // What can fail by itself has a bar of its own, with its own Retry: none wipes away what another says.
    ErrorBar *m_storeTrouble = nullptr;
    ErrorBar *m_profileTrouble = nullptr;
    ErrorBar *m_linkTrouble = nullptr;
    QString m_failedProfile;
    PaneStack *m_panes;
    JobStrip *m_strip;
    CommandPalette *m_palette;
    bool m_quitting = false; // what ran was cancelled; the window goes when it has ended, or at the deadline
    bool m_asksToQuit = false;
    QTimer m_quitDeadline;
};

} // namespace howdah::ui
