// SPDX-License-Identifier: GPL-3.0-or-later
#include "pg/statement.h"

#include <QRegularExpression>
#include <QTest>

using namespace howdah;
using namespace howdah::pg;

class TestSqlFile : public QObject
{
    Q_OBJECT
private slots:
    void loads()
    {
        const auto ping = sqlFile(QStringLiteral("health/ping"), 180004);
        QVERIFY(ping);
        QCOMPARE(ping->name, QStringLiteral("health/ping"));
        QVERIFY(ping->text.startsWith("SELECT"));
        QVERIFY(!ping->text.endsWith(';') && !ping->text.contains("SPDX"));
        QCOMPARE(sqlFile(QStringLiteral("health/none"), 180004).error().reason, QStringLiteral("no_such_statement"));
        QVERIFY(sqlFileNames().contains(QStringLiteral("health/ping")));
    }
    void lowestVariantThatFits()
    {
        // Of every file with a variant: the variant's own major and older ones get it, the next newer one does not.
        static const QRegularExpression variant(QStringLiteral("^(.*)\\.v(\\d+)$"));
        int seen = 0;
        const QStringList names = sqlFileNames();
        for (const QString &name : names) {
            const auto match = variant.match(name);
            if (!match.hasMatch())
                continue;
            ++seen;
            const int major = match.captured(2).toInt();
            const auto exact = sqlFile(match.captured(1), major * 10000 + 3);
            const auto plain = sqlFile(match.captured(1), 400000);
            const auto newer = sqlFile(match.captured(1), (major + 1) * 10000);
            QVERIFY2(exact && plain && newer, qPrintable(name));
            QVERIFY2(exact->text != plain->text, qPrintable(name));
            QVERIFY2(newer->text != exact->text, qPrintable(name));
            QCOMPARE(exact->name, match.captured(1));
        }
        QVERIFY(seen > 0);
    }
};

QTEST_GUILESS_MAIN(TestSqlFile)
#include "tst_sqlfile.moc"
