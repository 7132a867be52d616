// SPDX-License-Identifier: GPL-3.0-or-later
// What WAL tells of who changed which tables is what was done.
#include "backup/changenames.h"
#include "support/testserver.h"

#include <QDir>
#include <QFile>
#include <QTest>

using namespace howdah;
using namespace howdah::backup;
using namespace howdah::test;
using namespace Qt::StringLiterals;

class TestChanges : public QObject
{
    Q_OBJECT
private slots:
    void asWasDone_data();
    void asWasDone();
};

void TestChanges::asWasDone_data()
{
    QTest::addColumn<int>("major");
    for (int major : {15, 16, 17, 18})
        QTest::addRow("%d", major) << major;
}

void TestChanges::asWasDone()
{
    QFETCH(int, major);
    ServerSetup setup;
    setup.major = major;
    setup.walSegmentMb = 1;
    setup.settings = {u"wal_keep_size=1GB"_s, u"max_prepared_transactions=5"_s, u"wal_compression=pglz"_s};
    QString why;
    const auto server = TestServer::start(setup, &why);
    QVERIFY2(server, qPrintable(why));
    const QString rows = server->folder() + u"/rows.txt"_s;
    QFile file(rows);
    QVERIFY(file.open(QIODevice::WriteOnly));
    for (int i = 0; i < 1000; ++i)
        file.write(QByteArray::number(i) + "\tx\n");
    file.setPermissions(QFile::ReadOwner | QFile::ReadGroup | QFile::ReadOther);
    file.close();
    QVERIFY2(server->sql({"CREATE TABLE public.\"hos;tile\n\"\"table\" (i int, x text)", "CREATE TABLE public.other (i int)", "INSERT INTO public.other SELECT generate_series(1, 50)", "CREATE TABLE public.gone (i int)"}, &why), qPrintable(why));
    const QString hostile = u"public.\"hos;tile\n\"\"table\""_s;
    const auto link = server->admin();
    QVERIFY(link);
    const auto number = [&](const QByteArray &statement) { return (*link)->run({statement, {}})->integer(0, 0).value_or(-1); };
    const quint32 other = quint32(number("SELECT pg_relation_filenode('public.other')")), gone = quint32(number("SELECT pg_relation_filenode('public.gone')"));
    const qint64 since = number("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::int8");
    const QByteArray table = hostile.toUtf8();
    QVERIFY2(server->sql({"COPY " + table + " FROM '" + rows.toUtf8() + "'", "BEGIN", "DELETE FROM " + table + " WHERE i < 100", "SAVEPOINT a", "UPDATE " + table + " SET x = repeat('y', 3000) WHERE i >= 950", "RELEASE a",
                          "COMMIT", "BEGIN", "DELETE FROM " + table, "ROLLBACK", "BEGIN", "SAVEPOINT b", "DELETE FROM " + table + " WHERE i = 200", "ROLLBACK TO b", "INSERT INTO public.other VALUES (51)", "COMMIT", "BEGIN",
                          "DELETE FROM public.other WHERE i < 6", "PREPARE TRANSACTION 'p'", "COMMIT PREPARED 'p'", "TRUNCATE public.other", "DROP TABLE public.gone", "SELECT pg_switch_wal()"},
                         &why),
             qPrintable(why));
    const ArchiveAccess access = folderArchive(server->folder() + u"/data/pg_wal"_s);
    ArchiveAccess written = access; // what lies behind the last switch was not written yet
    const quint64 behind = quint64(number("SELECT (pg_current_wal_lsn() - '0/0')::int8")) >> 20;
    written.list = [&](const CancelToken &cancel) {
        auto all = access.list(cancel);
        all->erase(std::remove_if(all->begin(), all->end(), [&](const ArchiveEntry &entry) { return archiveFile(entry.name, 1 << 20).segment.number >= behind; }), all->end());
        return all;
    };
    const auto inventory = takeInventory(written, 1 << 20, {}, {});
    QVERIFY2(inventory, qPrintable(inventory ? QString() : inventory.error().text()));
    ChangesWanted wanted;
    wanted.fromUs = since;
    const auto database = databaseOf(**link);
    QVERIFY(database);
    wanted.database = *database;
    const auto changes = changesOf(written, *inventory, wanted);
    QVERIFY2(changes, qPrintable(changes ? QString() : changes.error().text()));
    QVERIFY(changes->isComplete);
    QStringList found;
    for (const TransactionChanges &one : changes->transactions) {
        const auto names = namesOf(**link, one.tables.keys().toVector());
        QVERIFY2(names, qPrintable(names ? QString() : names.error().text()));
        for (auto each = one.tables.cbegin(); each != one.tables.cend(); ++each) {
            const QString name = each.key().number == other ? u"other"_s : names->value(each.key()).name;
            if (each.key().number >= 16384 && !names->value(each.key()).isSystem())
                found << u"%1: -%2 +%3 ~%4"_s.arg(name).arg(each->deleted).arg(each->inserted).arg(each->updated);
        }
        for (const RelationFile &each : one.dropped) {
            if (each.number == other || each.number == gone)
                found << (each.number == other ? u"other dropped"_s : u"gone dropped"_s);
        }
    }
    QCOMPARE(found, QStringList({hostile + u": -0 +1000 ~0"_s, hostile + u": -100 +0 ~50"_s, u"other: -0 +1 ~0"_s, u"other: -5 +0 ~0"_s, u"other dropped"_s, u"gone dropped"_s}));
    QVERIFY(changes->committed >= 6);
    // One table alone; and only the worst.
    wanted.only = *filesOf(**link, {hostile});
    // A file that was dropped may have been the table's, so it is told whosever it was: else a TRUNCATE would not be found by the table's name.
    const auto ofOne = changesOf(written, *inventory, wanted);
    QCOMPARE(std::count_if(ofOne->transactions.cbegin(), ofOne->transactions.cend(), [](const TransactionChanges &one) { return !one.tables.isEmpty(); }), 2);
    QVERIFY(std::any_of(ofOne->transactions.cbegin(), ofOne->transactions.cend(), [&](const TransactionChanges &one) {
        return std::any_of(one.dropped.cbegin(), one.dropped.cend(), [&](const RelationFile &each) { return each.number == other; });
    }));
    wanted.most = 1;
    QVERIFY(!changesOf(written, *inventory, wanted)->transactions.at(0).dropped.isEmpty());
    QCOMPARE(filesOf(**link, {u"public.never"_s}).error().reason, u"no_such_table"_s);
    // Of a transaction that ended in the time that is asked for also what it did long before.
    const auto run = [&](const QByteArray &statement) { return bool((*link)->run({statement, {}})); };
    QVERIFY(run("BEGIN") && run("DELETE FROM " + table + " WHERE i BETWEEN 300 AND 309"));
    for (int i = 0; i < 4; ++i)
        QVERIFY(run("INSERT INTO public.other VALUES (60)") && run("SELECT pg_switch_wal()"));
    ChangesWanted late;
    late.database = *database;
    late.fromUs = number("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::int8");
    QVERIFY(run("COMMIT") && run("SELECT pg_switch_wal()"));
    const quint64 end = quint64(number("SELECT (pg_current_wal_lsn() - '0/0')::int8")) >> 20;
    written.list = [&](const CancelToken &cancel) {
        auto all = access.list(cancel);
        all->erase(std::remove_if(all->begin(), all->end(), [&](const ArchiveEntry &entry) { return archiveFile(entry.name, 1 << 20).segment.number >= end; }), all->end());
        return all;
    };
    const auto longer = takeInventory(written, 1 << 20, {}, {});
    QVERIFY2(longer, qPrintable(longer ? QString() : longer.error().text()));
    const auto ended = changesOf(written, *longer, late);
    QVERIFY2(ended, qPrintable(ended ? QString() : ended.error().text()));
    QVERIFY(std::any_of(ended->transactions.cbegin(), ended->transactions.cend(), [](const TransactionChanges &one) { return one.deleted() == 10; }));
}

QTEST_GUILESS_MAIN(TestChanges)
#include "tst_changes.moc"
