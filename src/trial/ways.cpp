// SPDX-License-Identifier: GPL-3.0-or-later
#include "trial/ways.h"

#include <algorithm>

namespace howdah::trial
{

using namespace Qt::StringLiterals;

bool Ways::any() const
{
    const bool lab = labs && std::any_of(labs->cbegin(), labs->cend(), [](const backup::Lab &one) { return one.running; });
    return lab || (hypoPg && hypoPg->state == HypoPg::State::Ready);
}

Ways readWays(pg::Connection *connection, const CancelToken &cancel)
{
    Ways ways;
    if (auto labs = backup::labs(cancel))
        ways.labs = *std::move(labs);
    else
        ways.labsMissing = labs.error().text();
    if (!connection) {
        ways.hypoPgMissing = u"the server was not asked"_s;
    } else if (connection->spec().pooler) {
        ways.hypoPgMissing = u"a pooler stands before the server, and HypoPG wants a session of its own"_s;
    } else if (auto hypoPg = readHypoPg(*connection, cancel)) {
        ways.hypoPg = *std::move(hypoPg);
    } else {
        ways.hypoPgMissing = hypoPg.error().text();
    }
    return ways;
}

QString labRecipe()
{
    return u"howdahctl backup create, then howdahctl pitr lab create NAME --latest"_s;
}

QStringList waysText(const Ways &ways)
{
    QStringList lines;
    if (!ways.labs) {
        lines.append(u"Labs: not known (%1)"_s.arg(ways.labsMissing));
    } else if (ways.labs->isEmpty()) {
        lines.append(u"There is no lab. A copy from the last backup, with the true rows: %1"_s.arg(labRecipe()));
    } else {
        for (const backup::Lab &lab : *ways.labs) {
            const QString changed = lab.rehearsal.changed.isEmpty() ? QString() : u"; changed since it was made: %1"_s.arg(lab.rehearsal.changed.join(u"; "_s));
            lines.append(lab.running ? u"The lab %1: --lab %1%2"_s.arg(lab.name, changed)
                                     : u"The lab %1 does not run: docker start %2"_s.arg(lab.name, lab.rehearsal.id));
        }
    }
    if (!ways.hypoPg)
        lines.append(u"HypoPG: not known (%1)"_s.arg(ways.hypoPgMissing));
    else if (ways.hypoPg->state == HypoPg::State::Ready)
        lines.append(u"HypoPG %1, for an index's estimate: --hypopg"_s.arg(ways.hypoPg->version));
    else
        lines.append(
            (ways.hypoPg->state == HypoPg::State::NotInstalled ? u"HypoPG is not installed: %1"_s : u"HypoPG is not permitted: %1"_s).arg(ways.hypoPg->todo));
    return lines;
}

} // namespace howdah::trial
