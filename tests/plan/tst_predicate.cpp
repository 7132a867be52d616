// SPDX-License-Identifier: GPL-3.0-or-later
// Conditions as EXPLAIN writes them: whose columns, by which operators, and what an index could do.
#include "plan/predicate.h"

#include <QTest>

#include <ctime>

using namespace howdah::plan;
using namespace Qt::StringLiterals;

class TestPredicate : public QObject
{
    Q_OBJECT
private slots:
    void reads_data();
    void reads();
    void arms();
    void bounded();
};

static QString told(const Condition &condition)
{
    static const QStringList uses = {u"equality"_s, u"range"_s, u"prefix"_s, u"other"_s}, kinds = {u"column"_s, u"cast"_s, u"expression"_s, u"value"_s};
    return u"%1 %2 %3%4 [%5]%6"_s.arg(uses[int(condition.use())], condition.op.isEmpty() ? u"-"_s : condition.op, kinds[int(condition.left.kind)],
                                      condition.left.type.isEmpty() ? QString() : QString(u' ' + condition.left.type), condition.left.columns.join(u' '),
                                      condition.left.foreign ? u" foreign"_s : QString());
}

void TestPredicate::reads_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QStringList>("conditions");
    QTest::newRow("equality") << u"(kind = 7)"_s << QStringList{u"equality = column [kind]"_s};
    QTest::newRow("qualified") << u"(i.kind = 7)"_s << QStringList{u"equality = column [kind]"_s};
    QTest::newRow("quoted") << u"(i.\"Odd \"\"one\" >= '2026-01-01'::date)"_s << QStringList{u"range >= column [Odd \"one]"_s};
    QTest::newRow("and") << u"((kind = 7) AND (price > 5) AND (label <> 'x AND y'::text))"_s
                         << QStringList{u"equality = column [kind]"_s, u"range > column [price]"_s, u"other <> column [label]"_s};
    QTest::newRow("turned") << u"(5 < price)"_s << QStringList{u"range > column [price]"_s};
    QTest::newRow("cast") << u"((id)::numeric = '5'::numeric)"_s << QStringList{u"equality = cast numeric [id]"_s};
    QTest::newRow("cast of several words") << u"((i.at)::timestamp(3) without time zone < now())"_s
                                           << QStringList{u"range < cast timestamp without time zone [at]"_s};
    QTest::newRow("cast to an array's type") << u"((a)::text = ANY ('{x,y}'::text[]))"_s << QStringList{u"equality = ANY cast text [a]"_s};
    QTest::newRow("expression") << u"(lower((label)::text) = 'x'::text)"_s << QStringList{u"equality = expression [label]"_s};
    QTest::newRow("of two columns") << u"((a + b) > 5)"_s << QStringList{u"range > expression [a b]"_s};
    QTest::newRow("both sides") << u"(a = b)"_s << QStringList{u"other = column [a]"_s};
    QTest::newRow("another relation") << u"(i.kind = k.id)"_s << QStringList{u"equality = column [kind]"_s};
    QTest::newRow("another relation first") << u"(k.id = i.kind)"_s << QStringList{u"equality = column [kind]"_s};
    QTest::newRow("mixed with another relation") << u"((i.kind + k.id) = 5)"_s << QStringList{u"other = expression [kind] foreign"_s};
    QTest::newRow("parameter") << u"(kind = $1)"_s << QStringList{u"equality = column [kind]"_s};
    QTest::newRow("InitPlan") << u"(kind = (InitPlan 1).col1)"_s << QStringList{u"equality = column [kind]"_s};
    QTest::newRow("SubPlan") << u"(kind = (SubPlan 1))"_s << QStringList{u"other = column [kind]"_s};
    QTest::newRow("hashed SubPlan") << u"(ANY (kind = (hashed SubPlan 1).col1))"_s << QStringList{u"other - expression [kind]"_s};
    QTest::newRow("null") << u"((kind IS NULL) AND (price IS NOT NULL))"_s << QStringList{u"equality IS NULL column [kind]"_s, u"other - expression [price]"_s};
    QTest::newRow("flag") << u"done"_s << QStringList{u"other - column [done]"_s};
    QTest::newRow("not") << u"(NOT done)"_s << QStringList{u"other - expression [done]"_s};
    QTest::newRow("like") << u"(label ~~ 'abc%'::text)"_s << QStringList{u"prefix ~~ column [label]"_s};
    QTest::newRow("like masked") << u"(label ~~ '***'::text)"_s << QStringList{u"other ~~ column [label]"_s};
    QTest::newRow("like anywhere") << u"(label ~~ '%abc%'::text)"_s << QStringList{u"other ~~ column [label]"_s};
    QTest::newRow("contains") << u"(doc @> '{\"a = b\": 1}'::jsonb)"_s << QStringList{u"other @> column [doc]"_s};
    QTest::newRow("case") << u"(CASE WHEN (a = 1) THEN b ELSE 0 END = 5)"_s << QStringList{u"other - expression [a b]"_s};
    QTest::newRow("extract") << u"(EXTRACT(year FROM day) = '2026'::numeric)"_s << QStringList{u"equality = expression [day]"_s};
    QTest::newRow("all") << u"(a <> ALL ('{1,2}'::integer[]))"_s << QStringList{u"other - expression [a]"_s};
    QTest::newRow("a column called hashed") << u"(hashed = 1)"_s << QStringList{u"equality = column [hashed]"_s};
    QTest::newRow("collation") << u"((label)::text = ('x'::text COLLATE \"C\"))"_s << QStringList{u"equality = cast text [label]"_s};
}

void TestPredicate::reads()
{
    QFETCH(QString, text);
    QFETCH(QStringList, conditions);
    QStringList got;
    for (const Condition &condition : conditionsOf(text, u"i"_s))
        got.append(told(condition));
    QCOMPARE(got, conditions);
}

void TestPredicate::arms()
{
    const auto conditions = conditionsOf(u"((a = 1) OR ((b > 2) AND (c = 3)))"_s, u"i"_s);
    QCOMPARE(conditions.size(), 1);
    QCOMPARE(conditions[0].use(), Condition::Use::Other);
    QCOMPARE(conditions[0].arms.size(), 2);
    QCOMPARE(told(conditions[0].arms[0].first()), u"equality = column [a]"_s);
    QCOMPARE(conditions[0].arms[1].size(), 2);
    QCOMPARE(columnsOf(conditions), (QStringList{u"a"_s, u"b"_s, u"c"_s}));
    // Where the relation is known, only its columns are columns.
    RelationFacts relation;
    relation.columns.append({u"a"_s, u"integer"_s, {}, true, {}});
    QCOMPARE(columnsOf(conditionsOf(u"((a = 1) AND (b = 2))"_s, u"i"_s, &relation)), QStringList{u"a"_s});
}

void TestPredicate::bounded()
{
    const std::clock_t begin = std::clock(); // of this process alone: the machine may be busy
    const qsizetype many = maxCondition / 2;
    conditionsOf(QString(many, u'(') + QString(many, u')'), u"i"_s);
    conditionsOf(QString(maxCondition, u'('), u"i"_s);
    const QString whole = u"((i.\"a b\" = 'x'::text) AND (b = ANY ('{1,2}'::integer[])) OR NOT CASE WHEN c THEN (d)::numeric(1,2) END IS NULL)"_s;
    for (qsizetype length = 0; length < whole.size(); ++length) // whatever is cut off
        conditionsOf(whole.first(length), u"i"_s);
    QString nested = u"a"_s;
    for (int depth = 0; depth < 2000; ++depth)
        nested = u"(b OR (c AND %1))"_s.arg(nested);
    conditionsOf(nested, u"i"_s);
    QVERIFY(conditionsOf(QString(maxCondition + 1, u'a'), u"i"_s).isEmpty());
    const double seconds = double(std::clock() - begin) / CLOCKS_PER_SEC;
    QVERIFY2(seconds < 5, qPrintable(QString::number(seconds)));
}

QTEST_GUILESS_MAIN(TestPredicate)
#include "tst_predicate.moc"
