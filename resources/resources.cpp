// SPDX-License-Identifier: GPL-3.0-or-later
#include "resources/resources.h"

#include <QDir>

// Q_INIT_RESOURCE works only outside a namespace.
static void initIcons()
{
    Q_INIT_RESOURCE(howdah_icons);
}

namespace howdah
{

void initResources()
{
    initIcons();
}

} // namespace howdah
