// SPDX-License-Identifier: GPL-3.0-or-later
// Logical backups of a real server, by the real pg_dump over TLS: every row or a refusal, whole or nothing, and stock pg_restore takes them.
#include "backup/dumpserver.h"
#include "backup/owner.h"
#include "backup/physicalverify.h"
#include "support/verifyok.h"

#include <QFile>
#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>
#include <QtTest>

#include <thread>

#include <unistd.h>

using namespace howdah;
using namespace howdah::backup;
using namespace Qt::StringLiterals;

class TestDump : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void listing();
    void words();
    void rowSecurityIsNeverDumpedAround();
    void whatMayNotBeRead();
    void whole();
    void everyRowOfEveryTable();
    void directoryByJobs();
    void chosen();
    void childrenGoAlong();
    void notSoMany();
    void cancelledLeavesNothing();
    void failedLeavesNothing();
    void whatAKilledProgramLeft();
    void flippedByte();
    void editedRecord();

private:
    Result<DumpPlan> planned(const DumpOptions &options, const QString &role = u"taker"_s)
    {
        m_link = m_server.link(u"ideas"_s, role);
        auto source = m_server.source(*m_toolbox, u"ideas"_s, role);
        if (!source || !m_link)
            return fail(source ? Error{ErrorKind::Client, u"no_link"_s, {}, {}, {}, {}, {}, 0} : source.error());
        m_source = *source;
        return planDump(*m_link, m_source, *m_repository, options);
    }
    Result<Backup> dumped(const DumpOptions &options, const Progress &progress = {}, const CancelToken &cancel = {})
    {
        auto plan = planned(options);
        if (!plan)
            return fail(std::move(plan.error()));
        return dump(*m_link, m_source, *m_repository, *plan, progress, cancel);
    }
    DumpOptions quick() const
    {
        DumpOptions options;
        options.readThrough = false;
        options.globals = false;
        return options;
    }
    Result<DumpListing> contents(const Backup &backup)
    {
        const auto manifest = readManifest(*m_repository, backup);
        if (!manifest)
            return fail(manifest.error());
        auto listing = listDump(*m_toolbox, backup.folder + u'/' + manifest->path());
        if (listing)
            nameTruly(*listing, *manifest);
        return listing;
    }
    QStringList inFolder() const { return QDir(m_folder.path() + "/dump"_L1).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot); }
    // Stock pg_restore, of the image, into a database of its own.
    QString restored(const QString &path, const QByteArray &database)
    {
        if (!m_server.server->sql({"CREATE DATABASE " + database + " TEMPLATE template0"}))
            return u"no database"_s;
        auto source = m_server.source(*m_toolbox, QString::fromUtf8(database), u"postgres"_s);
        if (!source)
            return source.error().text();
        const auto done = m_toolbox->runChecked({u"pg_restore"_s, QStringList{u"-e"_s, u"-1"_s} + connectionWords(*source, u"test"_s, QString::fromUtf8(database)) + QStringList{path}, {}});
        return done ? QString() : done.error().text();
    }

    test::DumpServer m_server;
    QTemporaryDir m_folder;
    std::unique_ptr<Toolbox> m_toolbox;
    std::unique_ptr<Repository> m_repository;
    std::unique_ptr<pg::Connection> m_link;
    PhysicalSource m_source;
    Backup m_whole;
};

void TestDump::initTestCase()
{
    QString why;
    QVERIFY2(m_server.start(&why), qPrintable(why));
    auto box = m_server.tools(m_folder.path());
    VERIFY_OK(box);
    m_toolbox = std::move(*box);
    m_repository = std::make_unique<Repository>(*m_toolbox, m_folder.path(), u"the test's folder"_s);
}

void TestDump::listing()
{
    const auto listed = parseListing(";\n; Archive created at 2026-11-27 02:54:34 UTC\n;     dbname: a: b\n;     Compression: zstd\n;     Format: CUSTOM\n"
                                     ";     Dumped from database version: 18.6 (Debian 18.6-3)\n;     Dumped by pg_dump version: 18.6\n;\n"
                                     "7; 2615 16386 SCHEMA - s p postgres\n2; 3079 16441 EXTENSION - pgcrypto \n235; 1255 16434 FUNCTION public f(integer, text) postgres\n"
                                     "3577; 0 16399 TABLE DATA public plain postgres\n3419; 2606 16406 FK CONSTRAINT public plain plain_t_fkey o\n3578; 0 16416 MATERIALIZED VIEW DATA public mv postgres\n");
    VERIFY_OK(listed);
    QCOMPARE(listed->database, u"a: b"_s);
    QCOMPARE(listed->serverVersion, u"18.6"_s);
    QCOMPARE(listed->entries.size(), 6);
    QCOMPARE(listed->entries.at(1).kind, u"EXTENSION"_s);
    QCOMPARE(listed->entries.at(1).name, u"pgcrypto"_s);
    QCOMPARE(listed->entries.at(1).owner, QString());
    QCOMPARE(listed->entries.at(2).name, u"f(integer, text)"_s);
    QCOMPARE(listed->entries.at(3).kind, u"TABLE DATA"_s);
    QCOMPARE(listed->entries.at(3).oid, 16399u);
    QCOMPARE(listed->entries.at(4).kind, u"FK CONSTRAINT"_s);
    QCOMPARE(listed->entries.at(4).name, u"plain plain_t_fkey"_s);
    QCOMPARE(listed->entries.at(5).kind, u"MATERIALIZED VIEW DATA"_s);
    QVERIFY(!parseListing("; nothing\n"));
    QVERIFY(!parseListing(";     Format: CUSTOM\n;     Dumped from database version: 18.6\nfree text\n"));
}

void TestDump::words()
{
    QCOMPARE(parseRelationWord(u"a.b"_s).value_or(RelationWord()), (RelationWord{u"a"_s, u"b"_s}));
    QCOMPARE(parseRelationWord(u"\"a.b\".\"c\"\"d\""_s).value_or(RelationWord()), (RelationWord{u"a.b"_s, u"c\"d"_s}));
    QCOMPARE(parseRelationWord(u"a.*"_s).value_or(RelationWord()), (RelationWord{u"a"_s, {}}));
    QCOMPARE(parseRelationWord(u"a.\"*\""_s).value_or(RelationWord()), (RelationWord{u"a"_s, u"*"_s}));
    for (const QString &word : {u"a"_s, u"a.b.c"_s, u".b"_s, u"a."_s, u"*.b"_s, u"\"a.b"_s})
        QVERIFY2(!parseRelationWord(word), qPrintable(word));
}

// With row security on, pg_dump stops; with --enable-row-security it would dump one project of five, and exit 0.
void TestDump::rowSecurityIsNeverDumpedAround()
{
    DumpOptions options;
    options.only = QStringList{u"public.ideas"_s};
    const auto plan = planned(options, u"app"_s);
    QVERIFY(!plan);
    QCOMPARE(plan.error().kind, ErrorKind::Permission);
    QCOMPARE(plan.error().reason, u"row_security"_s);
    QVERIFY2(plan.error().message.contains(u"public.ideas"_s) && plan.error().hint.contains(u"howdah_backup"_s), qPrintable(plan.error().text()));
    // Its definition alone may be had.
    options.schemaOnly = true;
    VERIFY_OK(planned(options, u"app"_s));
    const auto whole = planned(DumpOptions());
    VERIFY_OK(whole);
    for (const QString &words : whole->commands)
        QVERIFY2(!words.contains(u"enable-row-security"_s), qPrintable(words));
}

void TestDump::whatMayNotBeRead()
{
    const auto hidden = planned(DumpOptions(), u"app"_s);
    QVERIFY(!hidden);
    QCOMPARE(hidden.error().reason, u"no_select"_s);
    QVERIFY2(hidden.error().message.contains(u"DROP TABLE x"_s), qPrintable(hidden.error().text()));
    QVERIFY(m_server.sqlIn("ideas", {"CREATE TABLE public.secrets (i int)", "CREATE TABLE public.secrets2 (i int)"}));
    const auto plan = planned(DumpOptions());
    QVERIFY(!plan);
    QCOMPARE(plan.error().reason, u"no_select"_s);
    QVERIFY2(plan.error().message.contains(u"public.secrets, public.secrets2"_s), qPrintable(plan.error().text()));
    DumpOptions without;
    without.exclude = QStringList{u"public.secrets"_s, u"public.secrets2"_s};
    VERIFY_OK(planned(without));
    QVERIFY(m_server.sqlIn("ideas", {"DROP TABLE public.secrets, public.secrets2", "SELECT lo_from_bytea(0, 'another')"}));
    const auto objects = planned(DumpOptions());
    QVERIFY(!objects);
    QVERIFY2(objects.error().message.contains(u"may not read 1 large objects"_s), qPrintable(objects.error().text()));
    QVERIFY(m_server.sqlIn("ideas", {"SELECT lo_unlink(max(oid)) FROM pg_largeobject_metadata"}));
}

void TestDump::whole()
{
    QVector<ProgressStep> steps;
    const auto plan = planned(DumpOptions());
    VERIFY_OK(plan);
    const QString all = plan->commands.join(u'\n');
    QVERIFY2(!all.contains(u"geheim"_s) && all.contains(u"verify-full"_s), qPrintable(all));
    const auto backup = dump(*m_link, m_source, *m_repository, *plan, [&](const ProgressStep &step) { steps << step; });
    VERIFY_OK(backup);
    QVERIFY(std::any_of(steps.begin(), steps.end(), [](const ProgressStep &one) { return one.unit == "B"_L1 && one.total > 100'000 && one.note.contains(u"tables"_s); }));
    QCOMPARE(backup->verified.good, true);
    QCOMPARE(backup->kind, BackupKind::Dump);
    QCOMPARE(backup->systemIdentifier, m_server.one("ideas", "SELECT system_identifier FROM pg_control_system()"));
    QVERIFY(backup->serverVersion.startsWith("18."_L1) && backup->startMs > 0 && backup->startMs <= backup->stopMs);
    QCOMPARE(inFolder(), QStringList{backup->id});
    const auto manifest = readManifest(*m_repository, *backup);
    VERIFY_OK(manifest);
    QVERIFY(manifest->bypasses && manifest->whole && !manifest->passwords && manifest->globals);
    QCOMPARE(manifest->largeObjects, 1);
    QCOMPARE(manifest->role, u"taker"_s);
    QVERIFY(manifest->roles.contains(u"keeper"_s) && manifest->roles.contains(u"app"_s));

    const auto listed = m_repository->list();
    VERIFY_OK(listed);
    QCOMPARE(listed->backups.size(), 1);
    QCOMPARE(listed->backups.constFirst().toJson(), backup->toJson());
    QCOMPARE(listed->backups.constFirst().state, BackupState::Complete);
    for (const QString &name : {u"database.dump"_s, u"globals.sql"_s, u"dump_manifest.json"_s, u"howdah-backup.json"_s, u"RUNBOOK.md"_s}) {
        QFile file(backup->folder + u'/' + name);
        QVERIFY2(file.open(QIODevice::ReadOnly), qPrintable(name));
        QCOMPARE(file.permissions() & ~(QFile::ReadUser | QFile::WriteUser), QFile::ReadOwner | QFile::WriteOwner);
        const QByteArray text = file.readAll();
        QVERIFY2(!text.contains("geheim") && !text.contains("SCRAM-SHA-256$"), qPrintable(name));
    }
    const auto listing = contents(*backup);
    VERIFY_OK(listing);
    QCOMPARE(listing->compression, u"zstd"_s);
    QVERIFY(missingFrom(*listing, *manifest).isEmpty());
    const auto hostile = std::find_if(listing->entries.begin(), listing->entries.end(), [](const DumpEntry &one) { return one.kind == "TABLE DATA"_L1 && one.schema == test::hostileSchema; });
    QVERIFY(hostile != listing->entries.end());
    QCOMPARE(hostile->name, test::hostileTable);
    QCOMPARE(hostile->owner, u"postgres"_s);
    m_whole = *backup;
}

void TestDump::everyRowOfEveryTable()
{
    QCOMPARE(restored(m_whole.folder + "/database.dump"_L1, "again"), QString());
    const QStringList was = m_server.rowsOf("ideas"), is = m_server.rowsOf("again");
    QCOMPARE(is, was);
    QVERIFY(was.size() >= 7);
    QCOMPARE(m_server.one("again", "SELECT string_agg(n::text, ' ' ORDER BY project) FROM (SELECT project, count(*) AS n FROM public.ideas GROUP BY 1) AS c"), u"1000 1000 1000 1000 1000"_s);
    QCOMPARE(m_server.one("again", "SELECT string_agg(n::text, ' ' ORDER BY project) FROM (SELECT project, count(*) AS n FROM audit.log GROUP BY 1) AS c"), u"1000 1000 1000 1000 1000"_s);
    QCOMPARE(m_server.one("again", "SELECT last_value FROM public.numbers"), u"4711"_s);
    QCOMPARE(m_server.one("again", "SELECT relforcerowsecurity AND relrowsecurity FROM pg_class WHERE oid = 'public.ideas'::regclass"), u"t"_s);
    QCOMPARE(m_server.one("again", "SELECT convert_from(lo_get(oid), 'UTF8') FROM pg_largeobject_metadata"), u"large"_s);
}

void TestDump::directoryByJobs()
{
    DumpOptions options = quick();
    options.directory = true;
    options.jobs = 2;
    options.compress = u"gzip:1"_s;
    options.statistics = true;
    options.readThrough = true;
    const auto backup = dumped(options);
    VERIFY_OK(backup);
    const auto listing = contents(*backup);
    VERIFY_OK(listing);
    QCOMPARE(listing->format, u"DIRECTORY"_s);
    QVERIFY(listing->counts().value(u"STATISTICS DATA"_s) > 5);
    const auto found = m_toolbox->runChecked({u"find"_s, {backup->folder, u"-perm"_s, u"/077"_s}, {}});
    VERIFY_OK(found);
    QCOMPARE(found->output, QByteArray());
    QCOMPARE(restored(backup->folder + "/database"_L1, "by_jobs"), QString());
    QCOMPARE(m_server.rowsOf("by_jobs"), m_server.rowsOf("ideas"));
    options.directory = false;
    const auto one = planned(options);
    QVERIFY(!one && one.error().reason == "usage"_L1);
}

void TestDump::chosen()
{
    DumpOptions options = quick();
    const QString hostile = u"\"s p\"\"a;c.e\".\""_s + QString(test::hostileTable).replace(u'"', "\"\""_L1) + u'"';
    options.only = QStringList{hostile, u"audit.log"_s};
    const auto backup = dumped(options);
    VERIFY_OK(backup);
    const auto listing = contents(*backup);
    VERIFY_OK(listing);
    QCOMPARE(listing->counts().value(u"TABLE"_s), 2);
    QCOMPARE(listing->counts().value(u"TABLE DATA"_s), 2);
    QVERIFY(!QFile::exists(u"/tmp/pwned"_s));
    options.only = QStringList{u"public.nothing"_s};
    const auto none = planned(options);
    QVERIFY(!none && none.error().reason == "no_such_table"_L1);
    options.only = QStringList{u"audit.*"_s, u"public.ideas"_s};
    QVERIFY(!planned(options));
    options.only = QStringList{u"audit.*"_s};
    const auto schema = dumped(options);
    VERIFY_OK(schema);
    QCOMPARE(contents(*schema)->counts().value(u"SCHEMA"_s), 1);
    QCOMPARE(contents(*schema)->counts().value(u"TABLE DATA"_s), 1);
}

void TestDump::childrenGoAlong()
{
    DumpOptions options = quick();
    options.only = QStringList{u"public.events"_s};
    const auto backup = dumped(options);
    VERIFY_OK(backup);
    QCOMPARE(contents(*backup)->counts().value(u"TABLE DATA"_s), 2);
    options.only.clear();
    options.exclude = QStringList{u"public.events"_s};
    const auto others = dumped(options);
    VERIFY_OK(others);
    const auto listing = contents(*others);
    QVERIFY(std::none_of(listing->entries.begin(), listing->entries.end(), [](const DumpEntry &one) { return one.name.startsWith("events"_L1); }));
}

void TestDump::notSoMany()
{
    DumpOptions options = quick();
    options.directory = true;
    options.jobs = 8; // 9 connections, and the role may have 5
    const auto plan = planned(options);
    QVERIFY(!plan);
    QCOMPARE(plan.error().reason, u"too_many_jobs"_s);
}

void TestDump::cancelledLeavesNothing()
{
    const QStringList before = inFolder();
    // pg_dump waits behind this lock once it is there: the cancel comes while it runs.
    auto blocker = m_server.link(u"ideas"_s);
    const auto plan = planned(quick());
    VERIFY_OK(plan);
    CancelToken cancel;
    std::atomic<bool> running = false;
    std::thread canceller([&] {
        while (!running)
            ::usleep(1'000);
        cancel.cancel();
    });
    const auto ended = dump(*m_link, m_source, *m_repository, *plan, [&](const ProgressStep &step) {
        if (step.note.startsWith("with "_L1)) {
            std::ignore = blocker->command("BEGIN");
            std::ignore = blocker->run({"LOCK TABLE public.ideas IN ACCESS EXCLUSIVE MODE", {}});
        } else if (!step.note.isEmpty()) {
            running = true;
        }
    }, cancel);
    running = true;
    canceller.join();
    std::ignore = blocker->command("ROLLBACK");
    QVERIFY(!ended);
    QCOMPARE(ended.error().kind, ErrorKind::Cancelled);
    QCOMPARE(inFolder(), before);
    QTRY_COMPARE(m_server.one("postgres", "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'howdah-backup %'"), u"0"_s);
}

// What changes between the look and the start is seen by the second look.
void TestDump::failedLeavesNothing()
{
    const QStringList before = inFolder();
    const auto plan = planned(quick());
    VERIFY_OK(plan);
    QVERIFY(m_server.sqlIn("ideas", {"REVOKE SELECT ON public.projects FROM taker"}));
    const auto ended = dump(*m_link, m_source, *m_repository, *plan);
    QVERIFY(m_server.sqlIn("ideas", {"GRANT SELECT ON public.projects TO taker"}));
    QVERIFY(!ended);
    QCOMPARE(ended.error().reason, u"no_select"_s);
    QCOMPARE(inFolder(), before);
    // And what pg_dump itself stumbles over.
    DumpOptions options = quick();
    options.compress = u"zstd:99"_s;
    const auto failed = dumped(options);
    QVERIFY(!failed);
    QCOMPARE(failed.error().reason, u"failed"_s);
    QCOMPARE(inFolder(), before);
}

void TestDump::whatAKilledProgramLeft()
{
    const QString part = m_folder.filePath(u"dump/.20260101T000000Z-dump.part"_s);
    QVERIFY(QDir().mkpath(part));
    Owner gone = Owner::ourselves();
    gone.process = 4194303;
    QFile owner(part + "/owner.json"_L1);
    QVERIFY(owner.open(QIODevice::WriteOnly));
    owner.write(QJsonDocument(gone.toJson()).toJson());
    owner.close();
    const auto listed = m_repository->list();
    VERIFY_OK(listed);
    QCOMPARE(listed->backups.constFirst().state, BackupState::Left);
    const auto plan = planned(quick());
    VERIFY_OK(plan);
    QCOMPARE(plan->left, QStringList{u"20260101T000000Z-dump"_s});
    VERIFY_OK(dump(*m_link, m_source, *m_repository, *plan));
    QVERIFY(!QFile::exists(part));
}

void TestDump::flippedByte()
{
    const auto manifest = readManifest(*m_repository, m_whole);
    VERIFY_OK(manifest);
    QFile file(m_whole.folder + "/database.dump"_L1);
    QVERIFY(file.open(QIODevice::ReadWrite));
    QVERIFY(file.seek(file.size() / 2));
    const QByteArray was = file.read(1);
    const auto put = [&](char byte) {
        file.seek(file.size() / 2);
        file.write(&byte, 1);
        file.flush();
    };
    put(char(was.at(0) ^ 1));
    const auto listed = listDump(*m_toolbox, file.fileName()); // which sees nothing of it
    VERIFY_OK(listed);
    const auto verdict = verifyDump(*m_repository, m_whole, *manifest);
    VERIFY_OK(verdict);
    QCOMPARE(verdict->good, false);
    QVERIFY2(verdict->words.contains(u"database.dump is not what was written"_s), qPrintable(verdict->words));
    put(was.at(0));
    QFile more(m_whole.folder + "/more"_L1);
    QVERIFY(more.open(QIODevice::WriteOnly));
    QCOMPARE(verifyDump(*m_repository, m_whole, *manifest)->words, u"more does not belong to it"_s);
    QVERIFY(more.remove());
    // What a program that was killed in the middle of its record's writing left makes no good dump bad.
    QFile half(m_whole.folder + "/howdah-backup.json.new"_L1);
    QVERIFY(half.open(QIODevice::WriteOnly) && half.write("{\"id\"") > 0);
    half.close();
    QVERIFY2(verifyDump(*m_repository, m_whole, *manifest)->good, qPrintable(verifyDump(*m_repository, m_whole, *manifest)->words));
    // And a write that fails leaves none.
    QVERIFY(half.remove());
    QVERIFY(QDir().mkpath(m_whole.folder + "/taken/in"_L1));
    QVERIFY(!m_repository->write(m_whole.folder + "/taken"_L1, "x", {}));
    QVERIFY(!QFile::exists(m_whole.folder + "/taken.new"_L1));
    QVERIFY(QDir(m_whole.folder + "/taken"_L1).removeRecursively());
    const auto good = verifyDump(*m_repository, m_whole, *manifest);
    VERIFY_OK(good);
    QVERIFY2(good->good, qPrintable(good->words));
    const auto listing = m_repository->list();
    VERIFY_OK(listing);
    const auto each = verifyEach(*m_repository, *listing, {m_whole.id});
    VERIFY_OK(each);
    QVERIFY2(each->constFirst().verdict.good && each->constFirst().kept, qPrintable(each->constFirst().verdict.words));
}

void TestDump::editedRecord()
{
    QFile file(m_whole.folder + "/dump_manifest.json"_L1);
    QVERIFY(file.open(QIODevice::ReadWrite));
    const QByteArray was = file.readAll();
    file.resize(0);
    file.seek(0);
    file.write(QByteArray(was).replace("database.dump\"", "other.dump\""));
    file.flush();
    const auto manifest = readManifest(*m_repository, m_whole);
    QVERIFY(!manifest);
    QCOMPARE(manifest.error().reason, u"changed"_s);
    const auto listed = m_repository->list();
    VERIFY_OK(listed);
    QCOMPARE(listed->find(m_whole.id)->state, BackupState::Changed);
    const auto removed = m_repository->remove(m_whole, {});
    QVERIFY(!removed && removed.error().reason == "changed"_L1);
    file.resize(0);
    file.seek(0);
    file.write(was);
    file.flush();
    VERIFY_OK(readManifest(*m_repository, m_whole));
    // Paths that lead elsewhere are no record of ours.
    QJsonObject json = QJsonDocument::fromJson(was).object();
    json.insert(u"files"_s, QJsonArray{QJsonObject{{u"path"_s, u"../x"_s}, {u"bytes"_s, 1}, {u"sha256"_s, QString(64, u'0')}}});
    QVERIFY(!DumpManifest::fromJson(json, m_whole.id));
}

QTEST_GUILESS_MAIN(TestDump)
#include "tst_dump.moc"
