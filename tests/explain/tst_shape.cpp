// SPDX-License-Identifier: GPL-3.0-or-later
// What is done to a text before a server sees it: one statement, its parameters, and the forms in which a literal has gone.
#include "explain/shape.h"
#include "support/verifyok.h"

#include <QTest>

using namespace howdah;
using namespace howdah::explain;
using namespace Qt::StringLiterals;

class TestShape : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void refuses_data();
    void refuses();
    void takesTheQueryWithin_data();
    void takesTheQueryWithin();
    void rewrites_data();
    void rewrites();
    void wordsOfTheGrammar();
    void leavesOthersAlone();
    void names();
};

void TestShape::refuses_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("reason");
    QTest::newRow("nothing") << u" -- only a remark\n"_s << u"no_statement"_s;
    QTest::newRow("two") << u"select 1; drop table t"_s << u"several_statements"_s;
    QTest::newRow("two behind a remark") << u"select 1 /* ; */ ; -- x\n delete from t;"_s << u"several_statements"_s;
    QTest::newRow("cut in a literal") << u"select * from t where a = 'x"_s << u"text_cut"_s;
    QTest::newRow("cut in a remark") << u"select 1 /* x"_s << u"text_cut"_s;
    for (const auto *utility :
         {"set work_mem = $1", "vacuum t", "call p($1)", "do $$ begin end $$", "execute x(1)", "create table t(a int)", "refresh materialized view m",
          "create table t as execute x(1)", "copy t from stdin", "commit", "begin", "truncate t", "prepare transaction 'x'"})
        QTest::newRow(utility) << QString::fromLatin1(utility) << u"no_plan"_s;
    QTest::newRow("explained") << u"explain (analyze) vacuum t"_s << u"no_plan"_s;
    QTest::newRow("numbers") << u"select $99999"_s << u"too_many_parameters"_s;
    QTest::newRow("rubbish") << u"select $0"_s << u"too_many_parameters"_s;
}

void TestShape::refuses()
{
    QFETCH(QString, text);
    const auto shape = shapeOf(text);
    QVERIFY(!shape);
    QTEST(shape.error().reason, "reason");
}

void TestShape::takesTheQueryWithin_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QByteArray>("taken");
    QTest::addColumn<QByteArray>("inner");
    QTest::addColumn<bool>("writes");
    QTest::newRow("itself") << u" /* a */ select 1 ; -- b"_s << QByteArray("select 1") << QByteArray("select 1") << false;
    QTest::newRow("explain") << u"explain (analyze, buffers) select 1"_s << QByteArray("select 1") << QByteArray("select 1") << false;
    QTest::newRow("old explain") << u"explain analyze verbose delete from t"_s << QByteArray("delete from t") << QByteArray("delete from t") << true;
    QTest::newRow("explain of a group") << u"explain (select 1)"_s << QByteArray("(select 1)") << QByteArray("(select 1)") << false;
    QTest::newRow("copy") << u"copy (select * from t) to '/tmp/x'"_s << QByteArray("select * from t") << QByteArray("select * from t") << false;
    QTest::newRow("prepare") << u"prepare x(int) as select $1"_s << QByteArray("select $1") << QByteArray("select $1") << false;
    QTest::newRow("cursor") << u"declare c cursor for select 1"_s << QByteArray("declare c cursor for select 1") << QByteArray("select 1") << false;
    QTest::newRow("table") << u"create temp table x as select 1 with no data"_s << QByteArray("create temp table x as select 1 with no data")
                           << QByteArray("select 1") << true;
    QTest::newRow("cte") << u"with a as (delete from t returning *) select * from a"_s << QByteArray("with a as (delete from t returning *) select * from a")
                         << QByteArray("with a as (delete from t returning *) select * from a") << true;
}

void TestShape::takesTheQueryWithin()
{
    QFETCH(QString, text);
    const auto shape = shapeOf(text);
    VERIFY_OK(shape);
    QTEST(shape->text, "taken");
    QTEST(shape->inner, "inner");
    QTEST(shape->writes, "writes");
}

void TestShape::rewrites_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("rewritten");
    const auto row = [](const char *name, const char *text, const char *rewritten) { QTest::newRow(name) << QByteArray(text) << QByteArray(rewritten); };
    row("interval", "select now() - interval $1", "select now() - ($1::interval)");
    row("interval day", "select interval $1 day, 1", "select ($1::interval day), 1");
    row("interval to", "select interval $1 day to second(3) as x", "select ($1::interval day to second(3)) as x");
    row("interval(2)", "select interval(2) $1", "select ($1::interval(2))");
    row("date", "select d > date $1 + $2", "select d > ($1::date) + $2");
    row("timestamptz", "select timestamp with time zone $1", "select ($1::timestamp with time zone)");
    row("timestamp(0)", "select timestamp(0) without time zone $1", "select ($1::timestamp(0) without time zone)");
    row("double", "select double precision $1", "select ($1::double precision)");
    row("numeric", "select numeric(10, 2) $1", "select ($1::numeric(10, 2))");
    row("varying", "select national character varying(3) $1", "select ($1::national character varying(3))");
    row("qualified", "select pg_catalog.int4 $1", "select ($1::pg_catalog.int4)");
    row("quoted", "select \"My type\" $1", "select ($1::\"My type\")");
    row("not ASCII", "select 'ä' || text $1", "select 'ä' || ($1::text)");
}

void TestShape::rewrites()
{
    QFETCH(QByteArray, text);
    const auto rewrite = rewriteAt(text, text.indexOf("$1"), {});
    QVERIFY(rewrite);
    QCOMPARE(rewrite->form, Rewrite::Form::TypedLiteral);
    QCOMPARE(rewrite->number, 1);
    QTEST(rewrite->text, "rewritten");
}

void TestShape::wordsOfTheGrammar()
{
    const QByteArray text = "select extract($1 from d), normalize(b, $2), b is $3 normalized from t";
    const auto field = rewriteAt(text, text.indexOf("$1"), {});
    QVERIFY(field && field->form == Rewrite::Form::Field && field->wantsValue);
    const auto known = rewriteAt(text, text.indexOf("$1"), {{1, u"year"_s}});
    QVERIFY(known && !known->wantsValue);
    QVERIFY(known->text.contains("extract(year from d)"));
    // Nothing but a word takes a place in the grammar.
    for (const auto *bad : {"year from d) ; drop table t", "'year'", "", "a b"})
        QVERIFY(rewriteAt(text, text.indexOf("$1"), {{1, QString::fromLatin1(bad)}})->wantsValue);
    QVERIFY(rewriteAt(text, text.indexOf("$2"), {})->form == Rewrite::Form::NormalForm);
    QVERIFY(rewriteAt(text, text.indexOf("$3"), {{3, u"nfc"_s}})->text.contains("b is nfc normalized"));
}

void TestShape::leavesOthersAlone()
{
    const QByteArray text = "select 1 fron t where a = $1";
    QVERIFY(!rewriteAt(text, text.indexOf(" t "), {}));
    QVERIFY(!rewriteAt(text, text.indexOf("$1"), {}));
    QVERIFY(!rewriteAt(text, -1, {}));
    QVERIFY(!rewriteAt(text, 4000, {}));
    QCOMPARE(byteOfCharacter("aäb", 3), 3);
    QCOMPARE(byteOfCharacter("aäb", 4), -1);
}

void TestShape::names()
{
    const auto called = calledNames("select Nextval('s'), \"My \"\"f\".\"G\"(1), a.b, count (*) from t where x in (1)");
    QStringList all;
    for (const CalledName &name : called)
        all.append(name.schema + u'.' + name.name);
    QVERIFY2(all.contains(u".nextval"_s) && all.contains(u"My \"f.G"_s) && all.contains(u".count"_s) && !all.contains(u"a.b"_s), qPrintable(all.join(u' ')));
}

QTEST_GUILESS_MAIN(TestShape)
#include "tst_shape.moc"
