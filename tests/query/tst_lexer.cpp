// SPDX-License-Identifier: GPL-3.0-or-later
// Tokens as scan.l and psqlscan.l cut them, and what holds for any text whatever: the tokens tile it.
#include "query/lexer.h"

#include <QRandomGenerator>
#include <QTest>

using namespace howdah::query;
using Kind = Token::Kind;

class TestLexer : public QObject
{
    Q_OBJECT
private slots:
    void tokens_data();
    void tokens();
    void oldStrings();
    void tilesWhateverComes();

private:
    static QString shown(const QByteArray &text, bool standardStrings = true);
};

// "W:select N:1": a letter for the kind, the text; spaces are left out.
QString TestLexer::shown(const QByteArray &text, bool standardStrings)
{
    static const char letters[] = "_-/WQNSDOPAVCX!";
    QStringList parts;
    for (const Token &token : lex(text, standardStrings)) {
        if (token.kind != Kind::Space)
            parts << QLatin1Char(letters[int(token.kind)]) + QLatin1Char(':') + QString::fromUtf8(text.mid(token.begin, token.end - token.begin));
    }
    return parts.join(QLatin1Char('|'));
}

void TestLexer::tokens_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char *name, const char *text, const char *expected) {
        QTest::newRow(name) << QByteArray(text) << QString::fromUtf8(expected);
    };
    row("words", "select _a$1, Ünï", "W:select|W:_a$1|P:,|W:Ünï");
    row("numbers", "1 1.5 .5 1. 1e10 1.5E-3 0xFF 0o17 0b11 1_000", "N:1|N:1.5|N:.5|N:1.|N:1e10|N:1.5E-3|N:0xFF|N:0o17|N:0b11|N:1_000");
    row("range", "1..10", "N:1|P:..|N:10");
    row("rubbish is one token", "123abc 1e $1x", "N:123abc|N:1e|A:$1x");
    row("string", "'it''s' 'a\\'", "S:'it''s'|S:'a\\'");
    row("prefixes", "E'a\\'b' B'01' x'ff' N'n' U&'\\0041' U&\"a\"", "S:E'a\\'b'|S:B'01'|S:x'ff'|S:N'n'|S:U&'\\0041'|Q:U&\"a\"");
    row("string goes on", "'a'\n  'b' 'c'", "S:'a'\n  'b'|S:'c'");
    row("string goes on behind a comment", "'a' -- x\n -- y\n 'b'", "S:'a' -- x\n -- y\n 'b'");
    row("no line break", "'a' 'b'", "S:'a'|S:'b'");
    row("no block comment between", "'a'\n/* x */ 'b'", "S:'a'|/:/* x */|S:'b'");
    row("E goes on with escapes", "E'a'\n'\\''", "S:E'a'\n'\\''");
    row("name", "\"a\"\"b\"", "Q:\"a\"\"b\"");
    row("dollar", "$$a;b$$ $f$ $$ $g$ $f$", "D:$$a;b$$|D:$f$ $$ $g$ $f$");
    row("dollar half", "$a$ $a b$a$", "D:$a$ $a b$a$");
    row("dollar in a name", "a$b$ c", "W:a$b$|W:c");
    row("dollar tag in UTF-8", "$ä$x$ä$", "D:$ä$x$ä$");
    row("lone dollar", "$ $a", "P:$|P:$|W:a");
    row("digits no tag", "$1$ x", "A:$1|P:$|W:x");
    row("nested comment", "/* a /* b */ c */ d", "/:/* a /* b */ c */|W:d");
    row("comment in an operator", "+/*x*/- --y\n*", "O:+|/:/*x*/|O:-|-:--y|O:*");
    row("operators", "a<=b a=-1 a@-1 a->>'x' ~~*", "W:a|O:<=|W:b|W:a|O:=|O:-|N:1|W:a|O:@-|N:1|W:a|O:->>|S:'x'|O:~~*");
    row("minus before comment", "1---x", "N:1|-:---x");
    row("carriage return ends a comment", "--a\rb", "-:--a|W:b");
    row("cast, slice, assign", "a::int b[1:2] c:=1 b[ : ]", "W:a|O:::|W:int|W:b|P:[|N:1|V::2|P:]|W:c|O::=|N:1|W:b|P:[|P::|P:]");
    row("variables", ":a :'b' :\"c\" :{?d} ':e' \":f\" :' g'", "V::a|V::'b'|V::\"c\"|V::{?d}|S:':e'|Q:\":f\"|P::|S:' g'");
    row("parameters", "$1 $22", "A:$1|A:$22");
    row("unterminated string", "a 'b", "W:a|!:'b");
    row("unterminated name", "\"b", "!:\"b");
    row("unterminated comment", "/* /* */", "!:/* /* */");
    row("unterminated dollar", "$a$ $b$", "!:$a$ $b$");
    row("command", "\\d t\nx", "C:\\d t|W:x");
    row("command up to the next", "\\echo a\\\\select 1", "C:\\echo a|P:\\\\|W:select|N:1");
    row("command and command", "\\x \\dt", "C:\\x |C:\\dt");
    row("quoted backslash", "\\echo 'a\\nb' \"c\\d\" x\ny", "C:\\echo 'a\\nb' \"c\\d\" x|W:y");
    row("whole line", "\\copy t from 'a\\b' \\x\nz", "C:\\copy t from 'a\\b' \\x|W:z");
    row("joined", "a\\;b\\:c", "W:a|P:\\;|W:b|P:\\:|W:c");
    row("copy data", "COPY t (a) FROM stdin;\n1\t';\n\\.\nx", "W:COPY|W:t|P:(|W:a|P:)|W:FROM|W:stdin|P:;|X:1\t';\n\\.\n|W:x");
    row("copy data to the end", "copy t from stdin;\n1", "W:copy|W:t|W:from|W:stdin|P:;|X:1");
    row("copy from a file", "copy t from 'stdin';\nx", "W:copy|W:t|W:from|S:'stdin'|P:;|W:x");
    row("copy to", "copy t to stdout;\nx", "W:copy|W:t|W:to|W:stdout|P:;|W:x");
    row("two copies on a line", "copy a from stdin; copy b from stdin;\n1\n\\.\n2\n\\.\nx",
        "W:copy|W:a|W:from|W:stdin|P:;|W:copy|W:b|W:from|W:stdin|P:;|X:1\n\\.\n|X:2\n\\.\n|W:x");
    row("set old strings", "set standard_conforming_strings = off; 'a\\';\n'a\\'b';set standard_conforming_strings to on;\n'a\\'",
        "W:set|W:standard_conforming_strings|O:=|W:off|P:;|S:'a\\'|P:;|S:'a\\'b'|P:;|W:set|W:standard_conforming_strings|W:to|W:on|P:;|S:'a\\'"); // from the next line on
}

void TestLexer::tokens()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, expected);
    QCOMPARE(shown(text), expected);
}

void TestLexer::oldStrings()
{
    QCOMPARE(shown("'a\\'b' n'\\''", false), QStringLiteral("S:'a\\'b'|S:n'\\''"));
    QCOMPARE(shown("b'\\' x", false), QStringLiteral("S:b'\\'|W:x"));
}

void TestLexer::tilesWhateverComes()
{
    static const QByteArrayList bits{"'", "\"", "$$", "$a$", "/*", "*/", "--", "\n", "\r", ";", "(", ")", "\\", "\\;", "\\.", "\\.\n", "\\g", "\\copy t", ":", ":a",
                                     "::", "E'", "U&'", "begin", "end", "case", "create function f", "copy t from stdin;", "\n", " ", "1e", "0x", "$1", "-", "+",
                                     "ä", QByteArray("\0", 1), QByteArray("\xff"), "select", "set standard_conforming_strings=off;", "."};
    QRandomGenerator random(20261125);
    for (int round = 0; round < 20'000; ++round) {
        QByteArray text;
        for (int i = random.bounded(30); i > 0; --i)
            text += bits[random.bounded(int(bits.size()))];
        qsizetype at = 0;
        for (const Token &token : lex(text, random.bounded(2) == 0)) {
            QVERIFY2(token.begin == at && token.end > token.begin, text.toPercentEncoding().constData());
            at = token.end;
        }
        QVERIFY2(at == text.size(), text.toPercentEncoding().constData());
    }
}

QTEST_APPLESS_MAIN(TestLexer)
#include "tst_lexer.moc"
