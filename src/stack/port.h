// SPDX-License-Identifier: GPL-3.0-or-later
// Is a TCP port of 127.0.0.1 free: asked by binding it. Any thread.
#pragma once

#include <QtGlobal>

namespace howdah::stack
{

bool isPortFree(quint16 port);
quint16 nextFreePort(quint16 after); // 0: none up to 65535

} // namespace howdah::stack
