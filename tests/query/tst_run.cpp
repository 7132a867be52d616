// SPDX-License-Identifier: GPL-3.0-or-later
// Scripts run on a real server: results, errors and their places, transactions, variables, COPY, backslash commands.
#include "query/run.h"
#include "support/testserver.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <thread>

using namespace howdah;
using namespace howdah::query;

namespace
{
// Everything that was told, as lines: "> 1" for a piece's begin, "1|2" for a row, "= SELECT 1" for an end, "! 42P01 15" for an error.
class Recorder : public Output, public pg::RowSink
{
public:
    QStringList lines;
    QString text() const { return lines.join(QLatin1Char('\n')); }
    std::vector<StatementEnd> ends;
    std::vector<std::vector<Piece>> changes;
    Display shown;
    QByteArray copied;

    void statementBegins(int index, const Piece &) override { lines << QStringLiteral("> %1").arg(index); }
    pg::RowSink *resultBegins(int, const std::vector<pg::Column> &) override { return this; }
    void resultEnds(int, const QByteArray &) override {}
    void notice(int, const pg::Notice &notice) override { lines << QStringLiteral("notice ") + notice.message; }
    bool copyOut(int, QByteArrayView bytes) override
    {
        copied += bytes;
        return true;
    }
    void statementEnds(int, const StatementEnd &end) override
    {
        ends.push_back(end);
        lines << (end.error ? QStringLiteral("! %1 %2").arg(end.error->sqlstate.isEmpty() ? end.error->reason : end.error->sqlstate).arg(end.error->position)
                            : QStringLiteral("= ") + QString::fromUtf8(end.tag));
    }
    void piecesChanged(const std::vector<Piece> &pieces) override { changes.push_back(pieces); }
    void message(int, const QString &said) override { lines << QStringLiteral("say ") + said; }
    bool display(int, const Display &wanted) override
    {
        shown = wanted;
        return wanted.outputFile.isEmpty();
    }
    bool push(const pg::Rows &rows) override
    {
        for (qsizetype row = 0; row < rows.size(); ++row) {
            QStringList cells;
            for (int column = 0; column < int(rows.columns().size()); ++column)
                cells << (rows.isNull(row, column) ? QStringLiteral("NULL") : rows.text(row, column));
            lines << cells.join(QLatin1Char('|'));
        }
        return true;
    }
};
} // namespace

class TestRun : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void init();
    void scripts_data();
    void scripts();
    void stopsAtTheError();
    void manualCommit();
    void savepoints();
    void stringsAsTheServerHasThem();
    void notifications();
    void insideOfFunctions();
    void errorPlaces_data();
    void errorPlaces();
    void copyFiles();
    void copyFails();
    void includes();
    void filesRefused();
    void describes();
    void display();
    void cancelled();
    void lostLink();
    void timing();

private:
    Recorder run(const QByteArray &script, RunOptions options = {}, const CancelToken &cancel = {});

    std::unique_ptr<test::TestServer> m_server;
    std::unique_ptr<pg::Connection> m_link;
    std::optional<Result<RunSummary>> m_summary;
};

void TestRun::initTestCase()
{
    QString why;
    m_server = test::TestServer::start({}, &why);
    QVERIFY2(m_server, qPrintable(why));
}

// A session of its own for each test.
void TestRun::init()
{
    pg::ConnectionSpec spec = m_server->socketSpec();
    spec.userSession = true;
    auto link = pg::Connection::open(spec, {});
    QVERIFY2(link, link ? "" : qPrintable(link.error().text()));
    m_link = std::move(*link);
    run("set client_min_messages = warning; drop schema if exists work cascade; create schema work; set search_path = work; set client_min_messages = notice;");
}

Recorder TestRun::run(const QByteArray &script, RunOptions options, const CancelToken &cancel)
{
    Recorder recorder;
    m_summary = runPieces(*m_link, split(script), recorder, options, cancel);
    return recorder;
}

void TestRun::scripts_data()
{
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QStringList>("lines");
    const auto row = [](const char *name, const char *script, const char *lines) {
        QTest::newRow(name) << QByteArray(script) << QString::fromUtf8(lines).split(QLatin1Char(';'));
    };
    row("two", "select 1, null; select 'a' || $$;$$ where false", "> 0;1|NULL;= SELECT 1;> 1;= SELECT 0");
    row("tags", "create table t (a int); insert into t values (1), (2); update t set a = 3;", "> 0;= CREATE TABLE;> 1;= INSERT 0 2;> 2;= UPDATE 2");
    row("hidden second statement", "select 1", "> 0;1;= SELECT 1");
    row("joined", "select 1 \\; select 2;", "> 0;1;2;= SELECT 1");
    row("notice", "do $$ begin raise notice 'hi'; end $$;", "> 0;notice hi;= DO");
    row("variables", "\\set a 1\n\\set b 'it''s'\nselect :a, :'b', :{?a}, :{?c}, ':a', 5::int;", "> 0;= ;> 1;= ;> 2;1|it's|t|f|:a|5;= SELECT 1");
    row("slices stay", "select (array[1,2,3])[1:2];", "> 0;{1,2};= SELECT 1");
    row("a name of a variable", "\\set t 'my t'\ncreate table :\"t\" (a int);\nselect * from \"my t\";", "> 0;= ;> 1;= CREATE TABLE;> 2;= SELECT 0");
    row("statements in a variable", "\\set q 'select 1; select 2'\n:q;", "> 0;= ;> 1;1;2;= SELECT 1");
    row("a variable in a variable", "\\set a 7\n\\set b ':a + 1'\n\\set c :b\nselect :b, :c;", "> 0;= ;> 1;= ;> 2;= ;> 3;8|8;= SELECT 1");
    row("escaped colon", "\\set a 7\nselect '{5,6}' \\:\\:int[];", "> 0;= ;> 1;{5,6};= SELECT 1");
    row("unset", "\\set a 1\n\\unset a\nselect :{?a};", "> 0;= ;> 1;= ;> 2;f;= SELECT 1");
    row("gset", "select 5 as x, null as y \\gset p_\nselect :p_x, :{?p_y};", "> 0;= SELECT 1;> 1;5|f;= SELECT 1");
    row("gexec", "select 'create table g' || i || ' (a int)' from generate_series(1, 2) i \\gexec\nselect count(*) from g1, g2;",
        "> 0;= SELECT 2;> 1;0;= SELECT 1");
    row("gdesc", "select 1 as a, now() as b \\gdesc", "> 0;a|integer;b|timestamp with time zone;= ");
    row("g again", "select 1;\n\\g\n", "> 0;1;= SELECT 1;> 1;1;= SELECT 1");
    row("bind", "select $1::int + 1, $2 \\bind 41 x \\g", "> 0;= ;> 1;42|x;= SELECT 1");
    row("if", "\\set a 1\n\\if :a\nselect 'yes';\n\\else\nselect 'no';\n\\endif\n\\if false\nselect 1;\n\\elif true\nselect 2;\n\\endif", "> 0;= ;> 2;yes;= SELECT 1;> 9;2;= SELECT 1");
    row("if in if", "\\if false\n\\if true\nselect 1;\n\\else\nselect 2;\n\\endif\n\\else\nselect 3;\n\\endif", "> 7;3;= SELECT 1");
    row("copy in the script", "create table c (a int, b text);\ncopy c from stdin; select 'after';\n1\tx;y\n2\t\\N\n\\.\nselect * from c;",
        "> 0;= CREATE TABLE;> 1;= COPY 2;> 2;after;= SELECT 1;> 3;1|x;y;2|NULL;= SELECT 2");
    row("copy of none", "create table c (a int);\ncopy c from stdin;\n\\.\n", "> 0;= CREATE TABLE;> 1;= COPY 0");
    row("two copies in a message", "create table c (a int);\ncopy c from stdin \\; copy c from stdin;\n1\n\\.\n2\n\\.\nselect * from c;",
        "> 0;= CREATE TABLE;> 1;= COPY 1;> 2;1;2;= SELECT 2");
    row("backslash copy in the script", "create table c (a int);\n\\copy c from stdin\n1\n\\.\nselect * from c;", "> 0;= CREATE TABLE;> 1;= COPY 1;> 2;1;= SELECT 1");
    row("echo", "\\echo a 'b  c' \"d\"\n\\echo -n x\n\\echo y\n\\qecho z", "> 0;say a b  c \"d\";= ;> 1;= ;> 2;say xy;= ;> 3;say z;= ");
    row("quit", "select 1;\n\\q\nselect 2;", "> 0;1;= SELECT 1;> 1;= ");
    row("begin atomic", "create function f() returns int begin atomic select 1; select 2; end;\nselect f();", "> 0;= CREATE FUNCTION;> 1;2;= SELECT 1");
    row("restricted", "\\restrict k\n\\unrestrict k\n\\echo a", "> 0;= ;> 1;= ;> 2;say a;= ");
    row("unterminated is sent", "select 1; select 2", "> 0;1;= SELECT 1;> 1;2;= SELECT 1");
    row("set is heard", "set standard_conforming_strings = off; set escape_string_warning = off;\nselect 'a\\'b;';", "> 0;= SET;> 1;= SET;> 2;a'b;;= SELECT 1");
    row("print and reset", "select 1 as a \\p\n\\r\n\\p\nselect 2;\n\\p", "> 0;say select 1 as a ;= ;> 1;say Query buffer reset (cleared).;= ;> 2;say Query buffer is empty.;= ;> 3;2;= SELECT 1;> 4;say select 2;;= ");
    row("variables of the last statement", "\\set ON_ERROR_STOP off\nselect 1/0;\n\\nosuch\n\\echo :ERROR :SQLSTATE", "> 0;= ;> 1;! 22012 0;> 2;! refused_command 0;> 3;say true 22012;= ");
    row("made by a query", "create table made as select 1 as a;", "> 0;= SELECT 1");
}

void TestRun::scripts()
{
    QFETCH(QByteArray, script);
    QFETCH(QStringList, lines);
    const Recorder told = run(script);
    QCOMPARE(told.text().replace(QLatin1Char(';'), QLatin1Char('\n')), lines.join(QLatin1Char('\n')));
    QVERIFY(m_summary->has_value());
}

void TestRun::stopsAtTheError()
{
    const QByteArray script = "select 1;\nselect nix;\nselect 2;\n\\foo\nselect 3;";
    Recorder told = run(script);
    QCOMPARE(told.text(), QStringLiteral("> 0\n1\n= SELECT 1\n> 1\n! 42703 8"));
    QVERIFY((*m_summary)->stopped);
    QCOMPARE((*m_summary)->failed, 1);
    RunOptions options;
    options.onError = OnError::Continue;
    told = run(script, options);
    QCOMPARE(told.text(), QStringLiteral("> 0\n1\n= SELECT 1\n> 1\n! 42703 8\n> 2\n2\n= SELECT 1\n> 3\n! refused_command 0\n> 4\n3\n= SELECT 1"));
    QVERIFY(!(*m_summary)->stopped);
    QCOMPARE((*m_summary)->done, 3);
    told = run("\\set ON_ERROR_STOP off\n" + script);
    QVERIFY(told.text().endsWith(QStringLiteral("3\n= SELECT 1")));
    // A second statement that the lexer did not see is refused by the server.
    run("set standard_conforming_strings = off");
    Recorder hidden;
    (void)runPieces(*m_link, split("select '\\'; select 2; --'", true), hidden, {}, {});
    QVERIFY2(hidden.ends.front().error, qPrintable(hidden.text()));
}

// What a SET comes to is known when it was run: the rest of the script is read accordingly, as by psql.
void TestRun::stringsAsTheServerHasThem()
{
    const auto sourced = [&](const QByteArray &script, bool assumed, qsizetype begin = 0) {
        RunOptions options;
        options.source = Source{script, assumed, begin, 1};
        Recorder told;
        std::vector<Piece> pieces = split(script, assumed);
        shift(pieces, begin, 0);
        m_summary = runPieces(*m_link, pieces, told, options, {});
        return told;
    };
    Recorder told = sourced("begin; set standard_conforming_strings = off; rollback;\nselect 'a\\';\nselect 'b', '\\';", true);
    QCOMPARE(told.text(), QStringLiteral("> 0\n= BEGIN\n> 1\n= SET\n> 2\n= ROLLBACK\n> 3\na\\\n= SELECT 1\n> 4\nb|\\\n= SELECT 1"));
    QCOMPARE(told.changes.size(), 1);
    QCOMPARE(told.changes.front().size(), 5U);
    told = sourced("\\if false\nset standard_conforming_strings = off;\n\\endif\nselect 'a\\';\nselect nix, '\\';", true, 100);
    QVERIFY2(told.text().contains(QStringLiteral("a\\\n= SELECT 1\n> 4\n! 42703 8")), qPrintable(told.text()));
    QCOMPARE(told.changes.front().back().begin, 100 + 69);
    QCOMPARE(told.changes.front().back().line, 5);
    // Assumed otherwise from the beginning.
    run("set standard_conforming_strings = off; set escape_string_warning = off");
    told = sourced("select 'a\\'b;';", true);
    QCOMPARE(told.text(), QStringLiteral("> 0\na'b;\n= SELECT 1"));
    told = sourced("select 'a\\'b;';", false);
    QVERIFY(told.changes.empty());
}

void TestRun::notifications()
{
    const Recorder told = run("listen a;\nnotify a, 'load';\nselect 1;");
    const QString heard = QStringLiteral("say Asynchronous notification \"a\" with payload \"load\" received from server process with PID %1.").arg(m_link->facts().backendPid);
    QCOMPARE(told.text(), QStringLiteral("> 0\n= LISTEN\n> 1\n= NOTIFY\n%1\n> 2\n1\n= SELECT 1").arg(heard));
}

// The server's CONTEXT and the query inside are part of what is told.
void TestRun::insideOfFunctions()
{
    const Recorder told = run("create function broken() returns int language plpgsql as $$ begin\nreturn nix; end $$; select broken();");
    const Error &error = *told.ends.back().error;
    QCOMPARE(error.position, 0);
    QVERIFY2(error.detail.contains(QStringLiteral("nix")) && error.detail.contains(QStringLiteral("PL/pgSQL function broken() line 2 at RETURN")), qPrintable(error.detail));
}

void TestRun::manualCommit()
{
    RunOptions options;
    options.manualCommit = true;
    Recorder told = run("create table m (a int); insert into m values (1);", options);
    QVERIFY(!told.ends.back().error);
    QCOMPARE(told.ends.back().transaction, pg::TransactionState::Open);
    run("rollback", options);
    QCOMPARE(m_link->transactionState(), pg::TransactionState::Idle);
    told = run("select * from m", options);
    QCOMPARE(told.ends.back().error->sqlstate, QStringLiteral("42P01"));
    run("rollback", options);
    // What can't run in a transaction is sent without.
    told = run("vacuum", options);
    QVERIFY2(!told.ends.back().error, qPrintable(told.text()));
    QCOMPARE(m_link->transactionState(), pg::TransactionState::Idle);
    told = run("create table v (a int);\ncommit;\ncreate index concurrently on v (a);", options);
    QVERIFY2(!told.ends.back().error, qPrintable(told.text()));
    QCOMPARE(m_link->transactionState(), pg::TransactionState::Idle);
}

void TestRun::savepoints()
{
    RunOptions options;
    options.manualCommit = true;
    options.savepoints = true;
    options.onError = OnError::Continue;
    const Recorder told = run("create table s (a int); insert into s values (1); insert into s values ('x'); insert into s values (2); commit; select count(*) from s;", options);
    QVERIFY2(told.text().contains(QStringLiteral("! 22P02")), qPrintable(told.text()));
    QVERIFY2(told.text().endsWith(QStringLiteral("2\n= SELECT 1")), qPrintable(told.text()));
    const Recorder own = run("savepoint a; select nix; rollback to a; release a; commit;", options);
    QCOMPARE(own.ends.size(), size_t(5));
    for (const int good : {0, 2, 3, 4})
        QVERIFY2(!own.ends[size_t(good)].error, qPrintable(own.text()));
}

void TestRun::errorPlaces_data()
{
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QByteArray>("rest"); // of the script, from the error on
    const auto row = [](const char *name, const char *script, const char *rest) { QTest::newRow(name) << QByteArray(script) << QByteArray(rest); };
    row("plain", "select nix;", "nix;");
    row("UTF-8", "-- ü\nselect 'äöü😀', nix", "nix");
    row("comments", "/* é */ select /* ü */ nix", "nix");
    row("joined", "select 1 \\; select nix;", "nix;");
    row("behind a variable", "\\set a 'something long'\nselect :'a', nix;", "nix;");
    row("inside a variable", "\\set a nix\nselect 1, :a, 2;", ":a, 2;");
    row("second statement of a variable", "\\set a 'select 1; select '\n:a nix;", "nix;");
    row("at its end", "select 1 + ;", ";");
    row("at the script's end", "select 1 + ", "");
    row("syntax", "select 1 from;", ";");
    row("behind a command", "select \\echo a\nnix;", "nix;");
    row("second line", "select 1,\r\n  nix;", "nix;");
}

void TestRun::errorPlaces()
{
    QFETCH(QByteArray, script);
    QFETCH(QByteArray, rest);
    Recorder told;
    const auto pieces = split(script);
    QVERIFY(runPieces(*m_link, pieces, told, {}, {}).has_value());
    QVERIFY(told.ends.back().error);
    QVERIFY2(told.ends.back().error->position > 0, qPrintable(told.text()));
    QCOMPARE(script.mid(scriptOffset(script, pieces.back(), told.ends.back().error->position)), rest);
}

void TestRun::copyFiles()
{
    QTemporaryDir folder;
    RunOptions options;
    options.workingDirectory = folder.path();
    QFile file(folder.filePath(QStringLiteral("in put.csv")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    for (int i = 0; i < 100'000; ++i)
        file.write(QByteArray::number(i) + ",\"a;b\"\n");
    file.close();
    const Recorder told = run("create table f (a int, b text);\n\\copy f from 'in put.csv' csv\n\\copy (select a from f where a < 3 order by a) to out.txt\nselect count(*), min(b) from f;",
                              options);
    QVERIFY2(told.text().contains(QStringLiteral("= COPY 100000")), qPrintable(told.text()));
    QVERIFY2(told.text().endsWith(QStringLiteral("100000|a;b\n= SELECT 1")), qPrintable(told.text()));
    QFile out(folder.filePath(QStringLiteral("out.txt")));
    QVERIFY(out.open(QIODevice::ReadOnly));
    QCOMPARE(out.readAll(), QByteArray("0\n1\n2\n"));
    QCOMPARE(run("copy (select 1) to stdout;").copied, QByteArray("1\n"));
    options.copyInput = [sent = 0]() mutable -> Result<QByteArray> { return sent++ ? QByteArray() : QByteArray("5\tx\n"); };
    QVERIFY(run("copy f from stdin", options).text().endsWith(QStringLiteral("= COPY 1")));
}

// No half file takes the place of a good one, and the link goes on.
void TestRun::copyFails()
{
    QTemporaryDir folder;
    RunOptions options;
    options.workingDirectory = folder.path();
    options.onError = OnError::Continue;
    QFile out(folder.filePath(QStringLiteral("out.txt")));
    QVERIFY(out.open(QIODevice::WriteOnly));
    out.write("good");
    out.close();
    const Recorder told = run("create table c (a int);\n\\copy (select 1 / (50000 - i) from generate_series(1, 60000) i) to out.txt\n\\copy c from nowhere\n\\copy c from program 'id'\n"
                              "\\copy c\ncopy c from stdin;\nx\n\\.\ncopy c from stdin\n",
                              options);
    QStringList errors;
    for (const StatementEnd &end : told.ends)
        errors << (end.error ? end.error->sqlstate + end.error->reason : QString());
    QVERIFY2(errors[1].startsWith(QStringLiteral("22012")), qPrintable(errors.join(QLatin1Char(' '))));
    QCOMPARE(errors[2], QStringLiteral("no_such_file"));
    QCOMPARE(errors[3], QStringLiteral("program_refused"));
    QCOMPARE(errors[4], QStringLiteral("bad_command"));
    QVERIFY2(errors[5].startsWith(QStringLiteral("22P02")), qPrintable(errors[5]));
    QVERIFY2(!errors[6].isEmpty(), qPrintable(told.text()));
    QVERIFY(out.open(QIODevice::ReadOnly));
    QCOMPARE(out.readAll(), QByteArray("good"));
    QCOMPARE(QDir(folder.path()).entryList(QDir::Files), QStringList{QStringLiteral("out.txt")});
    QVERIFY(run("select 1").text().endsWith(QStringLiteral("= SELECT 1")));
}

void TestRun::includes()
{
    QTemporaryDir folder;
    QVERIFY(QDir(folder.path()).mkdir(QStringLiteral("sub")));
    const auto write = [&](const char *name, const QByteArray &text) {
        QFile file(folder.filePath(QString::fromLatin1(name)));
        return file.open(QIODevice::WriteOnly) && file.write(text) == text.size();
    };
    QVERIFY(write("a.sql", "\xEF\xBB\xBFselect 'a';\n\\ir sub/b.sql\n\\q\nselect 'never';"));
    QVERIFY(write("sub/b.sql", "select :'v';\n\\ir c.sql\n"));
    QVERIFY(write("sub/c.sql", "\n\nselect nix;\n"));
    QVERIFY(write("loop.sql", "\\i loop.sql\n"));
    RunOptions options;
    options.workingDirectory = folder.path();
    options.onError = OnError::Continue;
    options.variables.insert(QStringLiteral("v"), QStringLiteral("b"));
    Recorder told = run("\\i a.sql\nselect 'end';", options);
    QCOMPARE(told.text(), QStringLiteral("> 0\n= \n> 0\na\n= SELECT 1\n> 0\n= \n> 0\nb\n= SELECT 1\n> 0\n= \n> 0\n! 42703 0\n> 0\n= \n> 1\nend\n= SELECT 1"));
    const auto failed = std::find_if(told.ends.begin(), told.ends.end(), [](const StatementEnd &end) { return end.error.has_value(); });
    QVERIFY2(failed->error->context.contains(QStringLiteral("c.sql, line 3")), qPrintable(failed->error->context));
    options.onError = OnError::Stop;
    QVERIFY(run("\\i loop.sql", options).text().endsWith(QStringLiteral("! refused_command 0")));
    QVERIFY(run("\\i nowhere.sql", options).text().endsWith(QStringLiteral("! no_such_file 0")));
}

void TestRun::filesRefused()
{
    RunOptions options;
    options.filesAllowed = false;
    options.onError = OnError::Continue;
    const Recorder told = run("\\i a\n\\ir a\n\\copy pg_class to x\n\\o x\n\\cd /\nselect 1 \\g x\n\\! id\n\\echo `id`\nselect 1 \\watch\nselect 1 \\crosstabview\n\\c other\n\\foo", options);
    QCOMPARE(told.ends.size(), size_t(12));
    for (const StatementEnd &end : told.ends)
        QVERIFY2(end.error && end.error->kind == ErrorKind::Client && !end.error->message.isEmpty(), qPrintable(told.text()));
    QCOMPARE(told.ends.back().error->message, QStringLiteral("invalid command \\foo"));
}

void TestRun::describes()
{
    run("create table parent (id int generated always as identity primary key, name text not null default 'x' check (name <> ''), twice int generated always as (2) stored);"
        "create table child (id int references parent, primary key (id)); create view v as select * from parent; create sequence q; create index on child ((id + 1));"
        "create function fn(a int) returns int language sql as 'select 1'; comment on table parent is 'the parent';");
    QString told = run("\\d").text();
    for (const char *name : {"work|parent|table|postgres", "work|child|table|", "work|v|view|", "work|q|sequence|"})
        QVERIFY2(told.contains(QLatin1StringView(name)), qPrintable(told));
    QVERIFY(!told.contains(QStringLiteral("pg_class")));
    told = run("\\dt par*").text();
    QVERIFY2(told.contains(QStringLiteral("work|parent")) && !told.contains(QStringLiteral("child")), qPrintable(told));
    told = run("\\dt+ work.child").text();
    QVERIFY2(told.contains(QStringLiteral("permanent|heap|")), qPrintable(told));
    told = run("\\d parent").text();
    for (const char *line : {"Table \"work.parent\"", "id|integer|NULL|not null|generated always as identity", "name|text|NULL|not null|'x'::text", "Indexes:",
                             "parent_pkey PRIMARY KEY, btree (id)", "Check constraints:", "Referenced by:", "TABLE child CONSTRAINT child_id_fkey FOREIGN KEY (id) REFERENCES parent(id)"})
        QVERIFY2(told.contains(QLatin1StringView(line)), qPrintable(told));
    QVERIFY(run("\\d+ parent").text().contains(QStringLiteral("the parent")));
    QVERIFY(run("\\d v").text().contains(QStringLiteral("SELECT id")));
    QVERIFY(run("\\d q").text().contains(QStringLiteral("bigint|1|1|9223372036854775807|1|no|1|NULL")));
    QVERIFY(run("\\d parent_id_seq").text().contains(QStringLiteral("integer|1|1|2147483647|1|no|1|parent.id")));
    QVERIFY(run("\\di").text().contains(QStringLiteral("work|parent_pkey|index|postgres|parent")));
    QVERIFY(run("\\df fn").text().contains(QStringLiteral("work|fn|integer|a integer|func")));
    QVERIFY(run("\\df+ fn").text().contains(QStringLiteral("volatile|unsafe|postgres|invoker|sql")));
    QVERIFY(run("\\dn").text().contains(QStringLiteral("work|postgres")));
    QVERIFY(run("\\du").text().contains(QStringLiteral("postgres|Superuser")));
    QVERIFY(run("\\l").text().contains(QStringLiteral("template1|postgres|UTF8")));
    QVERIFY(run("\\l+ postgres").text().contains(QStringLiteral(" kB|pg_default")));
    QVERIFY(run("\\dx").text().contains(QStringLiteral("plpgsql")));
    QVERIFY(run("\\dT int*").text().contains(QStringLiteral("pg_catalog|integer")));
    QVERIFY(run("\\dp parent").text().contains(QStringLiteral("work|parent|table")));
    QVERIFY(run("\\db").text().contains(QStringLiteral("pg_default")));
    QVERIFY(run("\\dtvm").text().contains(QStringLiteral("work|v|view")));
    QVERIFY(run("\\dv nix").text().contains(QStringLiteral("Did not find any relation named \"nix\".")));
    QVERIFY(run("\\d nix").text().contains(QStringLiteral("! not_found")));
    QVERIFY(run("\\sf fn").text().contains(QStringLiteral("CREATE OR REPLACE FUNCTION work.fn(a integer)")));
    QVERIFY(run("\\sv v").text().contains(QStringLiteral("CREATE OR REPLACE VIEW v AS")));
    QVERIFY(run("\\conninfo").text().contains(QStringLiteral("as user \"postgres\" via socket")));
    QVERIFY(run("\\d \"Nix\"\"\"").text().contains(QStringLiteral("! not_found")));
}

void TestRun::display()
{
    Recorder told = run("\\x\n\\timing on\n\\pset null '[null]'\n\\t\n\\a\n");
    QVERIFY(told.shown.timing && told.shown.tuplesOnly && !told.shown.aligned);
    QCOMPARE(told.shown.expanded, Display::Expanded::On);
    QCOMPARE(told.shown.null, QStringLiteral("[null]"));
    QCOMPARE((*m_summary)->display, told.shown);
    QVERIFY(told.text().contains(QStringLiteral("say Expanded display is on.")));
    QVERIFY(told.text().contains(QStringLiteral("say Timing is on.")));
    told = run("select 1 \\gx");
    QCOMPARE(told.shown.expanded, Display::Expanded::Off); // again, after the one
    QVERIFY(run("\\x maybe").text().contains(QStringLiteral("! refused_command")));
}

void TestRun::cancelled()
{
    CancelToken cancel;
    std::thread later([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
        cancel.cancel();
    });
    RunOptions options;
    options.onError = OnError::Continue;
    const Recorder told = run("select pg_sleep(30); select 2;", options, cancel);
    later.join();
    QCOMPARE(told.ends.size(), size_t(1));
    QCOMPARE(told.ends[0].error->kind, ErrorKind::Cancelled);
    QVERIFY(m_summary->has_value() && (*m_summary)->stopped);
    QVERIFY(m_link->isAlive());
    options.statementTimeoutMs = 200;
    const Recorder late = run("select pg_sleep(30); select 2;", options);
    QCOMPARE(late.ends.size(), size_t(2));
    QCOMPARE(late.ends[0].error->kind, ErrorKind::Timeout);
    QVERIFY(!late.ends[1].error);
}

void TestRun::lostLink()
{
    RunOptions options;
    options.onError = OnError::Continue;
    const Recorder told = run("create table l (a int);\nselect pg_terminate_backend(pg_backend_pid());\ninsert into l values (1);\nselect 2;", options);
    QCOMPARE(told.ends.size(), size_t(2));
    QVERIFY(!m_summary->has_value());
    QCOMPARE(m_summary->error().kind, ErrorKind::Connection);
    QVERIFY2(m_summary->error().detail.contains(QStringLiteral("2 of the script's pieces were not run")), qPrintable(m_summary->error().text()));
    QVERIFY(!m_link->isAlive());
    QVERIFY(!runPieces(*m_link, split("select 1"), *std::make_unique<Recorder>(), {}, {}).has_value());
    init();
}

void TestRun::timing()
{
    const Recorder told = run("select pg_sleep(0.2);");
    QVERIFY2(told.ends[0].timing.serverMs >= 190 && told.ends[0].timing.transferMs < 150, qPrintable(QString::number(told.ends[0].timing.serverMs)));
    QCOMPARE(told.ends[0].rows, 1);
}

QTEST_GUILESS_MAIN(TestRun)
#include "tst_run.moc"
