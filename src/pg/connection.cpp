// SPDX-License-Identifier: GPL-3.0-or-later
#include "pg/connection.h"

#include "pg/hosts.h"
#include "pg/linkcore.h"

namespace howdah::pg
{

// What was demanded was got: asked of the link itself, since drivers have skipped both before (CVE-2025-49146, CVE-2026-54291).
static Done verify(const LinkFacts &facts, const ConnectionSpec &spec)
{
    if (spec.isUnixSocket())
        return {};
    if (spec.sslMode != SslMode::Disable && !facts.tls)
        return fail(ErrorKind::Tls, QStringLiteral("not_encrypted"), QStringLiteral("The link is not encrypted"));
    if (spec.auth == Auth::ScramBound && facts.auth != QLatin1StringView("SCRAM-SHA-256-PLUS"))
        return fail(ErrorKind::Authentication, QStringLiteral("channel_binding"), QStringLiteral("The login was not bound to the TLS channel"));
    return {};
}

Result<std::unique_ptr<Connection>> Connection::open(const ConnectionSpec &spec, const Secret &password, const CancelToken &cancel,
                                                     const CancelToken &closing, const Via &via)
{
    auto opened = connectToOne(spec, password, via, cancel, closing);
    if (!opened)
        return fail(std::move(opened.error()));
    const bool rawBytes = qstrcmp(::PQparameterStatus(opened->connection.get(), "server_encoding"), "SQL_ASCII") == 0;
    const QString what = QStringLiteral("connect to ") + opened->spec.address();
    std::unique_ptr<Connection> connection(new Connection(std::make_unique<Core>(std::move(opened->connection), std::move(opened->spec))));
    connection->m_core->asked = spec;
    connection->m_core->secret = password;
    connection->m_core->via = via;
    constexpr int roundTrips = 6; // TCP, TLS and SCRAM
    connection->m_core->loginRoundTripMs = opened->loginMs / roundTrips;
    if (auto done = verify(connection->facts(), connection->spec()); !done)
        return fail(std::move(done.error()).during(what));
    if (rawBytes) {
        // Such a database may hold anything: as UTF-8, one bad name would fail a whole listing (22021).
        RunOptions options;
        options.timeoutMs = 5000;
        if (auto done = connection->runFile(QStringLiteral("session/rawbytes"), {}, options, cancel); !done)
            return fail(std::move(done.error()).during(what));
    }
    return connection;
}

Connection::Connection(std::unique_ptr<Core> core) : m_core(std::move(core)) {}
Connection::~Connection() = default;

const ConnectionSpec &Connection::spec() const
{
    return m_core->spec;
}

const LinkFacts &Connection::facts() const
{
    return m_core->facts;
}

bool Connection::isAlive() const
{
    return !m_core->lost;
}

TransactionState Connection::lastTransactionState() const
{
    return m_core->lastState;
}

Result<std::unique_ptr<Connection>> Connection::another(const CancelToken &cancel) const
{
    // Given up for want of an answer: that is no wish to stop.
    return open(m_core->asked, m_core->secret, cancel, m_core->unanswered ? CancelToken() : m_core->abandoned, m_core->via);
}

const ServerIdentity &Connection::identity() const
{
    return m_core->identity;
}

Done Connection::readIdentity(const CancelToken &cancel)
{
    auto identity = pg::readIdentity(*this, cancel);
    if (!identity)
        return fail(std::move(identity.error()));
    m_core->identity = std::move(*identity);
    return {};
}

CancelProgress Connection::cancelProgress() const
{
    return m_core->canceller->progress();
}

Result<Rows> Connection::run(const Statement &statement, const Params &params, const RunOptions &options, const CancelToken &cancel)
{
    return m_core->run(statement, params, options, cancel, nullptr);
}

Result<Rows> Connection::runFile(const QString &name, const Params &params, const RunOptions &options, const CancelToken &cancel)
{
    const auto statement = sqlFile(name, m_core->facts.serverVersionNum);
    if (!statement)
        return fail(statement.error());
    return run(*statement, params, options, cancel);
}

Result<Rows> Connection::stream(const Statement &statement, const Params &params, RowSink &sink, const RunOptions &options, const CancelToken &cancel)
{
    return m_core->run(statement, params, options, cancel, &sink);
}

Result<Rows> Connection::describe(const Statement &statement, const RunOptions &options, const CancelToken &cancel)
{
    return m_core->describe(statement, options, cancel);
}

Done Connection::execute(const Statement &statement, const Params &params, ResultSink &sink, const ExecuteOptions &options, const CancelToken &cancel)
{
    return m_core->execute(statement, params, sink, options, cancel);
}

TransactionState Connection::transactionState() const
{
    return m_core->transactionState();
}

Done Connection::command(const QByteArray &text)
{
    auto rows = m_core->simple(text);
    if (!rows)
        return fail(std::move(rows.error()));
    return {};
}

bool Connection::readIdle()
{
    return m_core->readIdle();
}

int Connection::socket() const
{
    return ::PQsocket(m_core->connection.get());
}

std::vector<Notification> Connection::takeNotifications()
{
    m_core->keepNotifications();
    return std::exchange(m_core->notifications, {});
}

std::vector<Notice> Connection::takeNotices()
{
    auto notices = std::exchange(m_core->notices, {});
    if (const qint64 more = std::exchange(m_core->noticesSuppressed, 0); more > 0) {
        notices.push_back(suppressedNotice(more));
    }
    return notices;
}

Error Connection::lostReason() const
{
    return m_core->lost.value_or(Error());
}

void Connection::requestCancel(quint64 statement) const
{
    m_core->canceller->send(statement);
    if (statement == whatRuns || statement == cancelProgress().statement)
        m_core->wakeReader();
}

bool Connection::noteCancelAsked(quint64 statement) const
{
    const bool asked = m_core->canceller->noteAsked(statement);
    if (asked)
        m_core->wakeReader();
    return asked;
}

void Connection::noteCancelAnswered(bool delivered) const
{
    m_core->canceller->noteAnswered(delivered);
}

void Connection::abandon(End why) const
{
    m_core->unanswered = why == End::NoAnswer;
    m_core->abandoned.cancel();
    m_core->wakeReader();
}

qint64 Connection::silentForMs() const
{
    if (!m_core->awaiting)
        return 0;
    const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(Deadline::Clock::now().time_since_epoch()).count();
    return std::max<qint64>(0, now - m_core->lastByteMs);
}

} // namespace howdah::pg
