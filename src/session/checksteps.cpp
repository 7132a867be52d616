// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/checksteps.h"

#include "base/units.h"
#include "pg/probelink.h"
#include "pg/tlsprobe.h"
#include "session/check.h"

#include <QElapsedTimer>

namespace howdah::session
{

using namespace Qt::StringLiterals;
using State = CheckStep::State;

namespace
{

// What blocks where no token reaches (the resolver, OpenSSL) is left behind at the deadline or on cancel.
template<typename T>
Result<T> within(int timeoutMs, const CancelToken &cancel, std::function<Result<T>(const CancelToken &)> work)
{
    const auto answer = std::make_shared<std::optional<T>>();
    const auto done = pg::prepareWithin(
        [work = std::move(work), answer](const CancelToken &stop) -> Result<pg::Prepared> {
            auto result = work(stop);
            if (!result)
                return fail(std::move(result.error()));
            *answer = std::move(*result);
            return pg::Prepared{};
        },
        timeoutMs, cancel, {});
    if (!done && done.error().kind == ErrorKind::Timeout)
        return fail(ErrorKind::Timeout, u"connect"_s, u"No answer within %1 s"_s.arg(timeoutMs / 1000));
    if (!done)
        return fail(done.error());
    return std::move(**answer);
}

bool is(const Error &error, std::initializer_list<QLatin1StringView> reasons)
{
    return std::any_of(reasons.begin(), reasons.end(), [&](QLatin1StringView reason) { return error.reason == reason; });
}

// The step at which a connect with this error stopped.
QString stepOf(const Error &error)
{
    if (error.reason == "resolve_failed"_L1)
        return u"resolve"_s;
    if (error.kind == ErrorKind::Tls || is(error, {"not_postgresql"_L1, "error_before_tls"_L1}))
        return u"tls"_s;
    if (error.kind == ErrorKind::Connection && is(error, {"refused"_L1, "unreachable"_L1, "tunnel_failed"_L1}))
        return u"tcp"_s;
    return error.reason == "no_host_fits"_L1 ? u"role"_s : u"authentication"_s;
}

// Before the server was asked at all: what is ours stopped it.
bool isOurs(const Error &error)
{
    return error.kind == ErrorKind::Tool || error.kind == ErrorKind::Keychain || error.kind == ErrorKind::Client || error.kind == ErrorKind::Io
        || is(error, {"ca_file_missing"_L1, "ca_file_empty"_L1, "ca_file_needed"_L1, "certificate_needs_tls"_L1, "certificate_file_missing"_L1, "key_file_missing"_L1,
                      "key_file_open"_L1, "key_not_opened"_L1, "peer_needs_socket"_L1, "no_ticket"_L1});
}

QString certificateLines(const QVector<pg::Certificate> &chain)
{
    QStringList lines;
    for (const pg::Certificate &one : chain) {
        lines << u"%1, issued by %2"_s.arg(units::oneLine(one.subject), units::oneLine(one.issuer));
        if (!one.names.isEmpty())
            lines << u"  for %1"_s.arg(units::oneLine(one.names.join(u", "_s)));
        lines << u"  from %1 to %2"_s.arg(one.notBefore.toUTC().toString(Qt::ISODate), one.notAfter.toUTC().toString(Qt::ISODate))
              << u"  SHA-256 %1"_s.arg(one.sha256);
    }
    return lines.join(u'\n');
}

QString tlsFix(const Error &error, const CheckReport &report)
{
    if (!is(error, {"unknown_ca"_L1, "self_signed"_L1}))
        return error.hint;
    if (const auto authority = report.authority())
        return u"Compare the fingerprint with the server's administrator, then trust this CA: %1"_s.arg(authority->sha256);
    return u"The server does not show its CA: get the CA's file from its administrator and name it as CA file"_s;
}

class Test
{
public:
    Test(const Profile &profile, const CancelToken &cancel, const std::function<void(const CheckStep &)> &told)
        : m_profile(profile), m_cancel(cancel), m_told(told)
    {
    }

    CheckReport run(const LinkOpener &open, bool probeTcp)
    {
        const bool direct = m_profile.sshDestination.isEmpty() && !m_profile.spec.isUnixSocket();
        if (!(direct ? find(probeTcp) : indirect()))
            return std::move(report);
        auto connection = open(m_cancel);
        if (!connection) {
            failed(std::move(connection.error()));
            return std::move(report);
        }
        in(**connection);
        return std::move(report);
    }

private:
    bool has(QLatin1StringView name) const
    {
        return std::any_of(report.steps.begin(), report.steps.end(), [&](const CheckStep &step) { return step.name == name; });
    }
    void add(const QString &name, State state, const QString &text, const QString &detail = {}, const QString &fix = {})
    {
        report.steps.append({name, state, text, detail, fix});
        if (m_told)
            m_told(report.steps.last());
    }

    bool indirect()
    {
        const QString why = m_profile.spec.isUnixSocket() ? u"A Unix socket"_s : u"By ssh %1"_s.arg(m_profile.sshDestination);
        add(u"resolve"_s, State::Skipped, m_profile.spec.isUnixSocket() ? why : QString(why + u", which resolves the name at its far end"_s));
        return true;
    }

    bool find(bool probeTcp)
    {
        const pg::ConnectionSpec &spec = m_profile.spec;
        QVector<pg::Host> hosts{{spec.host, spec.port}};
        hosts += spec.otherHosts;
        QStringList found, reached, troubles;
        std::optional<Error> unresolved, unreached;
        for (const pg::Host &host : std::as_const(hosts)) {
            pg::ConnectionSpec one = spec;
            one.host = host.name;
            one.port = host.port;
            const auto addresses = within<QVector<QByteArray>>(spec.connectTimeoutMs, m_cancel, [one](const CancelToken &) { return pg::resolveHost(one); });
            if (!addresses) {
                unresolved = addresses.error();
                troubles << addresses.error().message;
                continue;
            }
            QStringList numbers;
            for (const QByteArray &address : *addresses)
                numbers << QString::fromLatin1(address);
            found << u"%1: %2"_s.arg(host.name, numbers.join(u", "_s));
            if (!probeTcp)
                continue;
            QElapsedTimer clock;
            clock.start();
            std::optional<Error> why;
            for (const QByteArray &address : *addresses) {
                pg::ProbeLink link(one, address, pg::Deadline::in(spec.connectTimeoutMs), m_cancel.eventFd());
                const Done done = link.connectTcp();
                why = done ? std::nullopt : std::optional(done.error());
                if (done || m_cancel.isCancelled())
                    break;
            }
            if (why)
                unreached = *why;
            else
                reached << u"%1 answered in %2 ms"_s.arg(one.address()).arg(clock.elapsed());
        }
        if (found.isEmpty())
            return failed(*unresolved), false;
        add(u"resolve"_s, unresolved ? State::Unknown : State::Ok, found.join(u"; "_s), troubles.join(u'\n'));
        if (probeTcp && reached.isEmpty())
            return failed(*unreached), false;
        if (probeTcp)
            add(u"tcp"_s, unreached ? State::Unknown : State::Ok, reached.join(u"; "_s), unreached ? unreached->message : QString());
        return true;
    }

    // Every step has its line: those before the one that failed were passed where that follows from it, and are not known otherwise.
    bool failed(Error error)
    {
        const QString at = stepOf(error);
        const pg::ConnectionSpec &spec = m_profile.spec;
        const bool answered = error.kind == ErrorKind::Authentication || error.kind == ErrorKind::Tls || !error.sqlstate.isEmpty()
            || error.reason == "no_host_fits"_L1;
        const State before = isOurs(error) || !answered ? State::Unknown : State::Ok;
        const bool noTls = spec.sslMode == pg::SslMode::Disable || spec.isUnixSocket();
        if (at == "tls"_L1 && error.kind == ErrorKind::Tls && !isOurs(error) && m_profile.sshDestination.isEmpty() && !noTls) {
            // libpq closed before it told what it saw; seen once more for the certificates alone.
            auto probe = within<pg::TlsProbe>(3000, m_cancel, [spec](const CancelToken &) { return pg::probeTls(spec, 2500); });
            if (probe)
                report.chain = probe->chain;
        }
        bool past = false;
        for (const QString &name : {u"resolve"_s, u"tcp"_s, u"tls"_s, u"authentication"_s, u"role"_s, u"version"_s, u"privileges"_s}) {
            if (name == at) {
                add(name, State::Failed, error.message, name == "tls"_L1 && !report.chain.isEmpty() ? certificateLines(report.chain) : error.detail,
                    name == "tls"_L1 ? tlsFix(error, report) : error.hint);
                past = true;
            } else if (past) {
                add(name, State::Skipped, u"Not reached"_s);
            } else if (!has(QLatin1StringView(name.toLatin1()))) {
                if (name == "tls"_L1 && noTls)
                    add(name, State::Skipped, spec.isUnixSocket() ? u"A Unix socket"_s : u"Not asked for: the link is in clear text"_s);
                else
                    add(name, before, before == State::Ok ? u"Passed"_s : u"Not known"_s);
            }
        }
        report.error = std::move(error);
        return true;
    }

    void in(pg::Connection &connection)
    {
        const pg::LinkFacts &facts = connection.facts();
        const pg::ConnectionSpec &spec = connection.spec();
        report.link = linkReport(connection);
        report.chain = facts.chain;
        if (!has("tcp"_L1))
            add(u"tcp"_s, spec.isUnixSocket() ? State::Skipped : State::Ok,
                spec.isUnixSocket() ? u"A Unix socket"_s : m_profile.sshDestination.isEmpty() ? spec.address() : QString(u"%1 by ssh %2"_s.arg(spec.address(), m_profile.sshDestination)));
        const bool checked = spec.sslMode == pg::SslMode::VerifyFull || spec.sslMode == pg::SslMode::VerifyCa;
        if (facts.tls)
            add(u"tls"_s, State::Ok,
                u"%1, %2, %3"_s.arg(facts.tlsProtocol, facts.cipher,
                                    spec.sslMode == pg::SslMode::VerifyFull ? u"certificate and host verified"_s
                                        : checked ? u"certificate verified, its host name not"_s : u"certificate not verified"_s),
                certificateLines(facts.chain), checked ? QString() : QString(u"verify-full, with the CA's file"_s));
        else
            add(u"tls"_s, State::Skipped, spec.isUnixSocket() ? u"A Unix socket"_s : u"Not asked for: the link is in clear text"_s);
        add(u"authentication"_s, State::Ok, facts.auth, spec.auth == pg::Auth::ScramBound ? QString() : pg::authLabel(spec.auth));
        add(u"role"_s, State::Ok,
            u"%1 in database %2, on a %3%4"_s.arg(facts.role, facts.database, facts.inRecovery ? u"standby"_s : u"primary"_s,
                                                facts.superuser ? u"; superuser"_s : u""_s));
        add(u"version"_s, State::Ok, u"PostgreSQL %1"_s.arg(facts.serverVersion));
        privileges(connection);
    }

    void privileges(pg::Connection &connection)
    {
        pg::RunOptions options;
        options.timeoutMs = 5000;
        const auto rows = connection.runFile(u"session/check_rights"_s, {}, options, m_cancel);
        if (!rows)
            return add(u"privileges"_s, State::Unknown, u"Not known"_s, rows.error().text());
        QStringList lacks, without, fixes;
        bool known = true;
        for (qsizetype row = 0; row < rows->size(); ++row) {
            const auto held = rows->boolean(row, "held"_L1);
            known = known && held;
            if (!held || *held)
                continue;
            lacks << rows->text(row, "name"_L1);
            without << u"Without %1: no %2"_s.arg(lacks.last(), rows->text(row, "without"_L1));
            fixes << rows->text(row, "fix"_L1);
        }
        if (!lacks.isEmpty())
            add(u"privileges"_s, State::Failed, u"%1 lacks %2"_s.arg(connection.facts().role, lacks.join(u", "_s)), without.join(u'\n'), fixes.join(u'\n'));
        else
            add(u"privileges"_s, known ? State::Ok : State::Unknown, known ? u"All that monitoring needs"_s : u"Not known"_s);
    }

    CheckReport report;
    const Profile m_profile;
    const CancelToken m_cancel;
    const std::function<void(const CheckStep &)> m_told;
};

} // namespace

QString stateName(State state)
{
    switch (state) {
    case State::Ok: return u"ok"_s;
    case State::Failed: return u"failed"_s;
    case State::Skipped: return u"skipped"_s;
    case State::Unknown: break;
    }
    return u"unknown"_s;
}

std::optional<pg::Certificate> CheckReport::authority() const
{
    for (const pg::Certificate &one : chain) {
        if (one.subject == one.issuer)
            return one;
    }
    return std::nullopt;
}

CheckReport checkBySteps(const Profile &profile, const LinkOpener &open, bool probeTcp, const CancelToken &cancel,
                         const std::function<void(const CheckStep &)> &told)
{
    return Test(profile, cancel, told).run(open, probeTcp);
}

QJsonArray stepsToJson(const QVector<CheckStep> &steps)
{
    QJsonArray all;
    for (const CheckStep &step : steps)
        all.append(QJsonObject{{u"name"_s, step.name}, {u"state"_s, stateName(step.state)}, {u"text"_s, step.text}, {u"detail"_s, step.detail}, {u"fix"_s, step.fix}});
    return all;
}

QString stepLines(const QVector<CheckStep> &steps)
{
    QString text;
    const QString indent(25, u' ');
    for (const CheckStep &step : steps) {
        text += step.name.leftJustified(16) + stateName(step.state).leftJustified(9) + step.text + u'\n';
        for (const QString &line : step.detail.split(u'\n', Qt::SkipEmptyParts))
            text += indent + line + u'\n';
        for (const QString &line : step.fix.split(u'\n', Qt::SkipEmptyParts))
            text += indent + u"→ "_s + line + u'\n';
    }
    return text;
}

} // namespace howdah::session
