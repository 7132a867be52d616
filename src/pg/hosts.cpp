// SPDX-License-Identifier: GPL-3.0-or-later
#include "pg/hosts.h"

#include "pg/wait.h"

#include <QElapsedTimer>

#include <algorithm>

namespace howdah::pg
{

namespace
{

// What a server reports of itself; a pooler may not pass it on.
std::optional<bool> reported(PGconn *connection, const char *parameter)
{
    const char *value = ::PQparameterStatus(connection, parameter);
    return value ? std::optional<bool>(qstrcmp(value, "on") == 0) : std::nullopt;
}

// Null where it will do; else what it is.
std::optional<QString> unfit(PGconn *connection, const ConnectionSpec &spec, TargetSession target)
{
    const auto standby = reported(connection, "in_hot_standby");
    const bool ours = spec.readOnly || spec.options.contains(QLatin1StringView("default_transaction_read_only=on"));
    const auto readOnly = ours ? std::optional<bool>(false) : reported(connection, "default_transaction_read_only");
    if (target == TargetSession::Any)
        return std::nullopt;
    if (!standby || !readOnly)
        return QStringLiteral("does not tell what it is");
    const bool writes = !*standby && !*readOnly;
    const QString is = *standby ? QStringLiteral("is a standby") : *readOnly ? QStringLiteral("is read-only") : QStringLiteral("is a primary");
    switch (target) {
    case TargetSession::ReadWrite: return writes ? std::nullopt : std::optional(is);
    case TargetSession::ReadOnly: return writes ? std::optional(is) : std::nullopt;
    case TargetSession::Primary: return *standby ? std::optional(is) : std::nullopt;
    case TargetSession::Standby:
    case TargetSession::PreferStandby: return *standby ? std::nullopt : std::optional(is);
    case TargetSession::Any: break;
    }
    return std::nullopt;
}

// Another host may do better. One that is not who it should be, or that knows us and refuses, is an answer.
bool goesOn(const Error &error)
{
    return error.kind == ErrorKind::Connection || error.kind == ErrorKind::Timeout || error.kind == ErrorKind::Protocol;
}

} // namespace

Result<Opened> connectToOne(const ConnectionSpec &spec, const Secret &password, const Via &via, const CancelToken &cancel, const CancelToken &closing)
{
    QVector<Host> hosts{{spec.host, spec.port}};
    if (!via.isSet()) // a tunnel leads to one
        hosts += spec.otherHosts;
    const Deadline deadline = Deadline::in(spec.connectTimeoutMs);
    std::optional<Opened> second; // let us in, and is not what we would rather have
    std::optional<Error> first;
    QStringList tried;
    bool admitted = false;
    for (qsizetype i = 0; i < hosts.size() && !deadline.hasPassed(); ++i) {
        ConnectionSpec one = spec;
        one.host = hosts[i].name;
        one.port = hosts[i].port;
        one.otherHosts.clear();
        one.connectTimeoutMs = std::max(1, deadline.remainingMs() / int(hosts.size() - i)); // a dead host must not eat it all
        QElapsedTimer login;
        login.start();
        auto connection = connectAbandonably(one, password, via, cancel, closing);
        one.connectTimeoutMs = spec.connectTimeoutMs;
        if (connection) {
            const auto is = unfit(connection->get(), spec, spec.target);
            if (!is)
                return Opened{std::move(*connection), std::move(one), int(login.elapsed())};
            admitted = true;
            tried << QString(one.address() + QLatin1Char(' ') + *is);
            if (spec.target == TargetSession::PreferStandby && !second)
                second = Opened{std::move(*connection), std::move(one), int(login.elapsed())};
            continue;
        }
        if (hosts.size() == 1 || !goesOn(connection.error()))
            return fail(std::move(connection.error()));
        tried << QString(one.address() + QStringLiteral(": ") + connection.error().message);
        if (!first)
            first = std::move(connection.error());
    }
    if (second)
        return std::move(*second);
    Error error = first.value_or(Error{ErrorKind::Timeout, QStringLiteral("connect"), {}, {}, {}, {}, {}, 0});
    if (admitted) {
        error.kind = ErrorKind::Connection;
        error.reason = QStringLiteral("no_host_fits");
    }
    error.message = admitted ? QStringLiteral("No server is what was asked for (%1)").arg(targetName(spec.target))
                             : QStringLiteral("None of the %1 servers lets us in").arg(hosts.size());
    error.detail = tried.join(QStringLiteral("; "));
    error.context = QStringLiteral("connect to ") + spec.address();
    return fail(std::move(error));
}

} // namespace howdah::pg
