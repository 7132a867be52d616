// SPDX-License-Identifier: GPL-3.0-or-later
#include "pg/pgerror.h"

#include <QRegularExpression>

#include <cstring>

namespace howdah::pg
{

namespace
{
struct Meaning {
    const char *sqlstate;
    ErrorKind kind;
    const char *reason;
};
// Only what somebody decides by; the rest is Sql/error with its SQLSTATE beside it.
constexpr Meaning meanings[] = {
    {"42501", ErrorKind::Permission, "not_permitted"},
    {"57014", ErrorKind::Sql, "query_canceled"},
    {"55P03", ErrorKind::Sql, "lock_not_available"},
    {"40001", ErrorKind::Sql, "serialization_failure"},
    {"40P01", ErrorKind::Sql, "deadlock"},
    {"25006", ErrorKind::Sql, "read_only"},
    {"25P02", ErrorKind::Sql, "transaction_failed"},
    {"42601", ErrorKind::Sql, "syntax_error"},
    {"42P01", ErrorKind::Sql, "no_such_table"},
    {"42703", ErrorKind::Sql, "no_such_column"},
    {"42883", ErrorKind::Sql, "no_such_function"},
    {"42704", ErrorKind::Sql, "no_such_object"},
    {"3F000", ErrorKind::Sql, "no_such_schema"},
    {"42P07", ErrorKind::Sql, "exists_already"},
    {"42710", ErrorKind::Sql, "exists_already"},
    {"55000", ErrorKind::Sql, "not_in_this_state"},
    {"0A000", ErrorKind::Sql, "not_supported"},
    {"53100", ErrorKind::Sql, "disk_full"},
    {"53200", ErrorKind::Sql, "out_of_memory"},
    {"08P01", ErrorKind::Protocol, "protocol_violation"},
    // The session's end. These make the link's state too.
    {"57P01", ErrorKind::Connection, "terminated"},
    {"57P02", ErrorKind::Connection, "server_crashed"},
    {"57P03", ErrorKind::Connection, "starting_up"},
    {"57P04", ErrorKind::Connection, "database_dropped"},
    {"57P05", ErrorKind::Connection, "idle_timeout"},
    {"25P03", ErrorKind::Connection, "idle_in_transaction_timeout"},
    {"25P04", ErrorKind::Connection, "transaction_timeout"},
};

const Meaning *meaningOf(const QString &sqlstate)
{
    for (const Meaning &meaning : meanings) {
        if (sqlstate == QLatin1StringView(meaning.sqlstate))
            return &meaning;
    }
    return nullptr;
}

// Nobody reads more of one, and a server may send a gigabyte, a thousand times.
constexpr size_t longestField = 20'000;
QString field(const PGresult *result, int code)
{
    const char *text = ::PQresultErrorField(result, code);
    if (!text)
        return {};
    const size_t length = ::strnlen(text, longestField + 1);
    return length <= longestField ? QString::fromUtf8(text, qsizetype(length)) : QString(QString::fromUtf8(text, qsizetype(longestField)) + QChar(0x2026));
}

Error classified(const QString &sqlstate)
{
    Error error;
    error.sqlstate = sqlstate;
    const Meaning *meaning = meaningOf(sqlstate);
    error.kind = meaning ? meaning->kind : ErrorKind::Sql;
    error.reason = meaning ? QString::fromLatin1(meaning->reason) : QStringLiteral("error");
    return error;
}
} // namespace

Error errorFromResult(const PGresult *result)
{
    const QString sqlstate = field(result, PG_DIAG_SQLSTATE);
    if (sqlstate.isEmpty()) {
        // libpq's own error: the server did not speak. Whether the link is gone is for the caller, who has it.
        Error error;
        error.kind = ErrorKind::Protocol;
        error.reason = QStringLiteral("client_library");
        const char *text = ::PQresultErrorMessage(result);
        error.message = QString::fromUtf8(text, qsizetype(::strnlen(text, longestField))).trimmed();
        return error;
    }
    Error error = classified(sqlstate);
    error.message = field(result, PG_DIAG_MESSAGE_PRIMARY);
    error.detail = field(result, PG_DIAG_MESSAGE_DETAIL);
    error.hint = field(result, PG_DIAG_MESSAGE_HINT);
    error.position = field(result, PG_DIAG_STATEMENT_POSITION).toInt();
    // Where inside of functions it happened: as detail, since that is what it is for whoever looks for the cause.
    for (const QString &inside : {field(result, PG_DIAG_INTERNAL_QUERY), field(result, PG_DIAG_CONTEXT)}) {
        if (!inside.isEmpty())
            error.detail += (error.detail.isEmpty() ? QString() : QStringLiteral("\n")) + inside;
    }
    return error;
}

Notice noticeFromResult(const PGresult *result)
{
    return {field(result, PG_DIAG_SEVERITY_NONLOCALIZED), field(result, PG_DIAG_SQLSTATE), field(result, PG_DIAG_MESSAGE_PRIMARY),
            field(result, PG_DIAG_MESSAGE_DETAIL), field(result, PG_DIAG_MESSAGE_HINT)};
}

bool endsSession(const QString &sqlstate)
{
    const Meaning *meaning = meaningOf(sqlstate);
    return meaning && meaning->kind == ErrorKind::Connection;
}

Error lostError(const Notice &lastWords)
{
    Error error = classified(lastWords.sqlstate);
    if (error.kind != ErrorKind::Connection) {
        error.kind = ErrorKind::Connection;
        error.reason = QStringLiteral("lost");
    }
    error.message = lastWords.message;
    error.detail = lastWords.detail;
    error.hint = lastWords.hint;
    return error;
}

Error unreadableError()
{
    Error error;
    error.kind = ErrorKind::Protocol;
    error.reason = QStringLiteral("unreadable_answer");
    error.message = QStringLiteral("The server's answer could not be read; the link was given up");
    return error;
}

Error lostError()
{
    Error error;
    error.kind = ErrorKind::Connection;
    error.reason = QStringLiteral("lost");
    error.message = QStringLiteral("The link to the server was lost");
    return error;
}

ServerRefusal readRefusal(const QString &verboseText)
{
    static const QRegularExpression state(QStringLiteral(":  ([0-9A-Z]{5}): ([^\\n]*)"));
    static const QRegularExpression location(QStringLiteral(":  (\\w+), [\\w./\\\\-]+:\\d+\\s*\\z"));
    ServerRefusal refusal;
    const auto match = state.match(verboseText);
    if (!match.hasMatch())
        return refusal;
    refusal.sqlstate = match.captured(1);
    refusal.words = match.captured(2).trimmed();
    refusal.function = location.match(verboseText).captured(1);
    return refusal;
}

Error connectError(const ServerRefusal &refusal, const ConnectionSpec &spec)
{
    const QString &state = refusal.sqlstate;
    Error error;
    error.sqlstate = state;
    error.kind = ErrorKind::Connection;
    error.detail = QStringLiteral("The server says: ") + refusal.words;
    const auto say = [&](ErrorKind kind, const QString &reason, const QString &message, const QString &hint = {}) {
        error.kind = kind;
        error.reason = reason;
        error.message = message;
        error.hint = hint;
        return error;
    };

    if (state == QLatin1StringView("28P01"))
        return say(ErrorKind::Authentication, QStringLiteral("wrong_password"),
                   QStringLiteral("The password of %1 is wrong or has expired, or there is no such role").arg(spec.role));
    if (state.startsWith(QLatin1StringView("28"))) {
        if (refusal.function == QLatin1StringView("InitializeSessionUserId"))
            return say(ErrorKind::Authentication, QStringLiteral("role_refused"),
                       QStringLiteral("The role %1 may not log in, or does not exist").arg(spec.role));
        if (refusal.function == QLatin1StringView("auth_failed")) // of a method without password
            return say(ErrorKind::Authentication, QStringLiteral("role_refused"),
                       QStringLiteral("The server does not take our %1 for role %2").arg(authLabel(spec.auth), spec.role));
        return say(ErrorKind::Authentication, QStringLiteral("rejected_by_hba"),
                   QStringLiteral("The server's pg_hba.conf does not admit role %1 to database %2 %3")
                       .arg(spec.role, spec.database,
                            spec.sslMode == SslMode::Disable ? QStringLiteral("without encryption") : QStringLiteral("from here")));
    }
    if (state == QLatin1StringView("42501"))
        return say(ErrorKind::Authentication, QStringLiteral("role_refused"),
                   QStringLiteral("The role %1 may not connect to database %2").arg(spec.role, spec.database));
    if (state == QLatin1StringView("3D000"))
        return say(ErrorKind::Connection, QStringLiteral("no_such_database"),
                   QStringLiteral("There is no database %1 on this server").arg(spec.database));
    if (state == QLatin1StringView("53300"))
        return say(ErrorKind::Connection, QStringLiteral("too_many_connections"),
                   QStringLiteral("The server, database or role has no connection left"));
    if (state == QLatin1StringView("57P03"))
        return say(ErrorKind::Connection, QStringLiteral("starting_up"),
                   QStringLiteral("The server is starting, recovering or stopping, and takes no connections now"));
    if (state == QLatin1StringView("08P01") || state == QLatin1StringView("0A000"))
        return say(ErrorKind::Protocol, QStringLiteral("protocol_violation"), QStringLiteral("The server does not take this kind of connection"));
    return say(ErrorKind::Connection, QStringLiteral("refused_by_server"), QStringLiteral("The server refused the connection"));
}

} // namespace howdah::pg
