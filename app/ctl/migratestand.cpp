// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/migratestand.h"

#include "base/units.h"

#include <cstdio>

namespace howdah::ctl
{

using namespace Qt::StringLiterals;
using namespace howdah::migrations;

QString folderOf(const MigrateOptions &options)
{
    if (!options.folder.empty())
        return QString::fromStdString(options.folder);
    return qEnvironmentVariable("DBMATE_MIGRATIONS_DIR", u"db/migrations"_s);
}

Result<RunOptions> runOptionsOf(const MigrateOptions &options)
{
    RunOptions run;
    const auto lock = milliseconds(QString::fromStdString(options.lockTimeout)), statement = milliseconds(QString::fromStdString(options.statementTimeout));
    if (!lock || !statement)
        return fail(ErrorKind::Client, u"usage"_s, u"A time is such as 3s, 500ms, 10min, or 0 for none"_s);
    run.lockTimeoutMs = *lock;
    run.statementTimeoutMs = *statement;
    run.lockTries = options.tries;
    run.otherRunnerMs = options.waitSeconds * 1000;
    run.allowOutOfOrder = options.outOfOrder;
    run.allowEdited = options.edited;
    run.searchPath = QString::fromStdString(options.searchPath);
    run.role = QString::fromStdString(options.role);
    run.systemIdentifier = QString::fromStdString(options.cluster);
    run.client = u"howdahctl "_s + QStringLiteral(HOWDAH_VERSION);
    return run;
}

void tell(const Told &told)
{
    QString line;
    switch (told.what) {
    case Told::What::Waits: line = u"Waits for another run: "_s + told.text; break;
    case Told::What::Begins: line = told.name; break;
    case Told::What::Statement: line = u"  %1 of %2: %3"_s.arg(told.statement).arg(told.statements).arg(told.text.left(100)); break;
    case Told::What::Blocked: line = u"  waits for %1%2"_s.arg(told.text, told.waiting ? u"; %1 wait for us"_s.arg(told.waiting) : QString()); break;
    case Told::What::Free: line = told.waiting ? u"  %1 wait for us"_s.arg(told.waiting) : u"  goes on"_s; break;
    case Told::What::TriesAgain: line = u"  try %1 in %2: %3"_s.arg(told.statement).arg(units::duration(told.ms), told.text); break;
    case Told::What::Notice: line = u"  "_s + units::oneLine(told.text); break;
    case Told::What::Dropped: line = u"  drops the invalid index %1"_s.arg(told.text); break;
    case Told::What::Done: line = u"  done in %1"_s.arg(units::duration(told.ms)); break;
    }
    std::fprintf(stderr, "%s\n", qPrintable(line));
}

Result<Ledger> ledgerOf(Ctl &ctl, pg::Connection &connection, const MigrateOptions &options)
{
    const auto run = runOptionsOf(options);
    if (!run)
        return fail(run.error());
    if (Done entered = enter(connection, *run, ctl.cancel()); !entered)
        return fail(std::move(entered.error()));
    return readLedger(connection, ctl.cancel());
}

// Also where only read: what stands elsewhere is not told as what stands there.
namespace
{

Done isMeant(Ctl &ctl, pg::Connection &connection, const MigrateOptions &options)
{
    if (options.target.empty())
        return {};
    (void)connection.readIdentity(ctl.cancel());
    const QString cluster = connection.identity().systemIdentifier, database = connection.facts().database;
    if (cluster.toStdString() == options.cluster && database.toStdString() == options.database)
        return {};
    return fail(ErrorKind::Client, u"another_server"_s,
                u"The target %1 is database %2 of cluster %3, and %4 leads to database %5 of %6"_s.arg(QString::fromStdString(options.target), QString::fromStdString(options.database),
                    QString::fromStdString(options.cluster), connection.spec().address(), database, cluster.isEmpty() ? u"a cluster that does not tell which it is"_s : u"cluster "_s + cluster),
                u"Where it was moved on purpose, `howdahctl migrate pin %1` anew."_s.arg(QString::fromStdString(options.target)));
}

} // namespace

Result<std::unique_ptr<pg::Connection>> connectTo(Ctl &ctl, const MigrateOptions &options, Ctl::Link link)
{
    auto connection = ctl.connect(link);
    if (!connection)
        return connection;
    if (Done is = isMeant(ctl, **connection, options); !is)
        return fail(std::move(is.error()));
    return connection;
}

Result<Stand> standOf(Ctl &ctl, const MigrateOptions &options, Ctl::Link link)
{
    auto folder = readFolder(folderOf(options));
    if (!folder)
        return fail(std::move(folder.error()));
    auto target = ctl.target();
    if (!target)
        return fail(std::move(target.error()));
    auto connection = connectTo(ctl, options, link);
    if (!connection)
        return fail(std::move(connection.error()));
    auto ledger = ledgerOf(ctl, **connection, options);
    if (!ledger)
        return fail(std::move(ledger.error()));
    State state = stateOf(*folder, *ledger);
    return Stand{*std::move(target), *std::move(connection), *std::move(folder), *std::move(ledger), std::move(state)};
}

QString sumText(bool follows)
{
    return follows ? QString() : u"migrations.sum is left as it is, since it is of other files: see `howdahctl migrate status`\n"_s;
}

Result<Answer> answerOf(const Result<Run> &ran)
{
    if (!ran)
        return fail(ran.error());
    Answer answer{ran->toJson(), {}, ExitCode::Success};
    for (const Step &step : ran->done)
        answer.text += step.marked ? u"marked  %1\n"_s.arg(step.name) : u"%1  %2 in %3%4\n"_s.arg(step.direction == Direction::Up ? u"up  "_s : u"down"_s, step.name, units::duration(step.ms), step.tries > 1 ? u", %1 tries"_s.arg(step.tries) : QString());
    if (!ran->error) {
        if (ran->done.isEmpty())
            answer.text += u"Nothing was to be done\n"_s;
        return answer;
    }
    const Error &error = *ran->error;
    const auto is = [&error](std::initializer_list<const char *> reasons) {
        return std::any_of(reasons.begin(), reasons.end(), [&](const char *reason) { return error.reason == QLatin1StringView(reason); });
    };
    answer.exit = is({"locked"}) ? ExitCode::LockedByAnother
        : is({"retries_exhausted"}) ? ExitCode::RetriesExhausted
        : is({"outcome_unknown"})   ? ExitCode::OutcomeUnknown
        : is({"edited", "changed_since", "out_of_order", "changed_meanwhile", "interrupted", "plan_differs"}) ? ExitCode::Drift
        : error.kind == ErrorKind::Connection ? ExitCode::Failed : exitCodeOf(error); // connected it was
    answer.text += error.text() + u'\n';
    return answer;
}

} // namespace howdah::ctl
