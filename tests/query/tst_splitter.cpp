// SPDX-License-Identifier: GPL-3.0-or-later
// Pieces as psql sends them. The corpus test holds the same against psql itself.
#include "query/lexer.h"
#include "query/splitter.h"

#include <QRandomGenerator>
#include <QTest>

using namespace howdah::query;

class TestSplitter : public QObject
{
    Q_OBJECT
private slots:
    void pieces_data();
    void pieces();
    void places();
    void copyData();
    void senders();
    void cursor();
    void errorPositions();
    void coversWhateverComes();
};

void TestSplitter::pieces_data()
{
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QByteArrayList>("texts");
    const auto row = [](const char *name, const char *script, const QByteArrayList &texts) { QTest::newRow(name) << QByteArray(script) << texts; };
    row("nothing", "", {});
    row("space and comments", " -- a\n/* b */ ;;", {});
    row("two", "select 1; select 2", {"select 1", "select 2"});
    row("comments", "-- a\n/*+ hint */ select /* ; */ 1 -- ;\n;x", {"/*+ hint */ select /* ; */ 1 -- ;\n", "x"});
    row("quotes", "select ';', \";\", $$;$$, $a$;$a$;x", {"select ';', \";\", $$;$$, $a$;$a$", "x"});
    row("parentheses", "create rule r as on insert to t do (select 1; select 2);x", {"create rule r as on insert to t do (select 1; select 2)", "x"});
    row("closed once too often", "select 1);x", {"select 1)", "x"});
    row("begin atomic", "create or replace function f() returns int begin atomic select 1; select case when true then 2 end; end;x",
        {"create or replace function f() returns int begin atomic select 1; select case when true then 2 end; end", "x"});
    row("procedure", "CREATE PROCEDURE p() BEGIN ATOMIC SELECT 1; END;x", {"CREATE PROCEDURE p() BEGIN ATOMIC SELECT 1; END", "x"});
    row("begin in parentheses", "create function f(begin int) returns int return 1;x", {"create function f(begin int) returns int return 1", "x"});
    row("begin of a transaction", "begin;x;end;y", {"begin", "x", "end", "y"});
    row("no function", "create table begin (a int);x", {"create table begin (a int)", "x"});
    row("joined", "select 1\\; select 2;x", {"select 1; select 2", "x"});
    row("colon", "select a[1\\:2];x", {"select a[1:2]", "x"});
    row("commands", "\\x\nselect 1;\n\\echo hi\n", {"\\x", "select 1", "\\echo hi"});
    row("command inside", "select \\timing\n1;x", {"\\timing", "select \n1", "x"});
    row("reset", "select ( \\r\nx;y", {"\\r", "x", "y"});
    row("unterminated quote", "select 'a;\nb", {"select 'a;\nb"});
    row("CR LF", "select 1;\r\n\\x\r\nselect 2;\r\n", {"select 1", "\\x", "select 2"});
}

void TestSplitter::pieces()
{
    QFETCH(QByteArray, script);
    QFETCH(QByteArrayList, texts);
    QByteArrayList found;
    for (const Piece &piece : split(script))
        found << piece.text;
    QCOMPARE(found, texts);
}

void TestSplitter::places()
{
    const QByteArray script = "-- one\n  select\n1;\n\n\\x\n /* c */ select 2 \\; select 3";
    const auto pieces = split(script);
    QCOMPARE(pieces.size(), size_t(3));
    QCOMPARE(pieces[0].line, 2);
    QCOMPARE(script.mid(pieces[0].begin, pieces[0].end - pieces[0].begin), QByteArray("select\n1;"));
    QVERIFY(pieces[0].terminated && !pieces[0].several);
    QCOMPARE(pieces[1].kind, Piece::Kind::Command);
    QCOMPARE(pieces[1].line, 5);
    QCOMPARE(pieces[2].line, 6);
    QCOMPARE(pieces[2].text, QByteArray("/* c */ select 2 ; select 3"));
    QVERIFY(script.mid(pieces[2].begin).startsWith("select 2"));
    QVERIFY(!pieces[2].terminated && pieces[2].several);
}

void TestSplitter::copyData()
{
    const auto one = split("copy t from stdin; select 1;\na\n\\.\nselect 2;");
    QCOMPARE(one.size(), size_t(3));
    QVERIFY(one[0].hasCopyData && !one[1].hasCopyData);
    QCOMPARE(one[0].copyData, QByteArray("a\n"));
    QCOMPARE(one[2].text, QByteArray("select 2"));
    const auto crlf = split("copy t from stdin;\r\na\r\n\\.\r\nselect 2;");
    QCOMPARE(crlf[0].copyData, QByteArray("a\r\n"));
    const auto none = split("copy t from stdin;\n\\.\nx;");
    QVERIFY(none[0].hasCopyData && none[0].copyData.isEmpty());
    QCOMPARE(none.size(), size_t(2));
    const auto joined = split("copy a from stdin \\;\ncopy b from stdin;\n1\n\\.\n2\n\\.\nx;");
    QCOMPARE(joined.size(), size_t(2));
    QCOMPARE(joined[0].copyData, QByteArray("1\n\\.\n2\n"));
    const auto pushed = split("copy a from stdin \\g\n1\n\\.\nx;");
    QCOMPARE(pushed[0].copyData, QByteArray("1\n"));
}

void TestSplitter::senders()
{
    const auto pieces = split("select 1 as a \\gset p_ \nselect :p_a \\gx\nselect 3; \\g\n");
    QCOMPARE(pieces.size(), size_t(4));
    QCOMPARE(pieces[0].text, QByteArray("select 1 as a "));
    QCOMPARE(pieces[0].sender, QByteArray("\\gset p_"));
    QCOMPARE(pieces[1].sender, QByteArray("\\gx"));
    QVERIFY(pieces[2].sender.isEmpty());
    QCOMPARE(pieces[3].kind, Piece::Kind::Command);
    QCOMPARE(split("select ( \\g\nselect 2;").size(), size_t(2)); // what was open is closed
}

void TestSplitter::cursor()
{
    const QByteArray script = "select 1; select 2;\n\n-- x\nselect 3";
    const auto pieces = split(script);
    QCOMPARE(pieceAt(pieces, 0), 0);
    QCOMPARE(pieceAt(pieces, 9), 0);  // just behind
    QCOMPARE(pieceAt(pieces, 10), 1);
    QCOMPARE(pieceAt(pieces, 19), 1);
    QCOMPARE(pieceAt(pieces, 20), -1);
    QCOMPARE(pieceAt(pieces, script.size()), 2);
    QCOMPARE(pieceAt({}, 0), -1);
    QCOMPARE(pieceAt(split("a;b;"), 2), 1); // of two that touch, the one that begins there
}

void TestSplitter::errorPositions()
{
    const QByteArray script = "-- über\nselect 'ä', x;\n/* ü */ select 1 \\; select y;\nselect \\x\nz;";
    const auto pieces = split(script);
    QCOMPARE(pieces.size(), size_t(4));
    const auto charAt = [&](const Piece &piece, const char *what) {
        const int position = int(QString::fromUtf8(piece.text.left(piece.text.lastIndexOf(what))).size()) + 1;
        return script.mid(scriptOffset(script, piece, position), qsizetype(qstrlen(what)));
    };
    QCOMPARE(charAt(pieces[0], "x"), QByteArray("x"));
    QCOMPARE(charAt(pieces[1], "y"), QByteArray("y"));
    QCOMPARE(pieces[2].kind, Piece::Kind::Command);
    QCOMPARE(charAt(pieces[3], "z"), QByteArray("z"));
    QCOMPARE(scriptOffset(script, pieces[0], 0), pieces[0].begin);
    QVERIFY(scriptOffset(script, pieces[3], 1000) <= script.size());
    // Beyond the basic plane a character is one to the server, two to QString.
    const QByteArray wide = "select '😀', x";
    QCOMPARE(wide.mid(scriptOffset(wide, split(wide)[0], 13)), QByteArray("x"));
}

void TestSplitter::coversWhateverComes()
{
    static const QByteArrayList bits{"'", "\"", "$$", "$a$", "/*", "*/", "--", "\n", ";", ";", ";\n", "(", ")", "\\", "\\;", "\\g\n", "\\r\n", "\\.\n", "\\x\n", ":a", "E'",
                                     "begin ", "end ", "case ", "create function f ", "copy t from stdin;\n", " ", "ä", "select ", "1 ", "\r\n"};
    QRandomGenerator random(20261125);
    for (int round = 0; round < 20'000; ++round) {
        QByteArray script;
        for (int i = random.bounded(30); i > 0; --i)
            script += bits[random.bounded(int(bits.size()))];
        qsizetype statements = 0;
        for (const Piece &piece : split(script)) {
            QVERIFY2(piece.begin < piece.end && piece.end <= script.size() && !piece.text.isEmpty() && !piece.stretches.empty(), script.toPercentEncoding().constData());
            QVERIFY(piece.line == 1 + script.left(piece.begin).count('\n'));
            for (size_t i = 0; i < piece.stretches.size(); ++i) {
                const auto &stretch = piece.stretches[i];
                const qsizetype end = i + 1 < piece.stretches.size() ? piece.stretches[i + 1].text : piece.text.size();
                QCOMPARE(script.mid(stretch.script, end - stretch.text), piece.text.mid(stretch.text, end - stretch.text));
            }
            if (piece.kind == Piece::Kind::Statement) {
                QVERIFY2(piece.begin >= statements, script.toPercentEncoding().constData()); // in order, apart
                statements = piece.end;
                QCOMPARE(split(piece.text).size() <= 1 || piece.several || piece.text.contains("\\") || piece.text.contains("(") || piece.text.contains("begin")
                             || piece.text.contains("'") || piece.text.contains("copy"), true);
            }
        }
    }
}

QTEST_APPLESS_MAIN(TestSplitter)
#include "tst_splitter.moc"
