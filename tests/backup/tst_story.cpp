// SPDX-License-Identifier: GPL-3.0-or-later
// The whole story by howdahctl on a stack of its own, while a load runs: somebody deletes without WHERE, the transaction is found in WAL, the way back is told,
// rehearsed, compared, and the rows are brought back into live past row security; then the same by a swap of all data, and the way back from that. Rows are
// held against what psql read in the transaction that deleted them.
#include "stack/record.h"
#include "stack/socketbridge.h"
#include "stack/stack.h"
#include "store/keyring.h"
#include "tool/background.h"
#include "tool/process.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTemporaryDir>
#include <QtTest>

#include <sys/stat.h>
#include <unistd.h>

using namespace howdah;
using namespace Qt::StringLiterals;

namespace
{

struct Ran {
    int exit = -1;
    QByteArray output, errors;
    QJsonObject json() const { return QJsonDocument::fromJson(output).object(); }
    QByteArray all() const { return "exit " + QByteArray::number(exit) + '\n' + output + errors; }
};

Ran run(const QString &program, const QStringList &arguments, const QByteArray &input = {})
{
    tool::Command command;
    command.program = program;
    command.arguments = arguments;
    command.input = input;
    command.timeoutMs = 10 * 60'000;
    command.maxOutput = 64 << 20;
    for (const char *name : {"HOWDAH_DOCKER_DIR", "HOWDAH_SOURCE_DIR", "DBUS_SESSION_BUS_ADDRESS", "HOWDAH_PG_BIN"}) {
        if (qEnvironmentVariableIsSet(name))
            command.environment << QLatin1StringView(name) + u'=' + qEnvironmentVariable(name);
    }
    const auto ran = tool::run(command);
    return ran ? Ran{ran->exitCode, ran->output, ran->errors} : Ran{-1, {}, ran.error().text().toUtf8()};
}

} // namespace

#define VERIFY_RAN(ran, code) QVERIFY2((ran).exit == (code), (ran).all().constData())

class TestStory : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void bridge();
    void deleted();
    void found();
    void rehearsed();
    void compared();
    void rescued();
    void swapped();
    void takenBack();
    void reported();
    void cleanupTestCase();

private:
    using Rows = QMap<QByteArray, QByteArray>; // id -> the whole row's hash
    Ran ctl(const QStringList &words) const { return run(qEnvironmentVariable("HOWDAH_BIN_DIR") + u"/howdahctl"_s, QStringList{u"--json"_s, u"--profile"_s, m_name} + words); }
    Ran psql(const QByteArray &script) const { return run(u"docker"_s, {u"exec"_s, u"-i"_s, m_name + u"-postgres-1"_s, u"psql"_s, u"-XqAt"_s, u"-v"_s, u"ON_ERROR_STOP=1"_s, u"-U"_s, u"postgres"_s, u"-d"_s, u"jeex_idea"_s}, script); }
    static Rows rowsOf(const QByteArray &said)
    {
        Rows rows;
        for (const QByteArray &line : said.split('\n')) {
            if (const qsizetype bar = line.indexOf('|'); bar == 36)
                rows.insert(line.first(bar), line.sliced(bar + 1));
        }
        return rows;
    }
    Rows live() const { return rowsOf(psql(m_read).output); }
    void startLoad();

    const QByteArray m_read = "SELECT id, md5(t::text) FROM public.agent_executions AS t;\n";
    std::unique_ptr<PrivateKeyring> m_keyring;
    QString m_name, m_rehearsal, m_swap;
    std::unique_ptr<tool::Background> m_load;
    Rows m_deleted;
    qint64 m_xid = 0;
};

void TestStory::startLoad()
{
    tool::Command load;
    load.program = u"docker"_s;
    load.arguments = {u"exec"_s, u"-i"_s, m_name + u"-postgres-1"_s, u"pgbench"_s, u"-n"_s, u"-c"_s, u"2"_s, u"-R"_s, u"20"_s, u"-T"_s, u"900"_s, u"-f"_s, u"/usr/share/howdah/demo/load.sql"_s, u"-U"_s, u"jeex_user"_s, u"jeex_idea"_s};
    m_load = std::make_unique<tool::Background>(load);
}

void TestStory::initTestCase()
{
    m_keyring = std::make_unique<PrivateKeyring>();
    QVERIFY2(m_keyring->isRunning() && m_keyring->startUnlocked(), qPrintable(m_keyring->error()));
    m_name = u"storytest-%1"_s.arg(::getpid());
    const Ran up = run(qEnvironmentVariable("HOWDAH_BIN_DIR") + u"/howdahctl"_s,
                       {u"--json"_s, u"stack"_s, u"--name"_s, m_name, u"up"_s, u"--backend"_s, u"docker"_s, u"--port"_s, QString::number(56'000 + ::getpid() % 1000), u"--next-port"_s});
    VERIFY_RAN(up, 0);
    // Five projects with a thousand rows each, behind FORCE ROW LEVEL SECURITY.
    const Ran made = psql("BEGIN; SET LOCAL app.all_projects = on;\n"
                          "INSERT INTO public.users (email, display_name) SELECT 'p' || i || '@story.example', 'Person ' || i FROM generate_series(1, 5) AS i;\n"
                          "INSERT INTO public.projects (owner_id, name) SELECT id, 'Project of ' || display_name FROM public.users;\n"
                          "INSERT INTO public.agent_executions (project_id, correlation_id, agent, input) SELECT p.id, uuidv7(), 'writer', jsonb_build_object('n', i) FROM public.projects AS p, generate_series(1, 1000) AS i;\n"
                          "COMMIT;\n");
    VERIFY_RAN(made, 0);
    QCOMPARE(live().size(), 5000);
    startLoad();
    QTRY_VERIFY_WITH_TIMEOUT(live().size() > 5000, 20'000);
}

void TestStory::cleanupTestCase()
{
    m_load.reset();
    if (!m_rehearsal.isEmpty())
        ctl({u"pitr"_s, u"drop"_s, m_rehearsal});
    run(qEnvironmentVariable("HOWDAH_BIN_DIR") + u"/howdahctl"_s, {u"--json"_s, u"stack"_s, u"--name"_s, m_name, u"destroy"_s, u"--typed"_s, m_name});
    m_keyring.reset();
}

// The superuser's way in: past row security, ours alone, cancelled like another link, gone with its object.
void TestStory::bridge()
{
    QString folder;
    {
        const auto superuser = stack::openAsSuperuser(m_name, u"jeex_idea"_s, true);
        QVERIFY2(superuser, superuser ? "" : qPrintable(superuser.error().text() + superuser.error().detail));
        folder = superuser->link->spec().host;
        struct stat status;
        QCOMPARE(::stat(QFile::encodeName(folder).constData(), &status), 0);
        QCOMPARE(status.st_mode & 0777U, 0700U);
        const auto rows = superuser->link->run({"SELECT count(*), current_user FROM public.agent_executions", {}});
        QVERIFY2(rows, rows ? "" : qPrintable(rows.error().text()));
        QVERIFY(*rows->integer(0, 0) >= 5000);
        QCOMPARE(rows->text(0, 1), u"postgres"_s);
        QVERIFY(!superuser->link->run({"DELETE FROM public.agent_executions", {}})); // read-only, as asked for
        const CancelToken cancel;
        cancel.cancel();
        const auto given = superuser->link->run({"SELECT pg_sleep(600)", {}}, {}, {}, cancel);
        QVERIFY(!given);
        QCOMPARE(given.error().kind, ErrorKind::Cancelled);
        // Much in both directions at once.
        const auto much = superuser->link->run({"SELECT length($1), repeat('x', 3000000)", {}}, {pg::Param(QByteArray(3'000'000, 'y'))});
        QVERIFY2(much, much ? "" : qPrintable(much.error().text()));
        QCOMPARE(*much->integer(0, 0), 3'000'000);
        QCOMPARE(much->text(0, 1).size(), 3'000'000);
    }
    QVERIFY(!QDir(folder).exists());
    // An orphan of the container that a signal ends is nobody's crash (PID 1 is no postmaster): the log is looked at when the rows are back.
    VERIFY_RAN(run(u"docker"_s, {u"exec"_s, m_name + u"-postgres-1"_s, u"sh"_s, u"-c"_s, u"sh -c 'sleep 1; kill -9 $$' >/dev/null 2>&1 &"_s}), 0);
    QTRY_COMPARE_WITH_TIMEOUT(psql("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND usename = 'postgres' AND pid <> pg_backend_pid()").output.trimmed(), QByteArray("0"), 30'000);
    QCOMPARE(stack::openAsSuperuser(u"no-such-stack"_s, u"postgres"_s, true).error().reason, u"no_docker_stack"_s);
}

void TestStory::deleted()
{
    // What it deletes is read by the same transaction; the lock keeps the load out in between.
    const Ran ran = psql("BEGIN; SET LOCAL ROLE jeex_owner; SET LOCAL app.all_projects = on;\nLOCK TABLE public.agent_executions;\n" + m_read
                         + "DELETE FROM public.agent_executions;\nSELECT pg_current_xact_id();\nCOMMIT;\n");
    VERIFY_RAN(ran, 0);
    m_deleted = rowsOf(ran.output);
    m_xid = ran.output.trimmed().split('\n').constLast().toLongLong();
    QVERIFY(m_deleted.size() >= 5000);
    QVERIFY(m_xid > 0);
    QTRY_VERIFY_WITH_TIMEOUT(!live().isEmpty(), 20'000); // the load goes on
    const QByteArray segment = psql("SELECT pg_walfile_name(pg_switch_wal())").output.trimmed();
    QTRY_VERIFY_WITH_TIMEOUT(run(u"docker"_s, {u"exec"_s, m_name + u"-postgres-1"_s, u"ls"_s, u"/archive"_s}).output.contains(segment), 20'000);
}

void TestStory::found()
{
    const Ran ran = ctl({u"pitr"_s, u"find"_s, u"--table"_s, u"public.agent_executions"_s});
    VERIFY_RAN(ran, 0);
    qint64 xid = 0, most = 0; // they are told in the order of WAL
    for (const QJsonValue &one : ran.json()["transactions"_L1].toArray()) {
        if (const qint64 deleted = one["tables"_L1][0]["deleted"_L1].toInteger(); deleted > most) {
            most = deleted;
            xid = one["xid"_L1].toInteger();
        }
    }
    QCOMPARE(xid, m_xid);
    QCOMPARE(most, m_deleted.size());
    const Ran plan = ctl({u"pitr"_s, u"plan"_s, u"--xid"_s, QString::number(m_xid), u"--exclusive"_s});
    VERIFY_RAN(plan, 0);
    QVERIFY(plan.json()["good"_L1].toBool());
}

void TestStory::rehearsed()
{
    const Ran ran = ctl({u"pitr"_s, u"rehearse"_s, u"--xid"_s, QString::number(m_xid), u"--exclusive"_s, u"--probe"_s, u"SELECT count(*) > 0 FROM public.agent_executions"_s, u"--probe-database"_s, u"jeex_idea"_s});
    VERIFY_RAN(ran, 0);
    m_rehearsal = ran.json()["id"_L1].toString();
    QVERIFY2(ran.json()["good"_L1].toBool() && !m_rehearsal.isEmpty(), ran.all().constData());
}

void TestStory::compared()
{
    const Ran ran = ctl({u"pitr"_s, u"compare"_s, u"--table"_s, u"public.agent_executions"_s});
    VERIFY_RAN(ran, 5);
    QCOMPARE(ran.json()["role"_L1].toString(), u"postgres"_s); // the profile's role sees no row
    QCOMPARE(ran.json()["tables"_L1][0]["only_rehearsed"_L1].toInteger(), m_deleted.size());
}

void TestStory::rescued()
{
    const QStringList apply{u"pitr"_s, u"apply"_s, u"--table"_s, u"public.agent_executions"_s};
    const Ran plan = ctl(apply + QStringList{u"--plan"_s});
    VERIFY_RAN(plan, 0);
    QCOMPARE(plan.json()["rows"_L1].toInteger(), m_deleted.size());
    QVERIFY2(plan.json()["notes"_L1][0].toString().startsWith(u"by the stack's superuser (postgres), through its container's socket, since"_s), plan.all().constData());
    const Ran asked = ctl(apply);
    VERIFY_RAN(asked, 2);
    QVERIFY2(asked.json()["error"_L1]["hint"_L1].toString().contains(u"--confirm jeex_idea"_s), asked.all().constData());
    const Rows before = live();
    const Ran ran = ctl(apply + QStringList{u"--confirm"_s, u"jeex_idea"_s});
    VERIFY_RAN(ran, 0);
    QCOMPARE(ran.json()["tables"_L1][0]["inserted"_L1].toInteger(), m_deleted.size());
    const Rows after = live();
    for (auto row = m_deleted.cbegin(); row != m_deleted.cend(); ++row)
        QCOMPARE(after.value(row.key()), row.value());
    for (auto row = before.cbegin(); row != before.cend(); ++row)
        QVERIFY(after.contains(row.key())); // nothing of what came meanwhile is gone
    const Ran again = ctl({u"pitr"_s, u"compare"_s, u"--table"_s, u"public.agent_executions"_s});
    QCOMPARE(again.json()["tables"_L1][0]["only_rehearsed"_L1].toInteger(), 0);
    QCOMPARE(again.json()["tables"_L1][0]["changed"_L1].toInteger(), 0);
    // What is carried into the container leaves the server nothing to clear away.
    const Ran log = run(u"docker"_s, {u"logs"_s, m_name + u"-postgres-1"_s});
    QVERIFY(!log.all().contains("untracked child process"));
    const Ran journal = ctl({u"journal"_s});
    QVERIFY2(journal.output.contains(u"Bring %1 rows back into public.agent_executions"_s.arg(m_deleted.size()).toUtf8()) && journal.output.contains("through its container's socket"), journal.output);
}

void TestStory::swapped()
{
    const QStringList apply{u"pitr"_s, u"apply"_s, u"--swap"_s};
    VERIFY_RAN(ctl({u"pitr"_s, u"apply"_s}), 2); // neither rows nor a swap
    const Ran asked = ctl(apply);
    VERIFY_RAN(asked, 9);
    QCOMPARE(asked.json()["confirm"_L1].toString(), m_name);
    const Ran ran = ctl(apply + QStringList{u"--no-backup"_s, u"--confirm"_s, m_name});
    VERIFY_RAN(ran, 0);
    m_swap = ran.json()["id"_L1].toString();
    QCOMPARE(ran.json()["state"_L1].toString(), u"applied"_s);
    QVERIFY(ran.json()["unreachable_ms"_L1].toInteger() > 0);
    QTRY_VERIFY_WITH_TIMEOUT(m_load->hasEnded(), 30'000); // its sessions were ended
    QCOMPARE(live(), m_deleted); // all of them, none else
    const Ran check = ctl({u"check"_s});
    VERIFY_RAN(check, 0);
}

void TestStory::takenBack()
{
    const Rows before = m_deleted;
    VERIFY_RAN(ctl({u"pitr"_s, u"rollback"_s}), 9);
    const Ran ran = ctl({u"pitr"_s, u"rollback"_s, m_swap, u"--confirm"_s, m_name});
    VERIFY_RAN(ran, 0);
    const Rows after = live();
    QVERIFY(after.size() > m_deleted.size());
    for (auto row = m_deleted.cbegin(); row != m_deleted.cend(); ++row)
        QCOMPARE(after.value(row.key()), row.value());
    const Ran status = ctl({u"pitr"_s, u"status"_s});
    VERIFY_RAN(status, 0);
    QCOMPARE(status.json()["swaps"_L1][0]["state"_L1].toString(), u"rolled_back"_s);
    VERIFY_RAN(ctl({u"pitr"_s, u"retire"_s, m_swap, u"--confirm"_s, m_name}), 0);
}

void TestStory::reported()
{
    const QTemporaryDir folder;
    const Ran ran = ctl({u"pitr"_s, u"report"_s, m_rehearsal, u"--to"_s, folder.path()});
    VERIFY_RAN(ran, 0);
    const QJsonObject json = ran.json();
    QStringList done;
    for (const QJsonValue &event : json["events"_L1].toArray())
        done << event["what"_L1].toString();
    QCOMPARE(done, (QStringList{u"compare"_s, u"rescue"_s, u"compare"_s, u"swap"_s, u"rollback"_s}));
    QVERIFY(json["rto_ms"_L1].toInteger() > 0);
    QVERIFY(json["rpo_ms"_L1].isDouble());
    QCOMPARE(json["backups"_L1].toArray().size(), 1);
    // The hashes are those of the files as they lie in the archive now.
    const QJsonArray segments = json["segments"_L1].toArray();
    QVERIFY(!segments.isEmpty());
    QByteArray list = json["backups"_L1][0]["manifest_sha256"_L1].toString().toLatin1() + "  /archive/base/" + json["backups"_L1][0]["id"_L1].toString().toUtf8() + "/backup_manifest\n";
    for (const QJsonValue &segment : segments)
        list += segment["sha256"_L1].toString().toLatin1() + "  /archive/" + segment["file"_L1].toString().toUtf8() + '\n';
    const Ran sums = run(u"docker"_s, {u"exec"_s, u"-i"_s, m_name + u"-postgres-1"_s, u"sha256sum"_s, u"--check"_s, u"--strict"_s}, list);
    VERIFY_RAN(sums, 0);
    QFile page(folder.filePath(m_rehearsal + u".md"_s));
    QVERIFY(page.open(QIODevice::ReadOnly));
    QCOMPARE(int(page.permissions() & (QFile::ReadGroup | QFile::ReadOther | QFile::WriteGroup | QFile::WriteOther)), 0);
    const QByteArray text = page.readAll();
    QVERIFY2(text.contains("All of them are good") && text.contains("RTO, copy and replay") && text.contains("### rescue") && text.contains("### rollback"), text.constData());
    m_rehearsal.clear(); // its volume went with retire
}

QTEST_GUILESS_MAIN(TestStory)
#include "tst_story.moc"
