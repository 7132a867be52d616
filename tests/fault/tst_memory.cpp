// SPDX-License-Identifier: GPL-3.0-or-later
// Security.md 6.1, row 15: a value larger than the memory there is. That statement ends with an error, and the program goes on.
#include "fault/console.h"
#include "fault/fault.h"

using namespace howdah;
using namespace howdah::fault;

class TestMemory : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void row15_hugeValue_data();
    void row15_hugeValue();

private:
    std::unique_ptr<test::TestServer> m_server;
};

void TestMemory::initTestCase()
{
    QString why;
    m_server = test::TestServer::start({}, &why);
    QVERIFY2(m_server, qPrintable(why));
}

void TestMemory::row15_hugeValue_data()
{
    QTest::addColumn<int>("megabytes");
    QTest::newRow("not for the message") << 60;
    QTest::newRow("not for libpq's result") << 300;
    QTest::newRow("not for our own copy") << 425;
}

void TestMemory::row15_hugeValue()
{
    QFETCH(int, megabytes);
    Console console(m_server->spec(), m_server->password(), QStringLiteral("huge"), {QString::number(megabytes)});
    QVERIFY(console.start());
    QVERIFY(!console.next(QStringLiteral("limit set"), 15'000).isNull());
    const QString value = console.next(QStringLiteral("value "), 40'000);
    // In libpq's words where it was libpq that had no memory.
    QVERIFY2(value.startsWith(QStringLiteral("value ")) && !value.startsWith(QStringLiteral("value done")) && value.contains(QStringLiteral("memory")),
             qPrintable(console.all() + value));
    const QString rows = console.next(QStringLiteral("rows "), 40'000); // 100 MB in many rows
    QVERIFY2(rows.startsWith(QStringLiteral("rows done 100000")) || rows.contains(QStringLiteral("memory")), qPrintable(console.all()));
    const QString after = console.next(QStringLiteral("after "), 20'000);
    QVERIFY2(after.startsWith(QStringLiteral("after done 1")), qPrintable(console.all()));
    QVERIFY2(console.endedWell(), qPrintable(console.all()));
}

QTEST_GUILESS_MAIN(TestMemory)
#include "tst_memory.moc"
