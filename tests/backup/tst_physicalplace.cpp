// SPDX-License-Identifier: GPL-3.0-or-later
// Backups of a real stack: into its own archive, into a folder of this machine over TLS, and the same by howdahctl.
#include "backup/nativeengine.h"
#include "backup/physicalplace.h"
#include "backup/physicalverify.h"
#include "session/program.h"
#include "stack/port.h"
#include "stack/record.h"
#include "stack/fakekeychain.h"
#include "store/store.h"
#include "support/verifyok.h"

#include <QDir>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QtTest>

#include <sys/stat.h>
#include <unistd.h>

using namespace howdah;
using namespace howdah::backup;
using namespace Qt::StringLiterals;

class TestPhysicalPlace : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void cleanupTestCase();
    void onTheFirstOne();
    void verbs();
    void prune();
    void intoAFolder();
    void missingFolder();
    void stopped();
    void noStack();

private:
    QString name() const { return m_options.name; }
    Program ctl(const QStringList &arguments) { return Program::run(QStringList{u"--profile"_s, name(), u"--json"_s} + arguments); }

    QTemporaryDir m_data;
    QTemporaryDir m_folder;
    test::FakeKeychain m_keychain;
    stack::UpOptions m_options;
};

void TestPhysicalPlace::initTestCase()
{
    qputenv("XDG_DATA_HOME", m_data.path().toLocal8Bit());
    m_options.name = u"backup-test-%1"_s.arg(::getpid());
    m_options.port = stack::nextFreePort(quint16(58000 + ::getpid() % 1000));
    m_options.backend = stack::Backend::Docker;
    const auto brought = stack::bringUp(m_options, m_keychain.seams(), {}, {});
    VERIFY_OK(brought);
    const auto store = store::Store::open();
    VERIFY_OK(store);
    session::Profile profile = brought->profile;
    profile.id.clear();
    VERIFY_OK(session::saveProfile(**store, profile));
}

void TestPhysicalPlace::cleanupTestCase()
{
    std::ignore = stack::destroy(name(), name(), {}, {});
}

// What the stack made at its first start is a full backup like another.
void TestPhysicalPlace::onTheFirstOne()
{
    const auto place = openStackPlace(name());
    VERIFY_OK(place);
    QVERIFY2(place->toolbox->where().startsWith(u"the container of the stack %1, PostgreSQL 18."_s.arg(name())), qPrintable(place->toolbox->where()));
    NativeEngine engine(*place->repository, place->archive, place->source);
    const auto listed = engine.list();
    VERIFY_OK(listed);
    QCOMPARE(listed->backups.size(), 1);
    QVERIFY2(listed->backups.at(0).ofStack && listed->backups.at(0).isUsable(), qPrintable(listed->backups.at(0).stateWords));
    const auto backup = engine.take(BackupKind::Incremental);
    VERIFY_OK(backup);
    QCOMPARE(backup->parent, listed->backups.at(0).id);
    QVERIFY2(backup->notes.isEmpty(), qPrintable(backup->notes.join(u'\n')));
    const auto whole = engine.verify(backup->id);
    VERIFY_OK(whole);
    QVERIFY2(whole->good, qPrintable(whole->words));
    const auto files = place->repository->read(backup->folder + "/config/PLACES"_L1, 1 << 16, {});
    VERIFY_OK(files);
    QVERIFY2(files->contains("postgresql.conf\t/etc/howdah/postgresql.conf") && files->contains("pg_hba.conf\t/etc/howdah/pg_hba.conf"), files->constData());
}

void TestPhysicalPlace::verbs()
{
    const Program plan = ctl({u"backup"_s, u"create"_s, u"--plan"_s});
    QVERIFY2(plan.exitCode == 0, QByteArray(plan.output + plan.errors).constData());
    QVERIFY(plan.json().value("command"_L1).toString().contains(u"pg_basebackup"_s));
    const Program created = ctl({u"backup"_s, u"create"_s, u"--label"_s, u"by hand"_s});
    QVERIFY2(created.exitCode == 0, QByteArray(created.output + created.errors).constData());
    const QString id = created.json().value("id"_L1).toString();
    QVERIFY(isId(id));
    QCOMPARE(created.json().value("label"_L1).toString(), u"by hand"_s);
    QCOMPARE(created.json().value("verified"_L1).toObject().value("good"_L1).toBool(), true);
    const Program listed = ctl({u"backup"_s, u"list"_s});
    QVERIFY2(listed.exitCode == 0, QByteArray(listed.output + listed.errors).constData());
    QCOMPARE(listed.json().value("backups"_L1).toArray().size(), 3);
    const QJsonObject first = listed.json().value("backups"_L1).toArray().at(0).toObject(); // the stack's own: its end is in the archive
    QVERIFY2(first.value("of_stack"_L1).toBool() && first.value("stop_ms"_L1).toInteger() > first.value("start_ms"_L1).toInteger(), listed.output.constData());
    QVERIFY(first.value("verified"_L1).toObject().value("good"_L1).toBool()); // as a link of what was taken on it
    const Program verified = ctl({u"backup"_s, u"verify"_s});
    QVERIFY2(verified.exitCode == 0, QByteArray(verified.output + verified.errors).constData());
    QCOMPARE(verified.json().value("backups"_L1).toArray().size(), 3);
    const Program none = ctl({u"backup"_s, u"verify"_s, u"20200101T000000Z-full"_s});
    QCOMPARE(none.exitCode, 2);
    QCOMPARE(none.error("reason"), u"no_such_backup"_s);

    // A byte of it flipped: exit code 5, and nothing is built on it.
    const auto place = openStackPlace(name());
    VERIFY_OK(place);
    VERIFY_OK(place->toolbox->runChecked({u"sh"_s, {u"-c"_s, u"printf x | dd of=\"$0/PG_VERSION\" bs=1 conv=notrunc status=none"_s, u"/archive/base/%1/data"_s.arg(id)}}));
    const Program bad = ctl({u"backup"_s, u"verify"_s, id});
    QVERIFY2(bad.exitCode == 5, QByteArray(bad.output + bad.errors).constData());
    QVERIFY(bad.json().value("backups"_L1).toArray().at(0).toObject().value("words"_L1).toString().contains(u"PG_VERSION"_s));
    const Program journal = ctl({u"journal"_s});
    QVERIFY2(journal.output.contains(QByteArray("Take the full backup " + id.toLatin1())), journal.output);
    QVERIFY(journal.output.contains("pg_basebackup"));
}

void TestPhysicalPlace::prune()
{
    const Program usage = ctl({u"backup"_s, u"prune"_s});
    QCOMPARE(usage.exitCode, 2);
    QVERIFY2(ctl({u"backup"_s, u"create"_s}).exitCode == 0, "a sound one");
    const Program shown = ctl({u"backup"_s, u"prune"_s, u"--keep"_s, u"1"_s});
    QVERIFY2(shown.exitCode == 9, QByteArray(shown.output + shown.errors).constData());
    QCOMPARE(shown.json().value("removed"_L1).toArray().size(), 0);
    const Program done = ctl({u"backup"_s, u"prune"_s, u"--keep"_s, u"1"_s, u"--confirm"_s});
    QVERIFY2(done.exitCode == 0, QByteArray(done.output + done.errors).constData());
    QCOMPARE(done.json().value("removed"_L1).toArray().size(), 3); // the bad one, the first one and what built on it
    const Program wal = ctl({u"backup"_s, u"prune"_s, u"--keep"_s, u"1"_s, u"--wal"_s, u"--confirm"_s});
    QVERIFY2(wal.exitCode == 0, QByteArray(wal.output + wal.errors).constData());
    const QJsonObject told = wal.json().value("wal"_L1).toObject();
    QVERIFY2(told.value("files"_L1).toInt() > 0, wal.output.constData());
    const auto place = openStackPlace(name());
    VERIFY_OK(place);
    const auto archived = NativeEngine(*place->repository, place->archive).listWal();
    VERIFY_OK(archived);
    QVERIFY(!archived->isEmpty() && archived->constFirst() >= told.value("first_kept"_L1).toString());
    QCOMPARE(wal.json().value("backups"_L1).toArray().size(), 1);
}

void TestPhysicalPlace::intoAFolder()
{
    QVERIFY(::chown(QFile::encodeName(m_folder.path()).constData(), 4711, 4711) == 0);
    const session::Profile profile = m_keychain.profiles.value(name());
    const Secret password = m_keychain.secrets.value(store::SecretKey{profile.id, profile.spec.host, profile.spec.port, u"howdah_replication"_s}.text());
    QVERIFY(!password.isEmpty());
    {
        const auto place = openFolderPlaceOfStack(m_folder.path(), name(), password);
        VERIFY_OK(place);
        const auto plan = planTake(*place->source, *place->repository, {BackupKind::Full, true, true, false, {}});
        VERIFY_OK(plan);
        const QByteArray line = tool::commandLine(plan->command).toUtf8();
        QVERIFY(line.contains("verify-full") && !line.contains(password.data()));
        const auto backup = take(*place->source, *place->repository, *plan);
        VERIFY_OK(backup);
        QVERIFY(backup->tar && backup->verified.good && backup->notes.isEmpty());
        QCOMPARE(backup->data, m_folder.path() + "/base/"_L1 + backup->id + "/data"_L1);
        struct stat facts{};
        for (const QString &file : QStringList{backup->data + "/base.tar.zst"_L1, backup->folder + "/howdah-backup.json"_L1, backup->folder + "/config/postgresql.conf"_L1, backup->folder + "/RUNBOOK.md"_L1}) {
            QVERIFY2(::stat(QFile::encodeName(file).constData(), &facts) == 0, qPrintable(file));
            QCOMPARE(int(facts.st_mode & 07777), 0600);
            QCOMPARE(facts.st_uid, 4711u);
        }
        // A wrong password is told as the server's word, and nothing stays.
        const auto wrong = openFolderPlaceOfStack(m_folder.path(), name(), Secret(QByteArray("wrong:\\")));
        VERIFY_OK(wrong);
        const auto refused = planTake(*wrong->source, *wrong->repository, {});
        VERIFY_OK(refused);
        const auto failed = take(*wrong->source, *wrong->repository, *refused);
        QVERIFY(!failed);
        QCOMPARE(failed.error().reason, u"failed"_s);
        QVERIFY2(failed.error().detail.contains(u"password authentication failed"_s), qPrintable(failed.error().text()));
        QCOMPARE(QDir(m_folder.path() + "/base"_L1).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot), QStringList{backup->id});
    }
    const Program listed = ctl({u"backup"_s, u"list"_s, u"--in"_s, m_folder.path()});
    QVERIFY2(listed.exitCode == 0, QByteArray(listed.output + listed.errors).constData());
    QCOMPARE(listed.json().value("backups"_L1).toArray().size(), 1);
}

void TestPhysicalPlace::missingFolder()
{
    const Program listed = ctl({u"backup"_s, u"list"_s, u"--in"_s, m_folder.path() + "/not-mounted"_L1});
    QCOMPARE(listed.exitCode, 1);
    QCOMPARE(listed.error("reason"), u"no_folder"_s);
    QVERIFY(!QFile::exists(m_folder.path() + "/not-mounted"_L1));
}

void TestPhysicalPlace::stopped()
{
    VERIFY_OK(stack::down(name(), {}, {}));
    const Program create = ctl({u"backup"_s, u"create"_s});
    QCOMPARE(create.error("reason"), u"not_running"_s);
    const Program verified = ctl({u"backup"_s, u"verify"_s});
    QVERIFY2(verified.exitCode == 0, QByteArray(verified.output + verified.errors).constData());
    QCOMPARE(verified.json().value("backups"_L1).toArray().size(), 1);
}

void TestPhysicalPlace::noStack()
{
    const auto none = openStackPlace(u"no-such-stack"_s);
    QVERIFY(!none);
    QCOMPARE(none.error().reason, u"no_stack"_s);
    const Program nowhere = Program::run({u"--url"_s, u"postgresql://x@127.0.0.1:1/x"_s, u"--json"_s, u"backup"_s, u"list"_s});
    QCOMPARE(nowhere.exitCode, 2);
    QCOMPARE(nowhere.error("reason"), u"usage"_s);
}

QTEST_GUILESS_MAIN(TestPhysicalPlace)
#include "tst_physicalplace.moc"
