// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/check.h"

namespace howdah::session
{

QJsonObject linkReport(const pg::Connection &connection)
{
    const pg::LinkFacts &facts = connection.facts();
    // Not encrypted is null, a value of its own, and not an empty word.
    const auto ofTls = [&](const QString &word) { return facts.tls ? QJsonValue(word) : QJsonValue(QJsonValue::Null); };
    return {{QStringLiteral("ok"), verifyLink(connection).has_value()},
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

Done verifyLink(const pg::Connection &connection)
{
    const pg::ConnectionSpec &spec = connection.spec();
    const pg::LinkFacts &facts = connection.facts();
    // libpq never uses TLS on a Unix socket, whatever was asked for: there the kernel vouches for the other side.
    if (spec.isUnixSocket())
        return {};
    if (spec.sslMode != pg::SslMode::Disable && !facts.tls)
        return fail(ErrorKind::Tls, QStringLiteral("not_encrypted"), QStringLiteral("The connection to ") + spec.address() + QStringLiteral(" is not encrypted"));
    if (spec.auth == pg::Auth::ScramBound && facts.auth != QLatin1StringView("SCRAM-SHA-256-PLUS"))
        return fail(ErrorKind::Authentication, QStringLiteral("channel_binding"),
                    QStringLiteral("The server ") + spec.address() + QStringLiteral(" did not prove that it knows the password (") + facts.auth + QLatin1Char(')'));
    return {};
}

} // namespace howdah::session
