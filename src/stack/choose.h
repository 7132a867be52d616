// SPDX-License-Identifier: GPL-3.0-or-later
// Decisions that both backends make alike: the port, which roles get a new password, how the administrator connects. Any thread but the
// window's.
#pragma once

#include "stack/inside.h"

namespace howdah::stack
{

// `remembered`: the stack's own port, 0: none; `published`: the port it serves right now, 0: it is down. say() tells a change of port.
// Errors: Tool/port_taken (the next free one in its hint), Client/bad_port.
Result<quint16> choosePortFor(const UpOptions &options, quint16 remembered, quint16 published, const std::function<void(const QString &)> &say);
Error portTaken(quint16 port);

struct PasswordPlan {
    QStringList roles;    // to get a new password
    bool rekeyed = false; // one of them had one, which nobody has any more
};
Result<PasswordPlan> planPasswords(const Inside &inside, const QStringList &keepRoles, const CancelToken &cancel);

pg::ConnectionSpec adminSpec(const QString &stackName, quint16 port);

} // namespace howdah::stack
