// SPDX-License-Identifier: GPL-3.0-or-later
#include "statements/snapshot.h"

#include "pg/quote.h"
#include "statements/owntexts.h"

#include <QHashFunctions>

#include <charconv>

namespace howdah::statements
{

using namespace Qt::StringLiterals;

namespace
{

constexpr int attempts = 3;

// How many rows there are in all, where not all of them are sent; the five that the key is made of, then what is there of the rest, in this order.
enum Place {
    CountPlace, MarkPlace, RolePlace, DatabasePlace, QueryPlace, ToplevelPlace, SincePlace, LeastPlace, MostPlace, ExecSquaresPlace,
    PlanSquaresPlace, FirstMeasure
};

struct Question {
    QByteArray all;
    QByteArray changed; // $1: the marks that are known
    std::vector<Measure> measures; // in the order of their columns
    Measures known = 0;
    bool hasSince = false;
};

bool hasAll(const Extension &extension, const char *columns)
{
    const QStringList names = QString::fromLatin1(columns).split(u',', Qt::SkipEmptyParts);
    return !names.isEmpty() && std::all_of(names.cbegin(), names.cend(), [&](const QString &name) { return extension.columns.contains(name); });
}

Result<QByteArray> functionOf(const Extension &extension, const char *name)
{
    const auto schema = pg::quoteIdentifier(extension.schema);
    if (!schema)
        return fail(schema.error());
    return *schema + '.' + name;
}

// A zero is sent as NULL: most of a row's figures are, and a NULL costs the server and the line nothing.
Result<Question> questionOf(const Extension &extension)
{
    const auto function = functionOf(extension, "pg_stat_statements(false)");
    if (!function)
        return fail(function.error());
    Question question;
    question.hasSince = extension.columns.contains(u"stats_since"_s);
    const auto exec = [&](const char *name) -> QByteArray { // up to 1.7 there is no planning, and "exec" is in no name
        return QByteArray(name) + (extension.columns.contains(u"total_exec_time"_s) ? "_exec_time" : "_time");
    };
    // An entry only ever grows, and this does with it. What tells it apart stands at the beginning of the server's rows, where reading is cheap.
    QByteArray seed = extension.columns.contains(u"plans"_s) ? "calls + plans" : "calls";
    if (extension.columns.contains(u"toplevel"_s))
        seed = "pg_catalog.hashint4extended(toplevel::int4, " + seed + ')';
    if (question.hasSince) // evicted and back again, it is another entry
        seed = "pg_catalog.hashfloat8extended(pg_catalog.date_part('epoch', stats_since), " + seed + ')';
    const QByteArray mark = "pg_catalog.hashint8extended(queryid, pg_catalog.hashoidextended(userid, pg_catalog.hashoidextended(dbid, "
                            "pg_catalog.hashfloat8extended("
        + exec("total") + ", " + seed + "))))";
    QByteArrayList columns{mark, "userid", "dbid", "queryid", extension.columns.contains(u"toplevel"_s) ? "toplevel" : "true"};
    QByteArrayList types{"int8", "oid", "oid", "int8", "bool", "int8", "float8", "float8", "float8", "float8"};
    columns << (question.hasSince ? "(pg_catalog.date_part('epoch', stats_since) * 1e6)::int8" : "NULL::int8")
            << (question.hasSince ? QByteArray("NULL::float8") : exec("min")) << (question.hasSince ? QByteArray("NULL::float8") : exec("max"))
            << "NULLIF(calls * (" + exec("stddev") + " * " + exec("stddev") + " + " + exec("mean") + " * " + exec("mean") + "), 0)"
            << (extension.columns.contains(u"stddev_plan_time"_s)
                    ? QByteArray("NULLIF(plans * (stddev_plan_time * stddev_plan_time + mean_plan_time * mean_plan_time), 0)")
                    : QByteArray("NULL::float8"));
    for (int i = 0; i < measureCount; ++i) {
        const MeasureFacts &facts = factsOf(Measure(i));
        const char *expression = hasAll(extension, facts.columns) ? facts.expression : hasAll(extension, facts.olderColumns) ? facts.olderExpression : nullptr;
        if (!expression)
            continue;
        columns << QByteArray("NULLIF(") + expression + ", 0)";
        types << "int8";
        question.measures.push_back(Measure(i));
        question.known |= bitOf(Measure(i));
    }
    for (qsizetype i = 0; i < types.size(); ++i)
        types[i].prepend('c' + QByteArray::number(i) + ' ');
    const QByteArray select = "SELECT " + QByteArray(ownMark) + ' ', expressions = columns.join(", ");
    question.all = select + "NULL::int8, " + expressions + " FROM " + *function; // sql-ok: schema and columns are known at run time only
    // One pass over the rows: the function takes most of the time. ANY is looked up in a hash where its array is a constant to the planner: not prepared.
    question.changed = select + "t.n, x.* FROM (SELECT pg_catalog.count(*) AS n, pg_catalog.array_agg(ROW(" // sql-ok: as above
        + expressions + ")) FILTER (WHERE (" + mark
        + " = ANY ($1::int8[])) IS NOT TRUE) AS changed FROM " + *function + ") AS t LEFT JOIN LATERAL pg_catalog.unnest(t.changed) AS x(" + types.join(", ")
        + ") ON true";
    return question;
}

struct Info {
    qint64 evictions = 0;
    qint64 resetUs = 0;
};

Result<std::optional<Info>> readInfo(pg::Connection &connection, const Extension &extension, const CancelToken &cancel)
{
    if (!extension.hasInfo)
        return std::optional<Info>();
    const auto function = functionOf(extension, "pg_stat_statements_info()");
    if (!function)
        return fail(function.error());
    const auto rows = connection.run(
        {"SELECT " + QByteArray(ownMark) + " dealloc, (pg_catalog.date_part('epoch', stats_reset) * 1e6)::int8 FROM " + *function, {}}, // sql-ok: schema
        {}, {}, cancel);
    if (!rows)
        return fail(rows.error());
    if (rows->size() != 1)
        return fail(ErrorKind::Protocol, u"bad_sample"_s, u"pg_stat_statements_info gave no row"_s);
    return std::optional(Info{rows->integer(0, 0).value_or(0), rows->integer(0, 1).value_or(0)});
}

Entry entryOf(const pg::Rows &rows, qsizetype row, const Question &question)
{
    Entry entry;
    entry.mark = rows.integer(row, MarkPlace).value_or(0);
    entry.leastMs = rows.real(row, LeastPlace).value_or(0);
    entry.mostMs = rows.real(row, MostPlace).value_or(0);
    entry.counters.execSquares = rows.real(row, ExecSquaresPlace).value_or(0);
    entry.counters.planSquares = rows.real(row, PlanSquaresPlace).value_or(0);
    for (size_t i = 0; i < question.measures.size(); ++i) {
        const int place = FirstMeasure + int(i);
        if (!rows.isNull(row, place))
            entry.counters[question.measures[i]] = rows.integer(row, place).value_or(0);
    }
    return entry;
}

void take(Snapshot &snapshot, const pg::Rows &rows, const Question &question)
{
    snapshot.entries.reserve(rows.size());
    for (qsizetype row = 0; row < rows.size(); ++row) {
        const auto query = rows.integer(row, QueryPlace);
        if (!query) { // of a role that this one may not look at; of the changed ones there may be none
            snapshot.notPermitted += rows.isNull(row, RolePlace) ? 0 : 1;
            continue;
        }
        const Key key{quint32(rows.integer(row, RolePlace).value_or(0)), quint32(rows.integer(row, DatabasePlace).value_or(0)), *query,
                      rows.boolean(row, ToplevelPlace).value_or(true), rows.integer(row, SincePlace).value_or(0)};
        snapshot.entries.insert(key, entryOf(rows, row, question));
    }
}

// What did not change is still there? Otherwise (evicted, reset, two of one mark) nobody knows which of it.
bool takeChanged(Snapshot &snapshot, const Snapshot &before, const pg::Rows &rows, const Question &question)
{
    take(snapshot, rows, question);
    const auto count = rows.integer(0, CountPlace);
    auto entries = before.entries;
    for (auto it = snapshot.entries.cbegin(); it != snapshot.entries.cend(); ++it)
        entries.insert(it.key(), *it);
    const bool isWhole = count && *count == entries.size() + snapshot.notPermitted;
    snapshot.entries = std::move(entries);
    return isWhole;
}

pg::Param marksOf(const Snapshot &snapshot)
{
    QByteArray marks = "{";
    marks.reserve(snapshot.entries.size() * 21 + 2);
    char digits[std::numeric_limits<qint64>::digits10 + 3];
    for (const Entry &entry : snapshot.entries) {
        marks.append(digits, std::to_chars(std::begin(digits), std::end(digits), entry.mark).ptr - digits);
        marks.append(',');
    }
    if (!snapshot.entries.isEmpty())
        marks.chop(1);
    return pg::Param(marks + '}');
}

Error worded(Error error)
{
    // Loaded into the database and not into the server.
    if (error.sqlstate == "55000"_L1)
        error.hint = u"Add pg_stat_statements to shared_preload_libraries and restart the server"_s;
    return std::move(error).during(u"read pg_stat_statements"_s);
}

Done readLife(pg::Connection &connection, Snapshot &snapshot, const CancelToken &cancel)
{
    pg::RunOptions options;
    options.prepared = true;
    const auto rows = connection.runFile(u"statements/life"_s, {}, options, cancel);
    if (!rows)
        return fail(rows.error());
    const auto atUs = rows->size() == 1 ? rows->integer(0, "at_us"_L1) : std::nullopt;
    if (!atUs)
        return fail(ErrorKind::Protocol, u"bad_sample"_s, u"The server did not tell its time"_s);
    snapshot.atMs = *atUs / 1000;
    snapshot.life = {rows->text(0, "system_identifier"_L1), rows->integer(0, "postmaster_us"_L1).value_or(0),
                     rows->integer(0, "checkpointer_us"_L1).value_or(0), rows->integer(0, "cumulative_us"_L1).value_or(0), 0};
    snapshot.mayReadAll = rows->boolean(0, "may_read_all"_L1).value_or(false);
    snapshot.roleId = quint32(rows->integer(0, "role"_L1).value_or(0));
    return {};
}

} // namespace

size_t qHash(const Key &key, size_t seed) noexcept
{
    return qHashMulti(seed, key.queryId, key.roleId, key.databaseId, key.toplevel, key.sinceUs);
}

Result<Snapshot> readSnapshot(pg::Connection &connection, const CancelToken &cancel, const Snapshot *before)
{
    const auto extension = readExtension(connection, cancel);
    if (!extension)
        return fail(extension.error());
    const auto question = questionOf(*extension);
    if (!question)
        return fail(question.error());
    const Snapshot *known = before && before->known == question->known && before->hasSince == question->hasSince ? before : nullptr;
    // Three questions are not of one moment: what lies between the first and the last is told apart by asking for both.
    for (int attempt = 0; attempt < attempts; ++attempt) {
        Snapshot snapshot;
        snapshot.known = question->known;
        snapshot.hasSince = question->hasSince;
        if (const auto life = readLife(connection, snapshot, cancel); !life)
            return fail(worded(life.error()));
        const auto first = readInfo(connection, *extension, cancel);
        if (!first)
            return fail(worded(first.error()));
        const auto rows = known ? connection.run({question->changed, {}}, {marksOf(*known)}, {}, cancel) : connection.run({question->all, {}}, {}, {}, cancel);
        if (!rows)
            return fail(worded(rows.error()));
        const auto last = readInfo(connection, *extension, cancel);
        if (!last)
            return fail(worded(last.error()));
        if (*first && (*first)->resetUs != (*last)->resetUs)
            continue;
        Snapshot end; // its time alone
        if (const auto life = readLife(connection, end, cancel); !life)
            return fail(worded(life.error()));
        snapshot.endMs = end.atMs;
        if (*first) {
            snapshot.life.resetUs = (*first)->resetUs;
            snapshot.evictions = (*first)->evictions;
            snapshot.evictionsEnd = (*last)->evictions;
        }
        if (!known) {
            take(snapshot, *rows, *question);
        } else if (!takeChanged(snapshot, *known, *rows, *question)) {
            known = nullptr; // all of it then
            continue;
        }
        return snapshot;
    }
    return fail(ErrorKind::Client, u"reset_meanwhile"_s, u"pg_stat_statements was reset again and again while it was read"_s);
}

Result<QHash<Key, Text>> readTexts(pg::Connection &connection, const QVector<Key> &keys, const CancelToken &cancel)
{
    QHash<Key, Text> texts;
    if (keys.isEmpty())
        return texts;
    const auto extension = readExtension(connection, cancel);
    if (!extension)
        return fail(extension.error());
    const auto function = functionOf(*extension, "pg_stat_statements(true)");
    if (!function)
        return fail(function.error());
    // All lives of a statement have one text, and many roles may have run it.
    QHash<Key, QVector<Key>> wanted;
    QByteArrayList roles, databases, queries, levels;
    for (const Key &key : keys) {
        Key bare = key;
        bare.sinceUs = 0;
        QVector<Key> &same = wanted[bare];
        if (same.isEmpty()) {
            roles << QByteArray::number(key.roleId);
            databases << QByteArray::number(key.databaseId);
            queries << QByteArray::number(key.queryId);
            levels << (key.toplevel ? "t" : "f");
        }
        same << key;
    }
    const auto array = [](const QByteArrayList &items) { return pg::Param('{' + items.join(',') + '}'); };
    const QByteArray toplevel = extension->columns.contains(u"toplevel"_s) ? "s.toplevel" : "true";
    const QByteArray text = "SELECT " + QByteArray(ownMark) + " w.role, w.database, w.query, w.toplevel, pg_catalog.left(s.query, " +
                            QByteArray::number(textLimit) // sql-ok: schema
                            + "), pg_catalog.length(s.query) FROM " + *function +
                            " AS s JOIN unnest($1::oid[], $2::oid[], $3::int8[], $4::bool[]) AS w(role, database, query, toplevel)"
                            " ON s.queryid = w.query AND s.userid = w.role AND s.dbid = w.database AND " +
                            toplevel + " = w.toplevel";
    const auto rows = connection.run({text, {}}, {array(roles), array(databases), array(queries), array(levels)}, {}, cancel);
    if (!rows)
        return fail(worded(rows.error()));
    for (qsizetype row = 0; row < rows->size(); ++row) {
        if (rows->isNull(row, 4)) // the server lost its file of texts
            continue;
        const Key bare{quint32(rows->integer(row, 0).value_or(0)), quint32(rows->integer(row, 1).value_or(0)), rows->integer(row, 2).value_or(0),
                       rows->boolean(row, 3).value_or(true), 0};
        const Text found{rows->text(row, 4), rows->integer(row, 5).value_or(0)};
        for (const Key &key : wanted.value(bare))
            texts.insert(key, found);
    }
    return texts;
}

Result<Names> readNames(pg::Connection &connection, const CancelToken &cancel)
{
    pg::RunOptions options;
    options.prepared = true;
    const auto rows = connection.runFile(u"statements/names"_s, {}, options, cancel);
    if (!rows)
        return fail(Error(rows.error()).during(u"read the names of roles and databases"_s));
    Names names;
    for (qsizetype row = 0; row < rows->size(); ++row) {
        auto &into = rows->boolean(row, 0).value_or(false) ? names.roles : names.databases;
        into.insert(quint32(rows->integer(row, 1).value_or(0)), rows->text(row, 2));
    }
    return names;
}

} // namespace howdah::statements
