// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/migrations/rowactions.h"

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::migrations;
using What = MigrationRequest::What;
using Kind = RowAction::Kind;

QVector<RowAction> rowActions(const Project &project, const QString &version)
{
    const Entry *entry = project.entry(version);
    if (!entry || version.startsWith(QLatin1StringView(repeatablePrefix)))
        return {};
    MigrationRequest request;
    request.version = version;
    if (isPending(entry->standing)) {
        (entry->standing == Standing::Interrupted ? request.up.only : request.up.upTo) = version;
        MigrationRequest mark;
        mark.what = What::Baseline;
        mark.version = version;
        return {{Kind::Run, entry->standing == Standing::Interrupted ? u"Resume…"_s : u"Run up to here…"_s, request},
                {Kind::Preview, u"Preview locks"_s, {}},
                {Kind::Run, u"Mark all up to here as applied, and run nothing…"_s, mark}};
    }
    request.what = What::Down;
    request.down.most = int(wayBack(project.ledger).indexOf(version)) + 1;
    QVector<RowAction> actions{{Kind::Run, request.down.most == 1 ? u"Revert…"_s : u"Revert this and the %1 after it…"_s.arg(request.down.most - 1), request}};
    if (entry->standing == Standing::Edited)
        actions.append({Kind::Adopt, u"Adopt the edit…"_s, {}});
    return actions;
}

} // namespace howdah::ui
