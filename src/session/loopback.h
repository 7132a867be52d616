// SPDX-License-Identifier: GPL-3.0-or-later
// Ports of 127.0.0.1, which all users of this machine share: whoever listens there first has one. Any thread.
#pragma once

#include <QtGlobal>

#include <optional>

#include <sys/types.h>

namespace howdah::session
{

quint16 freePort(); // of the kernel's choice, free a moment ago; 0: none
// Whose program listens at exactly 127.0.0.1 and that port; nullopt: nobody's, or the kernel does not tell.
std::optional<uid_t> listenerAt(quint16 port);

} // namespace howdah::session
