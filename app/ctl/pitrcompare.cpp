// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/pitrcompare.h"

#include "backup/rehearsal.h"
#include "backup/rescue.h"
#include "ctl/journalled.h"
#include "ctl/pitrreport.h"
#include "ctl/pitrswap.h"
#include "ctl/terminal.h"
#include "stack/socketbridge.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>

namespace howdah::ctl
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;

namespace
{

struct TwoSides {
    std::unique_ptr<stack::SocketBridge> bridge; // outlives the link that goes through it
    std::unique_ptr<pg::Connection> live, rehearsed;
    Target target;
    QString rehearsal;   // id; empty: another server
    QString bySuperuser; // why, in words; empty: by the profile's own role
};

// What the profile's role may not do on our own stack its superuser may, who has no network: only the container's socket. Errors: Tool/no_docker_stack.
Done throughSocket(Ctl &ctl, TwoSides &sides, const QString &because, bool readOnly)
{
    auto superuser = stack::openAsSuperuser(sides.target.profile.stack, sides.live->facts().database, readOnly, ctl.cancel());
    if (!superuser)
        return fail(std::move(superuser.error()));
    sides.bySuperuser = u"by the stack's superuser (%1), through its container's socket, since %2"_s.arg(superuser->link->facts().role, because);
    sides.live = std::move(superuser->link);
    sides.bridge = std::move(superuser->bridge);
    return {};
}

Result<pg::ConnectionSpec> specOf(Ctl &ctl, const PitrCompareOptions &options, const QString &database, QString &rehearsal)
{
    if (!options.with.empty()) {
        auto url = pg::parseUrl(QString::fromStdString(options.with));
        if (!url)
            return fail(url.error());
        if (!url->spec.isUnixSocket() || !url->password.isEmpty())
            return fail(ErrorKind::Client, u"usage"_s, u"--with takes a server's Unix socket and no password"_s, u"postgresql:///orders?host=/run/lab&port=5432&user=postgres"_s);
        url->spec.auth = pg::Auth::Peer;
        url->spec.sslMode = pg::SslMode::Disable;
        if (url->spec.database.isEmpty())
            url->spec.database = database;
        return url->spec;
    }
    const auto standing = standingRehearsals(ctl.cancel());
    if (!standing)
        return fail(standing.error());
    const auto usable = usableRehearsal(*standing, QString::fromStdString(options.id), options.despiteChecks);
    if (!usable)
        return fail(usable.error());
    rehearsal = usable->id;
    return usable->spec(database);
}

Result<TwoSides> sidesOf(Ctl &ctl, const PitrCompareOptions &options, Ctl::Link link)
{
    TwoSides sides;
    auto target = ctl.target();
    if (!target)
        return fail(std::move(target.error()));
    sides.target = *std::move(target);
    auto live = ctl.connect(link);
    if (!live)
        return fail(std::move(live.error()));
    sides.live = *std::move(live);
    const auto spec = specOf(ctl, options, options.database.empty() ? sides.live->facts().database : QString::fromStdString(options.database), sides.rehearsal);
    if (!spec)
        return fail(spec.error());
    auto rehearsed = pg::Connection::open(*spec, {}, ctl.cancel());
    if (!rehearsed)
        return fail(std::move(rehearsed.error()));
    sides.rehearsed = *std::move(rehearsed);
    return sides;
}

Result<QVector<TableName>> tablesOf(const PitrCompareOptions &options)
{
    QVector<TableName> tables;
    for (const std::string &word : options.tables) {
        const auto table = TableName::parse(QString::fromStdString(word));
        if (!table)
            return fail(table.error());
        tables << *table;
    }
    return tables;
}

// A key's texts. What does not begin with a quote is one text as it stands: 1.10 is no 1.1. Brackets would be CLI11's own.
QStringList keyParts(const QByteArray &word)
{
    const QJsonArray key = word.startsWith('"') ? QJsonDocument::fromJson('[' + word + ']').array() : QJsonArray();
    if (key.isEmpty() || std::any_of(key.begin(), key.end(), [](const QJsonValue &part) { return !part.isString(); }))
        return {QString::fromUtf8(word)};
    QStringList parts;
    for (const QJsonValue &part : key)
        parts << part.toString();
    return parts;
}

Result<RescueChoice> choiceOf(const PitrCompareOptions &options, const TwoSides &sides)
{
    RescueChoice choice;
    const QString address = sides.live->spec().address(), name = sides.target.profile.name;
    choice.server = name.isEmpty() ? address : u"%1 on %2"_s.arg(name, address);
    choice.environment = sides.target.profile.environment;
    choice.conflict = options.conflict == "skip" ? RescueChoice::Conflict::Skip : options.conflict == "overwrite" ? RescueChoice::Conflict::Overwrite : RescueChoice::Conflict::Fail;
    choice.triggers = options.triggers == "silence" ? RescueChoice::Triggers::Silence : RescueChoice::Triggers::Fire;
    choice.sequences = !options.leaveSequences;
    choice.otherCluster = options.otherCluster;
    const auto tables = tablesOf(options);
    if (!tables)
        return fail(tables.error());
    const RescueTable::Rows rows = options.rows == "all" ? RescueTable::Rows::All : options.rows == "changed" ? RescueTable::Rows::Changed : RescueTable::Rows::Missing;
    for (const TableName &table : *tables)
        choice.tables.append({table, rows, {}});
    if (!options.keys.empty() && choice.tables.size() != 1)
        return fail(ErrorKind::Client, u"usage"_s, u"--key names rows of one table"_s);
    for (const std::string &word : options.keys) {
        choice.tables[0].keys << keyParts(QByteArray::fromStdString(word));
    }
    return choice;
}

// The rights are looked at first, by the profile's own role; what it alone lacks sends us through the container's socket.
Result<RescuePlan> planned(Ctl &ctl, const PitrCompareOptions &options, TwoSides &sides)
{
    auto choice = choiceOf(options, sides);
    if (!choice)
        return fail(choice.error());
    auto plan = planRescue(*sides.live, *sides.rehearsed, *choice, ctl.progress(), ctl.cancel());
    const bool lacks = plan ? plan->lacksRightsAlone() : plan.error().kind == ErrorKind::Permission;
    if (!lacks || sides.target.profile.stack.isEmpty())
        return plan;
    const QString why = plan ? plan->lacking.join(u"; "_s) : plan.error().message;
    if (Done changed = throughSocket(ctl, sides, why, false); !changed)
        return changed.error().reason == "no_docker_stack"_L1 ? std::move(plan) : Result<RescuePlan>(fail(std::move(changed.error())));
    choice->server += u", through its container's socket"_s;
    plan = planRescue(*sides.live, *sides.rehearsed, *choice, ctl.progress(), ctl.cancel());
    if (plan)
        plan->notes.prepend(sides.bySuperuser);
    return plan;
}

QString stepsText(const session::ChangePlan &change)
{
    QString text;
    for (const session::ChangeStep &step : change.steps) {
        text += u"\n-- %1\n"_s.arg(step.title);
        if (!step.blocks.isEmpty())
            text += u"-- blocks: %1\n"_s.arg(step.blocks);
        text += session::masked(QString::fromUtf8(step.text)) + u";\n"_s;
    }
    return text;
}

} // namespace

Result<Answer> compareVerb(Ctl &ctl, const PitrCompareOptions &options)
{
    CompareChoice choice;
    const auto tables = tablesOf(options);
    if (!tables)
        return fail(tables.error());
    choice.tables = *tables;
    choice.rows = !options.counts;
    choice.examples = options.examples;
    auto sides = sidesOf(ctl, options, Ctl::Link::Profile);
    if (!sides)
        return fail(std::move(sides.error()));
    auto compared = compare(*sides->live, *sides->rehearsed, choice, ctl.progress(), ctl.cancel());
    if (!compared)
        return fail(compared.error());
    if (!compared->isSeen() && !sides->target.profile.stack.isEmpty()) {
        if (Done changed = throughSocket(ctl, *sides, u"%1 may not read every row"_s.arg(sides->live->facts().role), true); changed)
            compared = compare(*sides->live, *sides->rehearsed, choice, ctl.progress(), ctl.cancel());
        else if (changed.error().reason != "no_docker_stack"_L1)
            return fail(std::move(changed.error()));
        if (!compared)
            return fail(compared.error());
    }
    QJsonObject json = compared->toJson();
    json.insert(u"role"_s, sides->live->facts().role);
    noteEvidence(sides->rehearsal, u"compare"_s, compared->text(), json);
    return Answer{json, (sides->bySuperuser.isEmpty() ? QString() : u"Read %1\n"_s.arg(sides->bySuperuser)) + compared->text(), !compared->isSeen() ? ExitCode::NotPermitted : compared->isEqual() ? ExitCode::Success : ExitCode::Findings};
}

Result<Answer> applyVerb(Ctl &ctl, const PitrCompareOptions &options)
{
    if (int(!options.tables.empty()) + int(options.swap) + int(!options.resume.empty()) != 1)
        return fail(ErrorKind::Client, u"usage"_s, u"What is to be applied: --table TABLE (rows of it into live), --swap (the whole copy in the place of the stack's data), or --resume SWAP"_s);
    if (options.tables.empty())
        return swapVerb(ctl, {options.id, options.resume, {}, options.confirm, options.folder, options.planOnly, options.backup});
    auto sides = sidesOf(ctl, options, options.planOnly ? Ctl::Link::Profile : Ctl::Link::Writer);
    if (!sides)
        return fail(std::move(sides.error()));
    const auto plan = planned(ctl, options, *sides);
    if (!plan)
        return fail(plan.error());
    const session::ChangePlan &change = plan->change;
    QJsonObject json = plan->toJson();
    json.insert(u"role"_s, sides->live->facts().role);
    if (!plan->isGood())
        return Answer{json, plan->text(), ExitCode::Findings};
    if (options.planOnly || plan->rows() == 0)
        return Answer{json, plan->text() + (options.planOnly ? stepsText(change) : QString()), ExitCode::Success};
    const QString confirmed = QString::fromStdString(options.confirm);
    // A superuser is held by nothing but this question.
    const bool demanded = !sides->bySuperuser.isEmpty() || session::guardFor(change).demand != session::Demand::Nothing || change.environment == session::Environment::Production;
    if (demanded && confirmed != change.database) {
        toErrors(printable(plan->text() + stepsText(change)));
        return fail(ErrorKind::Client, u"usage"_s,
                    confirmed.isEmpty() ? u"%1 in the database %2 is to be confirmed"_s.arg(change.title, change.database)
                                        : u"%1: confirmed was %2, and the database is %3"_s.arg(change.title, confirmed, change.database),
                    u"Say --confirm %1 to do it."_s.arg(change.database));
    }
    Result<RescueOutcome> outcome = RescueOutcome();
    const Result<Done> kept = journalled(ctl, entryOf(change), [&]() -> JournalEnd {
        outcome = rescue(*sides->live, *sides->rehearsed, *plan, ctl.progress(), ctl.cancel());
        if (!outcome)
            return {outcome.error().kind == ErrorKind::Cancelled ? u"cancelled"_s : u"failed"_s, session::masked(outcome.error().text())};
        return {outcome->outcomeUnknown ? u"unknown"_s : u"done"_s, outcome->message};
    });
    if (!kept)
        return fail(kept.error());
    if (!*kept)
        toErrors(printable(u"howdahctl: the journal has no end of this: %1\n"_s.arg(kept->error().text())));
    if (outcome)
        noteEvidence(sides->rehearsal, u"rescue"_s, plan->text() + outcome->message, {{u"plan"_s, plan->toJson()}, {u"outcome"_s, outcome->toJson()}});
    // What it met on the way is no misspelt option.
    if (!outcome && outcome.error().kind == ErrorKind::Client)
        return Answer{{{u"error"_s, outcome.error().toJson()}}, outcome.error().text() + u'\n', ExitCode::Failed};
    if (!outcome)
        return fail(outcome.error());
    QString text = outcome->message + u'\n';
    for (const RescueOutcome::Table &table : std::as_const(outcome->tables))
        text += u"  %1: %2 put in, %3 overwritten, %4 left out; read again: %5\n"_s.arg(table.table.text()).arg(table.inserted).arg(table.overwritten).arg(table.skipped).arg(table.verified.text());
    for (const QString &sequence : std::as_const(outcome->sequences))
        text += u"  set forward: %1\n"_s.arg(sequence);
    return Answer{outcome->toJson(), text, outcome->outcomeUnknown ? ExitCode::OutcomeUnknown : ExitCode::Success};
}

void addCompareVerbs(CLI::App *pitr, Ctl &ctl)
{
    const auto options = std::make_shared<PitrCompareOptions>();
    const auto add = [&](const char *name, const char *what, Result<Answer> (*action)(Ctl &, const PitrCompareOptions &)) {
        CLI::App *one = pitr->add_subcommand(name, what);
        one->fallthrough();
        one->callback([&ctl, options, action] { ctl.choose([options, action](Ctl &c) { return action(c, *options); }); });
        one->add_option("id", options->id, "The rehearsal; without it the one that stands");
        one->add_option("--with", options->with, "Another server instead, by its Unix socket: postgresql:///orders?host=/folder&user=postgres");
        one->add_flag("--despite-checks", options->despiteChecks, "Also of a rehearsal that a check found fault with");
        one->add_option("--database", options->database, "Of the copy; without it live's name");
        return one;
    };
    CLI::App *compare = add("compare", "Live beside the rehearsed copy: definitions, counts, rows only here or there; exit 5 where they differ, 10 where something may not be read", compareVerb);
    compare->add_option("--table", options->tables, "Only this: schema.table; several times");
    compare->add_option("--examples", options->examples, "Rows that are shown of each kind")->check(CLI::Range(0, 10'000))->capture_default_str();
    compare->add_flag("--counts", options->counts, "Only how many rows, and whether they are equal");
    CLI::App *apply = add("apply", "Bring rows of the rehearsed copy back into live, in one transaction (exit 5 where that can't be done), or put the whole copy in the place of the stack's data", applyVerb);
    apply->add_option("--table", options->tables, "Rows of it: schema.table; several times");
    apply->add_option("--rows", options->rows, "Which: those that live lacks, those that it has with other values, or both")->check(CLI::IsMember({"missing", "changed", "all"}))->capture_default_str();
    apply->add_option("--key", options->keys, "Only the row of this key: 17, of several columns each in quotes: '\"a\", \"17\"'; several times");
    apply->add_option("--conflict", options->conflict, "Of rows that live has by then: fail, skip them, or overwrite live's")->check(CLI::IsMember({"fail", "skip", "overwrite"}))->capture_default_str();
    apply->add_option("--triggers", options->triggers, "Let live's triggers fire, or silence them")->check(CLI::IsMember({"fire", "silence"}))->capture_default_str();
    apply->add_flag("--other-cluster", options->otherCluster, "The copy may be of another cluster than live, or of which one is not known");
    apply->add_flag("--leave-sequences", options->leaveSequences, "Do not set sequences forward");
    apply->add_flag("--plan", options->planOnly, "Only say what would be done");
    apply->add_option("--confirm", options->confirm, "The database's name, of a swap the stack's: what the environment demands is confirmed");
    apply->add_flag("--swap", options->swap, "The whole copy, with all databases: the stack's data is put aside and kept; exit 9 while it waits for --confirm");
    apply->add_option("--to", options->folder, "Of a server that is no stack of ours --swap runs nothing: the folder for the page with the steps");
    apply->add_option("--resume", options->resume, "Go on with a swap that was interrupted, or put in again what was taken back");
    apply->add_flag("!--no-backup", options->backup, "Take no backup of the new branch behind a swap");
}

} // namespace howdah::ctl
