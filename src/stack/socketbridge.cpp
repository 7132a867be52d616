// SPDX-License-Identifier: GPL-3.0-or-later
#include "stack/socketbridge.h"

#include "stack/record.h"

namespace howdah::stack
{

using namespace Qt::StringLiterals;

// perl-base is in every image of Debian, and speaks to sockets. Two processes: one that both read and wrote would stand still where both ends write first.
static constexpr auto carrier = R"(use strict; use IO::Socket::UNIX;
my $server = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die "the server's socket: $!\n";
sub carry {
  my ($from, $to) = @_;
  while (my $size = sysread($from, my $bytes, 65536)) {
    for (my $done = 0; $done < $size;) {
      my $put = syswrite($to, $bytes, $size - $done, $done);
      defined $put or exit 0;
      $done += $put;
    }
  }
}
defined(my $there = fork) or die "fork: $!\n";
if (!$there) { carry(*STDIN, $server); shutdown($server, 1); exit 0 }
carry($server, *STDOUT);
kill 'TERM', $there;
)";

Result<std::unique_ptr<SocketBridge>> SocketBridge::make(const QString &stackName, const CancelToken &cancel)
{
    const auto record = readRecord(stackName);
    if (!record)
        return fail(record.error());
    if (!record->exists || record->backend != Backend::Docker)
        return fail(ErrorKind::Tool, u"no_docker_stack"_s, u"%1 is no stack of this machine in Docker"_s.arg(stackName));
    if (!record->swap.isEmpty())
        return fail(ErrorKind::Client, u"swap_unfinished"_s, u"%1 is unfinished: nobody is let in meanwhile"_s.arg(record->swap), u"howdahctl pitr status says how far it got"_s);
    const auto docker = DockerStack::find(*record, cancel);
    if (!docker)
        return fail(docker.error());
    const auto container = docker->running(cancel);
    if (!container)
        return fail(container.error());
    auto relay = tool::SocketRelay::listen(u".s.PGSQL.5432"_s, docker->exec(container->id, {u"perl"_s, u"-e"_s, QLatin1StringView(carrier), u"/var/run/postgresql/.s.PGSQL.5432"_s}));
    if (!relay)
        return fail(std::move(relay.error()));
    return std::unique_ptr<SocketBridge>(new SocketBridge(*std::move(relay)));
}

pg::ConnectionSpec SocketBridge::spec(const QString &database) const
{
    pg::ConnectionSpec spec;
    spec.host = m_relay->folder();
    spec.database = database;
    spec.role = u"postgres"_s;
    spec.auth = pg::Auth::Peer;
    spec.sslMode = pg::SslMode::Disable;
    return spec;
}

Result<std::unique_ptr<pg::Connection>> SocketBridge::open(const QString &database, bool readOnly, const CancelToken &cancel) const
{
    pg::ConnectionSpec wanted = spec(database);
    wanted.readOnly = readOnly;
    auto link = pg::Connection::open(wanted, {}, cancel);
    if (!link && link.error().detail.isEmpty())
        link.error().detail = m_relay->lastWords();
    return link;
}

Result<SuperuserLink> openAsSuperuser(const QString &stackName, const QString &database, bool readOnly, const CancelToken &cancel)
{
    auto bridge = SocketBridge::make(stackName, cancel);
    if (!bridge)
        return fail(std::move(bridge.error()));
    auto link = (*bridge)->open(database, readOnly, cancel);
    if (!link)
        return fail(std::move(link.error()));
    return SuperuserLink{*std::move(bridge), *std::move(link)};
}

} // namespace howdah::stack
