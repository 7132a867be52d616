// SPDX-License-Identifier: GPL-3.0-or-later
// Migrations as files, the sum of a folder, and how files and a ledger stand to each other: without a server.
#include "migrations/state.h"

#include <QDateTime>
#include <QDir>
#include <QTemporaryDir>
#include <QTest>

using namespace howdah;
using namespace howdah::migrations;
using namespace Qt::StringLiterals;

namespace
{

const QByteArray plain = "-- Purpose: people who\n-- sign in.\n\n-- migrate:up\nCREATE TABLE a (i int);\nINSERT INTO a VALUES (1);\n\n-- migrate:down\nDROP TABLE a;\n";

File fileOf(const QString &name, const QByteArray &text)
{
    const auto file = parseFile(name, text);
    return file ? *file : File();
}

Event applied(const File &file, qint64 id)
{
    Event event;
    event.id = id;
    event.version = file.version;
    event.name = file.name;
    event.kind = u"done"_s;
    event.sha256 = file.sha256;
    event.meaning = file.meaning;
    event.file = file.text;
    return event;
}

} // namespace

class TestFiles : public QObject
{
    Q_OBJECT
private slots:
    void aFile();
    void options();
    void refused_data();
    void refused();
    void whatAnEditMeans();
    void linesCountInTheFile();
    void aFolderByName();
    void twoBranchesAreAConflict();
    void aNewFile();
    void howTheyStand();
    void theWayBackIsThatOfApplying();
    void interruptedIsWhatWasBegun();
    void times();
};

void TestFiles::aFile()
{
    const auto file = parseFile(u"20260105090000_create_users.sql"_s, plain);
    QVERIFY2(file, qPrintable(file ? QString() : file.error().text()));
    QCOMPARE(file->version, u"20260105090000"_s);
    QCOMPARE(file->title(), u"create users"_s);
    QCOMPARE(file->purpose, u"people who sign in."_s);
    QCOMPARE(file->up.statements.size(), size_t(2));
    QCOMPARE(file->down.statements.size(), size_t(1));
    QVERIFY(file->up.transaction && file->down.transaction);
    // Windows' line ends and its mark say the same.
    QByteArray windows = plain;
    const auto same = parseFile(u"20260105090000_create_users.sql"_s, "\xEF\xBB\xBF" + windows.replace("\n", "\r\n"));
    QVERIFY(same);
    QCOMPARE(same->sha256, file->sha256);
}

void TestFiles::options()
{
    const File file = fileOf(u"1_a.sql"_s, "-- migrate:up transaction:false lock_timeout:250ms owner:nobody\nCREATE INDEX CONCURRENTLY i ON a (i);\n"
                                           "-- migrate:down statement_timeout:10min\n-- irreversible: the data are gone\n-- for good\n");
    QVERIFY(!file.up.transaction && file.down.transaction);
    QCOMPARE(file.up.lockTimeoutMs, std::optional(250));
    QCOMPARE(file.down.statementTimeoutMs, std::optional(600'000));
    QVERIFY(!file.up.statementTimeoutMs);
    QCOMPARE(file.irreversible, u"the data are gone for good"_s);
    QVERIFY(file.down.statements.empty());
}

void TestFiles::refused_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("reason");
    QTest::addColumn<QString>("where");
    const QString name = u"1_a.sql"_s;
    QTest::newRow("a name") << u"create.sql"_s << plain << u"bad_name"_s << QString();
    QTest::newRow("no up") << name << QByteArray("SELECT 1;") << u"no_up"_s << QString();
    QTest::newRow("no down") << name << QByteArray("-- migrate:up\nSELECT 1;") << u"no_down"_s << QString();
    QTest::newRow("down first") << name << QByteArray("-- migrate:down\n-- migrate:up\n") << u"no_up"_s << u"line 1"_s;
    QTest::newRow("two ups") << name << QByteArray("-- migrate:up\n-- migrate:down\n-- migrate:up\n-- migrate:down\n") << u"two_sections"_s << u"line 3"_s;
    QTest::newRow("before") << name << QByteArray("-- a\nSELECT 1;\n-- migrate:up\n-- migrate:down\n") << u"before_up"_s << u"line 2"_s;
    QTest::newRow("psql") << name << QByteArray("-- migrate:up\nSELECT 1;\n\\i other.sql\n-- migrate:down\n") << u"meta_command"_s << u"line 3"_s;
    QTest::newRow("gset") << name << QByteArray("-- migrate:up\nSELECT 1 \\gset\n-- migrate:down\n") << u"meta_command"_s << u"line 2"_s;
    QTest::newRow("begin") << name << QByteArray("-- migrate:up\nBEGIN;\n-- migrate:down\n") << u"transaction_control"_s << u"line 2"_s;
    QTest::newRow("commit") << name << QByteArray("-- migrate:up\nSELECT 1;\n COMMIT;\n-- migrate:down\n") << u"transaction_control"_s << u"line 3"_s;
    QTest::newRow("in the way back") << name << QByteArray("-- migrate:up\n-- migrate:down\nROLLBACK;\n") << u"transaction_control"_s << u"line 3"_s;
    QTest::newRow("option") << name << QByteArray("-- migrate:up transaction:no\n-- migrate:down\n") << u"bad_option"_s << u"line 1"_s;
    QTest::newRow("time") << name << QByteArray("-- migrate:up\n-- migrate:down lock_timeout:soon\n") << u"bad_option"_s << u"line 2"_s;
    QTest::newRow("bytes") << name << QByteArray("-- migrate:up\nSELECT '\xff';\n-- migrate:down\n") << u"bad_encoding"_s << QString();
}

void TestFiles::refused()
{
    QFETCH(QString, name);
    QFETCH(QByteArray, text);
    QFETCH(QString, reason);
    QFETCH(QString, where);
    const auto file = parseFile(name, text);
    QVERIFY(!file);
    QCOMPARE(file.error().reason, reason);
    QVERIFY2(file.error().message.contains(where), qPrintable(file.error().message));
}

void TestFiles::whatAnEditMeans()
{
    const QString name = u"1_a.sql"_s;
    const File file = fileOf(name, plain);
    const auto edited = [&](const QByteArray &from, const QByteArray &to) { return fileOf(name, QByteArray(plain).replace(from, to)); };
    for (const File &cosmetic : {edited("INSERT INTO a", "-- a note\nINSERT  INTO a"), edited("people who", "persons that"), edited("(1);", "(1) /* one */ ;")}) {
        QVERIFY(cosmetic.sha256 != file.sha256);
        QCOMPARE(cosmetic.meaning, file.meaning);
    }
    for (const File &other : {edited("(1)", "(2)"), edited("migrate:up", "migrate:up transaction:false"), edited("DROP TABLE a", "DROP TABLE a CASCADE"), edited("VALUES (1)", "VALUES ('1 -- x')")})
        QVERIFY(other.meaning != file.meaning);
}

void TestFiles::linesCountInTheFile()
{
    const File file = fileOf(u"1_a.sql"_s, plain);
    QCOMPARE(file.up.line, 5);
    QCOMPARE(file.lineAt(file.up.begin + file.up.statements.at(1).begin), 6);
    QCOMPARE(file.lineAt(file.down.begin + file.down.statements.at(0).begin), 9);
}

void TestFiles::aFolderByName()
{
    QTemporaryDir folder;
    const auto put = [&](const QString &name, const QByteArray &text) {
        QFile file(folder.filePath(name));
        return file.open(QIODevice::WriteOnly) && file.write(text) == text.size();
    };
    QVERIFY(put(u"20_b.sql"_s, plain) && put(u"10_a.sql"_s, plain) && put(u"README.md"_s, "x") && put(u"seed.sql"_s, "SELECT 1"));
    const auto read = readFolder(folder.path());
    QVERIFY2(read, qPrintable(read ? QString() : read.error().text()));
    QCOMPARE(read->files.size(), 2);
    QCOMPARE(read->files.at(0).name, u"10_a.sql"_s);
    QVERIFY(put(u"10_again.sql"_s, plain));
    QCOMPARE(readFolder(folder.path()).error().reason, u"same_version"_s);
    QCOMPARE(readFolder(folder.filePath(u"nowhere"_s)).error().reason, u"no_such_folder"_s);
}

void TestFiles::twoBranchesAreAConflict()
{
    Folder base;
    base.files = {fileOf(u"1_a.sql"_s, plain)};
    Folder ours = base, theirs = base;
    ours.files.append(fileOf(u"2_b.sql"_s, plain));
    theirs.files.append(fileOf(u"3_c.sql"_s, plain));
    const auto first = [](const Folder &folder) { return sumOf(folder).split('\n').constFirst(); };
    QVERIFY(first(ours) != first(base) && first(theirs) != first(base) && first(ours) != first(theirs));
    // And a sum tells what came after it.
    QTemporaryDir folder;
    ours.path = base.path = folder.path();
    QCOMPARE(checkSum(base)->state, SumState::None);
    QVERIFY(writeSum(base));
    QCOMPARE(checkSum(base)->state, SumState::Right);
    QCOMPARE(checkSum(ours)->state, SumState::Wrong);
    QCOMPARE(checkSum(ours)->differs, QStringList{u"2_b.sql"_s});
}

void TestFiles::aNewFile()
{
    QTemporaryDir folder;
    const qint64 now = QDateTime(QDate(2026, 11, 26), QTime(18, 50, 1), Qt::UTC).toMSecsSinceEpoch();
    const auto path = newFile(folder.path(), u"Add E-Mail to users"_s, u"Invoices go\rby mail"_s, now);
    QVERIFY(path);
    QCOMPARE(QFileInfo(*path).fileName(), u"20261126185001_add_e_mail_to_users.sql"_s);
    const auto second = newFile(folder.path(), u"other"_s, u"x"_s, now); // never of one version
    QVERIFY(second);
    QCOMPARE(QFileInfo(*second).fileName(), u"20261126185002_other.sql"_s);
    const auto read = readFolder(folder.path());
    QVERIFY2(read, qPrintable(read ? QString() : read.error().text()));
    QCOMPARE(read->files.at(0).purpose, u"Invoices go by mail"_s);
    QCOMPARE(newFile(folder.path(), u"!!"_s, {}, now).error().reason, u"no_name"_s);
}

void TestFiles::howTheyStand()
{
    Folder folder;
    for (const QString &name : {u"1_a.sql"_s, u"2_b.sql"_s, u"3_c.sql"_s, u"4_d.sql"_s, u"5_e.sql"_s})
        folder.files.append(fileOf(name, plain));
    Ledger ledger;
    ledger.versions = {u"1"_s, u"2"_s, u"4"_s, u"9"_s};
    ledger.events = {applied(folder.files.at(0), 1), applied(folder.files.at(1), 2)}; // 4 and 9 are dbmate's doing
    folder.files[1] = fileOf(u"2_b.sql"_s, QByteArray(plain).replace("(1)", "(2)"));
    const State state = stateOf(folder, ledger);
    QVector<Standing> standings;
    for (const Entry &entry : state.entries)
        standings << entry.standing;
    QCOMPARE(standings, (QVector<Standing>{Standing::Applied, Standing::Edited, Standing::OutOfOrder, Standing::Applied, Standing::OutOfOrder, Standing::Missing}));
    QCOMPARE(state.pending(), 2);
    QVERIFY(!state.entries.at(3).appliedMs); // not known, and not now
    ledger.versions = {u"1"_s};
    QCOMPARE(stateOf(folder, ledger).entries.at(4).standing, Standing::Pending);
}

void TestFiles::theWayBackIsThatOfApplying()
{
    const File a = fileOf(u"1_a.sql"_s, plain), b = fileOf(u"2_b.sql"_s, plain), c = fileOf(u"3_c.sql"_s, plain);
    Ledger ledger;
    ledger.versions = {u"1"_s, u"2"_s, u"3"_s};
    ledger.events = {applied(a, 1), applied(c, 2), applied(b, 3)}; // 2 came after 3, from a branch
    QCOMPARE(wayBack(ledger), (QStringList{u"2"_s, u"3"_s, u"1"_s}));
    ledger.versions << u"4"_s << u"10"_s; // dbmate's
    QCOMPARE(wayBack(ledger), (QStringList{u"2"_s, u"3"_s, u"1"_s, u"10"_s, u"4"_s}));
}

void TestFiles::interruptedIsWhatWasBegun()
{
    const File a = fileOf(u"1_a.sql"_s, plain);
    Ledger ledger;
    Event event = applied(a, 1);
    event.kind = u"failed"_s;
    ledger.events = {event};
    QVERIFY(!ledger.interrupted(u"1"_s)); // with a transaction: nothing of it stays
    event.kind = u"begun"_s;
    ledger.events << event;
    event.kind = u"step"_s;
    event.statementsDone = 1;
    ledger.events << event;
    event.kind = u"failed"_s;
    ledger.events << event;
    QCOMPARE(ledger.interrupted(u"1"_s)->statementsDone, 1);
    event.kind = u"resolved"_s;
    ledger.events << event;
    QVERIFY(!ledger.interrupted(u"1"_s));
}

void TestFiles::times()
{
    QCOMPARE(milliseconds(u"3s"_s), std::optional(3000));
    QCOMPARE(milliseconds(u"0"_s), std::optional(0));
    QCOMPARE(milliseconds(u"2h"_s), std::optional(7'200'000));
    for (const QString &none : {u"3 s"_s, u"-1s"_s, u"soon"_s, QString(), u"9999999h"_s})
        QVERIFY(!milliseconds(none));
}

QTEST_GUILESS_MAIN(TestFiles)
#include "tst_files.moc"
