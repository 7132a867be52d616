// SPDX-License-Identifier: GPL-3.0-or-later
// A rehearsed copy swapped in and taken back on a real stack, its program killed (SIGKILL) behind every line of the journal: whoever goes on from there,
// and whoever goes back, finds exactly one server that lets anybody in, the old data as it was, and every commit that was acknowledged on either branch.
#include "backup/backuppoint.h"
#include "backup/inventory.h"
#include "backup/physicalplace.h"
#include "backup/swap.h"
#include "backup/swapcopy.h"
#include "pg/connection.h"
#include "stack/port.h"
#include "stack/record.h"
#include "stack/fakekeychain.h"
#include "tool/process.h"

#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>

#include <thread>

#include <signal.h>
#include <unistd.h>

using namespace howdah;
using namespace howdah::backup;
using namespace Qt::StringLiterals;

#define VERIFY_OK(result) QVERIFY2(result, (result) ? "" : qPrintable((result).error().text() + u'\n' + (result).error().detail))

namespace
{

constexpr int forwardLines = 18; // nine steps, each begun and done

// Behind each line, and on as well as back; and what else can go wrong on the way.
bool isLong()
{
    return qEnvironmentVariableIsSet("HOWDAH_SWAP_ALL");
}

QString reason(const auto &result)
{
    return result ? u"it was done"_s : result.error().reason;
}

// The other program, which is killed: "swap-…|swap|7".
int otherProgram(const QStringList &words)
{
    SwapOptions options;
    options.backup = false;
    int lines = 0;
    options.written = [&](const Swap &) {
        if (++lines == words.value(2).toInt())
            ::kill(::getpid(), SIGKILL);
    };
    const auto done = words.value(1) == "swap"_L1 ? resumeSwap(words.value(0), options) : rollbackSwap(words.value(0), options);
    if (!done)
        fprintf(stderr, "%s\n%s\n", qPrintable(done.error().text()), qPrintable(done.error().detail));
    return done ? 0 : 1;
}

} // namespace

class TestSwap : public QObject
{
    Q_OBJECT
private slots:
    void copyIsRead();
    void initTestCase();
    void cleanupTestCase();
    void refusals();
    void swapped();
    void wayBack();
    void archiveThatDoesNotTake();
    void preparedMeanwhile();
    void givenUp();
    void killedAtEachLine_data();
    void killedAtEachLine();
    void retired();
    void destroyed();

private:
    using Rows = QMap<qint64, QByteArray>;
    QByteArray docker(const QStringList &arguments, const QByteArray &input = {}) const;
    QByteArray sql(const QByteArray &statement) const; // over the server's socket
    QByteArray hashOf(const QString &volume) const; // of every file in it
    void write(Rows &rows, int count);
    Result<std::unique_ptr<pg::Connection>> connect() const; // as anybody does, over the network
    Rows served() const; // by who is reached; {-1: why} where nobody is
    void oneServer(const QString &volume, const Rows &rows);
    int killedAt(const QString &verb, int line);
    Result<Rehearsal> rehearse(const QString &restorePoint);
    static SwapOptions quick()
    {
        SwapOptions options;
        options.backup = false;
        return options;
    }

    QTemporaryDir m_home;
    test::FakeKeychain m_keychain;
    stack::UpOptions m_up;
    QString m_rehearsal, m_swap;
    Rows m_old, m_new; // acknowledged on either branch
    qint64 m_next = 1;
    int m_killedBack = 0;
};

// What pg_controldata and a pg_wal look like: only what is complete and of the branch is marked for the archive.
void TestSwap::copyIsRead()
{
    const auto facts = copyFactsOf("Database system identifier:           7443\nDatabase cluster state:               shut down\nLatest checkpoint location:           0/A000028\n"
                                        "Latest checkpoint's REDO WAL file:    00000002000000000000000A\nLatest checkpoint's TimeLineID:       2\n");
    VERIFY_OK(facts);
    QCOMPARE(facts->timeline, 2U);
    QVERIFY(facts->shutDown);
    QCOMPARE(facts->checkpoint.text(), u"0/A000028"_s);
    QVERIFY(!copyFactsOf("Database system identifier: 7443\n"));
    QCOMPARE(completeSegments({u"000000010000000000000009"_s, u"00000002000000000000000B"_s, u"00000002000000000000000A"_s, u"000000020000000000000009"_s, u"00000002.history"_s, u"archive_status"_s}, 2, u"00000002000000000000000A"_s),
             QStringList{u"000000020000000000000009"_s});
    QCOMPARE(withoutRecoverySettings("# by hand\nwork_mem = '8MB'\nrecovery_target_time = 'x'\n Restore_Command='false'\nprimary_conninfo = ''\n"), QByteArray("# by hand\nwork_mem = '8MB'\n"));
    QCOMPARE(withoutRecoverySettings("a = 1"), QByteArray("a = 1"));
}

QByteArray TestSwap::docker(const QStringList &arguments, const QByteArray &input) const
{
    tool::Command command;
    command.program = u"docker"_s;
    command.arguments = arguments;
    command.input = input;
    const auto said = tool::run(command);
    return !said ? "failed: " + said.error().text().toUtf8() : said->exitCode == 0 ? said->output.trimmed() : "failed: " + said->errors + said->output;
}

QByteArray TestSwap::sql(const QByteArray &statement) const
{
    return docker({u"exec"_s, u"-i"_s, m_up.name + u"-postgres-1"_s, u"psql"_s, u"-XqAt"_s, u"-v"_s, u"ON_ERROR_STOP=1"_s, u"-U"_s, u"postgres"_s, u"-d"_s, u"postgres"_s}, statement);
}

QByteArray TestSwap::hashOf(const QString &volume) const
{
    return docker({u"run"_s, u"--rm"_s, u"--network"_s, u"none"_s, u"--user"_s, u"0:0"_s, u"--volume"_s, volume + u":/v:ro"_s, u"--entrypoint"_s, u"sh"_s, u"howdah-postgres:18"_s, u"-c"_s,
                   u"cd /v && find . -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum"_s});
}

void TestSwap::write(Rows &rows, int count)
{
    QByteArray script;
    for (int i = 0; i < count; ++i)
        script += "INSERT INTO public.ledger VALUES (" + QByteArray::number(m_next++) + ", md5(random()::text)) RETURNING id, payload;\n";
    for (const QByteArray &line : sql(script).split('\n')) {
        const QByteArrayList fields = line.split('|');
        if (fields.size() == 2)
            rows.insert(fields.at(0).toLongLong(), fields.at(1));
    }
}

Result<std::unique_ptr<pg::Connection>> TestSwap::connect() const
{
    const session::Profile profile = m_keychain.profiles.value(m_up.name);
    pg::ConnectionSpec spec = profile.spec;
    spec.database = u"postgres"_s;
    return pg::Connection::open(spec, m_keychain.secrets.value(profile.secretKey().text()));
}

TestSwap::Rows TestSwap::served() const
{
    const auto link = connect();
    if (!link)
        return {{-1, link.error().text().toUtf8()}};
    const auto rows = (*link)->run({"SELECT id, payload FROM public.ledger", {}});
    if (!rows)
        return {{-1, rows.error().text().toUtf8()}};
    Rows all;
    for (qsizetype row = 0; row < rows->size(); ++row)
        all.insert(*rows->integer(row, 0), rows->text(row, 1).toUtf8());
    return all;
}

// One container of the stack, on this volume and on no other; it is reached, and has exactly these rows. Nobody else runs on either.
void TestSwap::oneServer(const QString &volume, const Rows &rows)
{
    const Rows found = served();
    QVERIFY2(!found.contains(-1), found.value(-1).constData());
    QCOMPARE(found, rows);
    QCOMPARE(docker({u"ps"_s, u"-aq"_s, u"--filter"_s, u"label=com.docker.compose.project="_s + m_up.name}).split('\n').size(), 1);
    QVERIFY(docker({u"ps"_s, u"--filter"_s, u"volume="_s + volume, u"--format"_s, u"{{.Names}}"_s}).contains(m_up.name.toUtf8()));
    for (const QString &other : {QString(m_up.name + u"_data"_s), m_rehearsal}) {
        if (other != volume) // the rehearsal's own server, until it is swapped in
            QCOMPARE(docker({u"ps"_s, u"--filter"_s, u"volume="_s + other, u"--format"_s, u"{{.Names}}"_s}), m_swap.isEmpty() && other == m_rehearsal ? other.toUtf8() : QByteArray());
    }
    QCOMPARE(stack::readRecord(m_up.name)->data(), volume);
    QVERIFY(stack::readRecord(m_up.name)->swap.isEmpty());
}

void TestSwap::initTestCase()
{
    qputenv("XDG_DATA_HOME", m_home.path().toLocal8Bit());
    qputenv("XDG_CACHE_HOME", m_home.path().toLocal8Bit());
    qputenv("HOWDAH_PG_BIN", "/nowhere");
    m_up.name = u"swaptest-%1"_s.arg(::getpid());
    m_up.port = stack::nextFreePort(quint16(57000 + ::getpid() % 1000));
    m_up.backend = stack::Backend::Docker;
    const auto brought = stack::bringUp(m_up, m_keychain.seams(), {}, {});
    VERIFY_OK(brought);
    QCOMPARE(sql("CREATE TABLE public.ledger (id bigint PRIMARY KEY, payload text NOT NULL); GRANT ALL ON public.ledger TO PUBLIC;"), QByteArray());
    write(m_old, 30);
    QCOMPARE(m_old.size(), 30);
    m_new = m_old;
    QVERIFY(!sql("SELECT pg_create_restore_point('good')").startsWith("failed"));
    QCOMPARE(sql("DELETE FROM public.ledger WHERE id % 2 = 0; ALTER SYSTEM SET work_mem = '5MB'"), QByteArray());
    m_old.removeIf([](const Rows::iterator &row) { return row.key() % 2 == 0; });
    write(m_old, 10);
    const QByteArray segment = sql("SELECT pg_walfile_name(pg_switch_wal())");
    QTRY_VERIFY_WITH_TIMEOUT(docker({u"exec"_s, m_up.name + u"-postgres-1"_s, u"ls"_s, u"/archive"_s}).contains(segment), 30'000);
    const auto rehearsal = rehearse(u"good"_s);
    VERIFY_OK(rehearsal);
    QVERIFY(rehearsal->isGood());
    m_rehearsal = rehearsal->id;
}

void TestSwap::cleanupTestCase()
{
    if (!m_rehearsal.isEmpty())
        std::ignore = dropRehearsal(m_rehearsal);
    std::ignore = stack::destroy(m_up.name, m_up.name, {}, {});
}

Result<Rehearsal> TestSwap::rehearse(const QString &restorePoint)
{
    const auto place = openStackPlace(m_up.name);
    if (!place)
        return fail(place.error());
    const auto catalogue = place->repository->list();
    if (!catalogue)
        return fail(catalogue.error());
    const ArchiveAccess access = toolboxArchive(*place->toolbox, u"/archive"_s, u"the archive"_s);
    const auto inventory = takeInventory(access, 16 << 20, catalogue->backups.constLast().systemIdentifier, {});
    if (!inventory)
        return fail(inventory.error());
    PitrTarget target;
    target.kind = PitrTarget::Kind::Name;
    target.name = restorePoint;
    const auto verdict = verdictOf(access, *inventory, pointsOf(*catalogue, *inventory), target);
    if (!verdict)
        return fail(verdict.error());
    RehearsalChoice choice;
    choice.stack = m_up.name;
    choice.image = u"howdah-postgres:18"_s;
    choice.places = {{m_up.name + u"_archive"_s, u"/archive"_s, false}};
    choice.root = u"/archive"_s;
    choice.archive = u"/archive"_s;
    choice.segmentSize = 16 << 20;
    choice.verdict = *verdict;
    choice.floors = {200, 8, 10, 0, 256};
    const auto plan = planRehearsal(choice, QDateTime::currentMSecsSinceEpoch());
    return plan ? backup::rehearse(*plan) : Result<Rehearsal>(fail(plan.error()));
}

void TestSwap::refusals()
{
    QCOMPARE(reason(planSwap(m_up.name, u"rehearsal-20200101T000000Z"_s, 0)), u"no_such_rehearsal"_s);
    QCOMPARE(reason(planSwap(u"no-such-stack"_s, m_rehearsal, 0)), u"not_supported"_s);
    QCOMPARE(reason(resumeSwap(u"swap-20200101T000000Z"_s)), u"no_such_swap"_s);
    QCOMPARE(reason(rollbackSwap(u"../../etc/passwd"_s)), u"no_such_swap"_s);
    // One that was not found good.
    const QString file = m_home.filePath(u"howdah/rehearsals/%1.json"_s.arg(m_rehearsal));
    QFile record(file);
    QVERIFY(record.open(QIODevice::ReadWrite));
    const QByteArray good = record.readAll();
    QByteArray bad = good;
    bad.replace("\"good\": true", "\"good\": false");
    QVERIFY(bad != good);
    record.resize(0);
    record.seek(0);
    record.write(bad);
    record.flush();
    QCOMPARE(reason(planSwap(m_up.name, m_rehearsal, 0)), u"not_good"_s);
    record.resize(0);
    record.seek(0);
    record.write(good);
    record.close();
    // Another branch has that number by now.
    const QString container = m_up.name + u"-postgres-1"_s;
    docker({u"exec"_s, container, u"touch"_s, u"/archive/00000002.history"_s});
    QCOMPARE(reason(planSwap(m_up.name, m_rehearsal, 0)), u"taken_timeline"_s);
    QCOMPARE(docker({u"exec"_s, container, u"rm"_s, u"/archive/00000002.history"_s}), QByteArray());
    oneServer(m_up.name + u"_data"_s, m_old);
}

void TestSwap::swapped()
{
    const auto plan = planSwap(m_up.name, m_rehearsal, QDateTime::currentMSecsSinceEpoch());
    VERIFY_OK(plan);
    QCOMPARE(plan->swap.oldTimeline, 1U);
    QCOMPARE(plan->swap.newTimeline, 2U);
    m_swap = plan->swap.id;
    // Who writes on until the fence: what was acknowledged is on the old branch to the last row.
    Rows acknowledged;
    qint64 next = 100'000;
    std::thread writer([&] {
        const auto link = connect();
        while (link) {
            const auto row = (*link)->run({"INSERT INTO public.ledger VALUES ($1, 'w') RETURNING id", {}}, {pg::Param(next)});
            if (!row)
                break;
            acknowledged.insert(next++, "w");
        }
    });
    QTRY_VERIFY_WITH_TIMEOUT(sql("SELECT count(*) > 3 FROM public.ledger WHERE id >= 100000") == "t", 20'000);
    // From the moment it is stopped the old volume is not touched.
    QByteArray putAside;
    SwapOptions options;
    options.written = [&](const Swap &one) {
        if (one.reached == SwapStep::Stop && putAside.isEmpty())
            putAside = hashOf(one.oldVolume);
    };
    const auto swap = applySwap(*plan, options);
    writer.join();
    VERIFY_OK(swap);
    QVERIFY(!acknowledged.isEmpty());
    m_old.insert(acknowledged);
    // A row that was committed, and whose answer the fence cut off, may be there too: it is settled when the old branch is looked at.
    QCOMPARE(swap->state, SwapState::Applied);
    QVERIFY2(swap->failed.isEmpty(), qPrintable(swap->failed));
    QCOMPARE(swap->lines.size(), forwardLines);
    QCOMPARE(readSwap(m_swap)->toJson(), swap->toJson());
    QVERIFY(swap->unreachableMs().value_or(0) > 0);
    QCOMPARE(putAside.size(), 67); // a hash and a dash
    QCOMPARE(hashOf(swap->oldVolume), putAside);
    oneServer(m_rehearsal, m_new);
    QCOMPARE(sql("SHOW work_mem"), QByteArray("4MB"));
    QCOMPARE(sql("SHOW archive_mode"), QByteArray("on"));
    // The archive has the branch, and a backup of it.
    QVERIFY(docker({u"exec"_s, m_up.name + u"-postgres-1"_s, u"ls"_s, u"/archive"_s}).contains("00000002.history"));
    const auto place = openStackPlace(m_up.name);
    VERIFY_OK(place);
    const auto catalogue = place->repository->list();
    VERIFY_OK(catalogue);
    QCOMPARE(catalogue->backups.constLast().id, swap->backup);
    QCOMPARE(catalogue->backups.constLast().timeline, 2U);
    // It is no rehearsal any more.
    QCOMPARE(reason(dropRehearsal(m_rehearsal)), u"in_use"_s);
    const auto standing = standingRehearsals();
    VERIFY_OK(standing);
    for (const Standing &one : *standing)
        QVERIFY(one.id != m_rehearsal);
    QCOMPARE(reason(resumeSwap(m_swap)), u"swap_over"_s);
    QCOMPARE(reason(planSwap(m_up.name, m_rehearsal, 0)), u"no_such_rehearsal"_s);
    write(m_new, 5);
    oneServer(m_rehearsal, m_new);
}

void TestSwap::wayBack()
{
    const auto swap = rollbackSwap(m_swap, quick());
    VERIFY_OK(swap);
    QCOMPARE(swap->state, SwapState::RolledBack);
    const QByteArray unanswered = sql("SELECT max(id) FROM public.ledger");
    if (unanswered.toLongLong() == m_old.lastKey() + 1) // one at most
        m_old.insert(unanswered.toLongLong(), "w");
    oneServer(m_up.name + u"_data"_s, m_old);
    QCOMPARE(reason(rollbackSwap(m_swap, quick())), u"swap_over"_s);
    write(m_old, 5);
    // An up of always finds the right volume.
    const auto brought = stack::bringUp(m_up, m_keychain.seams(), {}, {});
    VERIFY_OK(brought);
    oneServer(m_up.name + u"_data"_s, m_old);
}

void TestSwap::archiveThatDoesNotTake()
{
    QCOMPARE(sql("ALTER SYSTEM SET archive_command = 'false'"), QByteArray());
    QCOMPARE(sql("SELECT pg_reload_conf()"), QByteArray("t"));
    SwapOptions options = quick();
    options.archiveMs = 1'000;
    const auto refused = resumeSwap(m_swap, options);
    QVERIFY(!refused);
    QCOMPARE(refused.error().reason, u"not_archived"_s);
    QVERIFY2(refused.error().hint.contains(u"as before"_s), qPrintable(refused.error().hint));
    QCOMPARE(readSwap(m_swap)->state, SwapState::RolledBack);
    QCOMPARE(sql("ALTER SYSTEM RESET archive_command"), QByteArray());
    QCOMPARE(sql("SELECT pg_reload_conf()"), QByteArray("t"));
    oneServer(m_up.name + u"_data"_s, m_old);
}

// What is prepared holds rows without a session that could be ended; prepared after it was planned it is seen once nobody is left who could end it.
void TestSwap::preparedMeanwhile()
{
    QCOMPARE(sql("ALTER SYSTEM SET max_prepared_transactions = 5"), QByteArray());
    docker({u"restart"_s, u"--time"_s, u"120"_s, m_up.name + u"-postgres-1"_s});
    QTRY_COMPARE_WITH_TIMEOUT(sql("SHOW max_prepared_transactions"), QByteArray("5"), 20'000);
    SwapOptions options = quick();
    options.written = [&](const Swap &swap) {
        if (swap.reached == SwapStep::Prepare && swap.lines.constLast().what.endsWith(u": done"_s))
            sql("BEGIN; INSERT INTO public.ledger VALUES (-1, 'prepared'); PREPARE TRANSACTION 'meanwhile'");
    };
    const auto refused = resumeSwap(m_swap, options);
    QVERIFY(!refused);
    QCOMPARE(refused.error().reason, u"prepared_transactions"_s);
    QCOMPARE(readSwap(m_swap)->state, SwapState::RolledBack);
    QCOMPARE(sql("ROLLBACK PREPARED 'meanwhile'"), QByteArray());
    oneServer(m_up.name + u"_data"_s, m_old);
}

// A cancel in the midst of it, when the copy runs already and nobody is in: it is taken back.
void TestSwap::givenUp()
{
    const CancelToken cancel;
    SwapOptions options = quick();
    options.written = [&](const Swap &swap) {
        if (swap.reached == SwapStep::Start)
            cancel.cancel();
    };
    const auto refused = resumeSwap(m_swap, options, {}, cancel);
    QVERIFY(!refused);
    QCOMPARE(refused.error().kind, ErrorKind::Cancelled);
    QCOMPARE(readSwap(m_swap)->state, SwapState::RolledBack);
    oneServer(m_up.name + u"_data"_s, m_old);
}

int TestSwap::killedAt(const QString &verb, int line)
{
    tool::Command command;
    command.program = QCoreApplication::applicationFilePath();
    command.environment = {u"HOWDAH_SWAP_CHILD=%1|%2|%3"_s.arg(m_swap, verb).arg(line)};
    for (const char *name : {"HOWDAH_DOCKER_DIR", "HOWDAH_SOURCE_DIR", "HOWDAH_PG_BIN"})
        command.environment << QLatin1StringView(name) + u'=' + qEnvironmentVariable(name);
    command.timeoutMs = 120'000;
    const auto said = tool::run(command);
    return said ? said->exitCode : -1;
}

void TestSwap::killedAtEachLine_data()
{
    QTest::addColumn<int>("line");
    QTest::addColumn<bool>("forward");
    for (int line = 1; line <= forwardLines; ++line) {
        for (const bool forward : {true, false}) {
            // Behind the switch, and while the copy proves itself; the others in the long form.
            if (isLong() || (line == 10 && !forward) || (line == 13 && forward))
                QTest::addRow("line %d, %s", line, forward ? "then on" : "then back") << line << forward;
        }
    }
}

void TestSwap::killedAtEachLine()
{
    QFETCH(int, line);
    QFETCH(bool, forward);
    const QString old = m_up.name + u"_data"_s;
    QCOMPARE(killedAt(u"swap"_s, line), 128 + SIGKILL);
    const Swap left = *readSwap(m_swap);
    const bool over = left.state == SwapState::Applied;
    QCOMPARE(over, line == forwardLines);
    // Whoever is reached is one of the two, with all that it acknowledged; the way in is closed from the fence until everybody is let in.
    const Rows found = served();
    const bool open = left.reached < SwapStep::Fence || left.reached >= SwapStep::Open;
    if (open) {
        QCOMPARE(found, left.reached >= SwapStep::Open ? m_new : m_old);
    } else {
        QVERIFY2(found.contains(-1), "somebody was let in while the server was fenced off");
        // Nor by the container's own socket, but for the superuser; where a killed program was still starting it there may be no container, or no server yet.
        if (left.reached != SwapStep::Switch) {
            const QByteArray said = docker({u"exec"_s, m_up.name + u"-postgres-1"_s, u"psql"_s, u"-XqAt"_s, u"-U"_s, u"jeex_user"_s, u"-d"_s, u"jeex_idea"_s, u"-c"_s, u"SELECT 1"_s});
            QVERIFY2(said.startsWith("failed"), said.constData());
        }
    }
    if (!over) {
        QCOMPARE(reason(stack::up(m_up, {}, {})), u"swap_unfinished"_s); // nobody starts it meanwhile
        QCOMPARE(reason(dropRehearsal(m_rehearsal)), u"in_use"_s);
        QCOMPARE(reason(retireSwap(m_swap)), u"swap_unfinished"_s);
    }
    if (forward && !over) {
        const auto swap = resumeSwap(m_swap, quick());
        VERIFY_OK(swap);
        QCOMPARE(swap->state, SwapState::Applied);
        oneServer(m_rehearsal, m_new);
        write(m_new, 2);
    }
    // And the way back is killed as well, behind another of its lines each time.
    if (forward || over) {
        const int at = 1 + m_killedBack++ % 4;
        QCOMPARE(killedAt(u"rollback"_s, at), 128 + SIGKILL);
        const Swap half = *readSwap(m_swap);
        const Rows reached = served();
        QVERIFY2(reached.contains(-1) || reached == m_old || reached == m_new, "a server is reached that is neither");
        if (half.state == SwapState::RolledBack) {
            oneServer(old, m_old);
            write(m_old, 1);
            return;
        }
    }
    const auto back = rollbackSwap(m_swap, quick());
    VERIFY_OK(back);
    oneServer(old, m_old);
    write(m_old, 1);
}

void TestSwap::retired()
{
    const auto again = resumeSwap(m_swap, quick());
    VERIFY_OK(again);
    oneServer(m_rehearsal, m_new);
    const auto closed = retireSwap(m_swap);
    VERIFY_OK(closed);
    QVERIFY(docker({u"volume"_s, u"inspect"_s, m_up.name + u"_data"_s}).startsWith("failed"));
    QCOMPARE(reason(rollbackSwap(m_swap, quick())), u"swap_over"_s);
    // Another user, who finds a volume that bears a rehearsal's label and that no container has, does not drop it.
    VERIFY_OK(stack::down(m_up.name, {}, {}));
    const QTemporaryDir another;
    qputenv("XDG_DATA_HOME", another.path().toLocal8Bit());
    const QString dropped = reason(dropRehearsal(m_rehearsal));
    qputenv("XDG_DATA_HOME", m_home.path().toLocal8Bit());
    QCOMPARE(dropped, u"in_use"_s);
    const auto brought = stack::bringUp(m_up, m_keychain.seams(), {}, {});
    VERIFY_OK(brought);
    QVERIFY(docker({u"volume"_s, u"inspect"_s, m_up.name + u"_data"_s}).startsWith("failed")); // nor made anew
    oneServer(m_rehearsal, m_new);
}

void TestSwap::destroyed()
{
    // What a swap has kept goes with the stack; a rehearsal that stands for it bears its labels too, and stays.
    const QString kept = m_up.name + u"-kept"_s, standing = m_up.name + u"-standing"_s;
    for (const QString &volume : {kept, standing})
        docker({u"volume"_s, u"create"_s, u"--label"_s, u"howdah.rehearsal="_s + volume, u"--label"_s, u"com.docker.compose.project="_s + m_up.name, volume});
    stack::Record record = *stack::readRecord(m_up.name);
    record.keptVolumes << kept;
    VERIFY_OK(stack::writeRecord(record));
    QStringList said;
    VERIFY_OK(stack::destroy(m_up.name, m_up.name, [&](const ProgressStep &step) { said << step.note; }, {}));
    QVERIFY2(!said.filter(kept).isEmpty(), qPrintable(said.join(u'\n')));
    QCOMPARE(docker({u"volume"_s, u"rm"_s, standing}), standing.toUtf8());
    QCOMPARE(docker({u"volume"_s, u"ls"_s, u"-q"_s, u"--filter"_s, u"label=com.docker.compose.project="_s + m_up.name}), QByteArray());
}

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    if (qEnvironmentVariableIsSet("HOWDAH_SWAP_CHILD"))
        return otherProgram(qEnvironmentVariable("HOWDAH_SWAP_CHILD").split(u'|'));
    TestSwap test;
    QStringList arguments = app.arguments();
    if (arguments.size() == 1 && !isLong())
        arguments << u"copyIsRead"_s << u"refusals"_s << u"swapped"_s << u"wayBack"_s << u"killedAtEachLine"_s << u"retired"_s << u"destroyed"_s;
    return QTest::qExec(&test, arguments);
}

#include "tst_swap.moc"
