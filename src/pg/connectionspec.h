// SPDX-License-Identifier: GPL-3.0-or-later
// Where and how to connect, without the secret: an immutable value from which every link to a server is made. Any thread.
#pragma once

#include "base/result.h"
#include "base/secret.h"

#include <QMap>
#include <QString>

namespace howdah::pg
{

enum class SslMode { Disable, Require, VerifyCa, VerifyFull }; // allow and prefer are never offered: they fall back to clear text
enum class ChannelBinding { Disable, Prefer, Require };

struct ConnectionSpec {
    QString host;                 // name, address or the folder of a Unix socket (begins with '/')
    quint16 port = 5432;
    QString database;
    QString role;
    SslMode sslMode = SslMode::VerifyFull;
    QString caFile;               // PEM; empty: the system's bundle
    ChannelBinding channelBinding = ChannelBinding::Require;
    bool tls13Only = false;       // own stack: both ends can
    QString applicationName = QStringLiteral("howdah");
    QString options;              // -c name=value …, of our own making only
    int connectTimeoutMs = 15'000; // the whole of resolve, TCP, TLS and authentication
    // A link given up after so long without any byte acknowledged. The monitor link alone has short keepalives (see withMonitorKeepalives):
    // an 8 s roam must not end a transaction.
    int linkTimeoutMs = 75'000;
    bool shortKeepalives = false;

    bool isUnixSocket() const { return host.startsWith(QLatin1Char('/')); }
    QString address() const; // "db1:5432", "[::1]:5432", "/run/postgresql:5432"
    ConnectionSpec withRole(const QString &newRole) const;
    ConnectionSpec withDatabase(const QString &newDatabase) const;

    bool operator==(const ConnectionSpec &) const = default;
};

// What a pasted URL held: the password apart, so that it goes to the keychain and nowhere else.
struct ParsedUrl {
    ConnectionSpec spec;
    Secret password;
    QStringList ignored; // parameters of the URL that mean nothing here, to be shown
};

// "postgresql://user:pw@host:port/db?sslmode=verify-full" and DATABASE_URL with a driver suffix ("postgresql+asyncpg://…", "postgres://…").
// Errors: Client/bad_url, Client/refused_parameter (options, passfile, sslkey, service, sslkeylogfile, gsslib, krbsrvname),
// Client/refused_sslmode (allow, prefer).
Result<ParsedUrl> parseUrl(const QString &url);

QString sslModeName(SslMode mode);                 // "verify-full"
Result<SslMode> sslModeFromName(const QString &name);

} // namespace howdah::pg
