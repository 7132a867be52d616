// SPDX-License-Identifier: GPL-3.0-or-later
#include "pg/libpq.h"

#include <array>
#include <cstdlib>

#include <dlfcn.h>

namespace howdah::pg
{

template<typename Fn>
static void resolve(Fn &function, const char *name)
{
    function = reinterpret_cast<Fn>(::dlsym(RTLD_DEFAULT, name));
}

const NewerLibpq &newerLibpq()
{
    static const NewerLibpq found = [] {
        NewerLibpq functions;
        resolve(functions.cancelCreate, "PQcancelCreate");
        resolve(functions.cancelBlocking, "PQcancelBlocking");
        resolve(functions.cancelReset, "PQcancelReset");
        resolve(functions.cancelFinish, "PQcancelFinish");
        resolve(functions.setChunkedRowsMode, "PQsetChunkedRowsMode");
        return functions;
    }();
    return found;
}

bool hasKeyword(const char *keyword)
{
    static const QList<QByteArray> keywords = [] {
        QList<QByteArray> names;
        PQconninfoOption *options = ::PQconndefaults();
        for (auto *option = options; option && option->keyword; ++option)
            names << option->keyword;
        ::PQconninfoFree(options);
        return names;
    }();
    return keywords.contains(keyword);
}

LibpqFeatures libpqFeatures()
{
    LibpqFeatures features;
    features.version = ::PQlibVersion();
    features.tlsLibrary = QString::fromLatin1(::PQsslAttribute(nullptr, "library"));
    features.requireAuth = hasKeyword("require_auth");
    features.encryptedCancel = newerLibpq().cancelCreate && newerLibpq().cancelBlocking;
    features.chunkedRows = newerLibpq().setChunkedRowsMode;
    features.maxProtocol = hasKeyword("max_protocol_version");
    return features;
}

QStringList featureLines()
{
    const LibpqFeatures found = libpqFeatures();
    const auto line = [](const QString &what, bool is, int since) {
        return is ? QString(what + QStringLiteral(": yes")) : QStringLiteral("%1: no (libpq %2 or later)").arg(what).arg(since);
    };
    return {QStringLiteral("libpq %1.%2, TLS by %3").arg(found.version / 10000).arg(found.version % 10000).arg(found.tlsLibrary),
            line(QStringLiteral("authentication methods held to by libpq too"), found.requireAuth, 16),
            line(QStringLiteral("encrypted cancel"), found.encryptedCancel, 17), line(QStringLiteral("rows in chunks"), found.chunkedRows, 17),
            line(QStringLiteral("protocol 3.2"), found.maxProtocol, 18)};
}

void forgetEnvironment()
{
    // Every variable that libpq 15 to 18 reads; PGSERVICE could not be overruled by a keyword.
    static constexpr std::array names{
        "PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGUSER", "PGPASSWORD", "PGPASSFILE", "PGREQUIREAUTH", "PGCHANNELBINDING",
        "PGSERVICE", "PGSERVICEFILE", "PGSYSCONFDIR", "PGOPTIONS", "PGAPPNAME", "PGSSLMODE", "PGREQUIRESSL", "PGSSLNEGOTIATION",
        "PGSSLCOMPRESSION", "PGSSLCERT", "PGSSLKEY", "PGSSLCERTMODE", "PGSSLROOTCERT", "PGSSLCRL", "PGSSLCRLDIR", "PGSSLSNI",
        "PGREQUIREPEER", "PGSSLMINPROTOCOLVERSION", "PGSSLMAXPROTOCOLVERSION", "PGSSLKEYLOGFILE", "PGGSSENCMODE", "PGKRBSRVNAME",
        "PGGSSLIB", "PGGSSDELEGATION", "PGCONNECT_TIMEOUT", "PGCLIENTENCODING", "PGTARGETSESSIONATTRS", "PGLOADBALANCEHOSTS",
        "PGMINPROTOCOLVERSION", "PGMAXPROTOCOLVERSION", "PGDATESTYLE", "PGTZ", "PGGEQO", "PGOAUTHDEBUG", "PGREALM", "PGLOCALEDIR"};
    for (const char *name : names)
        ::unsetenv(name);
}

} // namespace howdah::pg
