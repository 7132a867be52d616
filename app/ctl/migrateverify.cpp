// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/migrateverify.h"

#include "ctl/migraterun.h"
#include "migrations/verify.h"

#include <QJsonArray>

namespace howdah::ctl
{

using namespace Qt::StringLiterals;
using namespace howdah::migrations;

Result<Answer> verifyAll(Ctl &ctl, const MigrateOptions &options)
{
    auto stand = standOf(ctl, options, Ctl::Link::Profile);
    if (!stand)
        return fail(std::move(stand.error()));
    const auto all = verify(*stand->connection, stand->folder, stand->ledger.versions, ctl.cancel());
    if (!all)
        return fail(all.error());
    QJsonArray json;
    QString text;
    qsizetype wrong = 0;
    for (const Verified &one : *all) {
        wrong += one.error ? 1 : 0;
        json.append(QJsonObject{{u"version"_s, one.version}, {u"name"_s, one.name}, {u"holds"_s, !one.error}, {u"error"_s, one.error ? QJsonValue(one.error->toJson()) : QJsonValue(QJsonValue::Null)}});
        text += one.error ? u"does not hold  %1: %2\n"_s.arg(one.error->context, one.error->message) : u"holds          %1\n"_s.arg(one.name);
    }
    const qsizetype without = stand->ledger.versions.size() - all->size();
    text += u"%1 of %2 hold; %3 applied without a script\n"_s.arg(all->size() - wrong).arg(all->size()).arg(without);
    return Answer{{{u"checks"_s, json}, {u"without"_s, without}}, text, wrong > 0 ? ExitCode::Findings : ExitCode::Success};
}

Result<Answer> resume(Ctl &ctl, const MigrateOptions &options)
{
    auto stand = standOf(ctl, options, Ctl::Link::Profile);
    if (!stand)
        return fail(std::move(stand.error()));
    stand->connection.reset();
    for (const Entry &entry : stand->state.entries) {
        if (entry.standing != Standing::Interrupted)
            continue;
        const Event *stopped = stand->ledger.interrupted(entry.version);
        return stopped && stopped->direction == Direction::Down ? goDown(ctl, options, {1, {}}) : goUp(ctl, options, {-1, {}, entry.version}, false);
    }
    return Answer{Run().toJson(), u"Nothing was interrupted\n"_s, ExitCode::Success};
}

} // namespace howdah::ctl
