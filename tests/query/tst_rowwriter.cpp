// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/rowsof.h"
#include "base/json.h"
#include "query/jsontext.h"
#include "query/rowwriter.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QtTest>

using namespace howdah;
using query::Format;
using query::RowWriter;

namespace
{
const std::vector<pg::Column> kColumns{{QStringLiteral("id"), 23}, {QStringLiteral("name"), 25}, {QStringLiteral("n"), 1700}, {QStringLiteral("ok"), 16}, {QStringLiteral("doc"), 114}};

pg::Rows sample()
{
    return test::rowsOf(kColumns, {{"1", "plain", "10.50", "t", R"({"b": 1.0, "a": 12345678901234567890})"},
                                   {"2", "", "NaN", "f", "[1,\n 2]"},
                                   {"-3", std::nullopt, std::nullopt, std::nullopt, std::nullopt},
                                   {"4", "a,\"b\"\nc\\d'e", "1e-7", "t", "\"x\""}});
}

QByteArray written(Format format, const pg::Rows &rows, const query::WriteOptions &options = {})
{
    const auto writer = RowWriter::make(format, options);
    QByteArray out = writer->begin(rows.columns());
    out += writer->rows(rows);
    return out + writer->end();
}
} // namespace

class TestRowWriter : public QObject
{
    Q_OBJECT

private slots:
    void csv()
    {
        QCOMPARE(written(Format::Csv, sample()), QByteArray("id,name,n,ok,doc\n"
                                                            "1,plain,10.50,t,\"{\"\"b\"\": 1.0, \"\"a\"\": 12345678901234567890}\"\n"
                                                            "2,\"\",NaN,f,\"[1,\n 2]\"\n"
                                                            "-3,,,,\n"
                                                            "4,\"a,\"\"b\"\"\nc\\d'e\",1e-7,t,\"\"\"x\"\"\"\n"));
        QCOMPARE(written(Format::Csv, test::rowsOf({{QStringLiteral("a"), 25}}, {{"\\."}, {std::nullopt}}), {.header = false}), QByteArray("\"\\.\"\n\n"));
    }

    void guardsSpreadsheets()
    {
        const pg::Rows rows = test::rowsOf({{QStringLiteral("a"), 25}}, {{"=1+1"}, {"-5"}, {"-1e+7"}, {"-cmd"}, {"@x"}, {"+"}, {"a=b"}, {"=\"x\""}});
        QCOMPARE(written(Format::Csv, rows, {.header = false, .forSpreadsheets = true}),
                 QByteArray("'=1+1\n-5\n-1e+7\n'-cmd\n'@x\n'+\na=b\n\"'=\"\"x\"\"\"\n"));
        QVERIFY(!written(Format::Csv, rows, {.header = false}).contains('\''));
        QVERIFY(written(Format::Tsv, rows, {.header = false, .forSpreadsheets = true}).startsWith("'=1+1\n"));
    }

    void tsv()
    {
        QCOMPARE(written(Format::Tsv, test::rowsOf({{QStringLiteral("a"), 25}, {QStringLiteral("b"), 25}}, {{"x\ty\\", std::nullopt}, {"", "l\nm"}})),
                 QByteArray("a\tb\nx\\ty\\\\\t\\N\n\tl\\nm\n"));
    }

    void jsonKeepsTheServersText()
    {
        const QByteArray out = written(Format::Json, sample());
        QCOMPARE(out, QByteArray("[\n"
                                 "{\"id\":1,\"name\":\"plain\",\"n\":10.50,\"ok\":true,\"doc\":{\"b\": 1.0, \"a\": 12345678901234567890}},\n"
                                 "{\"id\":2,\"name\":\"\",\"n\":\"NaN\",\"ok\":false,\"doc\":[1,\n 2]},\n"
                                 "{\"id\":-3,\"name\":null,\"n\":null,\"ok\":null,\"doc\":null},\n"
                                 "{\"id\":4,\"name\":\"a,\\\"b\\\"\\nc\\\\d'e\",\"n\":1e-7,\"ok\":true,\"doc\":\"x\"}\n"
                                 "]\n"));
        QCOMPARE(QJsonDocument::fromJson(out).array().size(), 4);
        QCOMPARE(written(Format::Json, test::rowsOf(kColumns, {})), QByteArray("[]\n"));
    }

    // U+009B begins a terminal's command as ESC [ does.
    void jsonDrivesNoTerminal()
    {
        const std::vector<pg::Column> columns{{QStringLiteral("c\u009b"), 25}, {QStringLiteral("d"), 114}};
        const QByteArray out = written(Format::Ndjson, test::rowsOf(columns, {{"a\xc2\x9b" "31m\xc2\xa0\x1b\x7f", "{\"k\":\t\"\xc2\x80\xc3\x80\"}"}}));
        QCOMPARE(out, QByteArray("{\"c\\u009b\":\"a\\u009b31m\xc2\xa0\\u001b\\u007f\",\"d\":{\"k\":\t\"\\u0080\xc3\x80\"}}\n"));
        QCOMPARE(jsonLine({{QStringLiteral("m"), QStringLiteral("\u009b1m")}}), QByteArray("{\"m\":\"\\u009b1m\"}\n"));
    }

    void ndjsonIsALineEach()
    {
        const QList<QByteArray> lines = written(Format::Ndjson, sample()).split('\n');
        QCOMPARE(lines.size(), 5);
        for (int i = 0; i < 4; ++i)
            QVERIFY2(QJsonDocument::fromJson(lines[i]).isObject(), lines[i].constData());
        QVERIFY(lines[1].endsWith(R"("doc":[1,  2]})"));
    }

    void jsonNamesAreDistinct()
    {
        const pg::Rows rows = test::rowsOf({{QStringLiteral("a"), 23}, {QStringLiteral("a"), 23}, {QStringLiteral("a_2"), 23}, {QStringLiteral("a"), 23}}, {{"1", "2", "3", "4"}});
        QCOMPARE(written(Format::Ndjson, rows), QByteArray("{\"a\":1,\"a_3\":2,\"a_2\":3,\"a_4\":4}\n"));
    }

    void jsonStringsAreValid()
    {
        const pg::Rows rows = test::rowsOf({{QStringLiteral("a"), 25}}, {{QByteArray("\x01\x1f\xff z")}});
        QCOMPARE(written(Format::Ndjson, rows), QByteArray("{\"a\":\"\\u0001\\u001f\xef\xbf\xbd z\"}\n"));
    }

    void inserts()
    {
        QCOMPARE(written(Format::Insert, sample(), {.relation = QStringLiteral("public.\"T\"")}),
                 QByteArray("INSERT INTO public.\"T\" (\"id\", \"name\", \"n\", \"ok\", \"doc\") VALUES\n"
                            "    (1, 'plain', 10.50, true, '{\"b\": 1.0, \"a\": 12345678901234567890}'),\n"
                            "    (2, '', 'NaN', false, '[1,\n 2]'),\n"
                            "    (-3, NULL, NULL, NULL, NULL),\n"
                            "    (4, E'a,\"b\"\nc\\\\d''e', 1e-7, true, '\"x\"');\n"));
        QCOMPARE(written(Format::Insert, test::rowsOf(kColumns, {})), QByteArray());
        // An xid takes no integer.
        QVERIFY(written(Format::Insert, test::rowsOf({{QStringLiteral("x"), 28}}, {{"7"}})).contains("('7')"));
    }

    void inLists()
    {
        QCOMPARE(written(Format::InList, test::rowsOf({{QStringLiteral("a"), 23}}, {{"1"}, {"2"}, {std::nullopt}})), QByteArray("(1, 2, NULL)\n"));
        QCOMPARE(written(Format::InList, test::rowsOf({{QStringLiteral("a"), 25}, {QStringLiteral("b"), 23}}, {{"it's", "1"}})), QByteArray("(('it''s', 1))\n"));
        QCOMPARE(written(Format::InList, test::rowsOf({{QStringLiteral("a"), 25}}, {})), QByteArray("(NULL)\n"));
    }

    void markdown()
    {
        QCOMPARE(written(Format::Markdown, test::rowsOf({{QStringLiteral("a|b"), 25}, {QStringLiteral("n"), 23}}, {{"x\ny", "1"}, {"NULL", std::nullopt}, {"<b>*", "2"}})),
                 QByteArray("| a\\|b | n |\n| --- | ---: |\n| x<br>y | 1 |\n| NULL | *NULL* |\n| &lt;b>\\* | 2 |\n"));
    }

    void tableWithoutEnd()
    {
        // What is wider than the first ten thousand rows stands out instead of being cut.
        const auto writer = RowWriter::make(Format::Table);
        const std::vector<pg::Column> columns{{QStringLiteral("a"), 25}, {QStringLiteral("b"), 25}};
        writer->begin(columns);
        const std::vector<std::vector<test::Cell>> many(10'000, {"x", "y"});
        QVERIFY(writer->rows(test::rowsOf(columns, many)).startsWith(" a | b \n---+---\n x | y\n"));
        QCOMPARE(writer->rows(test::rowsOf(columns, {{"wide", "z"}})), QByteArray(" wide | z\n"));
        QCOMPARE(writer->end(), QByteArray("(10001 rows)\n\n"));
    }

    void prettyJson()
    {
        QCOMPARE(*query::prettyJson(R"({"b":1.00,"a":[1,{"x":null}],"e":{},"f":[]})"),
                 QByteArray("{\n  \"b\": 1.00,\n  \"a\": [\n    1,\n    {\n      \"x\": null\n    }\n  ],\n  \"e\": {},\n  \"f\": []\n}"));
        QCOMPARE(*query::prettyJson("12345678901234567890.10"), QByteArray("12345678901234567890.10"));
        QCOMPARE(*query::prettyJson("\"a\\\"b\""), QByteArray("\"a\\\"b\""));
        for (const char *bad : {"", "{", "[1,]", "{\"a\"}", "{\"a\":1,}", "[1 2]", "tru", "01", "\"a", "[}", "{]", "1 2", "{1:2}"})
            QVERIFY2(!query::prettyJson(bad), bad);
        const QByteArray deep = QByteArray(100'000, '[') + QByteArray(100'000, ']');
        const auto pretty = query::prettyJson(deep);
        QVERIFY(pretty);
        QVERIFY(pretty->size() < 40'000'000);
    }

    void namesGoBothWays()
    {
        for (const Format format : {Format::Csv, Format::Tsv, Format::Json, Format::Ndjson, Format::Markdown, Format::Insert, Format::InList, Format::Table})
            QCOMPARE(query::formatFromName(query::formatName(format)), std::optional(format));
        QVERIFY(!query::formatFromName(QStringLiteral("xml")));
    }
};

QTEST_GUILESS_MAIN(TestRowWriter)
#include "tst_rowwriter.moc"
