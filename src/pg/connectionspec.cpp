// SPDX-License-Identifier: GPL-3.0-or-later
#include "pg/connectionspec.h"

#include <algorithm>

namespace howdah::pg
{

QString ConnectionSpec::address() const
{
    if (host.contains(QLatin1Char(':')))
        return QStringLiteral("[%1]:%2").arg(host).arg(port);
    return QStringLiteral("%1:%2").arg(host).arg(port);
}

ConnectionSpec ConnectionSpec::withRole(const QString &newRole) const
{
    ConnectionSpec spec = *this;
    spec.role = newRole;
    return spec;
}

ConnectionSpec ConnectionSpec::withDatabase(const QString &newDatabase) const
{
    ConnectionSpec spec = *this;
    spec.database = newDatabase;
    return spec;
}

QString authName(Auth auth)
{
    switch (auth) {
    case Auth::ScramBound: break;
    case Auth::Scram: return QStringLiteral("scram-sha-256");
    case Auth::Certificate: return QStringLiteral("certificate");
    case Auth::Peer: return QStringLiteral("peer");
    case Auth::Kerberos: return QStringLiteral("kerberos");
    case Auth::Password: return QStringLiteral("password");
    }
    return QStringLiteral("scram-sha-256-plus");
}

QString authLabel(Auth auth)
{
    switch (auth) {
    case Auth::ScramBound: break;
    case Auth::Scram: return QStringLiteral("SCRAM without channel binding");
    case Auth::Certificate: return QStringLiteral("client certificate");
    case Auth::Peer: return QStringLiteral("peer (Unix socket)");
    case Auth::Kerberos: return QStringLiteral("Kerberos");
    case Auth::Password: return QStringLiteral("password in clear inside TLS");
    }
    return QStringLiteral("SCRAM with channel binding");
}

Result<Auth> authFromName(const QString &name)
{
    for (const Auth auth : {Auth::ScramBound, Auth::Scram, Auth::Certificate, Auth::Peer, Auth::Kerberos, Auth::Password}) {
        if (authName(auth) == name)
            return auth;
    }
    return fail(ErrorKind::Client, QStringLiteral("bad_auth"), QStringLiteral("There is no authentication method \"%1\"").arg(name),
                QStringLiteral("scram-sha-256-plus, scram-sha-256, certificate, peer, kerberos or password."));
}

QString targetName(TargetSession target)
{
    switch (target) {
    case TargetSession::Any: break;
    case TargetSession::ReadWrite: return QStringLiteral("read-write");
    case TargetSession::ReadOnly: return QStringLiteral("read-only");
    case TargetSession::Primary: return QStringLiteral("primary");
    case TargetSession::Standby: return QStringLiteral("standby");
    case TargetSession::PreferStandby: return QStringLiteral("prefer-standby");
    }
    return QStringLiteral("any");
}

Result<TargetSession> targetFromName(const QString &name)
{
    using enum TargetSession;
    for (const auto target : {Any, ReadWrite, ReadOnly, Primary, Standby, PreferStandby}) {
        if (name == targetName(target))
            return target;
    }
    return fail(ErrorKind::Client, QStringLiteral("bad_target"), QStringLiteral("There is no kind of server \"%1\" to ask for").arg(name),
                QStringLiteral("any, read-write, read-only, primary, standby or prefer-standby."));
}

QStringList poolerLimits()
{
    return {QStringLiteral("SET, temporary tables, LISTEN, advisory locks and prepared statements last for one transaction: the next may run on another backend."),
            QStringLiteral("Nothing is set at the login: read-only is our warning and not the session's setting, search_path and formats are the role's own."),
            QStringLiteral("A cancel goes by the pooler, and pg_stat_activity can't be asked whether it arrived: only the statement's own end tells."),
            QStringLiteral("A connection lost during COMMIT, and a failover, are seen as the pooler tells them."),
            QStringLiteral("SCRAM can't be bound to the TLS channel of the server, which ends at the pooler.")};
}

Done checkHost(const QString &host)
{
    const bool good = !host.isEmpty() && std::all_of(host.begin(), host.end(), [](QChar c) { return c.unicode() >= 0x20 && c.unicode() != 0x7f && c != QLatin1Char(','); });
    if (good)
        return {};
    return fail(ErrorKind::Client, QStringLiteral("bad_host"), QStringLiteral("A host is a name, an address or a socket's folder, without commas and control characters"),
                QStringLiteral("Name several hosts one by one."));
}

QString sslModeName(SslMode mode)
{
    switch (mode) {
    case SslMode::Disable: return QStringLiteral("disable");
    case SslMode::Require: return QStringLiteral("require");
    case SslMode::VerifyCa: return QStringLiteral("verify-ca");
    case SslMode::VerifyFull: return QStringLiteral("verify-full");
    }
    return QStringLiteral("verify-full");
}

Result<SslMode> sslModeFromName(const QString &name)
{
    for (const SslMode mode : {SslMode::Disable, SslMode::Require, SslMode::VerifyCa, SslMode::VerifyFull}) {
        if (sslModeName(mode) == name)
            return mode;
    }
    if (name == QLatin1StringView("allow") || name == QLatin1StringView("prefer"))
        return fail(ErrorKind::Client, QStringLiteral("refused_sslmode"),
                    QStringLiteral("sslmode=%1 falls back to an unencrypted link without a word").arg(name),
                    QStringLiteral("Use verify-full, or disable where you mean it."));
    return fail(ErrorKind::Client, QStringLiteral("refused_sslmode"), QStringLiteral("There is no sslmode \"%1\"").arg(name),
                QStringLiteral("verify-full, verify-ca, require or disable."));
}

} // namespace howdah::pg
