// SPDX-License-Identifier: GPL-3.0-or-later
// The stack and howdahctl as a user has them: from nothing to a healthy server over verified TLS, what the verbs say of it against what
// psql and Docker say, and no password anywhere but in the keychain.
#include "e2e/leaks.h"
#include "e2e/stacksession.h"
#include "pg/connectionspec.h"
#include "session/profile.h"
#include "stack/stack.h"
#include "store/keychain.h"
#include "support/testcertificates.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QRandomGenerator>
#include <QtTest>

#include <csignal>

#include <sys/stat.h>
#include <unistd.h>

using namespace howdah;
using namespace Qt::StringLiterals;

#define VERIFY_RAN(ran, code) QVERIFY2((ran).exit == (code), (ran).all().constData())

class TestStackCli : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void status();
    void check();
    void eachRefusalHasItsReason();
    void health();
    void countersAreThoseOfPsql();
    void catalogIsThatOfPsql();
    void verify();
    void shell();
    void demoDataOutlivesDown();
    void destroyWantsTheName();
    void theSearchFindsWhatIsPlanted();
    void noPasswordLiesAbout();
    void noCoreIsLeft();
    void cleanupTestCase();

private:
    QByteArray file(const QString &name) const;
    QJsonObject errorOf(const e2e::Ran &ran) const { return ran.json().value("error"_L1).toObject(); }
    QByteArray secretOf(const QString &role);
    QStringList placesWith(const e2e::Needles &needles, const QList<QByteArray> &processes);
    qint64 rows();

    std::unique_ptr<e2e::StackSession> m_session;
    std::unique_ptr<e2e::ProcessWatch> m_processes;
    std::unique_ptr<store::Keychain> m_keychain;
    QProcess m_window; // runs all the while
    quint16 m_port = 0;
    QString m_ca;
};

QByteArray TestStackCli::file(const QString &name) const
{
    QFile file(qEnvironmentVariable("HOWDAH_SOURCE_DIR") + u"/tests/e2e/"_s + name);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void TestStackCli::initTestCase()
{
    m_processes = std::make_unique<e2e::ProcessWatch>();
    m_session = std::make_unique<e2e::StackSession>(u"howdah-e2e"_s);
    QVERIFY2(m_session->error().isEmpty(), qPrintable(m_session->error()));
    QElapsedTimer took;
    took.start();
    const e2e::Ran up = m_session->up();
    VERIFY_RAN(up, 0);
    qInfo("up: %lld ms", took.elapsed());
    QCOMPARE(up.json().value("profile"_L1).toString(), m_session->name());
    QCOMPARE(up.json().value("new_passwords"_L1).toArray().size(), stack::stackLoginRoles().size());
    m_port = quint16(up.json().value("port"_L1).toInt());
    m_ca = up.json().value("ca_file"_L1).toString();

    m_window.setProcessChannelMode(QProcess::MergedChannels);
    m_window.setStandardOutputFile(m_session->folder() + u"/window.log"_s);
    m_window.start(e2e::binary(u"howdah"_s), {u"--profile"_s, m_session->name()});
    QVERIFY(m_window.waitForStarted());
}

void TestStackCli::status()
{
    const e2e::Ran ran = m_session->stack({u"status"_s});
    VERIFY_RAN(ran, 0);
    const QJsonObject status = ran.json();
    QCOMPARE(status.value("state"_L1).toString(), u"healthy"_s);
    QVERIFY2(status.value("server_version"_L1).toString().startsWith("18."_L1), ran.output.constData());
    QCOMPARE(status.value("listen"_L1).toString(), u"127.0.0.1"_s);
    QCOMPARE(status.value("backend"_L1).toString(), u"docker"_s);
    QCOMPARE(status.value("port"_L1).toInt(), int(m_port));
    QVERIFY2(!status.value("base_image"_L1).toString().isEmpty(), ran.output.constData());
    QVERIFY2(status.value("archive_bytes"_L1).toInteger() > 1'000'000, ran.output.constData()); // the base backup is in it
    // And so says Docker.
    QCOMPARE(m_session->docker({u"port"_s, m_session->container()}).output.trimmed(), "5432/tcp -> 127.0.0.1:" + QByteArray::number(m_port));
    QVERIFY(m_session->psql("SHOW server_version").output.startsWith(status.value("server_version"_L1).toString().toUtf8()));
}

void TestStackCli::check()
{
    const e2e::Ran ran = m_session->ctl({u"check"_s});
    VERIFY_RAN(ran, 0);
    const QJsonObject link = ran.json();
    QCOMPARE(link.value("ok"_L1), QJsonValue(true));
    QCOMPARE(link.value("tls"_L1).toString(), u"TLSv1.3"_s);
    QVERIFY2(link.value("cipher"_L1).toString().startsWith("TLS_"_L1), ran.output.constData());
    QCOMPARE(link.value("sslmode"_L1).toString(), u"verify-full"_s);
    QCOMPARE(link.value("auth"_L1).toString(), u"SCRAM-SHA-256-PLUS"_s);
    QCOMPARE(link.value("role"_L1).toString(), u"jeex_admin"_s);
    QVERIFY2(link.value("server_version"_L1).toString().startsWith("18."_L1), ran.output.constData());
}

void TestStackCli::eachRefusalHasItsReason()
{
    const QTemporaryDir folder;
    QVERIFY(test::TestCertificates::write(folder.path()));
    const QString url = u"postgresql://jeex_admin@127.0.0.1:%1/jeex_idea"_s.arg(m_port);
    const QStringList byHand{u"check"_s, u"--url"_s, url, u"--ca"_s, m_ca, u"--password-stdin"_s};
    const QByteArray right = secretOf(u"jeex_admin"_s);
    QVERIFY(!right.isEmpty());
    VERIFY_RAN(m_session->ctl(byHand, right + '\n'), 0); // so that what follows is refused for its own reason

    QSet<QPair<QString, QString>> reasons;
    const auto refused = [&](const e2e::Ran &ran) {
        reasons.insert({errorOf(ran).value("kind"_L1).toString(), errorOf(ran).value("reason"_L1).toString()});
        return ran.exit == 3 && !errorOf(ran).value("reason"_L1).toString().isEmpty();
    };
    const e2e::Ran clear = m_session->ctl({u"check"_s, u"--sslmode"_s, u"disable"_s});
    QVERIFY2(refused(clear), clear.all().constData());
    const e2e::Ran password = m_session->ctl(byHand, "wrong" + right + '\n');
    QVERIFY2(refused(password), password.all().constData());
    const e2e::Ran ca = m_session->ctl({u"check"_s, u"--ca"_s, folder.filePath(u"other-ca.pem"_s)});
    QVERIFY2(refused(ca), ca.all().constData());
    QCOMPARE(reasons.size(), 3);
    QCOMPARE(errorOf(password).value("reason"_L1).toString(), u"wrong_password"_s);
    QCOMPARE(errorOf(ca).value("reason"_L1).toString(), u"unknown_ca"_s);
}

void TestStackCli::health()
{
    const e2e::Ran simple = m_session->ctl({u"health"_s});
    VERIFY_RAN(simple, 0);
    QCOMPARE(simple.json().value("verdict"_L1).toString(), u"ok"_s);
    QVERIFY2(simple.json().value("source"_L1).toString().endsWith("simple_health_check()"_L1), simple.output.constData());
    const e2e::Ran detailed = m_session->ctl({u"health"_s, u"--detailed"_s});
    VERIFY_RAN(detailed, 0);
    QCOMPARE(detailed.json().value("verdict"_L1).toString(), u"ok"_s);
    QVERIFY2(detailed.json().value("source"_L1).toString().endsWith("detailed_health_check()"_L1), detailed.output.constData());
    QVERIFY(detailed.json().value("details"_L1).toObject().size() >= 5);
    QVERIFY(detailed.json().value("not_permitted"_L1).toArray().isEmpty());
}

void TestStackCli::countersAreThoseOfPsql()
{
    const auto reading = [&] {
        QMap<QString, qint64> values;
        const e2e::Ran ran = m_session->psql(file(u"counters.sql"_s));
        for (const QByteArray &line : ran.output.split('\n')) {
            if (const qsizetype bar = line.indexOf('|'); bar > 0)
                values.insert(QString::fromUtf8(line.first(bar)), line.mid(bar + 1).toLongLong());
        }
        return values;
    };
    QProcess load; // so that the counters move
    load.start(e2e::binary(u"howdahctl"_s), {u"stack"_s, u"--name"_s, m_session->name(), u"demo"_s, u"--load"_s, u"25"_s});
    QVERIFY(load.waitForStarted());
    const qint64 idle = reading().value(u"tup_inserted"_s);
    QTRY_VERIFY_WITH_TIMEOUT(reading().value(u"tup_inserted"_s) > idle, 60'000); // it has begun, on a slow machine too
    const auto before = reading();
    const e2e::Ran ran = m_session->ctl({u"metrics"_s, u"sample"_s, u"--seconds"_s, u"10"_s});
    const auto after = reading();
    VERIFY_RAN(ran, 0);
    const QJsonArray samples = ran.json().value("samples"_L1).toArray();
    QCOMPARE(samples.size(), 10);
    QVERIFY(ran.json().value("absent"_L1).toObject().isEmpty());
    int compared = 0;
    for (const QJsonValue &sample : samples) {
        const QJsonObject counters = sample.toObject().value("counters"_L1).toObject();
        QVERIFY(counters.size() >= 25);
        for (auto it = counters.begin(); it != counters.end(); ++it) {
            const qint64 value = it.value().toInteger(-1);
            QVERIFY2(before.contains(it.key()) && after.contains(it.key()), qPrintable(it.key()));
            QVERIFY2(before.value(it.key()) <= value && value <= after.value(it.key()),
                     qPrintable(u"%1: %2, psql %3 to %4"_s.arg(it.key()).arg(value).arg(before.value(it.key())).arg(after.value(it.key()))));
            ++compared;
        }
    }
    for (const auto &name : {u"xact_commit"_s, u"blks_hit"_s, u"tup_inserted"_s, u"wal_lsn"_s, u"wal_bytes"_s})
        QVERIFY2(after.value(name) > before.value(name), qPrintable(name));
    qInfo("%d counters compared; commits %lld to %lld", compared, before.value(u"xact_commit"_s), after.value(u"xact_commit"_s));
    QVERIFY(load.waitForFinished(120'000));
    QVERIFY2(load.exitCode() == 0, load.readAllStandardError().constData());
}

// The catalog as a set of lines, each one fact: the same that catalog.sql says.
static QSet<QByteArray> factsOf(const QJsonObject &catalog)
{
    QSet<QByteArray> facts;
    const auto add = [&](const QJsonArray &fact) { facts.insert(QJsonDocument(fact).toJson(QJsonDocument::Compact)); };
    for (const QJsonValue &schemaValue : catalog.value("schemas"_L1).toArray()) {
        const QJsonObject schema = schemaValue.toObject();
        const QJsonValue in = schema.value("name"_L1);
        add({u"schema"_s, in, schema.value("owner"_L1)});
        for (const QJsonValue &value : schema.value("relations"_L1).toArray()) {
            const QJsonObject relation = value.toObject();
            const QJsonValue name = relation.value("name"_L1);
            add({u"relation"_s, in, name, relation.value("kind"_L1), relation.value("owner"_L1)});
            const auto parts = [&](QLatin1StringView list, const QString &word, const QList<QLatin1StringView> &keys) {
                for (const QJsonValue &part : relation.value(list).toArray()) {
                    QJsonArray fact{word, in, name, part.toObject().value("name"_L1)};
                    for (const QLatin1StringView key : keys)
                        fact.append(part.toObject().value(key));
                    add(fact);
                }
            };
            parts("columns"_L1, u"column"_s, {"type"_L1, "not_null"_L1, "default"_L1});
            parts("indexes"_L1, u"index"_s, {"definition"_L1});
            parts("constraints"_L1, u"constraint"_s, {"definition"_L1});
            parts("triggers"_L1, u"trigger"_s, {"definition"_L1});
            parts("policies"_L1, u"policy"_s, {});
        }
        for (const QJsonValue &value : schema.value("functions"_L1).toArray()) {
            const QJsonObject function = value.toObject();
            add({u"function"_s, in, function.value("name"_L1), function.value("arguments"_L1), function.value("language"_L1),
                 function.value("security_definer"_L1)});
        }
    }
    return facts;
}

void TestStackCli::catalogIsThatOfPsql()
{
    const e2e::Ran ran = m_session->ctl({u"catalog"_s, u"list"_s});
    VERIFY_RAN(ran, 0);
    QCOMPARE(ran.json().value("database"_L1).toString(), u"jeex_idea"_s);
    const QSet<QByteArray> ours = factsOf(ran.json());
    const e2e::Ran psql = m_session->psql(file(u"catalog.sql"_s));
    VERIFY_RAN(psql, 0);
    QSet<QByteArray> theirs;
    for (const QByteArray &line : psql.output.split('\n')) {
        if (!line.isEmpty())
            theirs.insert(QJsonDocument::fromJson(line).toJson(QJsonDocument::Compact));
    }
    const auto lines = [](const QSet<QByteArray> &facts) { return QString::fromUtf8(facts.values().join('\n')); };
    QVERIFY2((ours - theirs).isEmpty(), qPrintable(u"only in howdahctl's: "_s + lines(ours - theirs)));
    QVERIFY2((theirs - ours).isEmpty(), qPrintable(u"only in psql's: "_s + lines(theirs - ours)));
    qInfo("%lld facts", qlonglong(ours.size()));
    for (const auto &table : {"users", "projects", "document_versions", "agent_executions", "exports"})
        QVERIFY2(ran.output.contains(QByteArray('"' + QByteArray(table) + '"')), table);
}

void TestStackCli::verify()
{
    const e2e::Ran ran = m_session->ctl({u"verify"_s});
    VERIFY_RAN(ran, 0);
    QCOMPARE(ran.json().value("ok"_L1), QJsonValue(true));
    QStringList names;
    for (const QJsonValue &check : ran.json().value("checks"_L1).toArray()) {
        QVERIFY2(check.toObject().value("ok"_L1).toBool(), QJsonDocument(check.toObject()).toJson().constData());
        names << check.toObject().value("name"_L1).toString();
    }
    for (const auto &topic : {"tls"_L1, "role"_L1, "extension"_L1, "function"_L1, "archive"_L1, "health"_L1})
        QVERIFY2(!names.filter(QString(topic)).isEmpty(), qPrintable(names.join(u", "_s)));
}

qint64 TestStackCli::rows()
{
    return m_session->psql("SELECT (SELECT count(*) FROM projects) + (SELECT count(*) FROM document_versions) + (SELECT count(*) FROM agent_executions)",
                           u"postgres"_s).output.trimmed().toLongLong();
}

void TestStackCli::demoDataOutlivesDown()
{
    VERIFY_RAN(m_session->stack({u"demo"_s}), 0);
    const qint64 before = rows();
    QVERIFY2(before > 100, QByteArray::number(before).constData());

    VERIFY_RAN(m_session->stack({u"down"_s}), 0);
    const e2e::Ran stopped = m_session->stack({u"status"_s});
    VERIFY_RAN(stopped, 5);
    QCOMPARE(stopped.json().value("state"_L1).toString(), u"stopped"_s);
    const e2e::Ran refused = m_session->ctl({u"check"_s});
    VERIFY_RAN(refused, 3);
    QCOMPARE(errorOf(refused).value("kind"_L1).toString(), u"connection"_s);

    const e2e::Ran again = m_session->up();
    VERIFY_RAN(again, 0);
    QVERIFY2(again.json().value("new_passwords"_L1).toArray().isEmpty(), again.output.constData());
    QCOMPARE(again.json().value("port"_L1).toInt(), int(m_port));
    QCOMPARE(rows(), before);
    VERIFY_RAN(m_session->ctl({u"check"_s}), 0);
}

// psql of the image with the keychain's password: of which nothing is left, after an error neither.
void TestStackCli::shell()
{
    const e2e::Ran asked = m_session->ctl({u"shell"_s, u"--"_s, u"-X"_s, u"-At"_s, u"-c"_s,
                                           u"SELECT current_user, (SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), current_setting('application_name')"_s});
    VERIFY_RAN(asked, 0);
    QVERIFY2(asked.output.startsWith("jeex_admin|t|howdah shell "), asked.output.constData());
    const e2e::Ran piped = m_session->ctl({u"shell"_s, u"--"_s, u"-X"_s, u"-At"_s, u"-v"_s, u"ON_ERROR_STOP=1"_s}, "SELECT 1;\nSELECT nothing;\nSELECT 2;\n");
    VERIFY_RAN(piped, 3); // psql's own
    QCOMPARE(piped.output.trimmed(), QByteArray("1"));
    const auto left = [&](const QStringList &command) { return m_session->docker(QStringList{u"exec"_s, m_session->container()} + command).output.trimmed(); };
    const QStringList files{u"find"_s, u"/dev/shm"_s, u"-name"_s, u"howdah-shell-*"_s};
    QCOMPARE(left(files), QByteArray());
    // A terminal that is closed over a running statement: nothing of it goes on.
    const auto naps = [&] { return m_session->psql("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'howdah shell %' AND query LIKE '%naps;'", u"postgres"_s).output.trimmed(); };
    QProcess terminal;
    terminal.start(u"script"_s, {u"-qec"_s, u"'%1' --profile '%2' shell"_s.arg(e2e::binary(u"howdahctl"_s), m_session->name()), u"/dev/null"_s});
    terminal.write("BEGIN;\nSELECT pg_sleep(600) AS naps;\n");
    QTRY_COMPARE_WITH_TIMEOUT(naps(), QByteArray("1"), 20'000);
    QVERIFY(!left(files).isEmpty());
    terminal.kill();
    QVERIFY(terminal.waitForFinished());
    QTRY_COMPARE_WITH_TIMEOUT(naps(), QByteArray("0"), 20'000);
    QTRY_COMPARE_WITH_TIMEOUT(left(files), QByteArray(), 20'000);
    QTRY_COMPARE_WITH_TIMEOUT(left({u"pgrep"_s, u"-f"_s, u"howdah-shell-"_s}), QByteArray(), 20'000);
    const e2e::Ran other = m_session->ctl({u"--url"_s, u"postgresql://somebody@db.example.com/x"_s, u"shell"_s});
    VERIFY_RAN(other, 2);
    QVERIFY2(other.all().contains("howdahctl query"), other.all().constData());
}

void TestStackCli::destroyWantsTheName()
{
    const e2e::Ran wrong = m_session->stack({u"destroy"_s, u"--typed"_s, u"howdah"_s});
    QVERIFY2(wrong.exit != 0, wrong.all().constData());
    QCOMPARE(errorOf(wrong).value("reason"_L1).toString(), u"name_mismatch"_s);
    QCOMPARE(m_session->stack({u"status"_s}).json().value("state"_L1).toString(), u"healthy"_s);
}

QByteArray TestStackCli::secretOf(const QString &role)
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

// Everywhere a password must not be, by name.
QStringList TestStackCli::placesWith(const e2e::Needles &needles, const QList<QByteArray> &processes)
{
    QStringList found;
    const auto note = [&](const QString &place, const QByteArray &bytes) {
        if (needles.areIn(bytes))
            found << place;
    };
    for (const QByteArray &seen : processes)
        note(u"process"_s, seen);
    const QStringList containers = QString::fromLatin1(m_session->docker({u"ps"_s, u"-aq"_s}).output).split(u'\n', Qt::SkipEmptyParts);
    for (const QString &id : containers) {
        note(u"docker inspect"_s, m_session->docker({u"inspect"_s, id}).output);
        const e2e::Ran logs = m_session->docker({u"logs"_s, id});
        note(u"docker logs"_s, logs.output + logs.errors);
    }
    const QStringList images = QString::fromLatin1(m_session->docker({u"images"_s, u"-q"_s}).output).split(u'\n', Qt::SkipEmptyParts);
    for (const QString &id : images)
        note(u"docker image"_s, m_session->docker({u"image"_s, u"inspect"_s, id}).output + m_session->docker({u"history"_s, u"--no-trunc"_s, id}).output);
    // From within, whoever this test runs as; /proc/1 too.
    note(u"in the container"_s, m_session->docker({u"exec"_s, m_session->container(), u"sh"_s, u"-c"_s, u"cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline"_s}).output);
    note(u"what howdahctl said"_s, m_session->said());
    // Store, stack folder, caches, logs, and the keyring's own file, which is encrypted.
    for (const QString &path : needles.filesWith(m_session->folder()))
        found << u"file "_s + path;
    const QString source = qEnvironmentVariable("HOWDAH_SOURCE_DIR");
    const e2e::Ran files = e2e::run(u"git"_s, {u"-C"_s, source, u"ls-files"_s, u"-coz"_s, u"--exclude-standard"_s});
    for (const QByteArray &name : files.output.split('\0')) {
        if (needles.areInFile(source + u'/' + QFile::decodeName(name)))
            found << u"checkout "_s + QFile::decodeName(name);
    }
    // What the build leaves beside the programs: logs of tests.
    for (const QString &path : needles.filesWith(qEnvironmentVariable("HOWDAH_BIN_DIR") + u"/../Testing"_s))
        found << u"file "_s + path;
    found.removeDuplicates();
    return found;
}

void TestStackCli::theSearchFindsWhatIsPlanted()
{
    QByteArray canary;
    for (int i = 0; i < 24; ++i)
        canary += "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"[QRandomGenerator::system()->bounded(62)];
    const e2e::Needles needles({canary});
    const QString word = QString::fromLatin1(canary);
    QVERIFY(placesWith(needles, {}).isEmpty());

    const QString name = m_session->name() + u"-canary"_s;
    VERIFY_RAN(m_session->docker({u"run"_s, u"-d"_s, u"--name"_s, name, u"--network"_s, u"none"_s, u"-e"_s, u"CANARY="_s + word, u"--entrypoint"_s, u"sh"_s,
                                  u"howdah-postgres:18"_s, u"-c"_s, u"echo $CANARY; exec sleep 60"_s}), 0);
    const auto removed = qScopeGuard([&] { m_session->docker({u"rm"_s, u"-fv"_s, name}); });
    VERIFY_RAN(m_session->docker({u"exec"_s, u"-d"_s, u"-e"_s, u"CANARY="_s + word, m_session->container(), u"sleep"_s, u"30"_s}), 0);
    QProcess argument;
    argument.start(u"sh"_s, {u"-c"_s, u"sleep 30; exit 0"_s, word});
    QVERIFY(argument.waitForStarted());
    const auto ended = qScopeGuard([&] { argument.kill(); argument.waitForFinished(); });

    const QDir folder(m_session->folder() + u"/data/howdah"_s);
    const QList<QPair<QString, QByteArray>> plants{{u"plain"_s, canary}, {u"base64-0"_s, QByteArray("abc" + canary + "d").toBase64()},
                                                   {u"base64-1"_s, QByteArray("a" + canary + "bc").toBase64()}, {u"base64-2"_s, QByteArray("ab" + canary).toBase64()},
                                                   {u"hex"_s, canary.toHex()},
                                                   {u"utf16"_s, QByteArray(reinterpret_cast<const char *>(word.utf16()), word.size() * 2)}};
    const auto unplanted = qScopeGuard([&] {
        for (const auto &plant : plants)
            QFile::remove(folder.filePath(plant.first));
    });
    for (const auto &[plant, bytes] : plants) {
        QFile out(folder.filePath(plant));
        QVERIFY(out.open(QIODevice::WriteOnly) && out.write("before " + bytes + " after") > 0);
    }
    QTRY_VERIFY(m_session->docker({u"logs"_s, name}).output.contains(canary));
    e2e::ProcessWatch watch;
    const QStringList found = placesWith(needles, [&] { QTest::qSleep(200); return watch.stop(); }());
    for (const auto &place : {u"process"_s, u"docker inspect"_s, u"docker logs"_s, u"in the container"_s})
        QVERIFY2(found.contains(place), qPrintable(place));
    for (const auto &plant : plants)
        QVERIFY2(found.contains(u"file "_s + folder.filePath(plant.first)), qPrintable(plant.first));
    // The checkout holds no canary; that it is read is shown by a word of its own.
    QVERIFY(placesWith(e2e::Needles({"pg_get_function_identity_arguments"}), {}).contains(u"checkout tests/e2e/catalog.sql"_s));
}

void TestStackCli::noPasswordLiesAbout()
{
    QCOMPARE(m_window.state(), QProcess::Running);
    QList<QByteArray> secrets;
    for (const QString &role : stack::stackLoginRoles()) {
        secrets << secretOf(role);
        QVERIFY2(secrets.constLast().size() >= 16, qPrintable(role));
    }
    QCOMPARE(QSet<QByteArray>(secrets.cbegin(), secrets.cend()).size(), secrets.size());
    // Live ones: the server takes them.
    for (const auto &role : {u"jeex_admin"_s, u"jeex_user"_s, u"jeex_readonly"_s, u"howdah_monitor"_s, u"howdah_backup"_s}) {
        const QString url = u"postgresql://%1@127.0.0.1:%2/jeex_idea"_s.arg(role).arg(m_port);
        VERIFY_RAN(m_session->ctl({u"check"_s, u"--url"_s, url, u"--ca"_s, m_ca, u"--password-stdin"_s}, secretOf(role) + '\n'), 0);
    }
    const QList<QByteArray> processes = m_processes->stop();
    QVERIFY(processes.size() > 50);
    const auto ran = [&](const char *what) {
        return std::any_of(processes.begin(), processes.end(), [&](const QByteArray &seen) { return seen.contains(what); });
    };
    QVERIFY(ran("howdahctl") && ran("compose")); // it was looking while those ran
    const e2e::Needles needles(secrets);
    const QStringList found = placesWith(needles, processes);
    QVERIFY2(found.isEmpty(), qPrintable(found.join(u", "_s)));
    qInfo("%lld passwords, %lld command lines and environments", qlonglong(secrets.size()), qlonglong(processes.size()));
    // They are in the window's memory, as they must be: a core of it would have them.
    if (::geteuid() == 0)
        QVERIFY(e2e::memoryHolds(m_window.processId(), needles));
}

// The window is killed by a signal that leaves a core, where cores are allowed: there is none. And nobody but root may look into it.
void TestStackCli::noCoreIsLeft()
{
    m_window.terminate();
    QVERIFY(m_window.waitForFinished(20'000));

    QTemporaryDir here; // where cores go
    const auto startHere = [&](QProcess &process, const QStringList &command) {
        process.setWorkingDirectory(here.path());
        process.setStandardErrorFile(here.path() + u"/said"_s, QIODevice::Append);
        process.start(u"sh"_s, QStringList{u"-c"_s, u"ulimit -c unlimited 2>/dev/null || ulimit -c \"$(ulimit -Hc)\"; exec \"$@\""_s, u"sh"_s} + command);
        return process.waitForStarted();
    };
    const auto cores = [&] { return QDir(here.path()).entryList({u"*core*"_s}, QDir::Files); };
    const auto abort = [&](QProcess &process) {
        ::kill(pid_t(process.processId()), SIGABRT);
        return process.waitForFinished(30'000) && process.exitStatus() == QProcess::CrashExit;
    };
    const QString report = here.path() + u"/stalls.json"_s;
    QProcess window;
    QVERIFY(startHere(window, {e2e::binary(u"howdah"_s), u"--profile"_s, m_session->name(), u"--stall-report"_s, report}));
    QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(report), 30'000); // it is past its first frame
    QVERIFY(abort(window));
    QProcess ctl;
    QVERIFY(startHere(ctl, {e2e::binary(u"howdahctl"_s), u"--profile"_s, m_session->name(), u"metrics"_s, u"sample"_s, u"--seconds"_s, u"60"_s}));
    QTest::qSleep(1500); // into its sampling
    QVERIFY(abort(ctl));
    QVERIFY2(cores().isEmpty(), qPrintable(cores().join(u' ')));

    QFile pattern(u"/proc/sys/kernel/core_pattern"_s);
    QVERIFY(pattern.open(QIODevice::ReadOnly));
    if (!pattern.readAll().contains('/')) { // neither a folder elsewhere nor a program: another program does leave one here
        QProcess other;
        QVERIFY(startHere(other, {u"sleep"_s, u"60"_s}));
        QTRY_VERIFY(QFile::symLinkTarget(u"/proc/%1/exe"_s.arg(other.processId())).endsWith("sleep"_L1));
        QVERIFY(abort(other));
        QVERIFY(!cores().isEmpty());
    }

    // As an ordinary user: what is not dumpable belongs to root in /proc.
    QStringList asUser;
    if (::geteuid() == 0) {
        asUser = QStringList{u"setpriv"_s, u"--reuid=65534"_s, u"--regid=65534"_s, u"--clear-groups"_s, u"env"_s};
        for (const auto &variable : {u"HOME"_s, u"XDG_DATA_HOME"_s, u"XDG_CONFIG_HOME"_s, u"XDG_CACHE_HOME"_s, u"XDG_RUNTIME_DIR"_s})
            asUser << variable + u"="_s + here.path() + u"/nobody"_s;
        QVERIFY(QDir(here.path()).mkdir(u"nobody"_s));
        QCOMPARE(::chown(QFile::encodeName(here.path() + u"/nobody"_s).constData(), 65534, 65534), 0);
        QCOMPARE(::chmod(QFile::encodeName(here.path()).constData(), 0755), 0);
    }
    const auto ownerOf = [](const QProcess &process) {
        struct stat facts = {};
        return ::stat(qPrintable(u"/proc/%1/environ"_s.arg(process.processId())), &facts) == 0 ? qint64(facts.st_uid) : -1;
    };
    QProcess plain;
    QVERIFY(startHere(plain, asUser + QStringList{u"sleep"_s, u"60"_s}));
    const qint64 user = ::geteuid() == 0 ? 65534 : qint64(::geteuid());
    QTRY_COMPARE(ownerOf(plain), user);
    const QString alive = here.path() + u"/nobody-stalls.json"_s;
    QProcess guarded;
    const QString told = ::geteuid() == 0 ? here.path() + u"/nobody/stalls.json"_s : alive;
    QVERIFY(startHere(guarded, asUser + QStringList{e2e::binary(u"howdah"_s), u"--stall-report"_s, told}));
    QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(told), 30'000);
    QCOMPARE(ownerOf(guarded), 0);
    plain.kill();
    plain.waitForFinished();
    guarded.terminate();
    QVERIFY(guarded.waitForFinished(20'000));
}

void TestStackCli::cleanupTestCase()
{
    m_window.kill();
    m_window.waitForFinished();
    m_keychain.reset();
    if (!m_session)
        return;
    const QString id = m_session->container();
    const e2e::Ran gone = m_session->stack({u"destroy"_s, u"--typed"_s, m_session->name()});
    VERIFY_RAN(gone, 0);
    QVERIFY(m_session->container().isEmpty());
    QVERIFY(m_session->docker({u"volume"_s, u"ls"_s, u"-qf"_s, u"label=com.docker.compose.project="_s + m_session->name()}).output.trimmed().isEmpty());
    m_session.reset();
}

QTEST_GUILESS_MAIN(TestStackCli)
#include "tst_stackcli.moc"
