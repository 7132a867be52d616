// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/secret.h"

#include <QTest>

#include <cstring>
#include <utility>

using namespace howdah;

class TestSecret : public QObject
{
    Q_OBJECT
private slots:
    void keepsBytes();
    void isWiped_data();
    void isWiped();
};

void TestSecret::keepsBytes()
{
    const QByteArray bytes("p\xc3\xa4ss\0word", 10);
    const Secret secret(bytes);
    QCOMPARE(secret.size(), qsizetype(10));
    QVERIFY(std::memcmp(secret.data(), bytes.constData(), 10) == 0);
    QVERIFY(secret == Secret(bytes));
    QVERIFY(!(secret == Secret("pass")));
    QVERIFY(Secret().isEmpty());
}

void TestSecret::isWiped_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("in the object itself") << QByteArray("short");
    QTest::newRow("on the heap") << QByteArray(200, 'x');
}

void TestSecret::isWiped()
{
    QFETCH(QByteArray, text);
    Secret from(text);
    const char *place = from.data();
    Secret to = std::move(from);
    QVERIFY(from.isEmpty()); // what a move leaves is defined here: nothing
    QVERIFY(to == Secret(text));
    QCOMPARE(QByteArray(place, text.size()), QByteArray(text.size(), '\0'));

    // Assigning shorter bytes leaves no tail of the longer ones in the same memory.
    Secret reused(text + text);
    place = reused.data();
    reused = Secret("a");
    QCOMPARE(reused.data(), place);
    QCOMPARE(QByteArray(place + 1, 2 * text.size() - 1), QByteArray(2 * text.size() - 1, '\0'));

    Secret copy = to;
    to = Secret();
    QVERIFY(copy == Secret(text));
}

QTEST_GUILESS_MAIN(TestSecret)
#include "tst_secret.moc"
