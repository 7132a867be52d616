// SPDX-License-Identifier: GPL-3.0-or-later
// From a catalogue to what the window and the verdict calculate with. Pure, any thread.
#pragma once

#include "backup/catalogue.h"
#include "backup/window.h"

namespace howdah::backup
{

// Every physical backup of the cluster; of one whose chain is broken, whose verification failed or whose end nobody knows it is said why it is no use.
QVector<BackupPoint> pointsOf(const Catalogue &catalogue, const Inventory &inventory);

} // namespace howdah::backup
