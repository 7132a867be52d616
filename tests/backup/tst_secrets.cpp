// SPDX-License-Identifier: GPL-3.0-or-later
// Every verb of backups and recovery on a real stack, with names of objects that would like to be commands and paths: no password of the stack's roles is seen
// in an argument, an environment, a log, a record, the journal, a backup or an answer; what is made is its owner's alone; no name became a path or a command.
#include "backup/logicalrestore.h"
#include "dumpserver.h"
#include "e2e/leaks.h"
#include "e2e/stacksession.h"
#include "session/profile.h"
#include "stack/stack.h"
#include "store/keychain.h"

#include <QDir>
#include <QDirIterator>
#include <QJsonArray>
#include <QUrl>
#include <QtTest>

#include <sys/stat.h>
#include <unistd.h>

using namespace howdah;
using namespace Qt::StringLiterals;

#define VERIFY_OK(result) QVERIFY2(result, (result) ? "" : qPrintable((result).error().text()))

class TestSecrets : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void cleanupTestCase();
    void physical();
    void hostileNames();
    void recovery();
    void noPasswordLiesAbout();
    void onlyItsOwners();
    void noNameBecameAPathOrACommand();

private:
    e2e::Ran good(const QStringList &arguments, const QList<int> &exits = {0})
    {
        e2e::Ran ran = m_session->ctl(arguments, {}, 300'000);
        if (!exits.contains(ran.exit))
            qWarning("%s: %s", qPrintable(arguments.join(u' ')), ran.all().constData());
        return ran;
    }
    QByteArray secretOf(const QString &role);
    QString quoted(QString name) const { return u'"' + name.replace(u"\""_s, u"\"\""_s) + u'"'; }
    static QStringList below(const QString &folder)
    {
        QStringList all;
        QDirIterator files(folder, QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot, QDirIterator::Subdirectories);
        while (files.hasNext())
            all << files.next();
        return all;
    }

    std::unique_ptr<e2e::StackSession> m_session;
    std::unique_ptr<e2e::ProcessWatch> m_processes;
    std::unique_ptr<store::Keychain> m_keychain;
    QTemporaryDir m_folder, m_other;
    QByteArray m_otherSecret;
    const QString m_mark = u"/tmp/howdah-pwned-%1"_s.arg(::getpid()); // what the names would touch
    QStringList m_names;
    QString m_database;
    QList<QByteArray> m_containers; // what docker says of those that came and went
};

QByteArray TestSecrets::secretOf(const QString &role)
{
    if (!m_keychain)
        m_keychain = std::make_unique<store::Keychain>();
    const auto store = store::Store::open();
    const auto profile = store ? session::readProfile(**store, m_session->name()) : Result<session::Profile>(fail(store.error()));
    if (!profile)
        return {};
    const auto read = m_keychain->read({profile->id, profile->spec.host, profile->spec.port, role});
    if (!QTest::qWaitFor([&] { return read.isFinished(); }, 20'000) || read.resultCount() == 0 || !read.result())
        return {};
    return {read.result()->data(), read.result()->size()};
}

void TestSecrets::initTestCase()
{
    m_processes = std::make_unique<e2e::ProcessWatch>();
    m_session = std::make_unique<e2e::StackSession>(u"secrets-test"_s);
    QVERIFY2(m_session->error().isEmpty(), qPrintable(m_session->error()));
    const e2e::Ran up = m_session->up();
    QVERIFY2(up.exit == 0, up.all().constData());
    m_names = {u"line\nbreak"_s, u"it's \"quoted\" \\ back"_s, u"$(touch %1)`touch %1`"_s.arg(m_mark), u"; touch %1; #"_s.arg(m_mark), u"../../%1"_s.arg(u"escape"_s), u"-rf --clean"_s, QString(31, u'ü') + u'x', u"%s %n {} ${HOME} * ?"_s};
    m_database = u"-d $(touch %1);'\"\n../ü"_s.arg(m_mark);
}

void TestSecrets::cleanupTestCase()
{
    m_processes.reset();
    m_session.reset();
}

void TestSecrets::physical()
{
    QVERIFY(::chown(QFile::encodeName(m_folder.path()).constData(), 4711, 4711) == 0);
    const QString label = u"$(touch %1) ; ../ \"q\" 'a' -x ü"_s.arg(m_mark);
    const e2e::Ran first = good({u"backup"_s, u"create"_s, u"--label"_s, label});
    QCOMPARE(first.exit, 0);
    QCOMPARE(first.json().value("label"_L1).toString(), label);
    QCOMPARE(good({u"backup"_s, u"create"_s, u"--to"_s, m_folder.path(), u"--compress"_s, u"--label"_s, label}).exit, 0);
    QCOMPARE(good({u"backup"_s, u"archive-copy"_s, u"--to"_s, m_folder.path()}).exit, 0);
    QCOMPARE(good({u"backup"_s, u"verify"_s}).exit, 0);
    QCOMPARE(good({u"backup"_s, u"prune"_s, u"--keep"_s, u"1"_s, u"--confirm"_s}).exit, 0);
    QCOMPARE(m_session->ctl({u"backup"_s, u"create"_s, u"--label"_s, u"two\nlines"_s}).exit, 2);
}

void TestSecrets::hostileNames()
{
    // Schemas, tables and columns of such names in the stack's database, and in a database of such a name on another server: the stack admits nobody to others.
    QByteArray count = "SELECT ";
    QList<QByteArray> statements;
    for (const QString &name : std::as_const(m_names)) {
        const QByteArray n = quoted(name).toUtf8();
        statements << "CREATE SCHEMA " + n << "CREATE TABLE " + n + '.' + n + " (id int PRIMARY KEY, " + n + " text)" << "INSERT INTO " + n + '.' + n + " SELECT i, 'v' || i FROM generate_series(1, 50) AS i";
        count += "(SELECT count(*) FROM " + n + '.' + n + ") + ";
    }
    count += "0";
    QByteArray granted = statements.join(";\n") + ";\n";
    for (const QString &name : std::as_const(m_names)) {
        const QByteArray n = quoted(name).toUtf8();
        granted += "ALTER SCHEMA " + n + " OWNER TO jeex_admin;\nALTER TABLE " + n + '.' + n + " OWNER TO jeex_admin;\nGRANT USAGE ON SCHEMA " + n + " TO howdah_backup;\nGRANT SELECT ON " + n + '.' + n + " TO howdah_backup;\n";
    }
    const e2e::Ran made = m_session->psql(granted, u"postgres"_s);
    QVERIFY2(made.exit == 0, made.all().constData());
    const QString label = u"`touch %1` ../ü"_s.arg(m_mark), into = u"; touch %1 '\"\n$(id) ../"_s.arg(m_mark);
    const e2e::Ran dumped = good({u"backup"_s, u"dump"_s, u"--label"_s, label});
    QCOMPARE(dumped.exit, 0);
    QCOMPARE(good({u"backup"_s, u"dump"_s, u"--to"_s, m_folder.path(), u"--format"_s, u"directory"_s, u"--jobs"_s, u"2"_s}).exit, 0);
    QCOMPARE(good({u"backup"_s, u"contents"_s, dumped.json().value("id"_L1).toString()}).exit, 0);
    QCOMPARE(good({u"backup"_s, u"restore"_s, dumped.json().value("id"_L1).toString(), u"--into"_s, into, u"--create"_s}).exit, 0);
    const e2e::Ran rows = m_session->docker({u"exec"_s, u"-i"_s, m_session->container(), u"psql"_s, u"-XAtq"_s, u"-U"_s, u"postgres"_s, u"--dbname="_s + u"dbname='%1'"_s.arg(QString(into).replace(u"'"_s, u"\\'"_s))}, count + ";\n");
    QCOMPARE(rows.output.trimmed(), QByteArray::number(50 * m_names.size()));

    test::DumpServer other;
    QString why;
    other.server = test::TestServer::start({}, &why);
    QVERIFY2(other.server, qPrintable(why));
    const Secret password = other.server->password();
    m_otherSecret = QByteArray(password.data(), password.size());
    QVERIFY2(other.server->sql({"CREATE DATABASE " + quoted(m_database).toUtf8()}, &why), qPrintable(why));
    QVERIFY2(other.sqlIn(m_database.toUtf8(), statements, &why), qPrintable(why));
    auto box = other.tools(m_other.path());
    VERIFY_OK(box);
    const backup::Repository repository(**box, m_other.path(), u"the other folder"_s);
    const auto source = other.source(**box, m_database, u"postgres"_s);
    VERIFY_OK(source);
    const auto link = other.link(m_database);
    backup::DumpOptions options;
    options.label = label;
    const auto plan = backup::planDump(*link, *source, repository, options);
    VERIFY_OK(plan);
    const auto taken = backup::dump(*link, *source, repository, *plan);
    VERIFY_OK(taken);
    const auto dump = backup::openDump(repository, *taken, true);
    VERIFY_OK(dump);
    backup::RestoreOptions back;
    back.database = into;
    back.create = true;
    const auto restorePlan = backup::planRestore(**box, *source, *dump, back);
    VERIFY_OK(restorePlan);
    const auto report = backup::restore(**box, *dump, *restorePlan);
    QVERIFY2(!report.error, report.error ? qPrintable(report.error->text()) : "");
    QCOMPARE(other.one(into.toUtf8(), count).toInt(), 50 * m_names.size());
}

void TestSecrets::recovery()
{
    const QByteArray last = m_session->psql("SELECT pg_walfile_name(pg_switch_wal())", u"postgres"_s).output.trimmed();
    QTRY_VERIFY_WITH_TIMEOUT(m_session->docker({u"exec"_s, m_session->container(), u"test"_s, u"-e"_s, u"/archive/"_s + QString::fromLatin1(last)}).exit == 0, 60'000);
    QCOMPARE(good({u"backup"_s, u"window"_s}).exit, 0);
    const e2e::Ran rehearsal = good({u"pitr"_s, u"rehearse"_s, u"--latest"_s});
    QCOMPARE(rehearsal.exit, 0);
    const QString id = rehearsal.json().value("id"_L1).toString();
    const auto dropped = qScopeGuard([&] { m_session->ctl({u"pitr"_s, u"drop"_s, id}, {}, 120'000); });
    QStringList tables, only;
    QByteArray gone;
    for (const QString &name : std::as_const(m_names)) {
        tables << u"--table"_s << quoted(name) + u'.' + quoted(name);
        gone += "DELETE FROM " + quoted(name).toUtf8() + '.' + quoted(name).toUtf8() + " WHERE id <= 10;\n";
    }
    QCOMPARE(good(QStringList{u"pitr"_s, u"compare"_s, id} + tables).exit, 0);
    QCOMPARE(m_session->psql(gone, u"postgres"_s).exit, 0);
    const e2e::Ran differs = good(QStringList{u"pitr"_s, u"compare"_s, id} + tables, {5});
    QCOMPARE(differs.exit, 5);
    const e2e::Ran applied = good(QStringList{u"pitr"_s, u"apply"_s, id, u"--confirm"_s, u"jeex_idea"_s} + tables);
    QCOMPARE(applied.exit, 0);
    QCOMPARE(good(QStringList{u"pitr"_s, u"compare"_s, id} + tables).exit, 0);
    m_containers << m_session->docker({u"inspect"_s, id}).output << m_session->docker({u"logs"_s, id}).all();
    QCOMPARE(good({u"backup"_s, u"drill"_s}).exit, 0);
}

void TestSecrets::noPasswordLiesAbout()
{
    QList<QByteArray> secrets;
    for (const QString &role : stack::stackLoginRoles()) {
        secrets << secretOf(role);
        QVERIFY2(secrets.constLast().size() >= 16, qPrintable(role));
        // As a URL has it, where that is another text.
        if (const QByteArray encoded = QUrl::toPercentEncoding(QString::fromUtf8(secrets.constLast())); encoded != secrets.constLast())
            secrets << encoded;
    }
    secrets << m_otherSecret;
    const e2e::Needles needles(secrets);
    const QList<QByteArray> processes = m_processes->stop();
    const auto ran = [&](const char *what) { return std::any_of(processes.cbegin(), processes.cend(), [&](const QByteArray &seen) { return seen.contains(what); }); };
    for (const char *program : {"pg_basebackup", "pg_dump", "pg_restore", "pg_verifybackup", "pg_amcheck", "howdahctl"})
        QVERIFY2(ran(program), program); // it was looking while those ran, in containers too
    QStringList found;
    const auto note = [&](const QString &place, const QByteArray &bytes) {
        if (needles.areIn(bytes))
            found << place;
    };
    for (const QByteArray &seen : processes)
        note(u"process: "_s + QString::fromUtf8(seen.left(200)), seen);
    const QString container = m_session->container();
    note(u"docker inspect"_s, m_session->docker({u"inspect"_s, container}).output);
    note(u"the server's log"_s, m_session->docker({u"logs"_s, container}).all());
    for (const QByteArray &seen : std::as_const(m_containers))
        note(u"the rehearsal's container"_s, seen);
    note(u"what howdahctl said"_s, m_session->said());
    // Store with the journal, records, drills, caches; the backups; what lies in the stack's volumes.
    for (const QString &path : needles.filesWith(m_session->folder()) + needles.filesWith(m_folder.path()) + needles.filesWith(m_other.path()))
        found << u"file "_s + path;
    const QString archive = QString::fromLatin1(m_session->docker({u"volume"_s, u"inspect"_s, u"--format"_s, u"{{.Mountpoint}}"_s, m_session->name() + u"_archive"_s}).output.trimmed());
    QVERIFY2(QFileInfo(archive + u"/base"_s).isDir(), qPrintable(archive));
    for (const QString &path : needles.filesWith(archive))
        found << u"file "_s + path;
    QVERIFY2(found.isEmpty(), qPrintable(found.join(u"\n"_s)));
    // The search sees what is there: a name that must be in a dump's manifest, in the journal and among the processes.
    QVERIFY(!e2e::Needles({"howdah_backup"}).filesWith(m_folder.path()).isEmpty() && ran("howdah_replication"));
    QVERIFY2(e2e::Needles({"Take the full backup"}).filesWith(m_session->folder()).join(u' ').contains(u".sqlite"_s), qPrintable(e2e::Needles({"Take the full backup"}).filesWith(m_session->folder()).join(u' ')));
}

void TestSecrets::onlyItsOwners()
{
    QStringList open;
    int seen = 0;
    const auto look = [&](const QString &path) {
        struct stat facts{};
        if (::lstat(QFile::encodeName(path).constData(), &facts) != 0 || S_ISLNK(facts.st_mode) || S_ISSOCK(facts.st_mode))
            return;
        ++seen;
        if (facts.st_mode & 077)
            open << u"%1 %2"_s.arg(path).arg(facts.st_mode & 07777, 0, 8);
    };
    for (const QString &path : below(m_folder.path()) + below(m_other.path()))
        look(path);
    for (const QString &path : below(m_session->folder() + u"/data/howdah"_s) + below(m_session->folder() + u"/cache/howdah"_s)) {
        if (!path.contains(u"/stacks/"_s) && !path.contains(u"/stack/"_s)) // the CA's certificate is everybody's
            look(path);
    }
    QVERIFY2(open.isEmpty() && seen > 20, qPrintable(open.join(u'\n')));
    const e2e::Ran inside = m_session->docker({u"exec"_s, m_session->container(), u"find"_s, u"/archive"_s, u"-mindepth"_s, u"1"_s, u"-perm"_s, u"/077"_s, u"-not"_s, u"-type"_s, u"l"_s});
    QCOMPARE(inside.output, QByteArray());
}

void TestSecrets::noNameBecameAPathOrACommand()
{
    QVERIFY(!QFile::exists(m_mark));
    QVERIFY(m_session->docker({u"exec"_s, m_session->container(), u"test"_s, u"-e"_s, m_mark}).exit != 0);
    static const QRegularExpression plain(u"^[A-Za-z0-9._-]+\\z"_s);
    const QStringList ours = below(m_folder.path()) + below(m_other.path());
    QVERIFY(ours.size() > 20);
    for (const QString &path : ours) {
        QVERIFY2(plain.match(QFileInfo(path).fileName()).hasMatch(), qPrintable(path));
        QVERIFY2(!path.contains(u"escape"_s), qPrintable(path));
    }
    const QStringList inside = QString::fromUtf8(m_session->docker({u"exec"_s, m_session->container(), u"find"_s, u"/archive"_s, u"-mindepth"_s, u"1"_s, u"-printf"_s, u"%f\\0"_s}).output).split(QChar(u'\0'), Qt::SkipEmptyParts);
    QVERIFY(inside.size() > 20);
    for (const QString &name : inside)
        QVERIFY2(plain.match(name).hasMatch(), qPrintable(name));
}

QTEST_GUILESS_MAIN(TestSecrets)
#include "tst_secrets.moc"
