// SPDX-License-Identifier: GPL-3.0-or-later
// A session bus and a gnome-keyring of a test's own, in folders of its own. Put before anything that asks for the bus: libraries keep the
// first one they saw. The bus starts no services by itself: without startUnlocked() or startLocked() there is no keychain.
#pragma once

#include <QProcess>
#include <QTemporaryDir>

class PrivateKeyring
{
public:
    PrivateKeyring();  // the bus; DBUS_SESSION_BUS_ADDRESS and the XDG folders of this process and of its children now lead here
    ~PrivateKeyring(); // ends what it started
    PrivateKeyring(const PrivateKeyring &) = delete;
    PrivateKeyring &operator=(const PrivateKeyring &) = delete;

    bool isRunning() const { return m_error.isEmpty(); }
    QString error() const { return m_error; }
    QString folder() const { return m_folder.path(); }

    bool startUnlocked(); // the keyring is made at the first time
    bool startLocked();   // only after an unlocked one was there
    bool startWithWrongWord(); // the same, unlocked by a word that is not its own
    bool lock();          // the running one
    void stop();          // the keyring, not the bus
    void kill();          // at once, frozen or not
    void freeze();
    void thaw();

private:
    bool start(const QByteArray &word, const QString &wanted);
    QString defaultKeyringState() const; // "locked", "unlocked", or empty: none yet

    QTemporaryDir m_folder;
    QProcess m_bus;
    QProcess m_keyring;
    QString m_error;
};
