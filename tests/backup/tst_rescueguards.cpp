// SPDX-License-Identifier: GPL-3.0-or-later
// What a rescue must not do in silence: break who refers to what it overwrites, change values on the way, write another cluster's rows, write the same rows twice.
#include "backup/rehearsal.h"
#include "backup/rescue.h"
#include "support/client.h"
#include "twodatabases.h"

using namespace howdah;
using namespace howdah::backup;
using namespace howdah::test;
using namespace Qt::StringLiterals;
using Rows = RescueTable::Rows;
using Conflict = RescueChoice::Conflict;
using Triggers = RescueChoice::Triggers;

class TestRescueGuards : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void init();
    void whoRefersToWhatIsOverwritten();
    void keysOfRangesOfTime();
    void valuesThatTheNewTypeDoesNotHold();
    void valuesThatTheNewTypeHolds();
    void timeZones();
    void anotherCluster();
    void rehearsalThatIsNotGood();
    void twoAtOnceWithoutAKey();

private:
    static RescueChoice of(const QString &table, Rows rows = Rows::Missing, Conflict conflict = Conflict::Fail)
    {
        RescueChoice choice;
        choice.tables.append({{u"public"_s, table}, rows, {}});
        choice.conflict = conflict;
        return choice;
    }
    // What speaks against it, or the error; none: it was done.
    QString bringBack(const RescueChoice &choice)
    {
        const auto planned = planRescue(*m_both->live, *m_both->rehearsed, choice);
        if (!planned)
            return planned.error().text();
        m_notes = planned->notes.join(u';');
        if (!planned->isGood())
            return planned->blocked.join(u';');
        const auto done = rescue(*m_both->live, *m_both->rehearsed, *planned);
        return done ? QString() : done.error().text();
    }
    bool inLive(const QList<QByteArray> &statements) { return TwoDatabases::run(*m_both->live, statements); }
    bool inRehearsed(const QList<QByteArray> &statements) { return TwoDatabases::run(*m_both->rehearsed, statements); }
    QString live(const QByteArray &question) { return TwoDatabases::one(*m_both->live, question); }
    std::unique_ptr<TwoDatabases> m_both;
    QString m_notes;
};

static const QList<QByteArray> schema{
    "CREATE TABLE parent (id int PRIMARY KEY, code text UNIQUE, note text)",
    "CREATE TABLE child (id int PRIMARY KEY, code text REFERENCES parent (code) ON UPDATE CASCADE)",
    "INSERT INTO parent VALUES (1, 'A', 'x'), (2, 'C', 'y')",
    "INSERT INTO child VALUES (1, 'A'), (2, 'A'), (3, 'C')",
    "CREATE TABLE nokey (line text)",
    "INSERT INTO nokey SELECT 'line ' || n FROM generate_series(1, 3) AS n",
};

void TestRescueGuards::initTestCase()
{
    QString why;
    m_both = TwoDatabases::make({}, &why);
    QVERIFY2(m_both, qPrintable(why));
}

void TestRescueGuards::init()
{
    QString why;
    QVERIFY2(m_both->renew(schema, &why), qPrintable(why));
}

void TestRescueGuards::whoRefersToWhatIsOverwritten()
{
    QVERIFY(inLive({"UPDATE parent SET code = 'B' WHERE id = 1", "UPDATE parent SET note = 'other' WHERE id = 2"}));
    RescueChoice choice = of(u"parent"_s, Rows::Changed, Conflict::Overwrite);
    choice.triggers = Triggers::Silence;
    const QString refused = bringBack(choice);
    QVERIFY2(refused.contains(u"public.parent: 1 rows would get another value in what public.child refers to (child_code_fkey)"_s), qPrintable(refused));
    QCOMPARE(live("SELECT count(*) FROM child WHERE code NOT IN (SELECT code FROM parent)"), u"0"_s);
    // A row whose referred-to values stay may be overwritten.
    choice.tables[0].keys = {{u"2"_s}};
    QCOMPARE(bringBack(choice), QString());
    QCOMPARE(live("SELECT note FROM parent WHERE id = 2"), u"y"_s);
    // With triggers the server changes the others' rows: how many is said before.
    choice = of(u"parent"_s, Rows::Changed, Conflict::Overwrite);
    QCOMPARE(bringBack(choice), QString());
    QVERIFY2(m_notes.contains(u"rows of public.child change with it, by child_code_fkey (they follow): 2 rows"_s), qPrintable(m_notes));
    QCOMPARE(live("SELECT string_agg(code, ',' ORDER BY id) FROM child"), u"A,A,C"_s);
    // Partitions, of either side.
    for (const auto &run : {&TestRescueGuards::inLive, &TestRescueGuards::inRehearsed}) {
        QVERIFY((this->*run)({"CREATE TABLE p (id int PRIMARY KEY, code text) PARTITION BY RANGE (id)", "CREATE TABLE p_1 PARTITION OF p FOR VALUES FROM (0) TO (100)", "CREATE TABLE q (id int PRIMARY KEY, up int) PARTITION BY RANGE (id)",
                              "CREATE TABLE q_1 PARTITION OF q FOR VALUES FROM (0) TO (100)", "CREATE TABLE r (id int PRIMARY KEY, code int UNIQUE)", "ALTER TABLE q ADD FOREIGN KEY (up) REFERENCES r (code)",
                              "INSERT INTO r VALUES (1, 10)", "INSERT INTO q VALUES (1, 10)"}));
    }
    QVERIFY(inLive({"UPDATE q SET up = NULL", "UPDATE r SET code = 11", "UPDATE q SET up = 11"}));
    choice = of(u"r"_s, Rows::Changed, Conflict::Overwrite);
    choice.triggers = Triggers::Silence;
    QVERIFY2(bringBack(choice).contains(u"what public.q refers to"_s), qPrintable(bringBack(choice)));
    choice.triggers = Triggers::Fire;
    QVERIFY(!bringBack(choice).isEmpty()); // the server's own refusal
    QVERIFY2(m_notes.contains(u"public.q refers to values that become others"_s), qPrintable(m_notes));
}

void TestRescueGuards::keysOfRangesOfTime()
{
    if (m_both->live->facts().serverVersionNum < 180000)
        return; // there are none
    const QList<QByteArray> both{"CREATE TABLE rooms (id int4range, during daterange, PRIMARY KEY (id, during WITHOUT OVERLAPS))",
                                 "CREATE TABLE stays (id int PRIMARY KEY, room int4range, during daterange, FOREIGN KEY (room, PERIOD during) REFERENCES rooms (id, PERIOD during))",
                                 "INSERT INTO rooms VALUES ('[1,2)', '[2026-01-01,2027-01-01)')", "INSERT INTO stays VALUES (1, '[1,2)', '[2026-02-01,2026-03-01)')"};
    QVERIFY(inLive(both) && inRehearsed(both) && inLive({"DELETE FROM stays", "DELETE FROM rooms"}));
    RescueChoice choice = of(u"stays"_s);
    choice.triggers = Triggers::Silence;
    QVERIFY2(bringBack(choice).contains(u"it is of ranges of time"_s), qPrintable(bringBack(choice)));
    QCOMPARE(live("SELECT count(*) FROM stays"), u"0"_s);
    QVERIFY(!bringBack(of(u"stays"_s)).isEmpty()); // the server looks
    QVERIFY(inLive({"INSERT INTO rooms VALUES ('[1,2)', '[2026-01-01,2027-01-01)')"}));
    QCOMPARE(bringBack(of(u"stays"_s)), QString());
}

void TestRescueGuards::valuesThatTheNewTypeDoesNotHold()
{
    const QList<QByteArray> both{"CREATE TABLE values_ (id int PRIMARY KEY, n numeric(12,4), d double precision, t timestamp(6), c text)",
                                 "INSERT INTO values_ VALUES (1, 1.2345, 0.123456789012, '2026-06-01 12:00:00.4', 'short'), (2, 1.5, 0.5, '2026-06-01 12:00', NULL)"};
    for (const QByteArray &change : {QByteArray("ALTER TABLE values_ ALTER n TYPE numeric(12,2)"), QByteArray("ALTER TABLE values_ ALTER d TYPE real"), QByteArray("ALTER TABLE values_ ALTER t TYPE timestamp(0)")}) {
        QVERIFY(inLive({"DROP TABLE IF EXISTS values_"}) && inRehearsed({"DROP TABLE IF EXISTS values_"}));
        QVERIFY(inLive(both) && inRehearsed(both) && inLive({"DELETE FROM values_", change}));
        const QString refused = bringBack(of(u"values_"_s));
        QVERIFY2(refused.contains(u"public.values_: in 1 rows a value would not be what it was"_s), qPrintable(refused));
        QCOMPARE(live("SELECT count(*) FROM values_"), u"0"_s);
        RescueChoice named = of(u"values_"_s);
        named.tables[0].keys = {{u"2"_s}}; // whose values it does hold
        QCOMPARE(bringBack(named), QString());
        QCOMPARE(live("SELECT (n, d, t)::text FROM values_"), change.contains("numeric") ? u"(1.50,0.5,\"2026-06-01 12:00:00\")"_s : u"(1.5000,0.5,\"2026-06-01 12:00:00\")"_s);
    }
}

void TestRescueGuards::valuesThatTheNewTypeHolds()
{
    QVERIFY(inRehearsed({"CREATE DOMAIN short AS varchar(8)", "CREATE TYPE mood AS ENUM ('good', 'bad')", "CREATE TABLE wide (id int PRIMARY KEY, n numeric(6,2), i int, b bool, c char(5), s short, m mood, a int[], d date)",
                         "INSERT INTO wide VALUES (1, 1.5, 7, true, 'ab', 'x', 'good', '{1,NULL,3}', '2026-01-05'), (2, NULL, NULL, false, NULL, NULL, NULL, NULL, NULL)"}));
    QVERIFY(inLive({"CREATE TABLE wide (id bigint PRIMARY KEY, n numeric(10,4), i numeric, b text, c text, s text, m text, a bigint[], d timestamp)"}));
    QCOMPARE(bringBack(of(u"wide"_s)), QString());
    QCOMPARE(live("SELECT w::text FROM wide AS w WHERE id = 1"), u"(1,1.5000,7,t,\"ab   \",x,good,\"{1,NULL,3}\",\"2026-01-05 00:00:00\")"_s);
    QCOMPARE(live("SELECT w::text FROM wide AS w WHERE id = 2"), u"(2,,,f,,,,,)"_s);
}

void TestRescueGuards::timeZones()
{
    QVERIFY(inRehearsed({"CREATE TABLE at (id int PRIMARY KEY, t timestamptz)", "INSERT INTO at VALUES (1, '2026-06-01 12:00+02')"}));
    QVERIFY(inLive({"CREATE TABLE at (id int PRIMARY KEY, t timestamp)"}));
    const QString refused = bringBack(of(u"at"_s));
    QVERIFY2(refused.contains(u"by which time zone is not known"_s), qPrintable(refused));
    QCOMPARE(live("SELECT count(*) FROM at"), u"0"_s);
}

void TestRescueGuards::anotherCluster()
{
    QString why;
    const auto other = TestServer::start({}, &why);
    QVERIFY2(other, qPrintable(why));
    auto link = pg::Connection::open(other->socketSpec(), {});
    VERIFY_OK(link);
    QVERIFY(TwoDatabases::run(**link, {"CREATE TABLE public.nokey (line text)", "INSERT INTO public.nokey VALUES ('another''s')"}));
    RescueChoice choice = of(u"nokey"_s);
    const auto refused = planRescue(*m_both->live, **link, choice);
    VERIFY_OK(refused);
    QVERIFY2(!refused->isGood() && refused->blocked.constFirst().contains(u"of another cluster than live"_s), qPrintable(refused->text()));
    choice.otherCluster = true;
    const auto wanted = planRescue(*m_both->live, **link, choice);
    VERIFY_OK(wanted);
    QVERIFY2(wanted->isGood() && wanted->rows() == 1, qPrintable(wanted->text()));
    const auto compared = compare(*m_both->live, **link);
    VERIFY_OK(compared);
    QVERIFY(compared->sameCluster == false);
}

void TestRescueGuards::rehearsalThatIsNotGood()
{
    Rehearsal rehearsal;
    rehearsal.id = u"rehearsal-20261127T021154Z"_s;
    rehearsal.checks = {{u"stopped"_s, true, u"where it was told"_s}, {u"pages"_s, false, u"heap of public.orders, block 7"_s}};
    QVERIFY(!rehearsal.isGood());
    QVector<Standing> standing{{rehearsal.id, true, rehearsal}, {u"rehearsal-20261127T031154Z"_s, true, std::nullopt}};
    const auto refused = usableRehearsal(standing, {}, false);
    QVERIFY(!refused);
    QCOMPARE(refused.error().reason, u"not_good"_s);
    QVERIFY2(refused.error().message.contains(u"pages: heap of public.orders, block 7"_s), qPrintable(refused.error().text()));
    VERIFY_OK(usableRehearsal(standing, {}, true));
    standing[0].rehearsal->checks[1].good = true;
    VERIFY_OK(usableRehearsal(standing, rehearsal.id, false));
    standing[0].running = false;
    QCOMPARE(usableRehearsal(standing, rehearsal.id, false).error().reason, u"no_such_rehearsal"_s);
}

// Nothing but a lock could keep the second one from putting the same rows in.
void TestRescueGuards::twoAtOnceWithoutAKey()
{
    QVERIFY(inLive({"DELETE FROM nokey"}));
    auto secondLive = m_both->open(u"live"_s), secondRehearsed = m_both->open(u"rehearsed"_s);
    const auto first = planRescue(*m_both->live, *m_both->rehearsed, of(u"nokey"_s)), second = planRescue(*secondLive, *secondRehearsed, of(u"nokey"_s));
    VERIFY_OK(first);
    VERIFY_OK(second);
    QVERIFY(session::planAsSql(first->change).contains(u"LOCK TABLE ONLY public.nokey IN SHARE ROW EXCLUSIVE MODE"_s));
    // The second one runs to its end, or to a refusal, in the middle of the first.
    Result<RescueOutcome> late = RescueOutcome();
    bool once = false;
    RescuePlan impatient = *second;
    for (RescueTablePlan &table : impatient.tables)
        table.patience.replace("5000ms", "200ms");
    const auto done = rescue(*m_both->live, *m_both->rehearsed, *first, [&](const ProgressStep &step) {
        if (step.step == u"Write"_s && !std::exchange(once, true))
            late = rescue(*secondLive, *secondRehearsed, impatient);
    });
    VERIFY_OK(done);
    QVERIFY(once && !late);
    QCOMPARE(late.error().sqlstate, u"55P03"_s);
    QCOMPARE(live("SELECT count(*) FROM nokey"), u"3"_s);
    // Afterwards it sees what the first one did.
    const auto after = rescue(*secondLive, *secondRehearsed, *second);
    QVERIFY(!after);
    QCOMPARE(after.error().reason, u"changed_since"_s);
    QCOMPARE(live("SELECT count(*) FROM nokey"), u"3"_s);
}

QTEST_GUILESS_MAIN(TestRescueGuards)
#include "tst_rescueguards.moc"
