// SPDX-License-Identifier: GPL-3.0-or-later
// A few words on the desktop, for who does not look at the window: by the session bus's org.freedesktop.Notifications. Blocking, at most the time given; any thread
// but the window's.
#pragma once

#include "base/result.h"

#include <QString>

namespace howdah::store
{

struct DesktopNote {
    QString title;
    QString body;       // plain text, whatever the desktop reads in it
    bool grave = false; // stays until somebody has seen it, where the desktop does that
};
// Errors: Io/no_bus where there is no session bus, Io/not_shown with what the desktop said.
Done showDesktopNote(const DesktopNote &note, int timeoutMs = 3000);

} // namespace howdah::store
