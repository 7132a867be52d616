// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/advise/trialscript.h"

#include "base/units.h"
#include "ui/statements/statementrows.h"

namespace howdah::ui
{

using namespace Qt::StringLiterals;

namespace
{

constexpr qsizetype mostShown = 20'000; // characters of the statement

QString ended(const QString &statement)
{
    const QString text = statement.trimmed();
    return (text.endsWith(u';') ? text : QString(text + u';')) + u'\n';
}

} // namespace

QString trialScript(const trial::TrialRequest &request, const TrialPlace &place)
{
    const QString statement = ended(request.statement.text.left(mostShown));
    const QString role = request.role.isEmpty() ? u"its superuser"_s : units::oneLine(request.role);
    const auto lasting = trial::lastingOf(request);
    QString text;
    if (place.kind == TrialPlace::HypoPg) {
        text = u"-- On this server, in a session of its own. Nothing is built, and the statement is not run.\n\n"
               "-- 1. Its plan\nEXPLAIN\n"_s // sql-ok: shown
               + statement + u"\n-- 2. Indexes that are none, by hypopg_create_index()\n"_s;
    } else {
        text = u"-- On %1, never on this server\n\n-- 1. Measured: %2 runs as %3, each within %4 s and rolled back\n"
               "EXPLAIN (ANALYZE, BUFFERS)\n"_s // sql-ok: shown
                   .arg(place.lab.isEmpty() ? u"a lab"_s : u"the lab "_s + place.lab)
                   .arg(request.runs + 1)
                   .arg(role)
                   .arg(request.statement.statementTimeoutMs / 1000)
               + statement + u"\n-- 2. The remedy, really run\n"_s;
    }
    for (const QString &remedy : request.remedies)
        text += ended(remedy);
    text += place.kind == TrialPlace::HypoPg ? u"\n-- 3. Its plan again\n"_s : u"\n-- 3. Measured again, as in 1. What was made is dropped then"_s;
    if (place.kind == TrialPlace::Lab) {
        text += lasting && !lasting->isEmpty() ? u"; this stays on the lab: %1\n"_s.arg(units::oneLine(lasting->join(u"; "_s))) : u".\n"_s;
    }
    return shownText(text);
}

} // namespace howdah::ui
