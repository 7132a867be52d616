// SPDX-License-Identifier: GPL-3.0-or-later
// What each environment demands, and the words for it.
#include "session/guard.h"

#include <QTest>

using namespace howdah::session;
using Kind = Hazard::Kind;

class TestGuard : public QObject
{
    Q_OBJECT
private slots:
    void development();
    void test();
    void production();
    void productionLocked();
    void whatCantBeTakenBackRunsOutsideATransaction();
    void theWorstIsTyped();
    void everyHazardHasWords();
    void wordsAreOneLine();
    void readOnlyLayers();
};

static Guarding guard(Environment environment, const QVector<Hazard> &hazards, bool writes = true, bool locked = false)
{
    return guardFor(environment, hazards, QStringLiteral("orders on db1:5432"), writes, locked);
}

static QVector<Hazard> hazard(Kind kind, const QString &object = QStringLiteral("public.orders"))
{
    return {{kind, object, 0, 0}};
}

static QVector<Kind> everyKind()
{
    QVector<Kind> all;
    for (int i = 0; i <= int(Kind::DoBlock); ++i)
        all << Kind(i);
    return all;
}

void TestGuard::development()
{
    QCOMPARE(guard(Environment::Development, {}).demand, Demand::Nothing);
    QCOMPARE(guard(Environment::Development, {}, true, true).demand, Demand::Nothing);
    for (const Kind kind : {Kind::DropDatabase, Kind::Drop, Kind::Truncate, Kind::UpdateWithoutWhere, Kind::DeleteWithoutWhere, Kind::AlterSystem})
        QCOMPARE(guard(Environment::Development, hazard(kind)).demand, Demand::Confirm);
    for (const Kind kind : {Kind::RoleChange, Kind::Vacuum, Kind::DoBlock})
        QCOMPARE(guard(Environment::Development, hazard(kind)).demand, Demand::Nothing);
    QCOMPARE(guard(Environment::Development, hazard(Kind::Truncate)).why, QStringLiteral("development: TRUNCATE removes every row of public.orders"));
}

void TestGuard::test()
{
    QCOMPARE(guard(Environment::Test, {}).demand, Demand::Nothing);
    for (const Kind kind : everyKind())
        QCOMPARE(guard(Environment::Test, hazard(kind)).demand, kind == Kind::DropDatabase ? Demand::Typed : Demand::Confirm);
}

void TestGuard::production()
{
    QCOMPARE(guard(Environment::Production, {}, false).demand, Demand::Nothing);
    const Guarding write = guard(Environment::Production, {}, true);
    QCOMPARE(write.demand, Demand::Confirm);
    QVERIFY(write.inTransaction);
    QVERIFY(write.why.startsWith(QLatin1StringView("production: ")));
    for (const Kind kind : everyKind()) {
        const Guarding typed = guard(Environment::Production, hazard(kind));
        QCOMPARE(typed.demand, Demand::Typed);
        QCOMPARE(typed.typeThis, QStringLiteral("public.orders"));
        QCOMPARE(guard(Environment::Production, hazard(kind), false).demand, Demand::Typed); // a SELECT that ends another session
    }
    const Guarding update = guard(Environment::Production, hazard(Kind::UpdateWithoutWhere));
    QCOMPARE(update.why, QStringLiteral("production: UPDATE without WHERE changes every row of public.orders"));
    QVERIFY(update.inTransaction);
    QCOMPARE(guard(Environment::Production, hazard(Kind::Reload, {})).typeThis, QStringLiteral("orders on db1:5432"));
}

void TestGuard::productionLocked()
{
    QCOMPARE(guard(Environment::Production, {}, false, true).demand, Demand::Nothing);
    QCOMPARE(guard(Environment::Production, {}, true, true).demand, Demand::Refused);
    for (const Kind kind : everyKind())
        QCOMPARE(guard(Environment::Production, hazard(kind), false, true).demand, Demand::Refused);
    QVERIFY(guard(Environment::Production, {}, true, true).why.contains(QLatin1StringView("unlock it first")));
}

void TestGuard::whatCantBeTakenBackRunsOutsideATransaction()
{
    for (const Kind kind : {Kind::DropDatabase, Kind::AlterSystem, Kind::Vacuum, Kind::TerminateBackend, Kind::CopyProgram})
        QVERIFY(!guard(Environment::Production, hazard(kind)).inTransaction);
    for (const Kind kind : {Kind::Drop, Kind::Truncate, Kind::AlterTableRewrite, Kind::RoleChange})
        QVERIFY(guard(Environment::Production, hazard(kind)).inTransaction);
}

void TestGuard::theWorstIsTyped()
{
    const QVector<Hazard> several{{Kind::RoleChange, QStringLiteral("ann"), 0, 0},
                                  {Kind::Truncate, QStringLiteral("log"), 0, 0},
                                  {Kind::DropDatabase, QStringLiteral("shop"), 0, 0},
                                  {Kind::Truncate, QStringLiteral("log"), 0, 0},
                                  {Kind::GrantToPublic, QStringLiteral("t"), 0, 0},
                                  {Kind::Reload, {}, 0, 0}};
    const Guarding typed = guard(Environment::Production, several);
    QCOMPARE(typed.typeThis, QStringLiteral("shop"));
    QVERIFY(typed.why.startsWith(QLatin1StringView("production: DROP DATABASE removes shop")));
    QCOMPARE(typed.why.count(QLatin1StringView("TRUNCATE")), 1); // said once
    QVERIFY(typed.why.endsWith(QLatin1StringView("and 2 more")));
}

void TestGuard::everyHazardHasWords()
{
    QSet<QString> texts;
    for (const Kind kind : everyKind()) {
        for (const QString &object : {QString(), QStringLiteral("public.orders")}) {
            const QString text = hazardText({kind, object, 0, 0});
            QVERIFY2(!text.isEmpty() && !text.contains(QLatin1Char('%')), qPrintable(text));
        }
        texts << hazardText({kind, QStringLiteral("x"), 0, 0});
    }
    QCOMPARE(texts.size(), everyKind().size());
}

void TestGuard::wordsAreOneLine()
{
    QVERIFY(!hazardText({Kind::Drop, QStringLiteral("a\nb\u202e"), 0, 0}).contains(QLatin1Char('\n')));
    QVERIFY(!hazardText({Kind::Drop, QStringLiteral("a\nb\u202e"), 0, 0}).contains(QChar(0x202e)));
    QCOMPARE(hazardText({Kind::Drop, QStringLiteral("%1"), 0, 0}), QStringLiteral("DROP removes %1"));
}

void TestGuard::readOnlyLayers()
{
    QCOMPARE(readOnlyLayer({}), ReadOnlyLayer::None);
    QCOMPARE(readOnlyLayer({true, false, false, {}}), ReadOnlyLayer::Warning);
    QCOMPARE(readOnlyLayer({true, true, false, {}}), ReadOnlyLayer::SessionSetting);
    QCOMPARE(readOnlyLayer({true, true, true, true}), ReadOnlyLayer::Recovery);
    QCOMPARE(readOnlyLayer({true, true, true, false}), ReadOnlyLayer::RoleRights);
    QSet<QString> texts;
    for (const auto layer : {ReadOnlyLayer::None, ReadOnlyLayer::Warning, ReadOnlyLayer::SessionSetting, ReadOnlyLayer::Recovery, ReadOnlyLayer::RoleRights})
        texts << readOnlyText(layer);
    QCOMPARE(texts.size(), 5);
    QVERIFY(manualCommit(Environment::Production));
    QVERIFY(!manualCommit(Environment::Test));
}

QTEST_GUILESS_MAIN(TestGuard)
#include "tst_guard.moc"
