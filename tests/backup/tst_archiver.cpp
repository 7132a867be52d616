// SPDX-License-Identifier: GPL-3.0-or-later
// The stack's archiver under a real server whose archive is full, whose command fails in every way there is, that crashes between success and its note of it, and
// whose pg_wal is full: each is told by what waits, nothing short or strange has a final name, and in the end a recovery from the archive has exactly what was
// acknowledged.
#include "backup/archivewatch.h"
#include "backup/inventory.h"
#include "backup/receive.h"
#include "ledger.h"
#include "support/smalldisk.h"
#include "support/testserver.h"
#include "tool/process.h"

#include <QDir>
#include <QFile>
#include <QTest>

#include <csignal>
#include <unistd.h>

using namespace howdah;
using namespace howdah::backup;
using namespace howdah::test;
using namespace Qt::StringLiterals;

class TestArchiver : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void archiveIsFull();
    void fileSizeLimit();
    void commandFails_data();
    void commandFails();
    void crashBehindSuccess();
    void anotherContentIsRefused();
    void killedWhileItCopies();
    void whoMayNotLook();
    void received();
    void rotIsFoundOnceAsked();
    void packed();
    void nothingWasLost();
    void walDiskIsFull();
    void cleanup();
    void cleanupTestCase();

private:
    bool command(const QString &command);
    bool good() { return command(u"HOWDAH_ARCHIVE=%1 /bin/sh %2/archive.sh \"%p\" \"%f\""_s.replace("%1"_L1, m_archive).replace("%2"_L1, m_server->folder())); }
    QString value(const QByteArray &statement) const;
    void switchSegment() const { std::ignore = value("SELECT pg_switch_wal()"); }
    Result<ArchiveFacts> facts() const;
    bool saidWithin(const QString &code) const;
    bool drained() const;
    QString wrongInArchive() const;
    static void give(const QString &path) { std::ignore = ::chown(QFile::encodeName(path).constData(), 65534, 65534); }

    std::unique_ptr<SmallDisk> m_disk;
    std::unique_ptr<TestServer> m_server;
    std::unique_ptr<Ledger> m_ledger;
    QString m_archive, m_base;
    qint64 m_failed = 0;
};

static constexpr int patience = 120'000; // nobody waits for so long but beside eight others
static constexpr qint64 segmentSize = 1 << 20;
static const ArchiveLimits soon{1500, 1500, 3, 14, 3};

static bool ran(const QString &program, const QStringList &arguments)
{
    tool::Command command;
    command.program = program;
    command.arguments = arguments;
    command.timeoutMs = patience;
    const auto done = tool::runChecked(command);
    if (!done)
        qWarning("%s", qPrintable(done.error().text()));
    return done.has_value();
}

QString TestArchiver::value(const QByteArray &statement) const
{
    const auto link = m_server->admin();
    if (!link)
        return u"? "_s + link.error().text();
    const auto rows = (*link)->run({statement, {}});
    return !rows ? u"? "_s + rows.error().text() : rows->isEmpty() ? QString() : rows->text(0, 0);
}

bool TestArchiver::command(const QString &command)
{
    QString why;
    const bool done = m_server->sql({"ALTER SYSTEM SET archive_command = '" + command.toUtf8().replace("'", "''") + "'", "SELECT pg_reload_conf()"}, &why);
    if (!done)
        qWarning("%s", qPrintable(why));
    return done;
}

Result<ArchiveFacts> TestArchiver::facts() const
{
    auto link = m_server->admin();
    return link ? readArchiveFacts(**link) : Result<ArchiveFacts>(fail(link.error()));
}

bool TestArchiver::saidWithin(const QString &code) const
{
    return QTest::qWaitFor([&] {
        const auto read = facts();
        const auto found = read ? judgeArchive(*read, soon) : QVector<ArchiveFinding>();
        return std::any_of(found.cbegin(), found.cend(), [&](const ArchiveFinding &one) { return one.code == code && one.severity == ArchiveFinding::Severity::Critical; });
    }, patience);
}

// Everything up to now.
bool TestArchiver::drained() const
{
    const QString last = value("SELECT pg_walfile_name(pg_current_wal_lsn())");
    switchSegment();
    return QTest::qWaitFor([&] {
        const auto read = facts();
        return read && QFile::exists(m_archive + u'/' + last) && (read->ready == 0 || read->oldestReady > last);
    }, patience);
}

// Under a final name there is only what is whole.
QString TestArchiver::wrongInArchive() const
{
    for (const QFileInfo &one : QDir(m_archive).entryInfoList(QDir::Files | QDir::Hidden)) {
        const ArchiveFile file = archiveFile(one.fileName(), segmentSize);
        if (file.kind == ArchiveFile::Kind::Segment && one.size() != segmentSize)
            return u"%1 has %2 bytes"_s.arg(one.fileName()).arg(one.size());
        if (file.kind == ArchiveFile::Kind::Foreign && one.fileName() != "ballast"_L1)
            return u"%1 is there"_s.arg(one.fileName());
    }
    return {};
}

void TestArchiver::initTestCase()
{
    QString why;
    m_disk = SmallDisk::make(96 << 10, &why);
    QVERIFY2(m_disk, qPrintable(why));
    give(m_disk->folder());
    m_archive = m_disk->folder();
    ServerSetup setup;
    setup.walSegmentMb = 1;
    setup.settings = {u"archive_mode=on"_s, u"max_wal_size=64MB"_s, u"min_wal_size=2MB"_s, u"summarize_wal=off"_s, u"autovacuum=off"_s};
    m_server = TestServer::start(setup, &why);
    QVERIFY2(m_server, qPrintable(why));
    QVERIFY(QFile::copy(qEnvironmentVariable("HOWDAH_SOURCE_DIR") + u"/docker/postgres/archive.sh"_s, m_server->folder() + u"/archive.sh"_s));
    give(m_server->folder() + u"/archive.sh"_s);
    QVERIFY2(m_server->sql(Ledger::table(), &why), qPrintable(why));
    QVERIFY(good());
    // What a recovery begins from: the cluster as it stood, at rest.
    QVERIFY(m_server->stop());
    m_base = m_server->folder() + u"/base"_s;
    QCOMPARE(QProcess::execute(u"cp"_s, {u"-a"_s, m_server->folder() + u"/data"_s, m_base}), 0);
    QVERIFY2(m_server->startAgain(&why), qPrintable(why));
    m_ledger = std::make_unique<Ledger>([this] { return m_server->admin(); });
    m_ledger->start();
    QTRY_VERIFY_WITH_TIMEOUT(m_ledger->acknowledged() > 20, patience);
    QVERIFY(drained());
}

void TestArchiver::archiveIsFull()
{
    // A segment that is mostly zeros still finds room, as holes: none of it.
    {
        QFile ballast(m_disk->folder() + u"/ballast"_s);
        QVERIFY(ballast.open(QIODevice::WriteOnly | QIODevice::Unbuffered));
        const QByteArray much(1 << 20, 'b');
        while (ballast.write(much) == much.size()) {
        }
    }
    QVERIFY(m_disk->fill());
    const QString full = value("SELECT pg_walfile_name(pg_current_wal_lsn())");
    switchSegment();
    QVERIFY(saidWithin(u"ready_old"_s));
    QCOMPARE(wrongInArchive(), QString());
    QVERIFY(!QFile::exists(m_archive + u'/' + full));
    const auto log = judgeArchiveLog(m_server->log().toUtf8());
    QVERIFY2(!log.isEmpty() && log.constFirst().code == "command_failed"_L1 && log.constFirst().what.contains("full disk"_L1), qPrintable(m_server->log().right(1000)));
    const qsizetype before = m_ledger->acknowledged();
    QTRY_VERIFY_WITH_TIMEOUT(m_ledger->acknowledged() > before, patience); // the server goes on
    QVERIFY(m_disk->makeRoom());
    QVERIFY(drained());
    QCOMPARE(wrongInArchive(), QString());
    QVERIFY(!QFile::exists(m_archive + u"/.howdah-archive.%1"_s.arg(full)));
}

// Without a small disk too: a program that may not write on is ended by a signal.
void TestArchiver::fileSizeLimit()
{
    QVERIFY(command(u"ulimit -f 500; HOWDAH_ARCHIVE=%1 /bin/sh %2/archive.sh \"%p\" \"%f\""_s.replace("%1"_L1, m_archive).replace("%2"_L1, m_server->folder())));
    switchSegment();
    QVERIFY(saidWithin(u"ready_old"_s));
    QCOMPARE(wrongInArchive(), QString());
    QVERIFY(good());
    QVERIFY(drained());
    QCOMPARE(wrongInArchive(), QString());
}

void TestArchiver::commandFails_data()
{
    QTest::addColumn<QString>("command");
    QTest::addColumn<bool>("counted");
    QTest::addColumn<QString>("words"); // of the log; empty: it says nothing
    QTest::newRow("exit 1") << u"echo %p; exit 1"_s << true << u"ended with 1"_s;
    QTest::newRow("exit 126") << u"echo %p; exit 126"_s << false << u"may not run it"_s;
    QTest::newRow("exit 127") << u"/nowhere/howdah-archive %p %f"_s << false << u"does not find it"_s;
    QTest::newRow("signal") << u"echo %p; kill -9 $$"_s << false << u"signal 9"_s;
    QTest::newRow("hangs") << u"echo $$ > %1/hangs; echo %p; exec sleep 600"_s << false << QString();
}

void TestArchiver::commandFails()
{
    QFETCH(QString, command);
    QFETCH(bool, counted);
    QFETCH(QString, words);
    QVERIFY(drained());
    const qint64 failed = value("SELECT failed_count FROM pg_stat_archiver").toLongLong();
    const qsizetype said = m_server->log().size();
    const QString pidFile = m_server->folder() + u"/hangs"_s;
    QVERIFY(this->command(QString(command).replace("%1"_L1, m_server->folder())));
    switchSegment();
    QVERIFY(saidWithin(u"ready_old"_s));
    // What the archiver counts is no alarm: it is silent in four of five.
    QCOMPARE(value("SELECT failed_count FROM pg_stat_archiver").toLongLong() > failed, counted);
    const auto read = facts();
    QVERIFY(read);
    const auto found = judgeArchive(*read, soon);
    QCOMPARE(found.constFirst().code, u"ready_old"_s);
    QCOMPARE(found.constFirst().toDo.contains("No failure is counted"_L1), !counted);
    if (!words.isEmpty()) {
        const auto log = [&] { return judgeArchiveLog(m_server->log().mid(said).toUtf8()); };
        QTRY_VERIFY_WITH_TIMEOUT(!log().isEmpty(), patience);
        QVERIFY2(log().constFirst().what.contains(words), qPrintable(log().constFirst().what));
    }
    QVERIFY(good());
    if (QFile hangs(pidFile); hangs.open(QIODevice::ReadOnly)) {
        // A command that hangs is not ended by a reload.
        const auto pid = pid_t(hangs.readAll().trimmed().toInt());
        QVERIFY(pid > 1);
        ::kill(pid, SIGKILL);
        hangs.remove();
    }
    QVERIFY(drained());
    QCOMPARE(wrongInArchive(), QString());
}

// The server is killed by its own archive_command, once that has succeeded and nobody has heard of it.
void TestArchiver::crashBehindSuccess()
{
    QVERIFY(drained());
    const QString mark = m_server->folder() + u"/crashed"_s, script = m_server->folder() + u"/crash.sh"_s;
    {
        QFile file(script);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(u"HOWDAH_ARCHIVE=%1 /bin/sh %2/archive.sh \"$1\" \"$2\" || exit 1\nif ! [ -e %3 ]; then echo \"$2\" > %3; kill -9 $(head -1 %2/data/postmaster.pid); sleep 5; exit 1; fi\n"_s
                       .replace("%1"_L1, m_archive).replace("%2"_L1, m_server->folder()).replace("%3"_L1, mark).toUtf8());
    }
    QVERIFY(command(u"/bin/sh %1 \"%p\" \"%f\""_s.replace("%1"_L1, script)));
    switchSegment();
    QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(mark), patience);
    QFile name(mark);
    QVERIFY(name.open(QIODevice::ReadOnly));
    const QString segment = QString::fromLatin1(name.readAll().trimmed());
    const QFileInfo archived(m_archive + u'/' + segment);
    QCOMPARE(archived.size(), segmentSize);
    const QDateTime when = archived.lastModified();
    QString why;
    QVERIFY(QTest::qWaitFor([&] { return m_server->startAgain(&why); }, patience));
    // It is archived again, taken for done, and not written over.
    QVERIFY(good());
    QVERIFY(drained());
    QVERIFY(QFile::exists(m_server->folder() + u"/data/pg_wal/archive_status/%1.done"_s.arg(segment)) || !QFile::exists(m_server->folder() + u"/data/pg_wal/archive_status/%1.ready"_s.arg(segment)));
    QCOMPARE(QFileInfo(m_archive + u'/' + segment).lastModified(), when);
    QCOMPARE(wrongInArchive(), QString());
}

void TestArchiver::anotherContentIsRefused()
{
    QVERIFY(drained());
    // Of a segment that is not archived yet another one has the name: a clone that archived into the same place.
    QVERIFY(command(u"echo %p; exit 1"_s));
    const QString segment = value("SELECT pg_walfile_name(pg_current_wal_lsn())"), path = m_archive + u'/' + segment;
    const QByteArray other(segmentSize, 'o');
    {
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(other), segmentSize);
    }
    give(path);
    const qsizetype said = m_server->log().size();
    QVERIFY(good());
    switchSegment();
    QVERIFY(saidWithin(u"ready_old"_s));
    QTRY_VERIFY_WITH_TIMEOUT(m_server->log().mid(said).contains("not overwritten"_L1), patience);
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QVERIFY(file.readAll() == other); // not written over
    const auto read = facts();
    QVERIFY(read && read->ready.value_or(0) > 0 && read->oldestReady == segment);
    QVERIFY(file.remove()); // once somebody has looked at it
    QVERIFY(drained());
    QVERIFY(QFileInfo(path).size() == segmentSize);
}

void TestArchiver::killedWhileItCopies()
{
    // What a killed script leaves has no final name, and goes with the next segment.
    const QString left = m_archive + u"/.howdah-archive.00000001000000000000FFFF.4711"_s;
    {
        QFile file(left);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("half");
    }
    give(left);
    QCOMPARE(wrongInArchive(), QString());
    QVERIFY(drained());
    QVERIFY(!QFile::exists(left));
}

void TestArchiver::whoMayNotLook()
{
    QVERIFY(m_server->sql({"CREATE ROLE nosy LOGIN"}));
    auto spec = m_server->socketSpec();
    spec.role = u"nosy"_s;
    const auto link = pg::Connection::open(spec, {});
    QVERIFY(link);
    const auto read = readArchiveFacts(**link);
    QVERIFY(read);
    QVERIFY(!read->ready && !read->walFilesBytes && read->dataFolder.isEmpty()); // neither 0 nor empty
    const auto found = judgeArchive(*read);
    QVERIFY(std::any_of(found.cbegin(), found.cend(), [](const ArchiveFinding &one) { return one.code == "ready_unknown"_L1 && one.toDo == "GRANT pg_monitor TO nosy"_L1; }));
}

// What makes a slot is shown, and refused where it could stop the server.
void TestArchiver::received()
{
    auto link = m_server->admin();
    QVERIFY(link);
    ReceiveChoice choice;
    choice.spec = m_server->spec();
    choice.serverName = u"the test's\nserver"_s;
    choice.folder = u"/srv/wal"_s;
    const auto unbounded = planReceive(**link, choice);
    QVERIFY(!unbounded);
    QCOMPARE(unbounded.error().reason, u"slot_unbounded"_s);
    QVERIFY(m_server->sql({"ALTER SYSTEM SET max_slot_wal_keep_size = '512MB'", "SELECT pg_reload_conf()"}));
    const auto read = [&] { const auto now = readArchiveFacts(**link); return now ? now->slotKeepMb : -2; };
    QTRY_COMPARE_WITH_TIMEOUT(read(), 512, patience);
    for (const auto &[role, reason] : {std::pair(u"nosy"_s, u"not_permitted"_s), std::pair(u"nobody at all"_s, u"usage"_s)}) {
        choice.role = role;
        const auto refused = planReceive(**link, choice);
        QVERIFY(!refused);
        QCOMPARE(refused.error().reason, reason);
    }
    choice.role.clear();
    const auto plan = planReceive(**link, choice);
    QVERIFY2(plan, plan ? "" : qPrintable(plan.error().text()));
    QCOMPARE(plan->change.steps.size(), 1);
    QVERIFY(plan->change.steps.constFirst().text.contains("pg_create_physical_replication_slot"));
    const session::JournalSeams journal{[](const QString &, const QString &, const QString &, const QString &) { return Result<qint64>(1); }, [](qint64, const QString &, const QString &) {}};
    const auto applied = session::apply(**link, plan->change, journal, {});
    QVERIFY2(applied, applied ? "" : qPrintable(applied.error().text()));
    QCOMPARE(value("SELECT restart_lsn IS NOT NULL FROM pg_replication_slots WHERE slot_name = 'howdah_receive'"), u"t"_s); // held from now on
    const auto again = planReceive(**link, choice);
    QVERIFY(again && again->change.steps.isEmpty());
    // No secret, one line a line, and nothing that systemd would expand.
    QVERIFY(!plan->unit.contains(QString::fromUtf8(m_server->password().data(), m_server->password().size())));
    QVERIFY(plan->unit.contains("passfile='${RUNTIME_DIRECTORY}/pgpass'"_L1) && plan->unit.contains("--synchronous"_L1) && plan->unit.contains("sslmode='verify-full'"_L1));
    QCOMPARE(plan->unit.count("\nExecStart="_L1), 1);
    QVERIFY(!plan->unit.section(u'\n', 0, 0).isEmpty() && plan->unit.section(u'\n', 1, 1).startsWith(u'#'));
    choice.spec.host = u"ho\"st%n$HOME"_s;
    QVERIFY(receiveUnit(choice, 18).contains("host='ho\\\"st%%n$$HOME'"_L1));
    choice.folder = u"/srv/w al"_s;
    QVERIFY(!planReceive(**link, choice));
    // As systemd hands it over the group may read it, and libpq would not: what the service reads is its own.
    const QString credentials = m_server->folder() + u"/credentials"_s, runtime = m_server->folder() + u"/runtime"_s, pgpass = runtime + u"/pgpass"_s;
    QVERIFY(QDir().mkpath(credentials) && QDir().mkpath(runtime) && plan->unit.contains("\nRuntimeDirectory=howdah-howdah_receive\nRuntimeDirectoryMode=0700\n"_L1));
    QFile given(credentials + u"/pgpass"_s);
    QVERIFY(given.open(QIODevice::WriteOnly) && given.write("h:1:*:r:x\n") > 0 && given.setPermissions(QFile::ReadOwner | QFile::ReadGroup));
    given.close();
    const QString before = plan->unit.section("\nExecStartPre="_L1, 1).section(u'\n', 0, 0);
    QStringList words = before.split(u' ');
    words.replaceInStrings(u"${CREDENTIALS_DIRECTORY}"_s, credentials).replaceInStrings(u"${RUNTIME_DIRECTORY}"_s, runtime);
    QVERIFY2(words.size() > 1 && ran(words.takeFirst(), words), qPrintable(before));
    QCOMPARE(QFile(pgpass).permissions() & (QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner | QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther), QFile::ReadOwner | QFile::WriteOwner);
    QVERIFY(m_server->sql({"SELECT pg_drop_replication_slot('howdah_receive')"}));
}

// Without a change of its time: only who reads again finds it, and from then on everybody.
void TestArchiver::rotIsFoundOnceAsked()
{
    QVERIFY(drained());
    const QString system = value("SELECT system_identifier FROM pg_control_system()"), remembered = m_server->folder() + u"/remembered"_s;
    const auto take = [&](bool again) { return takeInventory(folderArchive(m_archive), segmentSize, system, remembered, {}, {}, again); };
    const auto first = take(false);
    QVERIFY(first && first->problems.isEmpty() && first->segments.size() > 3);
    QVERIFY(std::all_of(first->segments.cbegin(), first->segments.cend(), [](const SegmentFacts &one) { return one.isWhole(); }));
    const QString name = std::next(first->segments.cbegin())->file, path = m_archive + u'/' + name;
    QByteArray bytes;
    {
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        bytes = file.readAll();
    }
    const auto write = [&](const QByteArray &content) {
        const QDateTime when = QFileInfo(path).lastModified();
        QFile file(path);
        return file.open(QIODevice::ReadWrite) && file.write(content) == content.size() && file.flush() && file.setFileTime(when, QFileDevice::FileModificationTime);
    };
    QByteArray rotten = bytes;
    rotten[300'000] = char(rotten[300'000] ^ 4);
    QVERIFY(write(rotten));
    const auto believed = take(false);
    QVERIFY(believed && believed->problems.isEmpty());
    const auto asked = take(true);
    QVERIFY(asked);
    QVERIFY2(asked->problems.size() == 1 && asked->problems.constFirst().startsWith(name), qPrintable(asked->problems.join(u'\n')));
    const auto later = take(false);
    QVERIFY(later && later->problems.size() == 1);
    // With the good copy put back it is what it was at first.
    QVERIFY(write(bytes));
    const auto mended = take(true);
    QVERIFY2(mended && mended->problems.isEmpty(), qPrintable(mended ? mended->problems.join(u'\n') : mended.error().text()));
    QVERIFY(write(rotten));
    const auto rottenAgain = take(true);
    QVERIFY(rottenAgain && rottenAgain->problems.size() == 1);
    QVERIFY(write(bytes));
}

// By others, once more and better, and cut off: what is in it counts.
void TestArchiver::packed()
{
    const QString folder = m_server->folder() + u"/packed"_s, remembered = m_server->folder() + u"/remembered-packed"_s;
    QVERIFY(QDir().mkpath(folder));
    const QStringList names = QDir(m_archive).entryList({u"0000*"_s}, QDir::Files, QDir::Name).filter(QRegularExpression(u"^[0-9A-F]{24}$"_s)).mid(0, 3);
    QCOMPARE(names.size(), 3);
    const auto pack = [&](const QString &name, const QString &level) {
        QFile::remove(folder + u'/' + name + u".gz"_s);
        return QFile::copy(m_archive + u'/' + name, folder + u'/' + name) && ran(u"gzip"_s, {level, folder + u'/' + name});
    };
    for (const QString &name : names)
        QVERIFY(pack(name, u"-1"_s));
    const auto take = [&](quint64 size, bool again) { return takeInventory(folderArchive(folder), size, {}, remembered, {}, {}, again); };
    const auto first = take(segmentSize, false);
    QVERIFY(first && first->problems.isEmpty() && first->segments.size() == 3);
    const QByteArray before = first->segments.first().sha256;
    QVERIFY(pack(names.constFirst(), u"-9"_s));
    const auto better = take(segmentSize, true);
    QVERIFY2(better && better->problems.isEmpty(), qPrintable(better ? better->problems.join(u'\n') : better.error().text()));
    QVERIFY(better->segments.first().sha256 != before);
    // How large they are the last one does not tell any more, and in the end none.
    for (int cut = 2; cut >= 0; --cut) {
        QVERIFY(QFile::resize(folder + u'/' + names.at(cut) + u".gz"_s, 1000));
        const auto told = take(0, false);
        if (cut > 0)
            QVERIFY2(told && told->segmentSize == segmentSize && told->segments.first().isWhole(), qPrintable(told ? u"another size"_s : told.error().text()));
        else
            QVERIFY(!told && told.error().reason == "segment_size_unknown"_L1);
    }
}

void TestArchiver::nothingWasLost()
{
    m_ledger->stop();
    QVERIFY(drained());
    QVERIFY(m_ledger->acknowledged() > 100);
    QVERIFY(m_server->stop());
    // From the cluster as it stood at the beginning and the archive alone.
    const QString data = m_server->folder() + u"/data"_s;
    QVERIFY(QDir().rename(data, m_server->folder() + u"/lived"_s));
    QCOMPARE(QProcess::execute(u"cp"_s, {u"-a"_s, m_base, data}), 0);
    QCOMPARE(QProcess::execute(u"rm"_s, {u"-rf"_s, data + u"/pg_wal"_s}), 0);
    QVERIFY(QDir().mkpath(data + u"/pg_wal/archive_status"_s));
    give(data + u"/pg_wal"_s);
    give(data + u"/pg_wal/archive_status"_s);
    QFile signal(data + u"/recovery.signal"_s);
    QVERIFY(signal.open(QIODevice::WriteOnly));
    give(signal.fileName());
    QFile conf(data + u"/postgresql.auto.conf"_s);
    QVERIFY(conf.open(QIODevice::WriteOnly | QIODevice::Truncate));
    conf.write(u"restore_command = 'cp %1/%f %p'\nrecovery_target_timeline = '1'\narchive_command = 'exit 1'\n"_s.replace("%1"_L1, m_archive).toUtf8());
    conf.close();
    QString why;
    QVERIFY2(m_server->startAgain(&why), qPrintable(why));
    QTRY_COMPARE_WITH_TIMEOUT(value("SELECT pg_is_in_recovery()"), u"f"_s, patience);
    const auto link = m_server->admin();
    QVERIFY(link);
    QCOMPARE(m_ledger->heldAgainst(**link), QString());
    QVERIFY2(m_server->sql({"CREATE EXTENSION amcheck SCHEMA public", "SELECT public.bt_index_check('public.ledger_pkey', true)"}, &why), qPrintable(why));
    QCOMPARE(value("SELECT count(*) FROM public.verify_heapam('public.ledger')"), u"0"_s);
}

void TestArchiver::walDiskIsFull()
{
    QString why;
    const auto disk = SmallDisk::make(40 << 10, &why);
    QVERIFY2(disk, qPrintable(why));
    give(disk->folder());
    ServerSetup setup;
    setup.walSegmentMb = 1;
    setup.settings = {u"archive_mode=on"_s, u"archive_command=exit 1"_s, u"max_wal_size=16MB"_s, u"min_wal_size=2MB"_s, u"autovacuum=off"_s, u"restart_after_crash=off"_s};
    const auto server = TestServer::start(setup, &why);
    QVERIFY2(server, qPrintable(why));
    QVERIFY2(server->sql(Ledger::table(), &why), qPrintable(why));
    QVERIFY(server->stop());
    const QString wal = server->folder() + u"/data/pg_wal"_s;
    QCOMPARE(QProcess::execute(u"cp"_s, {u"-a"_s, wal, disk->folder() + u"/pg_wal"_s}), 0);
    QCOMPARE(QProcess::execute(u"rm"_s, {u"-rf"_s, wal}), 0);
    QVERIFY(QFile::link(disk->folder() + u"/pg_wal"_s, wal));
    QVERIFY2(server->startAgain(&why), qPrintable(why));
    Ledger ledger([&] { return server->admin(); }, 0);
    ledger.start();
    const auto ended = [&] {
        const auto found = judgeArchiveLog(server->log().toUtf8());
        return std::any_of(found.cbegin(), found.cend(), [](const ArchiveFinding &one) { return one.code == "wal_disk_full"_L1; });
    };
    QTRY_VERIFY_WITH_TIMEOUT(ended(), patience);
    ledger.stop();
    const qsizetype acknowledged = ledger.acknowledged();
    QVERIFY(acknowledged > 100);
    // Room is made on the disk, and not in pg_wal. (The disk is a larger one now.)
    QCOMPARE(QProcess::execute(u"mount"_s, {u"-o"_s, u"remount,size=200M"_s, disk->folder()}), 0);
    QVERIFY(QTest::qWaitFor([&] { return server->startAgain(&why); }, patience));
    const auto link = server->admin();
    QVERIFY(link);
    QCOMPARE(ledger.heldAgainst(**link), QString());
    QVERIFY(!ended()); // it is up again: of what was nothing is told any more
}

// One that failed is not to make the next ones fail.
void TestArchiver::cleanup()
{
    if (!QTest::currentTestFailed())
        return;
    m_disk->makeRoom();
    if (m_ledger->acknowledged() > 0 && !m_server->admin())
        m_server->startAgain();
    std::ignore = good();
}

void TestArchiver::cleanupTestCase()
{
    m_ledger.reset();
    m_server.reset();
}

QTEST_GUILESS_MAIN(TestArchiver)
#include "tst_archiver.moc"
