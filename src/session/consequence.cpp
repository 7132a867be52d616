// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/consequence.h"

namespace howdah::session
{

namespace
{

constexpr int deadlineMs = 2000;

void addTo(std::optional<qint64> &sum, const std::optional<qint64> &part)
{
    sum = sum && part ? std::optional(*sum + *part) : std::nullopt;
}

} // namespace

Result<Consequence> consequenceOf(pg::Connection &connection, const QVector<Victim> &victims, const CancelToken &cancel)
{
    if (victims.isEmpty())
        return Consequence();
    Consequence sum{0, 0};
    pg::RunOptions options;
    options.timeoutMs = deadlineMs;
    for (const Victim &victim : victims) {
        const bool schema = victim.kind == Victim::Kind::Schema;
        const auto answer = schema ? connection.runFile(QStringLiteral("session/consequence_schema"), {victim.name}, options, cancel)
                                   : connection.runFile(QStringLiteral("session/consequence"), {victim.schema, victim.name}, options, cancel);
        if (!answer)
            return fail(answer.error());
        if (answer->integer(0, QLatin1StringView("found")) != 1)
            return Consequence();
        addTo(sum.rows, victim.allRows && !schema ? answer->integer(0, QLatin1StringView("rows")) : std::nullopt);
        addTo(sum.dependants, answer->integer(0, QLatin1StringView("dependants")));
    }
    return sum;
}

} // namespace howdah::session
