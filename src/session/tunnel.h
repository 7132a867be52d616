// SPDX-License-Identifier: GPL-3.0-or-later
// An SSH tunnel by the system's ssh, with its own configuration, agent, keys and jump hosts: one for all links of a profile, opened by the
// first that needs it, opened again when it has ended, gone with this object. Nobody is asked anything (BatchMode): what needs an answer is
// answered once in a terminal. The near end is a port of 127.0.0.1, so the other users of this machine can reach the server through it as
// well, and must log in there like anyone; it is used only where the listener is this user's. Blocking; any thread but the window's.
#pragma once

#include "pg/connectionspec.h"
#include "pg/prepare.h"
#include "tool/background.h"

#include <memory>
#include <mutex>

namespace howdah::session
{

// A host alias, user@host or ssh://user@host:port: nothing that ssh could take for an option or hand to a shell. Client/bad_profile.
Done checkDestination(const QString &destination);

class Tunnel
{
public:
    // To spec's host and port as the far end sees them, or to its Unix socket there.
    Tunnel(QString destination, const pg::ConnectionSpec &spec);
    ~Tunnel();
    Tunnel(const Tunnel &) = delete;
    Tunnel &operator=(const Tunnel &) = delete;

    // The near end of a tunnel that stands. Errors: Connection/tunnel_failed with ssh's last lines, Tool/not_found, Timeout/tunnel, Cancelled.
    Result<pg::Via> open(const CancelToken &cancel);

private:
    struct Near;
    Result<pg::Via> start(const CancelToken &cancel);
    Error ended() const;
    bool isOurs() const; // the near end

    const QString m_destination;
    const pg::ConnectionSpec m_spec;
    std::mutex m_mutex;
    std::unique_ptr<Near> m_near;
};

} // namespace howdah::session
