// SPDX-License-Identifier: GPL-3.0-or-later
// A user's session with a stack of its own in Docker: bus, keyring and XDG folders that are nobody else's, a stack of another name on a free
// port. Put before anything that asks for the bus. Blocking. What the programs said is kept, for those who look for secrets in it.
#pragma once

#include "e2e/program.h"
#include "store/keyring.h"

namespace howdah::e2e
{

class StackSession
{
public:
    explicit StackSession(const QString &name);
    ~StackSession(); // destroys the stack
    StackSession(const StackSession &) = delete;
    StackSession &operator=(const StackSession &) = delete;

    QString error() const; // of the bus or the keyring
    const QString &name() const { return m_name; } // also the profile's
    QString folder() const { return m_keyring.folder(); } // with all XDG folders
    QByteArray said() const { return m_said; }

    Ran up();
    Ran stack(const QStringList &arguments, int timeoutMs = 120'000);                              // howdahctl stack --name … --json
    Ran ctl(const QStringList &arguments, const QByteArray &input = {}, int timeoutMs = 60'000);    // howdahctl --profile … --json
    Ran docker(const QStringList &arguments, const QByteArray &input = {});
    QString container(); // empty: none
    // psql in the container, unaligned, tuples only; as the stack's administrator unless said.
    Ran psql(const QByteArray &sql, const QString &role = QStringLiteral("jeex_admin"));

private:
    Ran keep(Ran ran);

    PrivateKeyring m_keyring;
    QString m_keyringError;
    QString m_name;
    QByteArray m_said;
};

} // namespace howdah::e2e
