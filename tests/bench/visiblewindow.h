// SPDX-License-Identifier: GPL-3.0-or-later
// Looks at an X server from outside, as a person in front of it does: is there a large window to be seen?
#pragma once

#include <QString>

struct xcb_connection_t;

namespace howdah::bench
{

class VisibleWindow
{
public:
    explicit VisibleWindow(const QString &display);
    ~VisibleWindow();
    bool isConnected() const;
    // True when a mapped top-level window is at least so wide: a splash screen is not what one waits for.
    bool seen(int minWidth = 640);

private:
    xcb_connection_t *m_connection = nullptr;
};

} // namespace howdah::bench
