// SPDX-License-Identifier: GPL-3.0-or-later
// Where and how to connect, without the secret: an immutable value from which every link to a server is made. Any thread.
#pragma once

#include "base/result.h"
#include "base/secret.h"

#include <QString>
#include <QStringList>
#include <QVector>

namespace howdah::pg
{

enum class SslMode { Disable, Require, VerifyCa, VerifyFull }; // allow and prefer are never offered: they fall back to clear text

// How both sides prove who they are: chosen by name for each profile, the strongest unless said otherwise. Whatever is not ScramBound is
// shown with authLabel() wherever the profile is.
enum class Auth {
    ScramBound,  // SCRAM-SHA-256-PLUS: the server proves that it knows the password, and that nobody sits between
    Scram,       // SCRAM-SHA-256 without binding: what PgBouncer can; nothing weaker is taken
    Certificate, // a client certificate, no password
    Peer,        // a Unix socket: the kernel vouches
    Kerberos,    // GSSAPI, by the ticket that is there
    Password     // in clear inside verified TLS: LDAP, PAM, RADIUS, a cloud's token
};
QString authName(Auth auth);  // "scram-sha-256-plus", "scram-sha-256", "certificate", "peer", "kerberos", "password"
Result<Auth> authFromName(const QString &name);
QString authLabel(Auth auth); // "SCRAM without channel binding": for people

enum class TargetSession { Any, ReadWrite, ReadOnly, Primary, Standby, PreferStandby };
QString targetName(TargetSession target); // "read-write": as libpq's target_session_attrs
Result<TargetSession> targetFromName(const QString &name);

struct Host {
    QString name;
    quint16 port = 5432;
    bool operator==(const Host &) const = default;
};

struct ConnectionSpec {
    QString host;                 // name, address or the folder of a Unix socket (begins with '/')
    quint16 port = 5432;
    QString database;
    QString role;
    SslMode sslMode = SslMode::VerifyFull;
    QString caFile;               // PEM; empty: the system's bundle
    Auth auth = Auth::ScramBound;
    QString certFile;             // Certificate: PEM of ours; the key's file is refused when others may read it
    QString keyFile;
    QVector<Host> otherHosts;     // tried in order after host:port
    TargetSession target = TargetSession::Any;
    bool tls13Only = false;       // own stack: both ends can
    QString applicationName = QStringLiteral("howdah");
    QString options;              // -c name=value …, of our own making only
    // The user's own session keeps search_path, formats and row_security as server and role give them; all others: no path, no row left out.
    bool userSession = false;
    bool readOnly = false;        // default_transaction_read_only: a guard rail, not a boundary
    bool pooler = false;          // a pooler in transaction mode stands before it: no options, nothing that outlives a transaction
    int connectTimeoutMs = 14'000; // the whole of resolve, TCP, TLS and authentication: told within 15 s
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
// Several hosts ("h1:5432,h2:5433", "?host=h1,h2&port=1,2") become otherHosts; target_session_attrs and pgbouncer=true are understood.
// Errors: Client/bad_url, Client/refused_parameter (options, passfile, sslkey, service, sslkeylogfile, gsslib, krbsrvname),
// Client/refused_sslmode (allow, prefer).
Result<ParsedUrl> parseUrl(const QString &url);

// What can't be had behind a pooler in transaction mode, each a sentence for people. Connections with spec.pooler act accordingly: no startup
// options, nothing prepared, a cancel by libpq alone.
QStringList poolerLimits();

// A name that libpq would read as another: with a comma it is two to it, and what stands behind a socket's folder would be reached without TLS.
// Client/bad_host: that, control characters, none at all.
Done checkHost(const QString &host);

QString sslModeName(SslMode mode);                 // "verify-full"
Result<SslMode> sslModeFromName(const QString &name);

} // namespace howdah::pg
