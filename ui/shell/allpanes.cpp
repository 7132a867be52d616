// SPDX-License-Identifier: GPL-3.0-or-later
// Every pane, in the order of the rail. A new pane is a header here and a line below.
#include "ui/activity/activitypane.h"
#include "ui/backup/backuppane.h"
#include "ui/catalog/catalogpane.h"
#include "ui/metrics/overviewpane.h"
#include "ui/migrations/migrationspane.h"
#include "ui/plan/planspane.h"
#include "ui/query/querypane.h"
#include "ui/shell/pane.h"
#include "ui/stack/stackpane.h"
#include "ui/statements/statementspane.h"

namespace howdah::ui
{

const QVector<PaneDescriptor> &allPanes()
{
    static const QVector<PaneDescriptor> panes = {
        {QStringLiteral("overview"), QStringLiteral("Overview"), QStringLiteral("overview"), true, makeOverviewPane},
        {QStringLiteral("activity"), QStringLiteral("Activity"), QStringLiteral("activity"), true, makeActivityPane},
        {QStringLiteral("statements"), QStringLiteral("Statements"), QStringLiteral("statements"), true, makeStatementsPane},
        {QStringLiteral("plans"), QStringLiteral("Plans"), QStringLiteral("plans"), false, makePlansPane},
        {QStringLiteral("catalog"), QStringLiteral("Schema"), QStringLiteral("catalog"), true, makeCatalogPane},
        {QStringLiteral("query"), QStringLiteral("Query"), QStringLiteral("query"), true, makeQueryPane},
        {QStringLiteral("migrations"), QStringLiteral("Migrations"), QStringLiteral("migrations"), true, makeMigrationsPane},
        {QStringLiteral("backup"), QStringLiteral("Backups"), QStringLiteral("backup"), true, makeBackupPane},
        {QStringLiteral("stack"), QStringLiteral("Stack"), QStringLiteral("stack"), false, makeStackPane},
    };
    return panes;
}

} // namespace howdah::ui
