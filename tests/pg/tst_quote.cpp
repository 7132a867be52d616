// SPDX-License-Identifier: GPL-3.0-or-later
#include "pg/identifiers.h"
#include "pg/quote.h"

#include <QTest>

using namespace howdah;
using namespace howdah::pg;

class TestQuote : public QObject
{
    Q_OBJECT
private slots:
    void identifiers()
    {
        QCOMPARE(quoteIdentifier(QStringLiteral("plain")).value(), QByteArray("\"plain\""));
        QCOMPARE(quoteIdentifier(QStringLiteral("a\"b")).value(), QByteArray("\"a\"\"b\""));
        QCOMPARE(quoteIdentifier(QStringLiteral("a\n; drop table x;--")).value(), QByteArray("\"a\n; drop table x;--\""));
        QCOMPARE(quoteIdentifier(QStringLiteral("Größe")).value(), QByteArray("\"Größe\""));
        QCOMPARE(quoteIdentifier(QString(63, u'x')).value().size(), 65);
        QCOMPARE(quoteIdentifier(QString(64, u'x')).error().reason, QStringLiteral("bad_identifier"));
        QCOMPARE(quoteIdentifier(QString(32, u'ü')).error().reason, QStringLiteral("bad_identifier")); // 64 bytes
        QVERIFY(!quoteIdentifier(QString()));
        QVERIFY(!quoteIdentifier(QStringLiteral("a") + QChar(u'\0') + QStringLiteral("b")));
        QVERIFY(!quoteIdentifier(QString(QChar(0xD800))));
    }
    void literals()
    {
        QCOMPARE(quoteLiteral(QStringLiteral("it's")).value(), QByteArray("'it''s'"));
        QCOMPARE(quoteLiteral(QString()).value(), QByteArray("''"));
        QCOMPARE(quoteLiteral(QStringLiteral("a\\'b")).value(), QByteArray("E'a\\\\''b'"));
        QVERIFY(!quoteLiteral(QString(QChar(u'\0'))));
        QVERIFY(!quoteLiteral(QString(QChar(0xDC00))));
    }
    void comments()
    {
        QCOMPARE(commentLine(QStringLiteral("fails where \"a\nDROP TABLE b;\r--\" is NULL")), QStringLiteral("-- fails where \"a DROP TABLE b; --\" is NULL"));
        QCOMPARE(commentLine(QStringLiteral("Größe\u2028\t\v") + QChar(0x85) + QStringLiteral("x\r\n")), QStringLiteral("-- Größe    x"));
        QCOMPARE(commentLine(QString()), QStringLiteral("-- "));
    }
    void read()
    {
        const QString names = QStringLiteral("\"$user\", Public ,\"A, \"\"b\"\"\",, GrÖße");
        QCOMPARE(identifiersOf(names, u','), QStringList({QStringLiteral("$user"), QStringLiteral("public"), QStringLiteral("A, \"b\""), QStringLiteral("grÖße")}));
        QCOMPARE(identifiersOf(QStringLiteral("\"My.Shop\".Orders"), u'.'), QStringList({QStringLiteral("My.Shop"), QStringLiteral("orders")}));
        QCOMPARE(identifiersOf(QString(), u'.'), QStringList());
    }
    void display()
    {
        QCOMPARE(displayIdentifier(QStringLiteral("users_2")), QStringLiteral("users_2"));
        QCOMPARE(displayIdentifier(QStringLiteral("Users")), QStringLiteral("\"Users\""));
        QCOMPARE(displayIdentifier(QStringLiteral("user")), QStringLiteral("\"user\""));
        QCOMPARE(displayIdentifier(QStringLiteral("a\"b")), QStringLiteral("\"a\"\"b\""));
        QCOMPARE(displayIdentifier(QStringLiteral("2a")), QStringLiteral("\"2a\""));
        QCOMPARE(displayIdentifier(QStringLiteral("a\n")), QStringLiteral("\"a\n\""));
    }
};

QTEST_GUILESS_MAIN(TestQuote)
#include "tst_quote.moc"
