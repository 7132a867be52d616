// SPDX-License-Identifier: GPL-3.0-or-later
#include "stack/socketbridge.h"

#include "stack/record.h"

namespace howdah::stack
{

using namespace Qt::StringLiterals;

// perl-base is in every image of Debian, and speaks to sockets. One process, and no child of it: an orphan in that container becomes the postmaster's, who
// takes one that was ended by a signal for a crashed backend and restarts the server (measured). It waits for whichever end can go on, so that it stands
// still only where both do, and ends with either.
static constexpr auto carrier = R"(use strict; use IO::Handle; use IO::Socket::UNIX;
$SIG{PIPE} = 'IGNORE';
my $server = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die "the server's socket: $!\n";
$_->blocking(0) for *STDIN{IO}, *STDOUT{IO}, $server;
my ($there, $back) = ('', '');
my ($asking, $answering, $told) = (1, 1, 0);
my $most = 1 << 20;
sub take { my ($from, $into) = @_; my $got = sysread($from, $$into, 65536, length $$into); return defined $got ? $got > 0 : ($!{EAGAIN} || $!{EINTR}); }
sub give { my ($to, $from) = @_; my $put = syswrite($to, $$from); return $!{EAGAIN} || $!{EINTR} unless defined $put; substr($$from, 0, $put) = ''; return 1; }
while ($answering || length $back) {
  my ($read, $write) = ('', '');
  vec($read, fileno STDIN, 1) = 1 if $asking && length $there < $most;
  vec($read, fileno $server, 1) = 1 if $answering && length $back < $most;
  vec($write, fileno $server, 1) = 1 if length $there;
  vec($write, fileno STDOUT, 1) = 1 if length $back;
  select($read, $write, undef, undef);
  if (vec($read, fileno STDIN, 1)) { $asking = take(*STDIN{IO}, \$there); }
  if (vec($read, fileno $server, 1)) { $answering = take($server, \$back); }
  if (vec($write, fileno $server, 1) && !give($server, \$there)) { $asking = 0; $there = ''; }
  if (vec($write, fileno STDOUT, 1) && !give(*STDOUT{IO}, \$back)) { last; }
  if (!$asking && !length $there && !$told) { $told = 1; shutdown($server, 1); }
}
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
