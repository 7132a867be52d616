// SPDX-License-Identifier: GPL-3.0-or-later
// What the measured children share: the server they are sent to, and a look at themselves. The child's main thread.
#pragma once

#include "base/result.h"
#include "base/secret.h"
#include "pg/connectionspec.h"

#include <functional>

namespace howdah::bench
{

// A server as the parent hands it to a child, in a file of mode 0600: of a throw-away server, nothing else.
struct Target {
    pg::ConnectionSpec spec;
    Secret password;
};
Done writeTarget(const QString &path, const Target &target);
Target readTarget(const QString &path);

double selfPeakRssMb(); // VmHWM
double selfRssMb();     // VmRSS
// Turns the event loop until done() holds; false when the time ran out first.
bool turnUntil(int timeoutMs, const std::function<bool()> &done);

} // namespace howdah::bench
