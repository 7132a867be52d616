// SPDX-License-Identifier: GPL-3.0-or-later
#include "explain/explain.h"

#include "explain/asking.h"
#include "explain/shape.h"
#include "pg/quote.h"
#include "plan/parse.h"

#include <QElapsedTimer>

#include <algorithm>

namespace howdah::explain
{

using namespace Qt::StringLiterals;

namespace
{

constexpr int hasGenericPlan = 160000;
constexpr int hasSerialize = 170000;
constexpr int hasMemory = 170000;

const QString withinSaid = u"The query within was planned by itself: with values there is no plan of what stands around it"_s;

// The server can't tell a type from what stands around the parameters.
bool isOfTypes(const QString &sqlstate)
{
    static const QStringList states{u"42725"_s, u"42P18"_s, u"42883"_s, u"42804"_s, u"42846"_s, u"42P08"_s};
    return states.contains(sqlstate);
}

class Ladder
{
public:
    Ladder(pg::Connection &connection, const Request &request, const CancelToken &cancel)
        : m_connection(connection), m_request(request), m_cancel(cancel), m_frame(connection)
    {
    }
    Result<Answer> climb();

private:
    bool hasValue(int number) const { return m_request.values.contains(number); }
    bool allGiven() const { return std::all_of(m_shape.parameters.cbegin(), m_shape.parameters.cend(), [&](int n) { return hasValue(n); }); }
    bool anyGiven() const
    {
        return std::any_of(m_shape.parameters.cbegin(), m_shape.parameters.cend(), [&](int n) { return hasValue(n) && !m_words.contains(n); });
    }
    int version() const { return m_connection.facts().serverVersionNum; }
    Done findSearchPath();
    Done tellMissingSchemas();
    Done namedTypes();
    Done begin(bool readOnly);
    Result<bool> prepare(); // false: values are wanted, m_answer says which
    Done rewriteFurther(const Error &error);
    Done readTypes();
    bool wants(const QString &reason); // always false
    Result<Answer> plan();
    Result<Answer> analyze();
    Result<QByteArray> target() const; // what stands behind EXPLAIN's options
    QByteArray explainHead(bool analyze, bool verbose);
    Result<plan::Plan> ask(bool analyze, bool verbose);
    Error worded(Error error, bool analyze) const;
    Parameter &parameter(int number);

    pg::Connection &m_connection;
    const Request &m_request;
    const CancelToken &m_cancel;
    Frame m_frame;
    Limits m_limits;
    Shape m_shape;
    QMap<int, QString> m_words;  // values of parameters that the grammar wants as a word
    QStringList m_types;         // declared: of $1, $2, …
    bool m_rewritten = false;
    qint64 m_tookMs = 0;         // the last EXPLAIN
    Answer m_answer;
};

Parameter &Ladder::parameter(int number)
{
    const auto found = std::find_if(m_answer.parameters.begin(), m_answer.parameters.end(), [&](const Parameter &p) { return p.number == number; });
    return *found;
}

bool Ladder::wants(const QString &reason)
{
    m_answer.kind = Answer::Kind::ValuesWanted;
    m_answer.reason = reason;
    return false;
}

// What the statistics do not record: given, or as this role has it.
Done Ladder::findSearchPath()
{
    if (m_request.searchPath) {
        QStringList quoted;
        for (const QString &schema : *m_request.searchPath) {
            const auto name = pg::quoteIdentifier(schema);
            if (!name)
                return fail(name.error());
            quoted.append(QString::fromUtf8(*name));
        }
        m_limits.searchPath = quoted.join(u", "_s);
        return {};
    }
    const auto rows = m_connection.runFile(u"explain/search_path"_s, {}, {}, m_cancel);
    if (!rows)
        return fail(rows.error());
    // Our own links begin with an empty one.
    const QString now = rows->text(0, "now"_L1);
    if (!now.isEmpty() && now != "\"\""_L1)
        m_limits.searchPath = now;
    else if (!rows->isNull(0, 1))
        m_limits.searchPath = rows->text(0, 1);
    else
        m_limits.searchPath = u"\"$user\", public"_s;
    return {};
}

Done Ladder::tellMissingSchemas()
{
    if (!m_request.searchPath)
        return {};
    const auto rows = m_connection.runFile(u"explain/schemas"_s, {}, {}, m_cancel);
    if (!rows)
        return fail(rows.error());
    QStringList there;
    for (qsizetype row = 0; row < rows->size(); ++row)
        there.append(rows->text(row, 0));
    for (const QString &schema : *m_request.searchPath) {
        if (!there.contains(schema) && schema != "$user"_L1)
            m_answer.warnings.append(u"There is no schema %1 in this database, or this role may not use it"_s.arg(schema));
    }
    return {};
}

Done Ladder::begin(bool readOnly)
{
    if (Done begun = m_frame.begin(readOnly, m_limits, m_cancel); !begun)
        return fail(Error(begun.error()).during(u"begin the transaction of the plan"_s));
    return {};
}

Done Ladder::namedTypes()
{
    for (int number = 1; number <= m_shape.highest(); ++number) {
        const QString type = m_request.values.value(number).type;
        // A number that the text has not is of no type for the server.
        if (!m_shape.parameters.contains(number)) {
            m_types.append(u"text"_s);
            continue;
        }
        if (type.isEmpty()) {
            m_types.append(u"unknown"_s);
            continue;
        }
        const auto rows = m_connection.runFile(u"explain/type"_s, {type}, {}, m_cancel);
        if (rows ? rows->isEmpty() : !rows.error().sqlstate.isEmpty())
            return fail(ErrorKind::Client, u"no_such_type"_s, u"There is no type %1 for $%2"_s.arg(type).arg(number),
                u"Name it as CREATE TABLE would, with its schema where search_path has it not"_s);
        if (!rows)
            return fail(rows.error());
        m_types.append(rows->text(0, 0));
        parameter(number).type = rows->text(0, 0);
    }
    return {};
}

Done Ladder::readTypes()
{
    const auto rows = m_connection.runFile(u"explain/parameters"_s, {QString::fromUtf8(Frame::preparedName())}, {}, m_cancel);
    if (!rows)
        return fail(rows.error());
    for (qsizetype row = 0; row < rows->size(); ++row) {
        const int number = int(rows->integer(row, 0).value_or(0));
        if (m_shape.parameters.contains(number) && !m_words.contains(number))
            parameter(number).type = rows->text(row, 1);
    }
    return {};
}

// A refusal at a form that is known: the text goes on, changed. Else the error, in words.
Done Ladder::rewriteFurther(const Error &error)
{
    if (m_shape.inner != m_shape.text) {
        m_shape.text = m_shape.inner;
        m_answer.warnings.append(withinSaid);
    }
    const int character = error.position - Frame::preparePrefix(m_types);
    const auto rewrite = error.position > 0 ? rewriteAt(m_shape.inner, byteOfCharacter(m_shape.inner, character), m_words) : std::nullopt;
    if (!rewrite || !m_shape.parameters.contains(rewrite->number))
        return fail(worded(error, false));
    Parameter &its = parameter(rewrite->number);
    if (rewrite->form == Rewrite::Form::TypedLiteral) {
        if (!rewrite->type.isEmpty())
            its.type = rewrite->type;
    } else {
        its.isWord = true;
        its.why = rewrite->form == Rewrite::Form::Field ? u"the field that extract() takes: year, month, day, hour, epoch …"_s
            : u"the form that normalize() takes: NFC, NFD, NFKC or NFKD"_s;
        const QString word = m_request.values.value(rewrite->number).text.value_or(QString());
        if (!rewrite->wantsValue) {
            m_types[rewrite->number - 1] = u"text"_s;
        } else if (!word.isEmpty() && !m_words.contains(rewrite->number)) {
            m_words.insert(rewrite->number, word);
            return {}; // once more, with the word
        } else if (!word.isEmpty()) {
            return fail(ErrorKind::Client, u"not_a_word"_s, u"$%1 is %2"_s.arg(rewrite->number).arg(its.why), u"It is one word of letters"_s);
        } else {
            wants(u"$%1 is part of the statement's grammar: %2"_s.arg(rewrite->number).arg(its.why));
            return {};
        }
    }
    m_shape.text = m_shape.inner = rewrite->text;
    m_rewritten = true;
    m_answer.warnings.append(u"Written otherwise, since a literal was there: %1"_s.arg(rewrite->said));
    return {};
}

// The server's own word on what the parameters are. Each refusal costs a transaction.
Result<bool> Ladder::prepare()
{
    for (qsizetype tries = 0; tries <= 2 * m_shape.parameters.size() + 2; ++tries) {
        if (Done begun = begin(true); !begun)
            return fail(begun.error());
        const Done prepared = m_frame.prepare(m_shape.inner, m_types, m_cancel);
        if (prepared) {
            if (Done read = readTypes(); !read)
                return fail(read.error());
            return true;
        }
        const Error &error = prepared.error();
        if (error.sqlstate == "42601"_L1) {
            if (Done further = rewriteFurther(error); !further)
                return fail(further.error());
            if (m_answer.kind == Answer::Kind::ValuesWanted)
                return false;
            continue;
        }
        const bool open = std::any_of(m_shape.parameters.cbegin(), m_shape.parameters.cend(), [&](int n) { return m_types.at(n - 1) == "unknown"_L1; });
        if (!isOfTypes(error.sqlstate) || !open)
            return fail(worded(error, false));
        const QString orPath = error.sqlstate == "42883"_L1
            ? u". If it lies in another schema, name that in the search_path (here %1)"_s.arg(m_limits.searchPath) : QString();
        return wants(u"The server can't tell the types of the parameters (%1): they are wanted with their types"_s.arg(error.message) + orPath);
    }
    return fail(ErrorKind::Client, u"not_explainable"_s, u"The text was refused again and again"_s,
        u"Write it out with values, and ask for the plan of that"_s);
}

QByteArray Ladder::explainHead(bool analyze, bool verbose)
{
    const Options &options = m_request.options;
    QByteArrayList list{"FORMAT JSON"};
    if (analyze)
        list << "ANALYZE" << (options.timing ? "TIMING ON" : "TIMING OFF");
    if (m_answer.rung == Rung::AnyValues)
        list << "GENERIC_PLAN";
    if (verbose)
        list << "VERBOSE";
    list << (options.buffers ? "BUFFERS ON" : "BUFFERS OFF");
    if (options.settings)
        list << "SETTINGS";
    if (options.wal && analyze)
        list << "WAL";
    if (options.memory && version() >= hasMemory)
        list << "MEMORY";
    if (options.serialize != Serialize::None && analyze && version() >= hasSerialize)
        list << (options.serialize == Serialize::Text ? "SERIALIZE TEXT" : "SERIALIZE BINARY");
    return "EXPLAIN /* howdah */ (" + list.join(", ") + ") ";
}

Result<QByteArray> Ladder::target() const
{
    if (m_answer.rung == Rung::AsItIs || m_answer.rung == Rung::AnyValues)
        return m_shape.text;
    QByteArrayList values;
    for (int number = 1; number <= m_shape.highest(); ++number) {
        if (!m_shape.parameters.contains(number)) {
            values << "''"; // stands nowhere
            continue;
        }
        const auto &text = m_request.values.value(number).text;
        if (!text) {
            values << "NULL";
            continue;
        }
        const auto literal = pg::quoteLiteral(*text);
        if (!literal)
            return fail(literal.error());
        values << *literal;
    }
    return "EXECUTE " + Frame::preparedName() + '(' + values.join(", ") + ')';
}

Result<plan::Plan> Ladder::ask(bool analyze, bool verbose)
{
    const auto what = target();
    if (!what)
        return fail(what.error());
    QElapsedTimer clock;
    clock.start();
    const pg::Statement statement{explainHead(analyze, verbose) + *what, {}};
    auto json = m_answer.rung == Rung::AnyValues ? askUnbound(m_connection, statement, m_cancel) : askBound(m_connection, statement, m_cancel);
    m_tookMs = clock.elapsed();
    if (!json)
        return fail(json.error());
    m_answer.json = *json;
    auto plans = plan::parsePlans(QString::fromUtf8(m_answer.json));
    if (!plans)
        return fail(plans.error());
    // A rule makes several of one statement, or none.
    if (plans->size() > 1)
        m_answer.warnings.append(u"A rule makes %1 plans of the statement: this is the first"_s.arg(plans->size()));
    return plans->first();
}

Error Ladder::worded(Error error, bool analyze) const
{
    const QString &state = error.sqlstate;
    if (state == "57014"_L1 && error.kind == ErrorKind::Sql) {
        const bool late = m_request.statementTimeoutMs > 0 && m_tookMs >= m_request.statementTimeoutMs;
        error.kind = late ? ErrorKind::Timeout : ErrorKind::Cancelled;
        error.reason = late ? u"statement_timeout"_s : u"by_other"_s;
        error.message = late ? u"Not done within %1 s, and stopped; it was rolled back"_s.arg(m_request.statementTimeoutMs / 1000.0)
            : u"Cancelled on the server"_s;
        error.hint = late ? u"Give it more time, or ask for the plan without running it"_s : error.hint;
    } else if (state == "55P03"_L1) {
        error.kind = ErrorKind::Timeout;
        error.reason = u"lock_timeout"_s;
        error.hint = u"A lock was not had within %1 s: somebody holds the table or its rows; see who in the lock tree"_s.arg(m_request.lockTimeoutMs / 1000.0);
    } else if (state == "42P01"_L1 || state == "42703"_L1 || state == "3F000"_L1 || state == "42883"_L1 || state == "42704"_L1) {
        if (error.hint.isEmpty())
            error.hint = u"Neither the database nor the search_path of a statement is recorded: here it is %1, with search_path %2"_s.arg(
                m_connection.facts().database, m_limits.searchPath);
    } else if (state == "42601"_L1 && !m_shape.parameters.isEmpty() && error.hint.isEmpty()) {
        error.hint = u"pg_stat_statements made this text: in this form no parser takes it. Write it out with values, and ask for the plan of that"_s;
    }
    return std::move(error).during(analyze ? u"run the statement for its plan"_s : u"plan the statement"_s);
}

Result<Answer> Ladder::plan()
{
    auto planned = ask(false, m_request.options.verbose);
    if (planned) {
        m_answer.plan = *planned;
        return m_answer;
    }
    // What EXPLAIN can't tell without values PREPARE may: its types are declared.
    if (m_answer.rung == Rung::AnyValues && isOfTypes(planned.error().sqlstate)) {
        wants(u"No plan for any values (%1)"_s.arg(planned.error().message));
        return m_answer;
    }
    return fail(worded(planned.error(), false));
}

Result<Answer> Ladder::analyze()
{
    // Its plan first, without running it: by it, by the words and by the server's refusal it is known to write.
    const auto before = ask(false, true);
    if (!before)
        return fail(worded(before.error(), false));
    m_answer.plan = *before;
    const QString byPlan = whyItWrites(*before);
    m_answer.writes = m_shape.writes || !byPlan.isEmpty();
    auto effects = readEffects(m_connection, *before, calledNames(m_shape.text), m_cancel);
    if (!effects)
        return fail(worded(effects.error(), false));
    m_answer.lasting = *effects;

    // READ ONLY refuses none of these: pg_terminate_backend, an advisory lock, what a function sends elsewhere.
    const bool calls = std::any_of(effects->cbegin(), effects->cend(), [](const Effect &one) { return one.kind == Effect::Kind::Function; });
    if (calls && !m_request.consent) {
        m_answer.writes = true;
        m_answer.kind = Answer::Kind::ConsentWanted;
        m_answer.reason = u"The statement calls what no rollback takes back: it is run only where that was agreed to"_s;
        return m_answer;
    }

    QString why = !byPlan.isEmpty() ? byPlan : m_shape.writes ? u"its words say so"_s : QString();
    if (!m_answer.writes) {
        const auto measured = ask(true, m_request.options.verbose);
        if (measured) {
            m_answer.plan = *measured;
            m_answer.ran = true;
            return m_answer;
        }
        if (measured.error().sqlstate != "25006"_L1)
            return fail(worded(measured.error(), true));
        m_answer.writes = true;
        why = u"a function that it calls writes: %1"_s.arg(measured.error().message);
    }
    if (!m_request.consent) {
        m_answer.kind = Answer::Kind::ConsentWanted;
        m_answer.reason = u"The statement writes (%1): it is run, and rolled back, only where that was agreed to"_s.arg(why);
        return m_answer;
    }
    if (m_connection.facts().inRecovery || m_connection.facts().defaultReadOnly)
        return fail(ErrorKind::Permission, u"read_only"_s, u"The statement writes (%1), and this session is read-only"_s.arg(why),
            u"Ask for its plan without running it, or use a session that may write"_s);
    if (Done begun = begin(false); !begun)
        return fail(begun.error());
    const auto measured = ask(true, m_request.options.verbose);
    if (!measured)
        return fail(worded(measured.error(), true));
    if (Done gone = m_frame.rollBack(); !gone)
        return fail(Error(gone.error()).during(u"roll the statement back"_s));
    m_answer.plan = *measured;
    m_answer.ran = true;
    return m_answer;
}

Result<Answer> Ladder::climb()
{
    auto shape = shapeOf(m_request.text, m_connection.facts().standardStrings);
    if (!shape)
        return fail(shape.error());
    m_shape = *shape;
    m_answer.warnings = m_shape.warnings;
    for (auto given = m_request.values.cbegin(); given != m_request.values.cend(); ++given) {
        if (!m_shape.parameters.contains(given.key()))
            return fail(ErrorKind::Client, u"parameter_not_there"_s, u"The statement has no parameter $%1"_s.arg(given.key()));
    }
    QList<int> numbers(m_shape.parameters.cbegin(), m_shape.parameters.cend());
    std::sort(numbers.begin(), numbers.end());
    for (const int number : std::as_const(numbers))
        m_answer.parameters.append({number, {}, false, hasValue(number), {}});

    m_limits = {m_request.statementTimeoutMs, m_request.lockTimeoutMs, m_request.planFor == PlanFor::Any, {}};
    if (Done found = findSearchPath(); !found)
        return fail(Error(found.error()).during(u"find the search_path"_s));
    m_answer.searchPath = m_limits.searchPath;
    if (Done begun = begin(true); !begun)
        return fail(begun.error());
    if (Done told = tellMissingSchemas(); !told)
        return fail(told.error());
    if (m_request.options.memory && version() < hasMemory)
        m_answer.warnings.append(u"MEMORY is known from PostgreSQL 17 on: left out"_s);
    if (m_request.options.serialize != Serialize::None && version() < hasSerialize)
        m_answer.warnings.append(u"SERIALIZE is known from PostgreSQL 17 on: left out"_s);

    if (!m_shape.parameters.isEmpty()) {
        if (Done named = namedTypes(); !named)
            return fail(named.error());
        const auto prepared = prepare();
        if (!prepared)
            return fail(prepared.error());
        if (m_rewritten)
            m_answer.explained = QString::fromUtf8(m_shape.inner);
        if (!*prepared)
            return m_answer;
        if (allGiven()) {
            m_answer.rung = m_request.planFor == PlanFor::Any ? Rung::AnyValuesPrepared : Rung::Values;
        } else if (m_request.mode == Mode::Analyze) {
            wants(u"To run the statement it needs the value of each parameter"_s);
            return m_answer;
        } else if (m_request.planFor == PlanFor::Values || (m_request.planFor == PlanFor::WhatIsGiven && anyGiven())) {
            wants(u"Values are given for some of the parameters only"_s);
            return m_answer;
        } else if (version() < hasGenericPlan) {
            wants(u"A plan for any values is known from PostgreSQL 16 on: this server needs the values"_s);
            return m_answer;
        } else {
            m_answer.rung = Rung::AnyValues;
        }
        if (m_shape.inner != m_shape.text && m_answer.rung != Rung::AnyValues) {
            m_answer.warnings.append(withinSaid);
            m_answer.explained = QString::fromUtf8(m_shape.inner);
        }
    }
    return m_request.mode == Mode::Analyze ? analyze() : plan();
}

} // namespace

Result<Answer> explain(pg::Connection &connection, const Request &request, const CancelToken &cancel)
{
    return Ladder(connection, request, cancel).climb();
}

} // namespace howdah::explain
