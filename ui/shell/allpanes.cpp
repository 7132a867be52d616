// SPDX-License-Identifier: GPL-3.0-or-later
// Every pane, in the order of the rail. A new pane is a header here and a line below.
#include "ui/shell/pane.h"

#if __has_include("ui/metrics/overviewpane.h")
#include "ui/metrics/overviewpane.h"
#define HOWDAH_OVERVIEW_PANE
#endif
#if __has_include("ui/catalog/catalogpane.h")
#include "ui/catalog/catalogpane.h"
#define HOWDAH_CATALOG_PANE
#endif
#if __has_include("ui/stack/stackpane.h")
#include "ui/stack/stackpane.h"
#define HOWDAH_STACK_PANE
#endif

namespace howdah::ui
{

const QVector<PaneDescriptor> &allPanes()
{
    static const QVector<PaneDescriptor> panes = {
#ifdef HOWDAH_OVERVIEW_PANE
        {QStringLiteral("overview"), QStringLiteral("Overview"), QStringLiteral("overview"), true, makeOverviewPane},
#endif
#ifdef HOWDAH_CATALOG_PANE
        {QStringLiteral("catalog"), QStringLiteral("Schema"), QStringLiteral("catalog"), true, makeCatalogPane},
#endif
#ifdef HOWDAH_STACK_PANE
        {QStringLiteral("stack"), QStringLiteral("Stack"), QStringLiteral("stack"), false, makeStackPane},
#endif
    };
    return panes;
}

} // namespace howdah::ui
