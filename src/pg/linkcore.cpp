// SPDX-License-Identifier: GPL-3.0-or-later
// The link itself: facts, notices, what is heard while idle. The wait loop of a statement is in trip.cpp.
#include "pg/linkcore.h"

#include "pg/pgerror.h"

#include <algorithm>

#include <poll.h>

namespace howdah::pg
{

static qint64 monotonicMs()
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(Deadline::Clock::now().time_since_epoch()).count();
}

// libpq has no call for it: what the login guard let pass, and whether a password was sent.
static QString authUsed(PGconn *connection, const ConnectionSpec &spec, bool tls)
{
    const bool password = ::PQconnectionUsedPassword(connection) == 1;
    switch (spec.auth) {
    case Auth::ScramBound:
        if (password)
            return tls ? QStringLiteral("SCRAM-SHA-256-PLUS") : QStringLiteral("SCRAM-SHA-256");
        break;
    case Auth::Scram: return password ? QStringLiteral("SCRAM-SHA-256") : QStringLiteral("peer or trust");
    case Auth::Password: return password ? QStringLiteral("password") : QStringLiteral("peer or trust");
    case Auth::Certificate: return QStringLiteral("certificate");
    case Auth::Kerberos: return QStringLiteral("Kerberos");
    case Auth::Peer: break;
    }
    return QStringLiteral("peer or trust");
}

static LinkFacts readFacts(PGconn *connection, const ConnectionSpec &spec)
{
    LinkFacts facts;
    facts.tls = ::PQsslInUse(connection) == 1;
    if (facts.tls) {
        facts.tlsProtocol = QString::fromLatin1(::PQsslAttribute(connection, "protocol"));
        facts.cipher = QString::fromLatin1(::PQsslAttribute(connection, "cipher"));
        if (auto *ssl = static_cast<SSL *>(::PQsslStruct(connection, "OpenSSL")))
            facts.chain = readChain(ssl);
    }
    facts.auth = authUsed(connection, spec, facts.tls);
    facts.serverVersionNum = ::PQserverVersion(connection);
    facts.serverVersion = QString::fromUtf8(::PQparameterStatus(connection, "server_version")).section(QLatin1Char(' '), 0, 0);
    facts.backendPid = ::PQbackendPID(connection);
    facts.role = QString::fromUtf8(::PQuser(connection));
    facts.database = QString::fromUtf8(::PQdb(connection));
    refreshFacts(facts, connection);
    return facts;
}

void refreshFacts(LinkFacts &facts, PGconn *connection)
{
    const auto is = [connection](const char *parameter, const char *value) { return qstrcmp(::PQparameterStatus(connection, parameter), value) == 0; };
    facts.inRecovery = is("in_hot_standby", "on");
    facts.defaultReadOnly = is("default_transaction_read_only", "on");
    facts.superuser = is("is_superuser", "on");
    facts.standardStrings = !is("standard_conforming_strings", "off");
}

Connection::Core::Core(ConnectionPtr opened, ConnectionSpec madeFrom)
    : spec(std::move(madeFrom)), facts(readFacts(opened.get(), spec)), connection(std::move(opened)),
      canceller(std::make_shared<Canceller>(connection.get())), lastByteMs(monotonicMs())
{
    ::PQsetnonblocking(connection.get(), 1);
    ::PQsetNoticeReceiver(connection.get(), receiveNotice, this);
}

void Connection::Core::receiveNotice(void *self, const PGresult *result)
{
    constexpr size_t kept = 1000; // servers can send millions in a second
    auto *core = static_cast<Core *>(self);
    core->unheard = 0;
    const char *severity = ::PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    // A crash elsewhere and an immediate shutdown are told as warnings, and the link ends after them.
    const bool ends = qstrcmp(severity, "FATAL") == 0 || qstrcmp(severity, "PANIC") == 0
        || (qstrcmp(severity, "WARNING") == 0 && endsSession(QString::fromLatin1(::PQresultErrorField(result, PG_DIAG_SQLSTATE))));
    if (ends)
        core->lastWords = noticeFromResult(result);
    if (core->noticeSink) {
        if (core->noticeBudget.take())
            core->noticeSink->notice(noticeFromResult(result));
        return;
    }
    if (core->notices.size() < kept)
        core->notices.push_back(noticeFromResult(result));
    else
        ++core->noticesSuppressed;
}

bool NoticeBudget::take()
{
    constexpr double perSecond = 100;
    const auto now = Deadline::Clock::now();
    m_left = std::min(1000.0, m_left + perSecond * std::chrono::duration<double>(now - m_last).count());
    m_last = now;
    if (m_left < 1) {
        ++m_suppressed;
        return false;
    }
    m_left -= 1;
    return true;
}

Notice suppressedNotice(qint64 count)
{
    Notice notice;
    notice.severity = QStringLiteral("NOTICE");
    notice.message = QStringLiteral("%1 more notices were not kept").arg(count);
    return notice;
}

TransactionState Connection::Core::transactionState() const
{
    if (lost)
        return TransactionState::Unknown;
    switch (::PQtransactionStatus(connection.get())) {
    case PQTRANS_IDLE: return TransactionState::Idle;
    case PQTRANS_ACTIVE: return TransactionState::Running;
    case PQTRANS_INTRANS: return TransactionState::Open;
    case PQTRANS_INERROR: return TransactionState::Failed;
    case PQTRANS_UNKNOWN: break;
    }
    return TransactionState::Unknown;
}

void Connection::Core::heard()
{
    lastByteMs = monotonicMs();
}

bool Connection::Core::read()
{
    const bool alive = ::PQconsumeInput(connection.get()) == 1;
    brokenOff = brokenOff || !alive;
    if (!alive)
        return false;
    heard();
    keepNotifications(); // else they pile up for as long as a statement runs
    return true;
}

void Connection::Core::keepNotifications()
{
    constexpr size_t most = 100;
    while (PGnotify *notification = ::PQnotifies(connection.get())) {
        unheard = 0;
        if (notifications.size() < most)
            notifications.push_back({QString::fromUtf8(notification->relname), QString::fromUtf8(notification->extra), notification->be_pid});
        ::PQfreemem(notification);
    }
}

void Connection::Core::lose(Error error)
{
    if (!lost)
        lost = std::move(error).during(QStringLiteral("link to ") + spec.address());
}

void Connection::Core::loseAbandoned()
{
    if (unanswered)
        lose(Error{ErrorKind::Connection, QStringLiteral("no_answer"), QStringLiteral("The server did not answer; the link was given up"), {}, {}, {}, {}, 0});
    else
        lose(Error{ErrorKind::Cancelled, QStringLiteral("closed"), QStringLiteral("The link was closed"), {}, {}, {}, {}, 0});
}

bool Connection::Core::readIdle()
{
    // The last words come with one read, the end of the stream with the next: all that is there now, unless it comes without end.
    const Deadline enough = Deadline::in(100);
    while (!lost && !enough.hasPassed() && !abandoned.isCancelled()) {
        const Woken woken = waitOn(::PQsocket(connection.get()), POLLIN, {}, Deadline::in(0));
        if (woken.events == 0 && !tlsHolds())
            break;
        bool alive = read();
        ::PQisBusy(connection.get()); // parses: notices reach their receiver
        alive = alive && ::PQstatus(connection.get()) == CONNECTION_OK;
        if (!alive)
            lose(lastWords.sqlstate.isEmpty() ? lostError() : lostError(lastWords));
    }
    refreshFacts(facts, connection.get());
    return !lost;
}

} // namespace howdah::pg
