// SPDX-License-Identifier: GPL-3.0-or-later
// Remedies as migrations: what the file says, what the linter says of it, how it is called, and that nothing is written unasked.
#include "migrations/folder.h"
#include "migrations/lintfacts.h"
#include "trial/draft.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

using namespace howdah;
using namespace howdah::trial;
using namespace Qt::StringLiterals;

class TestDraft : public QObject
{
    Q_OBJECT
private slots:
    void index();
    void asTheLabNamedIt();
    void dotsInNames();
    void several();
    void partitioned();
    void whatIsNoMigration();
    void written();
    void lints_data();
    void lints();

private:
    static Trial trialOf(const QStringList &remedies, Trial::On on = Trial::On::HypoPg)
    {
        Trial trial;
        trial.on = on;
        trial.where = u"the lab trial"_s;
        trial.judgement.words = u"812 ms before, 0.4 ms after: 2030 times faster"_s;
        const auto all = remediesOf(remedies);
        for (const Remedy &remedy : all ? *all : QVector<Remedy>()) {
            RemedyRun run;
            run.remedy = remedy;
            trial.remedies.append(run);
        }
        return trial;
    }
};

void TestDraft::index()
{
    const auto draft = draftOf(trialOf({u"CREATE INDEX ON shop.orders (customer_id)"_s}));
    QVERIFY(draft);
    QCOMPARE(draft->files.size(), 1);
    QCOMPARE(slugOf(draft->files.first()), u"add_index_orders_customer_id"_s);
    QCOMPARE(textOf(*draft, draft->files.first()), "-- Purpose: Tried on the lab trial: 812 ms before, 0.4 ms after: 2030 times faster\n"
                                                   "\n-- migrate:up transaction:false\n"
                                                   "CREATE INDEX CONCURRENTLY orders_customer_id_idx ON shop.orders (customer_id);\n"
                                                   "\n-- migrate:down transaction:false\n"
                                                   "DROP INDEX CONCURRENTLY shop.orders_customer_id_idx;\n");
    QVERIFY(draft->left.isEmpty());
}

void TestDraft::asTheLabNamedIt()
{
    Trial trial = trialOf({u"CREATE INDEX CONCURRENTLY ON shop.orders (customer_id)"_s}, Trial::On::Lab);
    // The usual name was taken there.
    trial.remedies[0].made = {{u"index"_s, u"shop.orders_customer_id_idx1"_s, u"shop.orders"_s, 4096, true, false, false, true, {}}};
    const auto draft = draftOf(trial);
    QVERIFY(draft);
    QCOMPARE(draft->files.first().up.first().text, u"CREATE INDEX CONCURRENTLY orders_customer_id_idx1 ON shop.orders (customer_id)"_s);
    QCOMPARE(draft->files.first().down.first().text, u"DROP INDEX CONCURRENTLY shop.orders_customer_id_idx1"_s);
}

void TestDraft::dotsInNames()
{
    const auto untried = draftOf(trialOf({u"CREATE INDEX ON \"My.Shop\".\"Or.ders\" (\"a.b\")"_s}));
    QVERIFY(untried);
    QCOMPARE(untried->files.first().up.first().text, u"CREATE INDEX CONCURRENTLY \"Or.ders_a.b_idx\" ON \"My.Shop\".\"Or.ders\" (\"a.b\")"_s);
    QCOMPARE(untried->files.first().down.first().text, u"DROP INDEX CONCURRENTLY \"My.Shop\".\"Or.ders_a.b_idx\""_s);

    Trial trial = trialOf({u"CREATE INDEX ON \"My.Shop\".\"Or.ders\" (\"a.b\")"_s}, Trial::On::Lab);
    trial.remedies[0].made = {{u"index"_s, u"\"My.Shop\".\"Or.ders_a.b_idx1\""_s, u"\"My.Shop\".\"Or.ders\""_s, 4096, true, false, false, true, {}}};
    const auto tried = draftOf(trial);
    QVERIFY(tried);
    QCOMPARE(tried->files.first().up.first().text, u"CREATE INDEX CONCURRENTLY \"Or.ders_a.b_idx1\" ON \"My.Shop\".\"Or.ders\" (\"a.b\")"_s);
    QCOMPARE(tried->files.first().down.first().text, u"DROP INDEX CONCURRENTLY \"My.Shop\".\"Or.ders_a.b_idx1\""_s);
}

void TestDraft::several()
{
    const auto draft = draftOf(
        trialOf({u"CREATE INDEX a_i ON s.a (x)"_s, u"CREATE STATISTICS s.st ON x, y FROM s.a"_s, u"ANALYZE s.a"_s, u"CREATE INDEX CONCURRENTLY ON s.b (y)"_s}));
    QVERIFY(draft);
    QCOMPARE(draft->files.size(), 2);
    // What may stand in a transaction has one.
    QVERIFY(draft->files[0].transaction && !draft->files[1].transaction);
    QCOMPARE(draft->files[0].section(false), "CREATE STATISTICS s.st ON x, y FROM s.a;\nANALYZE s.a;\n");
    QCOMPARE(draft->files[0].section(true), "DROP STATISTICS s.st;\n");
    QCOMPARE(draft->files[1].section(false), "CREATE INDEX CONCURRENTLY a_i ON s.a (x);\nCREATE INDEX CONCURRENTLY b_y_idx ON s.b (y);\n");
    QCOMPARE(draft->files[1].section(true), "DROP INDEX CONCURRENTLY s.b_y_idx;\nDROP INDEX CONCURRENTLY s.a_i;\n"); // the last first
    QCOMPARE(slugOf(draft->files[1]), u"add_index_a_x_and_b_y"_s);
}

void TestDraft::partitioned()
{
    Trial trial = trialOf({u"CREATE INDEX ON shop.parted (a)"_s}, Trial::On::Lab);
    trial.remedies[0].made = {{u"index"_s, u"shop.parted_a_idx"_s, u"shop.parted"_s, 4096, true, true, false, true, {}}};
    const auto draft = draftOf(trial);
    QVERIFY(draft);
    QCOMPARE(draft->files.size(), 1);
    QVERIFY(draft->files[0].transaction && !draft->files[0].section(false).contains("INDEX CONCURRENTLY"));
    QVERIFY(draft->files[0].section(false).startsWith("-- "));
    QCOMPARE(draft->files[0].section(true), "DROP INDEX shop.parted_a_idx;\n");
}

void TestDraft::whatIsNoMigration()
{
    const auto draft = draftOf(trialOf({u"SET work_mem = '64MB'"_s, u"ANALYZE s.a"_s, u"VACUUM s.a"_s, u"REINDEX INDEX s.i"_s, u"DROP INDEX s.i"_s}));
    QVERIFY(draft);
    QVERIFY(draft->isEmpty());
    QCOMPARE(draft->left.size(), 5);
    QVERIFY(draft->left[0].startsWith("SET work_mem = '64MB'"_L1));
}

void TestDraft::written()
{
    QTemporaryDir folder;
    const auto draft = draftOf(trialOf({u"CREATE INDEX ON shop.orders (customer_id)"_s}));
    QVERIFY(draft);
    QVERIFY(QDir(folder.path()).entryList(QDir::Files).isEmpty());
    const auto paths = writeDraft(*draft, folder.path(), 1'793'000'000'000);
    QVERIFY2(paths, paths ? "" : qPrintable(paths.error().text()));
    QCOMPARE(paths->size(), 1);
    const auto read = migrations::readFolder(folder.path());
    QVERIFY(read);
    QCOMPARE(read->files.size(), 1);
    QVERIFY(read->files.first().name.endsWith("_add_index_orders_customer_id.sql"_L1));
    QCOMPARE(read->files.first().text, textOf(*draft, draft->files.first()));
    QVERIFY(!read->files.first().up.transaction && !read->files.first().down.transaction);
    QCOMPARE(migrations::checkSum(*read)->state, migrations::SumState::Right);
    // Never over another.
    const auto again = writeDraft(*draft, folder.path(), 1'793'000'000'000);
    QVERIFY(again && again->first() != paths->first());
}

void TestDraft::lints_data()
{
    QTest::addColumn<QString>("remedy");
    QTest::newRow("index") << u"CREATE INDEX ON shop.orders (customer_id)"_s;
    QTest::newRow("partial") << u"CREATE UNIQUE INDEX ON shop.orders USING btree (customer_id) WHERE open"_s;
    QTest::newRow("statistics") << u"CREATE STATISTICS shop.st ON x, y FROM shop.orders"_s;
}

void TestDraft::lints()
{
    QFETCH(const QString, remedy);
    const auto draft = draftOf(trialOf({remedy}));
    QVERIFY(draft);
    const auto file = migrations::parseFile(u"20260101000000_x.sql"_s, textOf(*draft, draft->files.first()));
    QVERIFY2(file, file ? "" : qPrintable(file.error().text()));
    migrations::LintFacts facts;
    facts.runnerSetsTimeouts = true;
    const auto findings = migrations::lint(migrations::lintFileOf(*file), facts);
    for (const migrations::Finding &finding : findings)
        QVERIFY2(finding.level == migrations::Level::Note, qPrintable(finding.rule + u": "_s + finding.reason));
}

QTEST_GUILESS_MAIN(TestDraft)
#include "tst_draft.moc"
