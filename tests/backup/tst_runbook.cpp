// SPDX-License-Identifier: GPL-3.0-or-later
// From the folder of the backups and the page beside each of them alone: the stack, its volumes and all that Howdah kept are gone, and a shell in a bare
// container runs the page's own lines with PostgreSQL's programs. Held against who kept what was acknowledged: exactly that, up to the target.
#include "backup/moment.h"
#include "e2e/stacksession.h"
#include "runbook.h"
#include "tool/process.h"

#include <QDir>
#include <QJsonArray>
#include <QtTest>

#include <sys/stat.h>
#include <unistd.h>

using namespace howdah;
using namespace howdah::test;
using namespace Qt::StringLiterals;

class TestRunbook : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void cleanupTestCase();
    void archiveIsCopied();
    void everythingIsGone();
    void walIsPacked();
    void byThePageAlone_data();
    void byThePageAlone();
    void byTheGeneralPage();

private:
    struct Acknowledged {
        qint64 id = 0;
        QByteArray payload;
        qint64 commitUs = 0;
    };
    void write(int rows);
    QString take(const QStringList &options);
    bool archived();
    void recoverBy(const QString &script, QByteArray *found);
    QByteArray rowsUpTo(qint64 us) const;

    std::unique_ptr<e2e::StackSession> m_session;
    QTemporaryDir m_folder; // outside Docker, somebody's own
    QVector<Acknowledged> m_written;
    QMap<QString, QString> m_ids;
    qint64 m_whenTarWasTaken = 0;
};

// One after the other, each acknowledged before the next begins; what came back is kept here.
void TestRunbook::write(int rows)
{
    QByteArray script;
    for (int i = 0; i < rows; ++i)
        script += "INSERT INTO public.ledger (payload) VALUES (md5(random()::text)) RETURNING id, payload;\nSELECT pg_sleep(0.01);\n";
    const e2e::Ran ran = m_session->psql(script, u"postgres"_s);
    QVERIFY2(ran.exit == 0, ran.all().constData());
    for (const QByteArray &line : ran.output.split('\n')) {
        const QList<QByteArray> fields = line.split('|');
        if (fields.size() == 2)
            m_written.append({fields.at(0).toLongLong(), fields.at(1), 0});
    }
    QMap<qint64, qint64> times;
    for (const QByteArray &line : m_session->psql("SELECT id, (extract(epoch FROM pg_xact_commit_timestamp(xmin)) * 1000000)::int8 FROM public.ledger", u"postgres"_s).output.split('\n'))
        times.insert(line.split('|').value(0).toLongLong(), line.split('|').value(1).toLongLong());
    for (Acknowledged &one : m_written) {
        one.commitUs = times.value(one.id);
        QVERIFY(one.commitUs > 0);
    }
}

QString TestRunbook::take(const QStringList &options)
{
    const e2e::Ran ran = m_session->ctl(QStringList{u"backup"_s, u"create"_s, u"--to"_s, m_folder.path()} + options, {}, 300'000);
    return ran.exit == 0 ? ran.json().value("id"_L1).toString() : u"failed: "_s + QString::fromUtf8(ran.all());
}

// Everything that is written is in the stack's archive.
bool TestRunbook::archived()
{
    const QByteArray last = m_session->psql("SELECT pg_walfile_name(pg_switch_wal())", u"postgres"_s).output.trimmed();
    return last.size() == 24 && QTest::qWaitFor([&] { return m_session->docker({u"exec"_s, m_session->container(), u"test"_s, u"-e"_s, u"/archive/"_s + QString::fromLatin1(last)}).exit == 0; }, 60'000);
}

QByteArray TestRunbook::rowsUpTo(qint64 us) const
{
    QByteArrayList rows;
    for (const Acknowledged &one : m_written) {
        if (one.commitUs <= us)
            rows << QByteArray::number(one.id) + '|' + one.payload;
    }
    return rows.join('\n');
}

void TestRunbook::initTestCase()
{
    m_session = std::make_unique<e2e::StackSession>(u"runbook-test"_s);
    QVERIFY2(m_session->error().isEmpty(), qPrintable(m_session->error()));
    const e2e::Ran up = m_session->up();
    QVERIFY2(up.exit == 0, up.all().constData());
    QVERIFY(::chown(QFile::encodeName(m_folder.path()).constData(), 4711, 4711) == 0);
    const e2e::Ran made = m_session->psql("CREATE TABLE public.ledger (id bigserial PRIMARY KEY, payload text NOT NULL)", u"postgres"_s);
    QVERIFY2(made.exit == 0, made.all().constData());
    write(10);
    m_ids[u"full"_s] = take({});
    write(20);
    m_ids[u"incremental"_s] = take({u"--incremental"_s});
    write(20);
    m_ids[u"tar"_s] = take({u"--compress"_s});
    m_whenTarWasTaken = m_written.constLast().commitUs;
    write(20);
    m_ids[u"tar incremental"_s] = take({u"--incremental"_s, u"--compress"_s});
    write(20);
    for (const QString &id : std::as_const(m_ids))
        QVERIFY2(!id.startsWith("failed"_L1), qPrintable(id));
    QCOMPARE(m_written.size(), 90);
    QVERIFY(archived());
}

void TestRunbook::cleanupTestCase()
{
    m_session.reset();
}

void TestRunbook::archiveIsCopied()
{
    const QStringList copy{u"backup"_s, u"archive-copy"_s, u"--to"_s, m_folder.path()};
    const e2e::Ran planned = m_session->ctl(copy + QStringList{u"--plan"_s}, {}, 300'000);
    QVERIFY2(planned.exit == 0 && planned.json().value("goes"_L1).toArray().size() > 3, planned.all().constData());
    QVERIFY(!QFile::exists(m_folder.filePath(u"wal"_s)));
    const e2e::Ran copied = m_session->ctl(copy, {}, 300'000);
    QVERIFY2(copied.exit == 0, copied.all().constData());
    QCOMPARE(copied.json().value("goes"_L1).toArray(), planned.json().value("goes"_L1).toArray());
    const e2e::Ran again = m_session->ctl(copy, {}, 300'000);
    QVERIFY2(again.exit == 0 && again.json().value("goes"_L1).toArray().isEmpty(), again.all().constData());
    QCOMPARE(again.json().value("there"_L1).toInt(), copied.json().value("goes"_L1).toArray().size());
    const QDir wal(m_folder.filePath(u"wal"_s));
    QCOMPARE(wal.entryList(QDir::Files | QDir::Hidden).size(), copied.json().value("goes"_L1).toArray().size());
    struct stat facts{};
    for (const QString &name : wal.entryList(QDir::Files | QDir::Hidden)) {
        QVERIFY(::stat(QFile::encodeName(wal.filePath(name)).constData(), &facts) == 0);
        QCOMPARE(int(facts.st_mode & 07777), 0600);
        QCOMPARE(facts.st_uid, 4711u);
    }
    // What is there is never overwritten, and that it is another is said; what is missing comes again.
    const QStringList segments = wal.entryList({u"0000*"_s}, QDir::Files, QDir::Name).filter(QRegularExpression(u"^[0-9A-F]{24}$"_s));
    const QString kept = m_folder.path() + u"/kept"_s, second = wal.filePath(segments.at(1));
    QVERIFY(QFile::copy(second, kept));
    QFile flipped(second);
    QVERIFY(flipped.open(QIODevice::ReadWrite) && flipped.seek(9000) && flipped.putChar('Z'));
    flipped.close();
    QVERIFY(QFile::remove(wal.filePath(segments.at(0))));
    const e2e::Ran differs = m_session->ctl(copy, {}, 300'000);
    QVERIFY2(differs.exit == 5, differs.all().constData());
    QCOMPARE(differs.json().value("differ"_L1).toArray(), QJsonArray{segments.at(1)});
    QCOMPARE(differs.json().value("goes"_L1).toArray(), QJsonArray{segments.at(0)});
    QVERIFY(flipped.open(QIODevice::ReadWrite) && flipped.seek(9000));
    QCOMPARE(flipped.read(1), QByteArray("Z"));
    flipped.close();
    QVERIFY(QFile::remove(second) && QFile::rename(kept, second));
    QVERIFY(::chown(QFile::encodeName(second).constData(), 4711, 4711) == 0);
    // From here every commit can be had, as Howdah sees it too.
    const e2e::Ran gaps = m_session->ctl({u"backup"_s, u"gaps"_s, u"--in"_s, m_folder.path()}, {}, 300'000);
    QVERIFY2(gaps.exit == 0, gaps.all().constData());
}

void TestRunbook::everythingIsGone()
{
    const e2e::Ran destroyed = m_session->stack({u"destroy"_s, u"--typed"_s, m_session->name()}, 300'000);
    QVERIFY2(destroyed.exit == 0, destroyed.all().constData());
    QCOMPARE(m_session->docker({u"volume"_s, u"ls"_s, u"-qf"_s, u"name="_s + m_session->name()}).output.trimmed(), QByteArray());
    QCOMPARE(m_session->container(), QString());
    QVERIFY(QDir(m_session->folder() + u"/data"_s).removeRecursively());
}

// By whoever keeps it: all of it but every third segment.
void TestRunbook::walIsPacked()
{
    const e2e::Ran packed = m_session->docker({u"run"_s, u"--rm"_s, u"--network"_s, u"none"_s, u"--volume"_s, m_folder.path() + u":/backups"_s, u"--entrypoint"_s, u"bash"_s, u"howdah-postgres:18"_s, u"-ec"_s,
                                               u"cd /backups/wal; n=0; for one in $(ls | grep -E '^[0-9A-F]{24}$'); do case $((n++ % 3)) in 0) gzip -1 $one ;; 1) zstd -q --rm $one ;; esac; done; chown -R 4711:4711 .; ls"_s});
    QVERIFY2(packed.exit == 0 && packed.output.contains(".gz\n") && packed.output.contains(".zst\n"), packed.all().constData());
}

void TestRunbook::byThePageAlone_data()
{
    QTest::addColumn<QString>("backup");
    QTest::addColumn<QString>("where"); // the heading of the block that says it
    QTest::addColumn<int>("last");      // of the acknowledged ones that is to be there; -1: that which was the last when the backup was taken
    QTest::newRow("full, a moment") << u"full"_s << u"### A moment"_s << 41;
    QTest::newRow("incremental, the newest") << u"incremental"_s << u"### The newest"_s << 89;
    QTest::newRow("incremental of tar files, a moment") << u"tar incremental"_s << u"### A moment"_s << 80;
    QTest::newRow("tar files, nothing later") << u"tar"_s << u"### This backup"_s << -1;
}

void TestRunbook::byThePageAlone()
{
    QFETCH(const QString, backup);
    QFETCH(const QString, where);
    QFETCH(const int, last);
    const QString id = m_ids.value(backup);
    QFile page(m_folder.filePath(u"base/%1/RUNBOOK.md"_s.arg(id)));
    QVERIFY(page.open(QIODevice::ReadOnly));
    QString script = Runbook(page.readAll()).shell({u"## 1"_s, u"## 2"_s, u"## 3"_s, where, u"## 5"_s, u"## 6"_s});
    script = Runbook::filled(script, u"cd "_s, u"/backups/base/"_s + id);
    script = Runbook::filled(script, u"NEW="_s, u"/dev/shm/new"_s);
    const qint64 target = last < 0 ? m_whenTarWasTaken : m_written.at(last).commitUs + 2000;
    if (where == "### A moment"_L1)
        script = Runbook::filled(script, u"TARGET="_s, u"'%1'"_s.arg(QDateTime::fromMSecsSinceEpoch(target / 1000, Qt::UTC).toString(u"yyyy-MM-dd HH:mm:ss.zzz'+00'"_s)));
    QVERIFY(!script.isEmpty() && !script.contains(u"/path/to"_s) && (!script.contains(u"TARGET"_s) || where == "### A moment"_L1));

    QByteArray rows;
    recoverBy(script, &rows);
    QCOMPARE(rows, rowsUpTo(target));
    if (last >= 0)
        QCOMPARE(rows.count('\n') + 1, last + 1);
}

// What is installed with the programs, where a backup has no page of its own.
void TestRunbook::byTheGeneralPage()
{
    QFile page(qEnvironmentVariable("HOWDAH_SOURCE_DIR") + u"/resources/docs/recovery.md"_s);
    QVERIFY(page.open(QIODevice::ReadOnly));
    QString script = Runbook(page.readAll()).shell({u"## By hand"_s});
    const qint64 target = m_written.at(33).commitUs + 2000;
    for (const auto &[name, value] : {std::pair(u"BACKUP="_s, u"/backups/base/%1/data"_s.arg(m_ids.value(u"full"_s))), std::pair(u"WAL="_s, u"/backups/wal"_s), std::pair(u"NEW="_s, u"/dev/shm/new"_s), std::pair(u"TIMELINE="_s, u"1"_s),
                                      std::pair(u"TARGET="_s, u"'%1'"_s.arg(QDateTime::fromMSecsSinceEpoch(target / 1000, Qt::UTC).toString(u"yyyy-MM-dd HH:mm:ss.zzz'+00'"_s)))})
        script = Runbook::filled(script, name, value);
    QVERIFY(!script.isEmpty());
    QByteArray rows;
    recoverBy(script, &rows);
    QCOMPARE(rows, rowsUpTo(target));
}

// In a container with nothing but the folder, which it can't write to, and PostgreSQL's programs.
void TestRunbook::recoverBy(const QString &script, QByteArray *found)
{
    const QString bare = u"%1-bare"_s.arg(m_session->name());
    const e2e::Ran started = m_session->docker({u"run"_s, u"--detach"_s, u"--rm"_s, u"--init"_s, u"--name"_s, bare, u"--network"_s, u"none"_s, u"--user"_s, u"4711:4711"_s, u"--volume"_s, m_folder.path() + u":/backups:ro"_s,
                                                u"--shm-size"_s, u"2g"_s, u"--entrypoint"_s, u"sleep"_s, u"howdah-postgres:18"_s, u"infinity"_s});
    QVERIFY2(started.exit == 0, started.all().constData());
    const auto removed = qScopeGuard([&] { m_session->docker({u"rm"_s, u"--force"_s, u"--volumes"_s, bare}); });
    QVERIFY(m_session->docker({u"exec"_s, u"--interactive"_s, bare, u"sh"_s, u"-c"_s, u"cat > /dev/shm/lines"_s}, script.toUtf8()).exit == 0);
    const e2e::Ran ran = e2e::run(u"docker"_s, {u"exec"_s, bare, u"bash"_s, u"/dev/shm/lines"_s}, {}, 300'000);
    QVERIFY2(ran.exit == 0, QByteArray(script.toUtf8() + ran.all()).constData());
    QVERIFY2(ran.output.contains("recovery stopping") && (!script.contains(u"pg_checksums"_s) || ran.output.contains("Bad checksums:  0")), ran.all().constData());
    // Its last line says how one gets in.
    const QStringList psql = QString::fromUtf8(ran.output.trimmed().split('\n').constLast()).split(u' ');
    QCOMPARE(psql.constFirst(), u"psql"_s);
    const e2e::Ran rows = m_session->docker(QStringList{u"exec"_s, bare} + psql + QStringList{u"-XAtqc"_s, u"SELECT id, payload FROM public.ledger ORDER BY id"_s, u"jeex_idea"_s});
    QVERIFY2(rows.exit == 0, rows.all().constData());
    *found = rows.output.trimmed();
    // It is a server that can be written to, on a branch of its own that nobody archives.
    const e2e::Ran branch = m_session->docker(QStringList{u"exec"_s, bare} + psql + QStringList{u"-XAtqc"_s, u"CREATE TABLE public.later (); SELECT pg_is_in_recovery(), current_setting('archive_mode')"_s, u"jeex_idea"_s});
    QCOMPARE(branch.output.trimmed(), "f|off");
}

QTEST_GUILESS_MAIN(TestRunbook)
#include "tst_runbook.moc"
