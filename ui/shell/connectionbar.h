// SPDX-License-Identifier: GPL-3.0-or-later
// The line at the window's top that never goes: environment as a word in its colour, what and where, version, TLS, what the session may
// do, and how the link is. Each part is a button to its facts (linkfacts.h). Window's thread.
#pragma once

#include "session/profile.h"

#include <QPointer>
#include <QTimer>
#include <QWidget>

class QToolButton;
class QPushButton;

namespace howdah::ui
{

class ComebackNote;
class ReadOnlyBadge;
class StateWord;
class Workspace;

class ConnectionBar : public QWidget
{
    Q_OBJECT
public:
    explicit ConnectionBar(QWidget *parent = nullptr);
    void setWorkspace(Workspace *workspace); // null: no server
    QToolButton *profileButton() const { return m_name; } // the shell hangs the menu of servers on it
    QToolButton *rangeButton() const { return m_range; }
    QString stateText() const; // "connected", "no answer for 12 s"
    ReadOnlyBadge *readOnlyBadge() const { return m_readOnly; }
    ComebackNote *comebackNote() const { return m_comeback; }

signals:
    void searchWanted();
    void reconnectWanted();
    void cancelWanted();

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    enum class Part { Environment, Address, Version, Tls, Role, Pooler };
    QToolButton *part(Part which, const char *name);
    void showFacts(Part which, QWidget *below);
    void refresh();
    void refreshState();

    QPointer<Workspace> m_workspace;
    QToolButton *m_environment;
    QToolButton *m_name;
    QToolButton *m_address;
    QToolButton *m_version;
    QToolButton *m_tls;
    QToolButton *m_role;
    QToolButton *m_pooler;
    ReadOnlyBadge *m_readOnly;
    ComebackNote *m_comeback; // a line of its own below, where there is something to tell
    StateWord *m_state;
    QPushButton *m_action; // Reconnect or Cancel
    QPushButton *m_search;
    QToolButton *m_range;
    QVector<QWidget *> m_separated; // a thin line stands before each
    QTimer m_tick; // the countdown, only while there is one
};

} // namespace howdah::ui
