// SPDX-License-Identifier: GPL-3.0-or-later
// The ladder on real servers: each rung, each form that pg_stat_statements leaves unparsable, and that nothing is left of what was run for a plan.
#include "explain/asking.h"
#include "explain/explain.h"
#include "support/client.h"
#include "support/verifyok.h"

#include <QElapsedTimer>

#include <array>
#include <thread>

using namespace howdah;
using namespace howdah::explain;
using namespace Qt::StringLiterals;
using test::TestServer;

constexpr std::array majors{15, 16, 18};

class TestLadder : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void asItIs_data() { eachMajor(); }
    void asItIs();
    void anyValues_data() { eachMajor(); }
    void anyValues();
    void normalisedByTheServer();
    void unparsable_data();
    void unparsable();
    void typesWanted_data() { eachMajor(); }
    void typesWanted();
    void values_data() { eachMajor(); }
    void values();
    void neverNull();
    void hiddenSecondStatement();
    void readIsRun_data() { eachMajor(); }
    void readIsRun();
    void writeWantsConsent_data();
    void writeWantsConsent();
    void writeIsRolledBack_data() { eachMajor(); }
    void writeIsRolledBack();
    void lasting();
    void notifyIsNotSent();
    void timeout();
    void lockTimeout();
    void cancel();
    void searchPath();
    void standing();
    void options();

private:
    static void eachMajor();
    pg::Connection &link(int major);
    QString tableText(int major);
    QString scalar(int major, const QByteArray &text);

    std::map<int, std::unique_ptr<TestServer>> m_servers;
    std::map<int, std::unique_ptr<pg::Connection>> m_links;
};

static Request of(const QString &text, const QMap<int, Value> &values = {})
{
    Request request;
    request.text = text;
    request.values = values;
    return request;
}

static Request analyzed(const QString &text, bool consent = false)
{
    Request request = of(text);
    request.mode = Mode::Analyze;
    request.consent = consent;
    return request;
}

void TestLadder::eachMajor()
{
    QTest::addColumn<int>("major");
    for (const int major : majors)
        QTest::addRow("%d", major) << major;
}

pg::Connection &TestLadder::link(int major)
{
    return *m_links.at(major);
}

void TestLadder::initTestCase()
{
    for (const int major : majors) {
        QString why;
        test::ServerSetup setup;
        setup.major = major;
        setup.settings = {u"shared_preload_libraries=pg_stat_statements"_s};
        auto server = TestServer::start(setup, &why);
        QVERIFY2(server, qPrintable(why));
        QVERIFY2(server->sql({"SET search_path = public", "CREATE EXTENSION pg_stat_statements",
                              "CREATE TABLE t (id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, a int, b text, d date, ts timestamptz)",
                              "INSERT INTO t (a, b, d, ts) SELECT g % 100, g::text, date '2024-01-01' + g % 700, now() FROM generate_series(1, 5000) AS g",
                              "CREATE INDEX t_d ON t (d)", "ANALYZE t",
                              "CREATE TABLE seen (what text)", "CREATE TABLE child (t_id bigint REFERENCES t ON DELETE CASCADE)",
                              "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.seen VALUES (TG_OP); RETURN NULL; END $$",
                              "CREATE TRIGGER watched AFTER UPDATE OR DELETE ON t FOR EACH ROW EXECUTE FUNCTION note()",
                              "CREATE TRIGGER below AFTER DELETE ON child FOR EACH ROW EXECUTE FUNCTION note()",
                              "CREATE CONSTRAINT TRIGGER late AFTER UPDATE ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note()",
                              "CREATE FUNCTION writes() RETURNS int LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.seen VALUES ('f'); RETURN 1; END $$",
                              "CREATE SEQUENCE s", "CREATE SCHEMA other", "CREATE TABLE other.only_there AS SELECT 1 AS x"},
                             &why),
                 qPrintable(why));
        auto opened = server->admin();
        VERIFY_OK(opened);
        m_links[major] = std::move(*opened);
        m_servers[major] = std::move(server);
    }
}

QString TestLadder::scalar(int major, const QByteArray &text)
{
    const auto rows = link(major).run({text, {}});
    return rows && !rows->isEmpty() ? rows->text(0, 0) : u"no answer"_s;
}

// All that a rollback is to leave as it was.
QString TestLadder::tableText(int major)
{
    return scalar(major, "SELECT md5(string_agg(t::text, ' ' ORDER BY id)) || (SELECT count(*) FROM public.seen)::text FROM public.t");
}

void TestLadder::asItIs()
{
    QFETCH(int, major);
    const auto answer = explain::explain(link(major), of(u"SELECT * FROM t WHERE a = 5;"_s));
    VERIFY_OK(answer);
    QCOMPARE(answer->kind, Answer::Kind::Planned);
    QCOMPARE(answer->rung, Rung::AsItIs);
    QVERIFY(answer->plan && !answer->plan->analyzed() && !answer->ran);
    QCOMPARE(answer->plan->nodes.first().object, u"t"_s);
    QVERIFY(answer->json.startsWith('['));
    // A write is planned without a question: it is not run.
    const QString before = tableText(major);
    const auto write = explain::explain(link(major), of(u"UPDATE t SET a = 0"_s));
    VERIFY_OK(write);
    QCOMPARE(write->plan->nodes.first().type, u"ModifyTable"_s);
    QCOMPARE(tableText(major), before);
}

void TestLadder::anyValues()
{
    QFETCH(int, major);
    const auto answer = explain::explain(link(major), of(u"SELECT * FROM t WHERE d = $1 AND a IN ($2 /*, ... */) LIMIT $3"_s));
    VERIFY_OK(answer);
    QCOMPARE(answer->parameters.size(), 3);
    QCOMPARE(answer->parameters[0].type, u"date"_s);
    QCOMPARE(answer->parameters[1].type, u"integer"_s);
    QCOMPARE(answer->parameters[2].type, u"bigint"_s);
    QVERIFY(answer->warnings.join(u' ').contains(u"planned with one"_s));
    if (major < 16) {
        QCOMPARE(answer->kind, Answer::Kind::ValuesWanted);
        QVERIFY(!answer->plan);
        QVERIFY2(answer->reason.contains(u"16"_s), qPrintable(answer->reason));
        return;
    }
    QCOMPARE(answer->kind, Answer::Kind::Planned);
    QCOMPARE(answer->rung, Rung::AnyValues);
    // NULLs in the values' place would make it "One-Time Filter: false".
    QVERIFY(answer->json.contains("$1") && answer->json.contains("$2") && !answer->json.contains("One-Time Filter"));
    // Nothing is left of it.
    QCOMPARE(scalar(major, "SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'howdah%'"), u"0"_s);
    QCOMPARE(scalar(major, "SHOW statement_timeout"), u"0"_s);
}

// The texts as the server itself writes them: each gets a plan or says what it wants, and with values each gets a plan.
void TestLadder::normalisedByTheServer()
{
    const QList<QByteArray> run{"SELECT count(*) FROM public.t WHERE ts > now() - interval '1 day'",
                                "SELECT count(*) FROM public.t WHERE d > date '2024-01-01'",
                                "SELECT count(*) FROM public.t WHERE a IN (1, 2, 3) AND b LIKE 'a!%' ESCAPE '!' LIMIT 3 OFFSET 1",
                                "SELECT timestamp with time zone '2024-01-01', numeric(10,2) '1.5', double precision '2', interval '3' day, interval(2) '3 s'",
                                "SELECT sum(a) OVER (ORDER BY id ROWS 2 PRECEDING), CASE a WHEN 1 THEN 'x' END FROM public.t LIMIT 1",
                                "SELECT array[1, 2], U&'!0061' UESCAPE '!', overlay('abc' placing 'x' from 2 for 1), trim(both 'x' from 'xax')",
                                "UPDATE public.t SET b = 'x' WHERE id = -1 AND d BETWEEN date '2024-01-01' AND date '2024-02-01'"};
    pg::Connection &connection = link(18);
    VERIFY_OK(connection.run({"SELECT public.pg_stat_statements_reset()", {}}));
    for (const QByteArray &text : run)
        VERIFY_OK(connection.run({text, {}}));
    const auto texts = connection.run({"SELECT query FROM public.pg_stat_statements WHERE query LIKE '%$1%' ORDER BY stats_since", {}});
    VERIFY_OK(texts);
    QCOMPARE(texts->size(), run.size());
    int rewritten = 0;
    for (qsizetype row = 0; row < texts->size(); ++row) {
        const auto answer = explain::explain(connection, of(texts->text(row, 0)));
        QVERIFY2(answer, qPrintable(texts->text(row, 0) + u": "_s + (answer ? QString() : answer.error().text())));
        QVERIFY2(answer->kind == Answer::Kind::Planned && answer->rung == Rung::AnyValues, qPrintable(texts->text(row, 0) + u": "_s + answer->reason));
        rewritten += answer->explained.isEmpty() ? 0 : 1;
    }
    QVERIFY2(rewritten >= 4, qPrintable(QString::number(rewritten)));
}

void TestLadder::unparsable_data()
{
    QTest::addColumn<int>("major");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("types");       // as the server infers them once the form is rewritten; a star: a word
    QTest::addColumn<QStringList>("values");  // "5", "int4:5"
    struct Form {
        const char *name, *text, *types;
        QStringList values;
    };
    const QList<Form> forms{
        {"interval", "SELECT count(*) FROM t WHERE ts > now() - interval $1", "interval", {u"1 day"_s}},
        {"interval day", "SELECT count(*) FROM t WHERE ts > now() - interval $1 day", "interval", {u"1"_s}},
        {"date", "SELECT count(*) FROM t WHERE d > date $1 + $2", "date ?", {u"2024-01-05"_s, u"int4:3"_s}},
        {"timestamptz", "SELECT count(*) FROM t WHERE ts > timestamp with time zone $1", "timestamp with time zone", {u"2024-01-05"_s}},
        {"typed", "SELECT numeric(10,2) $1, pg_catalog.int4 $2, double precision $3", "numeric integer double precision", {u"1"_s, u"2"_s, u"3"_s}},
        {"extract", "SELECT count(*) FROM t WHERE extract($1 from d) = $2", "* ?", {u"year"_s, u"2024"_s}},
        {"normalize", "SELECT normalize(b, $1) FROM t", "*", {u"nfc"_s}},
        {"is normalized", "SELECT b is $1 normalized FROM t", "*", {u"nfc"_s}},
        {"sum", "SELECT $1 + $2", "? ?", {u"int4:1"_s, u"int4:2"_s}},
        {"difference", "SELECT count(*) FROM t WHERE d = $1 - $2", "? ?", {u"date:2024-01-05"_s, u"int4:2"_s}},
        {"series", "SELECT * FROM generate_series($1, $2)", "? ?", {u"int4:1"_s, u"int4:2"_s}},
        {"cursor", "DECLARE c CURSOR FOR SELECT * FROM t WHERE a = $1", "integer", {u"4"_s}},
        {"table", "CREATE TABLE made AS SELECT * FROM t WHERE ts > now() - interval $1", "interval", {u"1 day"_s}}};
    for (const int major : majors) {
        for (const Form &form : forms)
            QTest::addRow("%s on %d", form.name, major) << major << QString::fromLatin1(form.text) << QString::fromLatin1(form.types) << form.values;
    }
}

void TestLadder::unparsable()
{
    QFETCH(int, major);
    QFETCH(QString, text);
    QFETCH(QString, types);
    QFETCH(QStringList, values);
    const auto answer = explain::explain(link(major), of(text));
    VERIFY_OK(answer);
    QStringList got;
    for (const Parameter &parameter : answer->parameters)
        got.append(parameter.isWord ? u"*"_s : parameter.type.isEmpty() ? u"?"_s : parameter.type);
    QCOMPARE(got.join(u' '), types);
    QVERIFY(!answer->json.contains("One-Time Filter"));
    const bool known = !types.contains(u'?') && !types.contains(u'*');
    QCOMPARE(answer->kind, known && major >= 16 ? Answer::Kind::Planned : Answer::Kind::ValuesWanted);
    if (answer->kind == Answer::Kind::ValuesWanted)
        QVERIFY(!answer->reason.isEmpty() && !answer->plan);

    QMap<int, Value> given;
    for (int i = 0; i < values.size(); ++i) {
        const bool typed = values[i].startsWith("int4:"_L1) || values[i].startsWith("date:"_L1);
        given.insert(i + 1, typed ? Value{values[i].section(u':', 1), values[i].section(u':', 0, 0)} : Value{values[i], {}});
    }
    const auto planned = explain::explain(link(major), of(text, given));
    VERIFY_OK(planned);
    QVERIFY2(planned->kind == Answer::Kind::Planned, qPrintable(planned->reason));
    QCOMPARE(planned->rung, Rung::Values);
    QVERIFY(planned->plan && !planned->plan->nodes.isEmpty());
    QCOMPARE(scalar(major, "SELECT count(*) FROM pg_prepared_statements"), u"0"_s);
    QCOMPARE(scalar(major, "SELECT count(*) FROM pg_class WHERE relname = 'made'"), u"0"_s);
}

void TestLadder::typesWanted()
{
    QFETCH(int, major);
    // One with its type tells the other's.
    Request request = of(u"SELECT * FROM t WHERE d = $1 - $2"_s, {{1, {u"2024-03-01"_s, u"date"_s}}});
    const auto one = explain::explain(link(major), request);
    VERIFY_OK(one);
    QCOMPARE(one->kind, Answer::Kind::ValuesWanted);
    QVERIFY(one->parameters[0].given && !one->parameters[1].given);
    request.values = {{1, {u"1"_s, u"nosuch"_s}}};
    QCOMPARE(explain::explain(link(major), request).error().reason, u"no_such_type"_s);
    request.values = {{1, {u"1"_s, u"int4) AS SELECT 1; DROP TABLE t; --"_s}}};
    QCOMPARE(explain::explain(link(major), request).error().reason, u"no_such_type"_s);
    request.values = {{7, {u"1"_s, {}}}};
    QCOMPARE(explain::explain(link(major), request).error().reason, u"parameter_not_there"_s);
    QCOMPARE(scalar(major, "SELECT count(*) > 0 FROM public.t"), u"t"_s);
}

void TestLadder::values()
{
    QFETCH(int, major);
    // Few rows of one value, nearly all of the other: these two have different plans, and the one for any values is neither's.
    const QString text = u"SELECT * FROM t WHERE d < $1"_s;
    const auto few = explain::explain(link(major), of(text, {{1, {u"2024-01-03"_s, {}}}}));
    const auto many = explain::explain(link(major), of(text, {{1, {u"2030-01-01"_s, {}}}}));
    VERIFY_OK(few);
    VERIFY_OK(many);
    QCOMPARE(few->rung, Rung::Values);
    QVERIFY(few->plan->nodes.first().type != many->plan->nodes.first().type);
    QVERIFY(!few->json.contains("$1"));
    Request any = of(text, {{1, {u"2024-01-03"_s, {}}}});
    any.planFor = PlanFor::Any;
    const auto generic = explain::explain(link(major), any);
    VERIFY_OK(generic);
    QCOMPARE(generic->rung, Rung::AnyValuesPrepared);
    QVERIFY(generic->json.contains("$1"));
    // A value is a value, whatever stands in it.
    const QString hostile = u"x'); DROP TABLE t; -- \\"_s;
    const auto quoted = explain::explain(link(major), of(u"SELECT * FROM t WHERE b = $1"_s, {{1, {hostile, {}}}}));
    VERIFY_OK(quoted);
    QVERIFY(quoted->json.contains("DROP TABLE"));
    QCOMPARE(scalar(major, "SELECT count(*) FROM public.t"), u"5000"_s);
    // One that does not fit its type is said.
    const auto wrong = explain::explain(link(major), of(text, {{1, {u"soon"_s, {}}}}));
    QVERIFY(!wrong);
    QCOMPARE(wrong.error().sqlstate, u"22007"_s);
}

void TestLadder::neverNull()
{
    const QString text = u"SELECT * FROM t WHERE a = $1 AND b = $2"_s;
    const auto half = explain::explain(link(18), of(text, {{1, {u"5"_s, {}}}}));
    VERIFY_OK(half);
    QCOMPARE(half->kind, Answer::Kind::ValuesWanted);
    QVERIFY(!half->plan);
    Request run = of(text);
    run.mode = Mode::Analyze;
    const auto ran = explain::explain(link(18), run);
    VERIFY_OK(ran);
    QCOMPARE(ran->kind, Answer::Kind::ValuesWanted);
    // Where it is said, it is one.
    const auto null = explain::explain(link(18), of(text, {{1, {u"5"_s, {}}}, {2, {std::nullopt, {}}}}));
    VERIFY_OK(null);
    QCOMPARE(null->rung, Rung::Values);
    QVERIFY(null->json.contains("One-Time Filter"));
}

void TestLadder::hiddenSecondStatement()
{
    for (const auto *text : {"SELECT 1; DROP TABLE t", "SELECT * FROM t WHERE a = $1; DELETE FROM t", "SELECT 1) ; DROP TABLE t; --"}) {
        for (const Mode mode : {Mode::Plan, Mode::Analyze}) {
            Request request = of(QString::fromLatin1(text));
            request.mode = mode;
            request.consent = true;
            QVERIFY(!explain::explain(link(18), request));
        }
    }
    // What our lexer takes for one statement is two where the strings are of the old kind: the server's word counts.
    const pg::Statement two{"EXPLAIN (FORMAT JSON) SELECT 1; DROP TABLE public.t", {}};
    QVERIFY(!askBound(link(18), two, {}));
    QVERIFY(!askUnbound(link(18), two, {}));
    QCOMPARE(scalar(18, "SELECT count(*) FROM public.t"), u"5000"_s);
}

void TestLadder::readIsRun()
{
    QFETCH(int, major);
    const auto answer = explain::explain(link(major), analyzed(u"SELECT count(*) FROM t WHERE a = 5"_s));
    VERIFY_OK(answer);
    QVERIFY(answer->ran && !answer->writes && answer->plan->analyzed());
    QCOMPARE(answer->plan->nodes.first().actual->loops, 1);
    Request normal = of(u"SELECT count(*) FROM t WHERE a = $1"_s, {{1, {u"5"_s, {}}}});
    normal.mode = Mode::Analyze;
    const auto custom = explain::explain(link(major), normal);
    VERIFY_OK(custom);
    QVERIFY(custom->ran && custom->rung == Rung::Values && custom->plan->analyzed());
}

void TestLadder::writeWantsConsent_data()
{
    QTest::addColumn<int>("major");
    QTest::addColumn<QString>("text");
    const QStringList texts{u"UPDATE t SET a = a + 1"_s,
                            u"DELETE FROM t WHERE id < 10"_s,
                            u"INSERT INTO t (a) VALUES (1)"_s,
                            u"WITH gone AS (DELETE FROM t RETURNING *) SELECT count(*) FROM gone"_s,
                            u"SELECT writes()"_s,
                            u"SELECT * FROM t WHERE id = 1 FOR UPDATE"_s,
                            u"SELECT nextval('s')"_s,
                            u"CREATE TABLE made AS SELECT 1"_s,
                            u"SELECT 1 AS x INTO made"_s,
                            u"MERGE INTO t USING (VALUES (1)) AS v(x) ON t.id = v.x WHEN MATCHED THEN DELETE"_s};
    for (const int major : majors) {
        for (int i = 0; i < texts.size(); ++i)
            QTest::addRow("%d on %d", i, major) << major << texts[i];
    }
}

void TestLadder::writeWantsConsent()
{
    QFETCH(int, major);
    QFETCH(QString, text);
    const QString before = tableText(major);
    const QString sequence = scalar(major, "SELECT last_value || ' ' || is_called FROM public.s");
    const auto answer = explain::explain(link(major), analyzed(text));
    VERIFY_OK(answer);
    QCOMPARE(answer->kind, Answer::Kind::ConsentWanted);
    QVERIFY(answer->writes && !answer->ran && !answer->reason.isEmpty());
    QVERIFY(answer->plan && !answer->plan->analyzed());
    QCOMPARE(tableText(major), before);
    QCOMPARE(scalar(major, "SELECT last_value || ' ' || is_called FROM public.s"), sequence);
    // With it, it is run, and nothing stays in the tables.
    const auto ran = explain::explain(link(major), analyzed(text, true));
    VERIFY_OK(ran);
    QVERIFY(ran->ran && ran->writes && ran->plan->analyzed());
    QCOMPARE(tableText(major), before);
    QCOMPARE(scalar(major, "SELECT count(*) FROM pg_class WHERE relname = 'made'"), u"0"_s);
    QCOMPARE(scalar(major, "SELECT pg_current_xact_id_if_assigned() IS NULL"), u"t"_s);
}

void TestLadder::writeIsRolledBack()
{
    QFETCH(int, major);
    const QString before = tableText(major);
    Request request = analyzed(u"UPDATE t SET a = $1 WHERE id <= $2 RETURNING id"_s, true);
    request.values = {{1, {u"-7"_s, {}}}, {2, {u"100"_s, {}}}};
    const auto answer = explain::explain(link(major), request);
    VERIFY_OK(answer);
    QVERIFY(answer->ran && answer->plan->analyzed());
    QCOMPARE(answer->plan->nodes.first().actual->rows(), 100.0);
    // The trigger was run, and what it wrote is gone.
    QVERIFY(!answer->plan->triggers.isEmpty());
    QCOMPARE(answer->plan->triggers.first().calls, 100);
    QCOMPARE(tableText(major), before);
    QCOMPARE(link(major).transactionState(), pg::TransactionState::Idle);
}

void TestLadder::lasting()
{
    const auto texts = [this](const QString &text, bool consent = false) {
        const auto answer = explain::explain(link(18), analyzed(text, consent));
        QStringList all;
        for (const Effect &effect : answer ? answer->lasting : QVector<Effect>())
            all.append(effectText(effect));
        return all.join(u'\n');
    };
    const QString insert = texts(u"INSERT INTO t (a) VALUES (1)"_s);
    QVERIFY2(insert.contains(u"Sequence public.t_id_seq"_s) && !insert.contains(u"watched"_s), qPrintable(insert));
    const QString update = texts(u"UPDATE t SET a = 1 WHERE id = 1"_s);
    QVERIFY2(update.contains(u"Trigger watched on public.t"_s) && update.contains(u"public.note()"_s) && update.contains(u"late"_s) &&
                 update.contains(u"COMMIT"_s),
             qPrintable(update));
    const QString removal = texts(u"DELETE FROM t WHERE id = 1"_s);
    QVERIFY2(removal.contains(u"Trigger below on public.child"_s) && !removal.contains(u"late"_s), qPrintable(removal));
    QVERIFY(texts(u"SELECT writes()"_s).contains(u"public.writes()"_s));
    QVERIFY(texts(u"SELECT nextval('s')"_s).contains(u"changes a sequence"_s));
    // A transaction that is READ ONLY refuses neither.
    for (const QString &call : {u"SELECT pg_advisory_lock(4711)"_s, u"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = pg_backend_pid()"_s,
                                u"SELECT pg_stat_reset_slru('notify')"_s}) {
        const auto asked = explain::explain(link(18), analyzed(call));
        VERIFY_OK(asked);
        QVERIFY2(asked->kind == Answer::Kind::ConsentWanted && asked->writes && !asked->ran && asked->reason.contains(u"no rollback"_s), qPrintable(call));
    }
    QCOMPARE(scalar(18, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"), u"0"_s);
    QVERIFY(texts(u"SELECT count(*) FROM t WHERE ts < clock_timestamp()"_s).isEmpty());
    // It is true: the sequence has moved, and nothing else.
    const QString before = tableText(18);
    const qlonglong last = scalar(18, "SELECT last_value FROM public.t_id_seq").toLongLong();
    QVERIFY(texts(u"INSERT INTO t (a) VALUES (1)"_s, true).contains(u"stays advanced"_s));
    QCOMPARE(scalar(18, "SELECT last_value FROM public.t_id_seq").toLongLong(), last + 1);
    QCOMPARE(tableText(18), before);
}

// Why NOTIFY is not among what lasts.
void TestLadder::notifyIsNotSent()
{
    test::Client ear(*m_servers.at(18), u"ear"_s);
    QVERIFY(ear.run("LISTEN heard"));
    const auto answer = explain::explain(link(18), analyzed(u"SELECT pg_notify('heard', 'x')"_s, true));
    VERIFY_OK(answer);
    QVERIFY(answer->ran);
    QVERIFY(ear.run("SELECT 1"));
    QVERIFY(ear.link().takeNotifications().empty());
    VERIFY_OK(link(18).run({"SELECT pg_notify('heard', 'y')", {}}));
    QVERIFY(ear.run("SELECT 1"));
    QCOMPARE(ear.link().takeNotifications().size(), size_t(1));
}

void TestLadder::timeout()
{
    Request request = analyzed(u"SELECT pg_sleep(30)"_s);
    request.statementTimeoutMs = 300;
    QElapsedTimer clock;
    clock.start();
    const auto answer = explain::explain(link(18), request);
    QVERIFY(!answer);
    QCOMPARE(answer.error().kind, ErrorKind::Timeout);
    QCOMPARE(answer.error().reason, u"statement_timeout"_s);
    QVERIFY(clock.elapsed() < 10'000);
    QCOMPARE(link(18).transactionState(), pg::TransactionState::Idle);
    QCOMPARE(scalar(18, "SHOW statement_timeout"), u"0"_s);
}

void TestLadder::lockTimeout()
{
    test::Client holder(*m_servers.at(18), u"holder"_s);
    QVERIFY(holder.run("BEGIN"));
    QVERIFY(holder.run("LOCK TABLE public.t IN ACCESS EXCLUSIVE MODE"));
    Request request = of(u"SELECT * FROM t"_s);
    request.lockTimeoutMs = 200;
    const auto answer = explain::explain(link(18), request);
    QVERIFY(!answer);
    QCOMPARE(answer.error().reason, u"lock_timeout"_s);
    QVERIFY(holder.run("ROLLBACK"));
    VERIFY_OK(explain::explain(link(18), request));
}

void TestLadder::cancel()
{
    CancelToken token;
    std::thread firing([&] {
        test::Client eye(*m_servers.at(18), u"eye"_s);
        for (;;) {
            const auto rows = eye.link().run({"SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'EXPLAIN%pg_sleep(60)%' AND wait_event = 'PgSleep'", {}});
            if (!rows || rows->integer(0, 0).value_or(0) > 0)
                break;
        }
        token.cancel();
    });
    const auto answer = explain::explain(link(18), analyzed(u"SELECT pg_sleep(60)"_s), token);
    firing.join();
    QVERIFY(!answer);
    QCOMPARE(answer.error().kind, ErrorKind::Cancelled);
    QCOMPARE(link(18).transactionState(), pg::TransactionState::Idle);
    QCOMPARE(scalar(18, "SELECT count(*) FROM pg_prepared_statements"), u"0"_s);
}

void TestLadder::searchPath()
{
    Request request = of(u"SELECT * FROM only_there WHERE x = $1"_s);
    const auto lost = explain::explain(link(18), request);
    QVERIFY(!lost);
    QVERIFY2(lost.error().hint.contains(u"search_path \"$user\", public"_s), qPrintable(lost.error().text()));
    request.searchPath = QStringList{u"other"_s};
    const auto found = explain::explain(link(18), request);
    VERIFY_OK(found);
    QCOMPARE(found->plan->nodes.first().schema, u"other"_s);
    // What the role has in this database.
    QVERIFY(m_servers.at(18)->sql({"ALTER ROLE postgres IN DATABASE postgres SET search_path = other, public"}));
    request.searchPath.reset();
    const auto usual = explain::explain(link(18), request);
    QVERIFY(m_servers.at(18)->sql({"ALTER ROLE postgres IN DATABASE postgres RESET search_path"}));
    VERIFY_OK(usual);
    QCOMPARE(usual->searchPath, u"other, public"_s);
    // It ended with the transaction; one that is not there is said.
    QCOMPARE(scalar(18, "SHOW search_path"), QString());
    request.searchPath = QStringList{u"other"_s, u"no\", pg_catalog"_s};
    const auto warned = explain::explain(link(18), request);
    VERIFY_OK(warned);
    QVERIFY(warned->warnings.join(u' ').contains(u"There is no schema no\", pg_catalog"_s));
}

void TestLadder::standing()
{
    // Somebody else's transaction is not touched.
    VERIFY_OK(link(18).command("BEGIN"));
    const auto answer = explain::explain(link(18), of(u"SELECT 1"_s));
    QCOMPARE(link(18).transactionState(), pg::TransactionState::Open);
    VERIFY_OK(link(18).command("ROLLBACK"));
    QVERIFY(!answer);
    QCOMPARE(answer.error().reason, u"transaction_open"_s);
}

void TestLadder::options()
{
    for (const int major : majors) {
        Request request = analyzed(u"SELECT * FROM t LIMIT 3"_s);
        request.options = {true, true, true, true, false, true, Serialize::Text};
        const auto answer = explain::explain(link(major), request);
        VERIFY_OK(answer);
        QCOMPARE(answer->plan->serialization.has_value(), major >= 17);
        QCOMPARE(answer->warnings.join(u' ').contains(u"SERIALIZE"_s), major < 17);
        QVERIFY(!answer->plan->nodes.first().actual->totalUs);
    }
}

QTEST_GUILESS_MAIN(TestLadder)
#include "tst_ladder.moc"
