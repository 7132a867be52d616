// SPDX-License-Identifier: GPL-3.0-or-later
#include "trial/hypothetical.h"

#include "migrations/ddl.h"
#include "pg/quote.h"
#include "query/statement.h"
#include "trial/workbench.h"

namespace howdah::trial
{

using namespace Qt::StringLiterals;

namespace
{

// CONCURRENTLY is of the building, and there is none.
QByteArray asBuiltAtOnce(const Remedy &remedy)
{
    const QByteArray text = remedy.text.toUtf8();
    if (!remedy.concurrently)
        return text;
    const query::StatementTokens words(text);
    for (int i = 0; i < words.size(); ++i) {
        if (words.is(i, "concurrently"))
            return text.left(words[i].begin) + text.mid(words[i].end);
    }
    return text;
}

class Session
{
public:
    static Result<Session> of(pg::Connection &connection, const HypoPg &hypoPg)
    {
        auto schema = pg::quoteIdentifier(hypoPg.schema);
        if (!schema)
            return fail(std::move(schema.error()));
        return Session(connection, *schema);
    }
    Result<Made> create(const Remedy &remedy, const CancelToken &cancel)
    {
        const auto made =
            m_connection.run({"SELECT indexrelid::int8 AS oid, indexname AS name FROM " + m_schema + ".hypopg_create_index($1)", {}}, // sql-ok: its schema
                             {asBuiltAtOnce(remedy)}, {}, cancel);
        if (!made || made->isEmpty())
            return made ? Result<Made>(fail(ErrorKind::Client, u"not_made"_s, u"HypoPG made no index of this"_s)) : fail(made.error());
        Made one;
        one.kind = u"index"_s;
        one.name = made->text(0, "name"_L1);
        one.indexNames = {one.name};
        const auto relation = m_connection.runFile(u"trial/relation"_s, {remedy.relation}, {}, cancel);
        one.relation = relation && !relation->isEmpty() ? relation->text(0, 0) : remedy.relation;
        // Its own guess, by the table's statistics.
        const QByteArray question = "SELECT " + m_schema + ".hypopg_relation_size($1::oid) AS bytes"; // sql-ok: its schema
        const auto size = m_connection.run({question, {}}, {made->text(0, "oid"_L1)}, {}, cancel);
        if (size && !size->isEmpty())
            one.bytes = size->integer(0, 0);
        return one;
    }
    Done reset()
    {
        const auto gone = m_connection.run({"SELECT " + m_schema + ".hypopg_reset()", {}}); // sql-ok: its schema
        return gone ? Done() : Done(fail(gone.error()));
    }

private:
    Session(pg::Connection &connection, QByteArray schema) : m_connection(connection), m_schema(std::move(schema)) {}
    pg::Connection &m_connection;
    QByteArray m_schema;
};

} // namespace

Result<HypoPg> readHypoPg(pg::Connection &connection, const CancelToken &cancel)
{
    const auto rows = connection.runFile(u"trial/hypopg"_s, {}, {}, cancel);
    if (!rows)
        return fail(Error(rows.error()).during(u"look for HypoPG"_s));
    HypoPg found;
    if (rows->isEmpty()) {
        found.todo =
            u"CREATE EXTENSION hypopg in the database %1, where its package is installed"_s.arg(connection.facts().database); // sql-ok: a hint, not run
        return found;
    }
    found.schema = rows->text(0, "schema"_L1);
    found.version = rows->text(0, "version"_L1);
    found.state = rows->boolean(0, "permitted"_L1).value_or(false) ? HypoPg::State::Ready : HypoPg::State::NotPermitted;
    if (found.state == HypoPg::State::NotPermitted)
        found.todo = u"GRANT USAGE ON SCHEMA %1 TO %2, and EXECUTE on HypoPG's functions in it"_s // sql-ok: a hint, not run
                         .arg(pg::displayIdentifier(found.schema), pg::displayIdentifier(connection.facts().role));
    return found;
}

Result<Trial> tryHypothetical(pg::Connection &connection, const TrialRequest &request, const CancelToken &cancel)
{
    auto remedies = remediesOf(request.remedies);
    if (!remedies)
        return fail(std::move(remedies.error()));
    for (const Remedy &remedy : std::as_const(*remedies)) {
        if (remedy.kind != Remedy::Kind::Index)
            return fail(ErrorKind::Client, u"index_only"_s, u"HypoPG knows indexes alone, and this is none: %1"_s.arg(remedy.text.left(60)),
                        u"Try it on a lab: howdahctl pitr lab create NAME --latest"_s);
    }
    if (connection.spec().pooler)
        return fail(ErrorKind::Client, u"pooler"_s, u"A pooler gives each transaction another session, and HypoPG's indexes are of one"_s,
                    u"Connect without it"_s);
    const auto hypoPg = readHypoPg(connection, cancel);
    if (!hypoPg)
        return fail(hypoPg.error());
    if (hypoPg->state != HypoPg::State::Ready) {
        const bool missing = hypoPg->state == HypoPg::State::NotInstalled;
        return fail(missing ? ErrorKind::Client : ErrorKind::Permission, u"no_hypopg"_s,
                    missing ? u"HypoPG is not installed in this database"_s : u"This role may not use HypoPG"_s, hypoPg->todo);
    }
    Workbench bench(connection, request);
    if (Done entered = bench.enter(cancel); !entered)
        return fail(std::move(entered.error()));
    auto session = Session::of(connection, *hypoPg);
    if (!session)
        return fail(std::move(session.error()));
    explain::Request statement = request.statement;
    statement.mode = explain::Mode::Plan;

    Trial trial;
    trial.on = Trial::On::HypoPg;
    trial.where = request.where;
    trial.role = request.role;
    auto before = bench.measure(statement, {}, {}, cancel);
    if (!before)
        return fail(std::move(before.error()).during(u"plan the statement before"_s));
    trial.before = *std::move(before);
    std::optional<Error> failed;
    for (const Remedy &remedy : std::as_const(*remedies)) {
        auto made = session->create(remedy, cancel);
        if (!made) {
            failed = std::move(made.error());
            failed->context = u"make the hypothetical index: %1"_s.arg(remedy.text.left(100)); // in place of the link's own word
            break;
        }
        RemedyRun run;
        run.remedy = remedy;
        run.made.append(*std::move(made));
        trial.remedies.append(run);
    }
    if (!failed) {
        auto after = bench.measure(statement, {}, {}, cancel);
        if (after)
            trial.after = *std::move(after);
        else
            failed = std::move(after.error()).during(u"plan the statement after"_s);
    }
    if (Done gone = session->reset(); !gone && !failed)
        trial.notes.append(u"HypoPG's indexes go with this session: %1"_s.arg(gone.error().text()));
    if (failed)
        return fail(*std::move(failed));
    tellUsed(trial.remedies, trial.after.plan);
    trial.comparison = plan::comparePlans(trial.before.plan, trial.after.plan);
    trial.judgement = judge(trial.before, trial.after, true);
    trial.before.reason = trial.after.reason = u"HypoPG: the index was not built, so nothing was run"_s;
    trial.notes.append(u"Estimates only: neither time nor buffers were measured, and the index's size is guessed. Whether it pays, a lab tells"_s);
    return trial;
}

} // namespace howdah::trial
