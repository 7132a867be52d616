// SPDX-License-Identifier: GPL-3.0-or-later
#include "pg/connect.h"

#include "pg/connectfailure.h"
#include "pg/clientkey.h"
#include "pg/conninfo.h"
#include "pg/loginguard.h"
#include "pg/probelink.h"
#include "pg/tcpstate.h"
#include "pg/wait.h"

#include <mutex>
#include <thread>

#include <openssl/crypto.h>
#include <poll.h>

namespace howdah::pg
{

namespace
{

// A thread that was left behind may still be deep in OpenSSL when the program ends: its atexit clean-up would pull the ground from under
// it (a crash at exit, seen with SCRAM of 10 million rounds). It can only be turned off before anybody's first use, hence before main().
const bool keepsOpenSsl = ::OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, nullptr) == 1;

// Shared by the one who waits and the thread that connects: whoever comes last closes.
struct Attempt {
    ConnectionSpec spec;
    Secret password;
    Via via;
    Deadline deadline = Deadline::never();
    CancelToken abandoned;
    WakeEvent done;
    std::mutex mutex;
    Result<ConnectionPtr> outcome = fail(ErrorKind::Cancelled, QStringLiteral("by_user"), QStringLiteral("Cancelled"));
};

Error timedOut(const ConnectionSpec &spec)
{
    Error error;
    error.kind = ErrorKind::Timeout;
    error.reason = QStringLiteral("connect");
    error.message = QStringLiteral("%1 did not let us in within %2 s").arg(spec.address()).arg(spec.connectTimeoutMs / 1000.0);
    return error;
}

struct Tried {
    Result<ConnectionPtr> outcome;
    bool reached = false; // somebody answered there: other addresses of the name are not asked
};

void dropNotice(void *, const PGresult *) {}

// What a server may say until it is ready, certificates and notices included. libpq keeps all of it.
constexpr qint64 mostAtLogin = 4 << 20;

Tried tryAddress(Attempt &attempt, const QByteArray &address, const Deadline &deadline)
{
    const ConnInfo info(attempt.spec, address, attempt.via);
    LoginGuard guard(attempt.spec);
    ConnectionPtr connection(::PQconnectStartParams(info.keywords().data(), info.values(attempt.password).data(), 0));
    if (!connection)
        return {fail(ErrorKind::Client, QStringLiteral("out_of_memory"), QStringLiteral("No memory for a connection")), true};
    ::PQsetNoticeReceiver(connection.get(), dropNotice, nullptr);
    // So that the SQLSTATE is in the text of a refused connect, where no PGresult exists yet.
    ::PQsetErrorVerbosity(connection.get(), PQERRORS_VERBOSE);

    bool reached = attempt.spec.isUnixSocket();
    Reached before;
    auto step = ::PQstatus(connection.get()) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
    while (step == PGRES_POLLING_READING || step == PGRES_POLLING_WRITING) {
        const Woken woken = waitOn(::PQsocket(connection.get()), step == PGRES_POLLING_READING ? POLLIN : POLLOUT,
                                   {attempt.abandoned.eventFd()}, deadline);
        if (woken.interrupted)
            return {fail(ErrorKind::Cancelled, QStringLiteral("by_user"), QStringLiteral("Cancelled")), true};
        if (woken.timedOut || deadline.hasPassed())
            return {fail(timedOut(attempt.spec)), reached};
        const TcpState tcp = tcpState(::PQsocket(connection.get()));
        if (tcp.received > mostAtLogin)
            return {fail(floodAtLogin(attempt.spec)), true};
        const auto look = guard.look(connection.get());
        if (!look)
            return {fail(look.error()), true};
        if (*look == LoginGuard::Look::Wait && !tcp.peerEnded) {
            if (!::PQsslInUse(connection.get())) // what is there stays readable: no reason to ask at once
                waitOn(attempt.abandoned.eventFd(), POLLIN, {}, Deadline::in(10));
            continue;
        }
        before = {::PQstatus(connection.get()), tcp.peerEnded};
        step = ::PQconnectPoll(connection.get());
        const auto status = ::PQstatus(connection.get());
        reached = reached || (status != CONNECTION_STARTED && status != CONNECTION_NEEDED && status != CONNECTION_BAD);
    }
    if (step == PGRES_POLLING_OK) {
        if (auto done = guard.proven(); !done)
            return {fail(std::move(done.error())), true};
        ::PQsetErrorVerbosity(connection.get(), PQERRORS_DEFAULT);
        return {std::move(connection), true};
    }
    return {fail(explainFailure(connection.get(), before, attempt.spec, address, attempt.via, deadline, attempt.abandoned.eventFd())), reached};
}

Result<ConnectionPtr> connectBlocking(Attempt &attempt)
{
    const ConnectionSpec &spec = attempt.spec;
    if (auto done = checkHost(spec.host); !done)
        return fail(std::move(done.error()));
    const bool verifies = spec.sslMode == SslMode::VerifyFull || spec.sslMode == SslMode::VerifyCa || !spec.caFile.isEmpty();
    if (!spec.isUnixSocket() && spec.sslMode != SslMode::Disable && verifies) {
        if (auto ca = caFileOf(spec); !ca)
            return fail(std::move(ca.error()));
    }
    if (auto done = checkAuth(spec); !done)
        return fail(std::move(done.error()));
    if (auto done = checkClientKey(spec, attempt.password); !done)
        return fail(std::move(done.error()));
    const auto addresses = attempt.via.isSet() ? Result<QVector<QByteArray>>(QVector<QByteArray>{attempt.via.address.toUtf8()}) : resolveHost(spec);
    if (!addresses)
        return fail(addresses.error());

    // One address after the other, each with its share of what time is left: a dead IPv6 must not eat it all.
    Tried tried{fail(timedOut(spec)), false};
    for (qsizetype i = 0; i < addresses->size() && !tried.reached && !attempt.abandoned.isCancelled(); ++i) {
        const int left = attempt.deadline.remainingMs();
        tried = tryAddress(attempt, addresses->at(i), Deadline::in(left / int(addresses->size() - i)));
        if (tried.outcome)
            break;
    }
    return std::move(tried.outcome);
}

} // namespace

Result<ConnectionPtr> connectAbandonably(const ConnectionSpec &spec, const Secret &password, const Via &via, const CancelToken &cancel,
                                         const CancelToken &closing)
{
    Q_UNUSED(keepsOpenSsl);
    neverPromptForKeys();
    const auto attempt = std::make_shared<Attempt>();
    attempt->spec = spec;
    attempt->password = password;
    attempt->via = via;
    attempt->deadline = Deadline::in(spec.connectTimeoutMs);
    const QString what = QStringLiteral("connect to ") + spec.address();

    std::thread([attempt] {
        auto outcome = connectBlocking(*attempt);
        attempt->password = Secret();
        const std::lock_guard lock(attempt->mutex);
        if (!attempt->abandoned.isCancelled())
            attempt->outcome = std::move(outcome);
        attempt->done.set();
    }).detach();

    const Woken woken = waitOn(attempt->done.fd(), POLLIN, {cancel.eventFd(), closing.eventFd()}, attempt->deadline);
    const std::lock_guard lock(attempt->mutex);
    attempt->abandoned.cancel();
    if (woken.interrupted)
        return fail(Error{ErrorKind::Cancelled, QStringLiteral("by_user"), QStringLiteral("Cancelled"), {}, {}, {}, what, 0});
    if (!(woken.events & POLLIN))
        return fail(timedOut(spec).during(what));
    if (!attempt->outcome)
        return fail(std::move(attempt->outcome.error()).during(what));
    return std::move(attempt->outcome);
}

} // namespace howdah::pg
