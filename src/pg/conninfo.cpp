// SPDX-License-Identifier: GPL-3.0-or-later
#include "pg/conninfo.h"

#include "pg/cafile.h"
#include "pg/libpq.h"

#include <QFileInfo>

#include <algorithm>

namespace howdah::pg
{

// A path that can't exist on any machine: where libpq takes a file's absence for "none", this says so. An empty value would mean its
// default in the home folder, and /dev/null as password file is complained of on standard error.
static const QByteArray &noFile()
{
    static const QByteArray path("/dev/null/none");
    return path;
}

Result<QString> caFileOf(const ConnectionSpec &spec)
{
    if (!spec.caFile.isEmpty())
        return countCertificates(spec.caFile).map([&](int) { return spec.caFile; });
    // Anybody has a certificate of a public authority: without the name it says nothing.
    if (spec.sslMode == SslMode::VerifyCa)
        return fail(ErrorKind::Tls, QStringLiteral("ca_file_needed"), QStringLiteral("verify-ca does not look at the server's name, so that it needs an authority of its own"),
                    QStringLiteral("Name the PEM file of the authority that signed the server's certificate, or use verify-full."));
    const QStringList candidates{QStringLiteral("/etc/ssl/certs/ca-certificates.crt"), QStringLiteral("/etc/pki/tls/certs/ca-bundle.crt"),
                                 QStringLiteral("/etc/ssl/ca-bundle.pem"), QStringLiteral("/etc/ssl/cert.pem")};
    for (const QString &path : candidates) {
        const QFileInfo file(path);
        if (file.isFile() && file.isReadable())
            return path;
    }
    return fail(ErrorKind::Tls, QStringLiteral("ca_file_missing"),
                QStringLiteral("The file of trusted certificates %1 is not there or can't be read").arg(candidates.first()),
                QStringLiteral("Name the PEM file of the authority that signed the server's certificate."));
}

static void setKeepalives(const ConnectionSpec &spec, const std::function<void(const char *, int)> &set)
{
    set("keepalives", 1);
    if (spec.shortKeepalives) {
        set("keepalives_idle", 3);
        set("keepalives_interval", 2);
        set("keepalives_count", 2);
        set("tcp_user_timeout", 7000);
        return;
    }
    // Idle for two fifths, then three probes: given up after linkTimeoutMs in all. The user timeout does the same for sent data that
    // nobody acknowledges, which keepalives never see.
    const int fifth = std::max(1, spec.linkTimeoutMs / 5000);
    set("keepalives_idle", 2 * fifth);
    set("keepalives_interval", fifth);
    set("keepalives_count", 3);
    set("tcp_user_timeout", spec.linkTimeoutMs);
}

ConnInfo::ConnInfo(const ConnectionSpec &spec, const QByteArray &address, const Via &via)
{
    const bool viaSocket = via.address.startsWith(QLatin1Char('/'));
    const bool local = viaSocket || (spec.isUnixSocket() && !via.isSet());
    const bool tls = !local && spec.sslMode != SslMode::Disable;

    set("host", viaSocket ? via.address.toUtf8() : spec.host.toUtf8());
    set("hostaddr", local ? QByteArray() : address);
    set("port", QByteArray::number(via.isSet() ? via.port : spec.port));
    set("dbname", (spec.database.isEmpty() ? spec.role : spec.database).toUtf8());
    set("user", spec.role.toUtf8());
    set("passfile", noFile());
    set("application_name", spec.applicationName.toUtf8());
    set("client_encoding", "UTF8");
    set("target_session_attrs", "any"); // which host will do is decided in connection.cpp
    set("load_balance_hosts", "disable");
    // Of use to libpq's own cancel alone: PQconnectPoll does not look at it, the deadline of connecting is ours.
    set("connect_timeout", "5");
    QByteArrayList options;
    // What a link of ours counts, compares or copies is all there is or an error, never silently what a policy lets through.
    if (!spec.userSession)
        options << "-c row_security=off -c search_path= -c DateStyle=ISO -c IntervalStyle=postgres -c bytea_output=hex -c extra_float_digits=1";
    if (spec.readOnly)
        options << "-c default_transaction_read_only=on";
    if (!spec.options.isEmpty())
        options << spec.options.toUtf8();
    // PgBouncer refuses the parameter, and in transaction mode a setting would reach whoever comes next.
    if (!spec.pooler)
        set("options", options.join(' '));

    setCertificates(spec, tls);
    setAuthentication(spec, tls);
    if (!local)
        setKeepalives(spec, [this](const char *keyword, int value) { set(keyword, QByteArray::number(value)); });
}

void ConnInfo::setCertificates(const ConnectionSpec &spec, bool tls)
{
    set("sslmode", tls ? sslModeName(spec.sslMode).toLatin1() : QByteArray("disable"));
    set("sslcompression", "0");
    set("sslsni", "1");
    set("sslnegotiation", "postgres");
    set("ssl_min_protocol_version", spec.tls13Only ? "TLSv1.3" : "TLSv1.2");
    // Ours is shown where it was chosen, and never because there happens to be one in the home folder.
    const bool shows = tls && spec.auth == Auth::Certificate;
    set("sslcert", shows ? spec.certFile.toUtf8() : noFile());
    set("sslkey", shows ? spec.keyFile.toUtf8() : noFile());
    set("sslcertmode", shows ? "require" : "disable");
    m_hasPassphrase = shows;
    set("sslcrl", noFile());
    // "require" becomes verify-ca as soon as ~/.postgresql/root.crt exists: so this is never left open. The word "system" means nothing to
    // libpq 15, which then verifies nothing: always a path.
    const bool verifies = spec.sslMode == SslMode::VerifyCa || spec.sslMode == SslMode::VerifyFull || !spec.caFile.isEmpty();
    const auto ca = caFileOf(spec);
    set("sslrootcert", tls && verifies && ca ? ca->toUtf8() : noFile());
}

// What the login guard holds the server to, said to libpq as well where it understands it.
void ConnInfo::setAuthentication(const ConnectionSpec &spec, bool tls)
{
    // Its encryption would take the place of TLS, unverified; Kerberos says who we are, and TLS who the server is.
    set("gssencmode", "disable");
    set("gssdelegation", "0");
    const bool binding = tls && spec.auth == Auth::ScramBound;
    set("channel_binding", binding ? "require" : "disable");
    switch (spec.auth) {
    case Auth::ScramBound:
        if (binding || !spec.isUnixSocket())
            set("require_auth", "scram-sha-256");
        m_hasPassword = true;
        break;
    case Auth::Scram:
        set("require_auth", "scram-sha-256");
        m_hasPassword = true;
        break;
    case Auth::Password:
        set("require_auth", "password,scram-sha-256");
        m_hasPassword = true;
        break;
    case Auth::Kerberos: set("require_auth", "gss,sspi"); break;
    case Auth::Certificate:
    case Auth::Peer: set("require_auth", "none"); break;
    }
}

void ConnInfo::set(const char *keyword, const QByteArray &value)
{
    if (!value.isEmpty() && hasKeyword(keyword))
        m_pairs.emplace_back(keyword, value);
}

std::vector<const char *> ConnInfo::keywords() const
{
    std::vector<const char *> words;
    for (const auto &[keyword, value] : m_pairs)
        words.push_back(keyword);
    words.push_back(m_hasPassphrase ? "sslpassword" : "password");
    words.push_back(nullptr);
    return words;
}

std::vector<const char *> ConnInfo::values(const Secret &password) const
{
    std::vector<const char *> texts;
    for (const auto &[keyword, value] : m_pairs)
        texts.push_back(value.constData());
    texts.push_back(m_hasPassword || m_hasPassphrase ? password.data() : "");
    texts.push_back(nullptr);
    return texts;
}

} // namespace howdah::pg
