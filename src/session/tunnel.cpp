// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/tunnel.h"

#include "session/loopback.h"

#include <QDeadlineTimer>
#include <QFile>
#include <QRegularExpression>
#include <QTemporaryDir>

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace howdah::session
{

namespace
{
constexpr int deadlineMs = 30'000;

union Address {
    sockaddr any;
    sockaddr_in in;
    sockaddr_un un;
};

Address loopback(quint16 port)
{
    Address address{};
    address.in.sin_family = AF_INET;
    address.in.sin_port = htons(port);
    address.in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

bool accepts(const Address &address, socklen_t size)
{
    const int fd = ::socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool connected = fd >= 0 && ::connect(fd, &address.any, size) == 0; // within this machine: at once, either way
    if (fd >= 0)
        ::close(fd);
    return connected;
}
} // namespace

Done checkDestination(const QString &destination)
{
    // Behind an @ no dash either: a ProxyCommand of the user's gets the host as an argument.
    static const QRegularExpression form(QStringLiteral("\\A(?:ssh://)?[A-Za-z0-9_\\[](?:[A-Za-z0-9._%+:\\[\\]-]|@(?!-)){0,254}\\z"));
    if (form.match(destination).hasMatch())
        return {};
    return fail(ErrorKind::Client, QStringLiteral("bad_profile"), QStringLiteral("This is no SSH destination"),
                QStringLiteral("A host of ~/.ssh/config, user@host or ssh://user@host:port; jump hosts belong into ~/.ssh/config."));
}

struct Tunnel::Near {
    pg::Via via;
    std::unique_ptr<QTemporaryDir> folder; // of a Unix socket's near end
    Address address{};
    socklen_t size = 0;
    std::unique_ptr<tool::Background> ssh;
};

Tunnel::Tunnel(QString destination, const pg::ConnectionSpec &spec) : m_destination(std::move(destination)), m_spec(spec) {}
Tunnel::~Tunnel() = default;

Result<pg::Via> Tunnel::open(const CancelToken &cancel)
{
    const std::lock_guard lock(m_mutex);
    if (m_near && !m_near->ssh->hasEnded() && isOurs())
        return m_near->via;
    m_near.reset();
    Result<pg::Via> via = start(cancel);
    if (!via)
        m_near.reset();
    return via.map_error([this](Error error) { return std::move(error).during(QStringLiteral("open the SSH tunnel through ") + m_destination); });
}

// A port of 127.0.0.1 is anyone's who comes first, and the whole machine can read in ssh's arguments which one we mean.
bool Tunnel::isOurs() const
{
    return m_spec.isUnixSocket() || listenerAt(m_near->via.port) == ::geteuid();
}

Error Tunnel::ended() const
{
    const auto outcome = m_near->ssh->outcome();
    if (outcome && !*outcome)
        return outcome->error(); // no ssh here
    Error error;
    error.kind = ErrorKind::Connection;
    error.reason = QStringLiteral("tunnel_failed");
    error.message = QStringLiteral("ssh ended before the tunnel stood");
    if (outcome) {
        error.message += QStringLiteral(" (exit code %1)").arg((*outcome)->exitCode);
        error.detail = QString::fromUtf8((*outcome)->lastLines.join('\n'));
    }
    error.hint = QStringLiteral("It asks nothing here: `ssh %1` in a terminal shows what it wants (a host key to accept, a key to unlock).").arg(m_destination);
    return error;
}

Result<pg::Via> Tunnel::start(const CancelToken &cancel)
{
    if (Done good = checkDestination(m_destination); !good)
        return fail(std::move(good.error()));
    m_near = std::make_unique<Near>();
    Near &end = *m_near;
    QString forward;
    if (m_spec.isUnixSocket()) {
        end.folder = std::make_unique<QTemporaryDir>();
        const QString name = QStringLiteral("/.s.PGSQL.%1").arg(m_spec.port);
        const QByteArray path = QFile::encodeName(end.folder->path() + name);
        if (!end.folder->isValid() || path.size() >= qsizetype(sizeof end.address.un.sun_path))
            return fail(ErrorKind::Io, QStringLiteral("write_failed"), QStringLiteral("There is no place for the tunnel's socket"));
        end.via = {end.folder->path(), m_spec.port};
        end.address.un.sun_family = AF_UNIX;
        std::copy(path.begin(), path.end(), end.address.un.sun_path);
        end.size = sizeof end.address.un;
        forward = end.folder->path() + name + QLatin1Char(':') + m_spec.host + name;
    } else {
        end.via = {QStringLiteral("127.0.0.1"), freePort()}; // ssh takes it, or ends (ExitOnForwardFailure)
        end.address = loopback(end.via.port);
        end.size = sizeof end.address.in;
        const QString host = m_spec.host.contains(QLatin1Char(':')) ? QString(QLatin1Char('[') + m_spec.host + QLatin1Char(']')) : m_spec.host;
        forward = QStringLiteral("127.0.0.1:%1:%2:%3").arg(end.via.port).arg(host).arg(m_spec.port);
    }

    tool::Command command;
    command.program = QStringLiteral("ssh");
    // The link's own limit holds for the tunnel too: five times without an answer and ssh gives up.
    for (const QString &option : {QStringLiteral("BatchMode=yes"), QStringLiteral("ExitOnForwardFailure=yes"), QStringLiteral("ConnectTimeout=15"),
                                  QStringLiteral("ServerAliveInterval=%1").arg(std::max(1, m_spec.linkTimeoutMs / 5000)), QStringLiteral("ServerAliveCountMax=5"),
                                  QStringLiteral("ClearAllForwardings=no"), QStringLiteral("ControlMaster=no"), QStringLiteral("ControlPath=none"),
                                  QStringLiteral("ForkAfterAuthentication=no")})
        command.arguments << QStringLiteral("-o") << option;
    command.arguments << QStringLiteral("-N") << QStringLiteral("-T") << QStringLiteral("-L") << forward << QStringLiteral("--") << m_destination;
    for (const char *name : {"SSH_AUTH_SOCK", "KRB5CCNAME"}) {
        if (qEnvironmentVariableIsSet(name))
            command.environment << QString::fromLatin1(name) + QLatin1Char('=') + qEnvironmentVariable(name);
    }
    end.ssh = std::make_unique<tool::Background>(command);

    const QDeadlineTimer deadline(deadlineMs);
    while (!accepts(end.address, end.size)) {
        if (end.ssh->hasEnded())
            return fail(ended());
        if (cancel.isCancelled())
            return fail(ErrorKind::Cancelled, QStringLiteral("by_user"), QStringLiteral("Cancelled"));
        if (deadline.hasExpired())
            return fail(ErrorKind::Timeout, QStringLiteral("tunnel"), QStringLiteral("ssh did not open the tunnel within %1 s").arg(deadlineMs / 1000));
        pollfd wait[]{{cancel.eventFd(), POLLIN, 0}, {end.ssh->endedFd(), POLLIN, 0}};
        ::poll(wait, 2, 50);
    }
    // Somebody else may have taken the port just before ssh could: then ssh is ending now.
    pollfd last{end.ssh->endedFd(), POLLIN, 0};
    ::poll(&last, 1, 50);
    if (end.ssh->hasEnded())
        return fail(ended());
    if (!isOurs())
        return fail(ErrorKind::Connection, QStringLiteral("tunnel_failed"), QStringLiteral("Another user's program listens at the tunnel's near end, port %1").arg(end.via.port),
                    QStringLiteral("Try again, by another port; and find out who else is on this machine."));
    return end.via;
}

} // namespace howdah::session
