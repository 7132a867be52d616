// SPDX-License-Identifier: GPL-3.0-or-later
// The overview of one server: an OverviewView fed by the sampler, the store's history and the health questions. Window's thread.
#pragma once

#include "ui/shell/pane.h"

namespace howdah::ui
{

Pane *makeOverviewPane(const PaneContext &context, QWidget *parent);

} // namespace howdah::ui
