// SPDX-License-Identifier: GPL-3.0-or-later
// One profile at work: its secrets, its three links, its sampler, and the PaneContext made of them. Another profile, or another password,
// is another Workspace. An empty profile is a workspace without a server. Window's thread.
#pragma once

#include "ui/shell/pane.h"

#include <QObject>
#include <QStringList>

#include <optional>

namespace howdah::ui
{

// What the program has one of; owned by app/, outlives the window.
struct Services {
    store::StoreWorker *store = nullptr;
    store::Keychain *keychain = nullptr;
    Worker *tools = nullptr;
    const Clock *clock = nullptr;
};

class Workspace : public QObject
{
    Q_OBJECT
public:
    enum class State { Empty, ReadingSecrets, NeedsSecret, Ready };

    // `shared`: a context with everything but the profile's own parts.
    Workspace(const session::Profile &profile, const PaneContext &shared, QObject *parent = nullptr);
    ~Workspace() override;

    void start(); // reads the secrets, then opens the links
    State state() const { return m_state; }
    const session::Profile &profile() const { return m_context.profile; }
    const PaneContext &context() const { return m_context; } // complete once Ready
    pg::LinkStatus link() const;                             // of the monitor link, which stands for the server
    const Error &secretError() const { return m_secretError; }
    store::SecretKey missingKey() const { return m_missing; }
    struct Trouble {
        Error error;
        store::SecretKey key; // of the role whose link it is
    };
    std::optional<Trouble> trouble() const; // a link that is lost or was refused; the monitor's first
    bool isSessionOnly() const; // a password that no keychain holds
    QStringList rolesWithoutPassword() const { return m_withoutPassword; } // once Ready: a Unix socket may ask for none
    int samples() const { return m_samples; }

    void reconnect();     // at once, whatever the countdown
    void giveUpWaiting(); // everything that waits for this server ends now; the links are tried again from the start

signals:
    void stateChanged();
    void linkChanged();

private:
    void readNext();
    void openLinks();
    void setState(State state);

    PaneContext m_context;
    State m_state = State::Empty;
    Error m_secretError;
    store::SecretKey m_missing;
    QVector<store::SecretKey> m_toRead;
    QVector<Secret> m_secrets; // emptied when the links have them
    QStringList m_withoutPassword;
    int m_samples = 0;
};

} // namespace howdah::ui
