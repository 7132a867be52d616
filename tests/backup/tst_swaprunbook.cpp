// SPDX-License-Identifier: GPL-3.0-or-later
// The page for a server that is not ours: whoever follows it is named from what the server says, each statement is one that the server takes, each shell word is
// one word, and what a role may not see is said.
#include "backup/swaprunbook.h"
#include "support/testserver.h"
#include "tool/process.h"

#include <QtTest>

using namespace howdah;
using namespace howdah::backup;
using namespace howdah::test;
using namespace Qt::StringLiterals;

#define VERIFY_OK(result) \
    do { \
        const auto &came = (result); /* once */ \
        QVERIFY2(came, came ? "" : qPrintable(came.error().text())); \
    } while (false)

class TestSwapRunbook : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void everybodyIsNamed();
    void theStatementsAreTaken();
    void whatMayNotBeSeenIsSaid();
    void refusals();

private:
    static Rehearsal good()
    {
        Rehearsal one;
        one.id = u"rehearsal-20261127T021154Z"_s;
        one.superuser = u"postgres"_s;
        one.stopped = u"recovery stopping before commit of transaction 756"_s;
        one.verdict.server = Verdict::Server::Reaches;
        one.verdict.backup = u"20261127T020115Z-full"_s;
        one.verdict.settings = {u"recovery_target_xid = '756'"_s, u"recovery_target_timeline = '1'"_s};
        one.checks = {{u"pages"_s, true, {}}};
        return one;
    }
    std::unique_ptr<TestServer> m_primary, m_standby;
};

void TestSwapRunbook::initTestCase()
{
    QString why;
    ServerSetup setup;
    setup.hba = {u"local replication all trust"_s, u"local all all trust"_s};
    setup.settings = {u"wal_level=logical"_s, u"fsync=off"_s};
    m_primary = TestServer::start(setup, &why);
    QVERIFY2(m_primary, qPrintable(why));
    QVERIFY2(m_primary->sql({"SELECT pg_create_physical_replication_slot('reader', true)", "SELECT pg_create_logical_replication_slot('billing', 'pgoutput')", "CREATE ROLE nobody_much LOGIN",
                             "CREATE SUBSCRIPTION \"From Orders\" CONNECTION 'host=nowhere password=s3cret' PUBLICATION one, other WITH (connect = false, slot_name = NONE)"},
                            &why),
             qPrintable(why));
    QVERIFY(m_primary->stop());
    ServerSetup follower = setup;
    follower.copyOf = m_primary.get();
    follower.dataFiles = {u"standby.signal"_s};
    follower.awaitsConnections = false;
    follower.settings << u"primary_conninfo=host=%1 port=%2 user=postgres application_name=reports"_s.arg(m_primary->socketSpec().host).arg(m_primary->port()) << u"primary_slot_name=reader"_s;
    m_standby = TestServer::start(follower, &why);
    QVERIFY2(m_standby, qPrintable(why));
    QVERIFY2(m_primary->startAgain(&why), qPrintable(why));
    const auto admin = m_primary->admin();
    VERIFY_OK(admin);
    QTRY_COMPARE_WITH_TIMEOUT((*admin)->run({"SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'", {}})->text(0, 0), u"1"_s, 60'000);
}

void TestSwapRunbook::everybodyIsNamed()
{
    const auto admin = m_primary->admin();
    VERIFY_OK(admin);
    const auto facts = readSwapFacts(**admin);
    VERIFY_OK(facts);
    QCOMPARE(facts->standbys.size(), 1);
    QCOMPARE(facts->standbys.at(0).application, u"reports"_s);
    QCOMPARE(facts->standbys.at(0).slot, u"reader"_s);
    QCOMPARE(facts->slotList.size(), 2);
    QCOMPARE(facts->subscriptions.size(), 1);
    const auto page = swapRunbook(*facts, good(), facts->systemIdentifier);
    VERIFY_OK(page);
    for (const char *words : {"reports", "by the slot reader", "billing, logical, in the database postgres", "From Orders in the database postgres, of one, other", "recovery_target_xid = '756'", "pg_rewind", "reject", "/hba.before-swap",
                              "A full backup of the new branch is due", "The way back", "archives nothing"})
        QVERIFY2(page->contains(QLatin1StringView(words)), qPrintable(u"%1\n%2"_s.arg(QLatin1StringView(words), *page)));
    QVERIFY(!page->contains(u"s3cret"_s));
    QVERIFY(!page->contains(u"%"_s) || page->count(u"%"_s) == page->count(u"%s"_s) + page->count(u"%.ready"_s)); // no place was left empty
}

// Every statement of it that only looks, or makes what is missing, is run.
void TestSwapRunbook::theStatementsAreTaken()
{
    const auto admin = m_primary->admin();
    VERIFY_OK(admin);
    auto facts = readSwapFacts(**admin);
    VERIFY_OK(facts);
    QVERIFY(m_primary->sql({"SELECT pg_drop_replication_slot('billing')"}));
    for (const SwapFacts::Slot &one : facts->slotList) {
        if (one.type == u"logical"_s)
            VERIFY_OK((*admin)->run({one.again.toUtf8(), {}}));
    }
    QCOMPARE(readSwapFacts(**admin)->slotList.size(), 2);
    VERIFY_OK((*admin)->run({facts->subscriptions.at(0).stop.toUtf8(), {}}));
    // A folder with blanks and quotes stays one word to a shell.
    facts->dataFolder = u"/srv/it's my data"_s;
    facts->hbaFile = u"/srv/it's my data/pg_hba.conf"_s;
    const auto page = swapRunbook(*facts, good(), {});
    VERIFY_OK(page);
    int commands = 0;
    for (const QString &line : page->split(u'\n')) {
        if (!line.startsWith(u"       mv "_s))
            continue;
        tool::Command shell;
        shell.program = u"sh"_s;
        shell.arguments = {u"-c"_s, u"mv() { printf '[%s]' \"$@\"; }; "_s + line};
        const auto said = tool::runChecked(shell);
        VERIFY_OK(said);
        QCOMPARE(said->output, QByteArray("[/srv/it's my data][/srv/it's my data.before-swap][/srv/it's my data.recovered][/srv/it's my data]"));
        ++commands;
    }
    QCOMPARE(commands, 1);
    QVERIFY2(page->contains(u"'/srv/it'\\''s my data.before-swap/pg_hba.conf.before-swap'"_s), qPrintable(*page)); // it has moved with its folder
}

void TestSwapRunbook::whatMayNotBeSeenIsSaid()
{
    auto spec = m_primary->socketSpec();
    spec.role = u"nobody_much"_s;
    const auto link = pg::Connection::open(spec, {});
    VERIFY_OK(link);
    const auto facts = readSwapFacts(**link);
    VERIFY_OK(facts);
    QVERIFY(facts->dataFolder.isEmpty());
    QCOMPARE(facts->standbys.size(), 1); // that there is one is seen
    QVERIFY(facts->standbys.at(0).address.isEmpty() && facts->standbys.at(0).state.isEmpty());
    const auto page = swapRunbook(*facts, good(), {});
    VERIFY_OK(page);
    QVERIFY2(page->contains(u"- reports at (not permitted to this role), as postgres, (not permitted to this role)"_s), qPrintable(*page));
    QVERIFY(page->contains(u"DATA and HBA stand for what this role may not see"_s));
}

void TestSwapRunbook::refusals()
{
    const auto admin = m_primary->admin();
    VERIFY_OK(admin);
    const auto facts = readSwapFacts(**admin);
    VERIFY_OK(facts);
    Rehearsal bad = good();
    bad.checks[0].good = false;
    QCOMPARE(swapRunbook(*facts, bad, {}).error().reason, u"not_good"_s);
    QCOMPARE(swapRunbook(*facts, good(), u"7443"_s).error().reason, u"other_cluster"_s);
    auto spec = m_standby->socketSpec();
    const auto standby = pg::Connection::open(spec, {});
    VERIFY_OK(standby);
    QCOMPARE(readSwapFacts(**standby).error().reason, u"not_supported"_s);
}

QTEST_GUILESS_MAIN(TestSwapRunbook)
#include "tst_swaprunbook.moc"
