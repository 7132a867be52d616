// SPDX-License-Identifier: GPL-3.0-or-later
// A good login, verified TLS and SCRAM with binding as every profile has it, and a hostile server behind it.
#pragma once

#include "pg/connection.h"
#include "support/scramlogin.h"
#include "support/testcertificates.h"
#include "support/wire.h"

#include <QTemporaryDir>

#include <functional>

namespace howdah::test
{

class ScriptedLink
{
public:
    using Script = std::function<void(const ScriptedServer::Client &)>;

    bool prepare() { return TestCertificates::write(m_folder.path()); }
    QString certificate() const { return m_folder.filePath(TestCertificates::name(TestCertificates::Kind::Good)); }

    // Lets in, then `then`. A cancel request gets no answer.
    Script admits(const Script &then) const
    {
        return [certificate = certificate(), then](const ScriptedServer::Client &client) {
            if (ScramLogin().admit(client, certificate))
                then(client);
            client.waitForEnd();
        };
    }
    // The first statement is read to its end (Sync, or the simple protocol's Query), then `then`.
    Script answers(const Script &then) const
    {
        return admits([then](const ScriptedServer::Client &client) {
            if (readStatement(client))
                then(client);
        });
    }
    static bool readStatement(const ScriptedServer::Client &client)
    {
        for (;;) {
            const QByteArray message = client.readMessage();
            if (message.isEmpty() || message.at(0) == 'S' || message.at(0) == 'Q')
                return !message.isEmpty();
        }
    }
    pg::ConnectionSpec spec(const ScriptedServer &server) const
    {
        pg::ConnectionSpec spec;
        spec.host = QStringLiteral("127.0.0.1");
        spec.port = server.port();
        spec.database = spec.role = QStringLiteral("app");
        spec.caFile = m_folder.filePath(QStringLiteral("ca.pem"));
        return spec;
    }

private:
    QTemporaryDir m_folder;
};

} // namespace howdah::test
