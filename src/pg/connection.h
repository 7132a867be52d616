// SPDX-License-Identifier: GPL-3.0-or-later
// One link to one server. Synchronous to its caller; inside, libpq runs non-blocking under one wait loop with a deadline and a cancel
// event. Used by one thread at a time (a Session's, or howdahctl's worker); cancelToken() may be fired from any.
#pragma once

#include "base/canceltoken.h"
#include "pg/certificate.h"
#include "pg/connectionspec.h"
#include "pg/prepare.h"
#include "pg/resultsink.h"
#include "pg/serveridentity.h"
#include "pg/statement.h"

#include <functional>
#include <memory>

namespace howdah::pg
{

// What was negotiated, read after the connection stood. The channel binding claim: SCRAM-SHA-256-PLUS when binding was required, a
// password was used and TLS is on (libpq has no direct call to ask).
struct LinkFacts {
    bool tls = false;
    QString tlsProtocol; // "TLSv1.3"
    QString cipher;
    QVector<Certificate> chain; // as the server showed it, leaf first
    QString auth;        // "SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "password", "certificate", "Kerberos", "peer or trust"
    int serverVersionNum = 0;
    QString serverVersion; // "18.6"
    int backendPid = 0;
    QString role;
    QString database;
    bool inRecovery = false; // as last reported by the server (in_hot_standby)
    bool defaultReadOnly = false;  // default_transaction_read_only, as last reported
    bool superuser = false;        // is_superuser, as last reported
    bool standardStrings = true;   // standard_conforming_strings, as last reported

    bool operator==(const LinkFacts &) const = default;
};

struct Notice {
    QString severity; // not localized: "WARNING", "FATAL"
    QString sqlstate;
    QString message;
    QString detail;
    QString hint;
};

// What NOTIFY sent to this link.
struct Notification {
    QString channel;
    QString payload;
    int backendPid = 0;
};

struct RunOptions {
    int timeoutMs = 0;       // 0: none of ours; the statement's own deadline otherwise: cancelled, Error{Timeout}
    bool prepared = false;   // prepare once per connection under Statement::name, then execute
    int chunkRows = 256;     // stream() only
    qint64 maxBytes = qint64(1) << 30; // run() only: a larger result is stopped, Error{Client, result_too_large}
};

// Idle: no transaction. Failed: open, and nothing but ROLLBACK is taken. Unknown: the link is lost.
enum class TransactionState { Idle, Running, Open, Failed, Unknown };

struct ExecuteOptions {
    int timeoutMs = 0;    // 0: none of ours
    int chunkRows = 1000; // of what is given to a RowSink at once
    bool several = false; // the text may hold several statements (\; of psql): they go as one message of the simple protocol, which the
                          // server runs as one transaction; no parameters then
};

// Where the statements of a link stand, numbered from 1.
struct CancelProgress {
    enum class End { Unknown, Done, Failed, Cancelled, Lost };
    quint64 statement = 0; // the last that began
    bool running = false;
    quint64 ended = 0;     // the last that ended
    End end = End::Unknown;
    quint64 cancelled = 0; // the last that ended after a cancel was asked for it
    End endOfCancelled = End::Unknown;
    End endOf(quint64 which) const { return which == ended ? end : which == cancelled ? endOfCancelled : End::Unknown; }
};

inline constexpr quint64 whatRuns = 0; // in the place of a statement's number

class Connection
{
public:
    // Resolves, connects, authenticates: on a thread of its own that is abandoned at the deadline or on cancel, since DNS and SCRAM block
    // inside libpq. Sets search_path='', DateStyle ISO, IntervalStyle postgres, bytea_output hex, extra_float_digits 1 (all by options).
    // PG* variables are ignored. Errors: Connection (resolve_failed, refused, unreachable, closed_early, too_many_connections, starting_up,
    // no_such_database, not_postgresql, error_before_tls, not_completed), Tls (server_refuses_tls, plaintext_injected, handshake_failed,
    // expired_certificate, wrong_host, unknown_ca, self_signed, ca_file_missing, ca_file_needed), Client/bad_host,
    // Authentication (wrong_password, no_password, no_authentication, cleartext_refused, md5_refused, channel_binding, unknown_method,
    // scram_rounds, no_ticket, peer_needs_socket, server_not_proven, rejected_by_hba, role_refused), Tls of our own certificate
    // (certificate_needs_tls, certificate_file_missing, key_file_missing, key_file_open, key_not_opened), Protocol (flood,
    // protocol_violation, version_not_taken), Timeout/connect, Cancelled.
    // Several hosts are tried in order (see hosts.h): Connection/no_host_fits where none is what spec.target asks for.
    // `closing` is a second way to stop: a session's own. `password`: the passphrase of the key's file where the way in is a certificate.
    static Result<std::unique_ptr<Connection>> open(const ConnectionSpec &spec, const Secret &password, const CancelToken &cancel = {},
                                                    const CancelToken &closing = {}, const Via &via = {});
    ~Connection();
    Connection(const Connection &) = delete;
    Connection &operator=(const Connection &) = delete;

    const ConnectionSpec &spec() const; // with the host that this one came to, alone
    const LinkFacts &facts() const;
    bool isAlive() const; // false once the link is known to be lost
    // As of the last statement that ended with the link alive: what a loss has cost. Open and Failed: the server rolled it back.
    TransactionState lastTransactionState() const;
    // One more link as this one was made, with its secret; for questions that this one can no longer ask. Errors as open().
    Result<std::unique_ptr<Connection>> another(const CancelToken &cancel = {}) const;
    const ServerIdentity &identity() const; // not known until it was read
    Done readIdentity(const CancelToken &cancel = {}); // one round trip; outside a transaction

    // One statement (extended protocol: the server refuses several). The whole result in memory. Not re-run, ever.
    Result<Rows> run(const Statement &statement, const Params &params = {}, const RunOptions &options = {}, const CancelToken &cancel = {});
    // Loads the SQL file for this server's version, then run().
    Result<Rows> runFile(const QString &name, const Params &params = {}, const RunOptions &options = {}, const CancelToken &cancel = {});
    // Rows as they come, bounded memory; the returned Rows is empty but has columns and command tag. An error after the first chunk means
    // the result is incomplete, and says so.
    Result<Rows> stream(const Statement &statement, const Params &params, RowSink &sink, const RunOptions &options = {}, const CancelToken &cancel = {});
    // A user's message: every result of it to `sink`, COPY in both directions included. Without `several` it goes by the extended protocol, so
    // that the server itself refuses a second statement hidden in the text. Not re-run, ever.
    Done execute(const Statement &statement, const Params &params, ResultSink &sink, const ExecuteOptions &options = {}, const CancelToken &cancel = {});
    TransactionState transactionState() const;
    // Parsed on the server and not run: the Rows holds its columns alone.
    Result<Rows> describe(const Statement &statement, const RunOptions &options = {}, const CancelToken &cancel = {});
    // BEGIN, COMMIT, ROLLBACK and the like, by themselves.
    Done command(const QByteArray &text);

    // Reads what the server said while nothing ran (its last words when it ends us); false when the link is lost. Called by the session
    // when socket() is readable.
    bool readIdle();
    int socket() const;
    // Notices, rate-limited: at most 1000 kept between two takes, then a count of those suppressed in the last one.
    std::vector<Notice> takeNotices();
    // Those that came since the last take, at most 100: of what comes without ever being taken the rest is dropped.
    std::vector<Notification> takeNotifications();
    // The error that ended the link, with the server's reason where it gave one.
    Error lostReason() const;
    // Cancels what runs now, from any thread, without a second answer path: libpq's own cancel on a thread of its own. The usual way is the
    // control link's pg_cancel_backend (Session does it first). Not at all where another statement than that of this number runs: whoever saw
    // one run does not mean the next.
    void requestCancel(quint64 statement = whatRuns) const;
    // The same by way of the control link: said before pg_cancel_backend is sent and after its answer came (or did not), so that the
    // statement's 57014 is told as Cancelled and no next statement meets a late cancel. Any thread.
    bool noteCancelAsked(quint64 statement = whatRuns) const; // false: nothing of that number runs here, or a cancel is on its way
    void noteCancelAnswered(bool delivered) const;
    CancelProgress cancelProgress() const; // any thread
    // Whatever waits on this link returns at once, with Cancelled/closed or Connection/no_answer; the link is lost. Any thread.
    enum class End { Closed, NoAnswer };
    void abandon(End why = End::Closed) const;
    // True while a statement runs and its last byte from the server is older than so many ms: shown as "no answer". Any thread.
    qint64 silentForMs() const;

private:
    struct Core;
    explicit Connection(std::unique_ptr<Core> core);
    std::unique_ptr<Core> m_core;
};

// Unsets every PG* variable that libpq reads. Call first in main(), before any thread: connecting gives each keyword explicitly, but
// PGSERVICE and a few more can't be overruled.
void forgetEnvironment();

// libpq as found at run time.
struct LibpqFeatures {
    int version = 0;           // 150020
    QString tlsLibrary;        // "OpenSSL"
    bool requireAuth = false;  // 16+
    bool encryptedCancel = false; // 17+
    bool chunkedRows = false;  // 17+
    bool maxProtocol = false;  // 18+
};
LibpqFeatures libpqFeatures();
// The same, a line each, for --version and About: "libpq 15.14, TLS by OpenSSL", "encrypted cancel: no (libpq 17 or later)", …
QStringList featureLines();

// The SCRAM-SHA-256 verifier of a password, so that ALTER ROLE never carries the clear text (RFC 5803; 4096 iterations, as the server's
// default). Our own passwords are ASCII, so SASLprep is the identity. Errors: Client/not_ascii, Client/random.
Result<QByteArray> scramVerifier(const Secret &password);

} // namespace howdah::pg
