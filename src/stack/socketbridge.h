// SPDX-License-Identifier: GPL-3.0-or-later
// The way in as a stack's superuser, who has no network: a Unix socket of ours whose every connection is carried by `docker exec` to the server's own socket
// in its container, where the container's user is the superuser (peer). Nobody else's: its folder is closed to others, and who may use docker could do the
// same. Its links end with this object. Any thread but the window's.
#pragma once

#include "pg/connection.h"
#include "stack/dockerstack.h"
#include "tool/socketrelay.h"

namespace howdah::stack
{

class SocketBridge
{
public:
    // Errors: Tool/no_docker_stack, Tool/not_running, Client/swap_unfinished, those of docker and of the socket.
    static Result<std::unique_ptr<SocketBridge>> make(const QString &stackName, const CancelToken &cancel = {});

    pg::ConnectionSpec spec(const QString &database) const; // as the superuser
    // A link; what the program in the container said last stands in an error's detail.
    Result<std::unique_ptr<pg::Connection>> open(const QString &database, bool readOnly, const CancelToken &cancel = {}) const;

private:
    explicit SocketBridge(std::unique_ptr<tool::SocketRelay> relay) : m_relay(std::move(relay)) {}
    std::unique_ptr<tool::SocketRelay> m_relay;
};

// The two together: the link goes first.
struct SuperuserLink {
    std::unique_ptr<SocketBridge> bridge;
    std::unique_ptr<pg::Connection> link;
};
Result<SuperuserLink> openAsSuperuser(const QString &stackName, const QString &database, bool readOnly, const CancelToken &cancel = {});

} // namespace howdah::stack
