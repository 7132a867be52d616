// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/check.h"

namespace howdah::session
{

QJsonObject linkReport(const pg::Connection &connection)
{
    const pg::LinkFacts &facts = connection.facts();
    // Not encrypted is null, a value of its own, and not an empty word.
    const auto ofTls = [&](const QString &word) { return facts.tls ? QJsonValue(word) : QJsonValue(QJsonValue::Null); };
    return {{QStringLiteral("ok"), true}, // Connection::open holds the link against its spec: one that fails is none
            {QStringLiteral("tls"), ofTls(facts.tlsProtocol)},
            {QStringLiteral("cipher"), ofTls(facts.cipher)},
            {QStringLiteral("sslmode"), pg::sslModeName(connection.spec().sslMode)},
            {QStringLiteral("auth"), facts.auth},
            {QStringLiteral("role"), facts.role},
            {QStringLiteral("database"), facts.database},
            {QStringLiteral("server_version"), facts.serverVersion},
            {QStringLiteral("address"), connection.spec().address()},
            {QStringLiteral("in_recovery"), facts.inRecovery},
            {QStringLiteral("backend_pid"), facts.backendPid}};
}

Error explained(Error error, const Profile &profile)
{
    const bool gone = error.kind == ErrorKind::Connection || error.reason == QLatin1StringView("ca_file_missing")
        || error.reason == QLatin1StringView("no_password");
    if (!profile.stack.isEmpty() && gone) {
        const QString name = profile.stack == QLatin1StringView("howdah") ? QString() : QString(QStringLiteral(" --name ") + profile.stack);
        error.hint = QStringLiteral("It belongs to the stack %1, which may be down or gone: `howdahctl stack up%2` starts it.").arg(profile.stack, name);
    }
    return error;
}

} // namespace howdah::session
