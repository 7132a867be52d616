// SPDX-License-Identifier: GPL-3.0-or-later
// Statements with HTML, control characters, a megabyte of text and secrets, through every verb of howdahctl statements
// and the store: shown as text, masked, in bounded time.
#include "session/program.h"
#include "support/testserver.h"

#include <QDirIterator>
#include <QElapsedTimer>
#include <QJsonArray>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <thread>

using namespace howdah;
using namespace Qt::StringLiterals;

namespace
{

const QByteArrayList canaries{"canary-in-a-role", "canary-in-a-comment", "canary-in-a-literal"};
constexpr int boundMs = 20'000; // beyond the time that a verb was told to take

QByteArray hostileStatement()
{
    // Comments and literals are not kept; names and what stands between are.
    return "SELECT /* password=canary-in-a-comment */ 1 AS \"<script>alert(1)</script> \x1b[31m\x07 \xe2\x80\xae\", 2 AS \"\n```\n# heading\n\", " +
           QByteArray("        \n").repeated(1'048'576 / 9) +
           "count(*) AS \"<i>\x1b[0m</i>\" FROM plant.\"<img src=x \x1b[2J>\" WHERE secret = 'canary-in-a-literal'";
}

// Of a report in Markdown: what is not code.
QString outsideFences(const QString &report)
{
    QString outside, fence;
    for (const QString &line : report.split(u'\n')) {
        qsizetype ticks = 0;
        while (ticks < line.size() && line[ticks] == u'`')
            ++ticks;
        if (fence.isEmpty() && ticks >= 3)
            fence = line.first(ticks);
        else if (!fence.isEmpty() && line == fence)
            fence.clear();
        else if (fence.isEmpty())
            outside += line + u'\n';
    }
    return outside;
}

} // namespace

class TestHostile : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void cleanupTestCase() { m_server.reset(); }

    void recorded();
    void advised();

private:
    // While both statements are run again and again. `rest` in ms: what the verb waits by itself.
    Program run(const QStringList &arguments, bool json, int rest = 0);
    void check(const Program &ran, bool json);
    void checkStore();

    QTemporaryDir m_folder;
    std::unique_ptr<test::TestServer> m_server;
};

void TestHostile::initTestCase()
{
    qputenv("XDG_DATA_HOME", m_folder.path().toLocal8Bit());
    QString why;
    test::ServerSetup setup;
    setup.settings = {u"shared_preload_libraries=pg_stat_statements"_s,
                      u"session_preload_libraries=auto_explain"_s,
                      u"logging_collector=on"_s,
                      u"log_destination=jsonlog"_s,
                      u"log_rotation_size=1MB"_s, // one entry fills a file: no file may be missed
                      u"auto_explain.log_min_duration=0"_s,
                      u"auto_explain.log_analyze=on"_s,
                      u"auto_explain.log_buffers=on"_s,
                      u"auto_explain.log_verbose=on"_s,
                      u"auto_explain.log_format=json"_s,
                      u"auto_explain.log_parameter_max_length=-1"_s,
                      u"autovacuum=off"_s,
                      u"max_parallel_workers_per_gather=0"_s};
    m_server = test::TestServer::start(setup, &why);
    QVERIFY2(m_server, qPrintable(why));
    const QByteArray table = "plant.\"<img src=x \x1b[2J>\"";
    QVERIFY2(m_server->sql({"CREATE EXTENSION pg_stat_statements SCHEMA public", "CREATE SCHEMA plant",
                            "CREATE ROLE victim", "CREATE TABLE " + table + " (id int PRIMARY KEY, secret text)",
                            "INSERT INTO " + table + " SELECT g, md5(g::text) FROM generate_series(1, 60000) AS g",
                            "VACUUM ANALYZE " + table},
                           &why),
             qPrintable(why));
    const QString url =
        u"postgresql://postgres@127.0.0.1:%1/postgres?sslrootcert=%2"_s.arg(m_server->port()).arg(m_server->caFile());
    const Program added =
        Program::run({u"profile"_s, u"add"_s, u"p"_s, u"--url"_s, url, u"--environment"_s, u"test"_s, u"--json"_s});
    QVERIFY2(added.exitCode == 0, added.output);
}

Program TestHostile::run(const QStringList &arguments, bool json, int rest)
{
    std::atomic<bool> stop = false;
    std::thread load([&] {
        const auto link = m_server->admin();
        while (link && !stop) {
            std::ignore = (*link)->run({hostileStatement(), {}});
            std::ignore = (*link)->run({"ALTER ROLE victim PASSWORD 'canary-in-a-role'", {}});
            QTest::qSleep(200);
        }
    });
    QElapsedTimer since;
    since.start();
    QStringList all =
        QStringList{u"statements"_s} + arguments + QStringList{u"--profile"_s, u"p"_s, u"--password-stdin"_s};
    if (json)
        all << u"--json"_s;
    const Program ran = Program::run(all, QByteArray(m_server->password().data()) + '\n', rest + 2 * boundMs);
    const qint64 took = since.elapsed();
    stop = true;
    load.join();
    qInfo("%s: %lld ms, %lld kB", qPrintable(arguments.join(u' ')), (long long)took,
          (long long)(ran.output.size() / 1024));
    if (took > rest + boundMs)
        qCritical("%s took %lld ms", qPrintable(arguments.join(u' ')), (long long)took);
    return took > rest + boundMs ? Program() : ran;
}

void TestHostile::check(const Program &ran, bool json)
{
    const QByteArray all = ran.errors.left(20'000) + ran.output;
    QVERIFY2(ran.exitCode == 0 || ran.exitCode == 5, all.left(3000).constData());
    for (const QByteArray &canary : canaries) {
        const QByteArray around = all.mid(qMax(0, all.indexOf(canary) - 500), 700);
        QVERIFY2(!all.contains(canary), around.constData());
    }
    QVERIFY(all.size() < 4 * 1024 * 1024);
    for (const char c : all) { // JSON escapes them, text shows what they are
        if (uchar(c) < 0x20 && c != '\n')
            QFAIL(qPrintable(u"character %1 in the output"_s.arg(int(c))));
    }
    QVERIFY(all.contains("<script>")); // as it is
    if (json)
        QVERIFY(!ran.json().isEmpty());
    else
        QVERIFY(!all.contains("\x7f") && !all.contains("\xe2\x80\xae"));
}

void TestHostile::checkStore()
{
    int files = 0;
    QDirIterator all(m_folder.path(), QDir::Files, QDirIterator::Subdirectories);
    while (all.hasNext()) {
        QFile file(all.next());
        QVERIFY2(file.open(QIODevice::ReadOnly), qPrintable(file.fileName()));
        const QByteArray bytes = file.readAll();
        for (const QByteArray &canary : canaries)
            QVERIFY2(!bytes.contains(canary), qPrintable(file.fileName() + u": "_s + QString::fromUtf8(canary)));
        ++files;
    }
    QVERIFY(files > 0);
}

void TestHostile::recorded()
{
    const Program recorded = run({u"record"_s, u"--for"_s, u"6s"_s, u"--every"_s, u"1s"_s}, true, 6000);
    QVERIFY2(recorded.exitCode == 0, recorded.errors);
    QVERIFY2(recorded.json().value("intervals"_L1).toInt() > 0, recorded.output);
    checkStore();
    const Program top = run({u"top"_s, u"--last"_s, u"1h"_s, u"--limit"_s, u"100"_s}, true);
    check(top, true);
    QString key;
    bool role = false;
    const QJsonArray rows = top.json().value("statements"_L1).toArray();
    for (const QJsonValue &row : rows) {
        const QString text = row["text"_L1].toString();
        role = role || text.contains("ALTER ROLE victim PASSWORD '***'"_L1);
        if (!text.contains("<script>"_L1))
            continue;
        key = row["key"_L1].toString();
        QVERIFY(text.size() <= 100'000 && row["text_characters"_L1].toInteger() > 1'000'000);
        QVERIFY(text.contains("\x1b[31m"_L1)); // JSON has it as it was
    }
    QVERIFY2(!key.isEmpty() && role, top.output.left(3000));
    check(run({u"top"_s, u"--last"_s, u"1h"_s}, false), false);
    check(run({u"show"_s, key}, true), true);
    check(run({u"show"_s, key}, false), false);
    const QStringList now{u"top"_s, u"--over"_s, u"2s"_s};
    check(run(now, true, 2000), true);
    check(run(now, false, 2000), false);
    check(run({u"top"_s, u"--lifetime"_s}, false), false);
}

void TestHostile::advised()
{
    const QStringList advise{u"advise"_s, u"--over"_s, u"5s"_s};
    const Program json = run(advise, true, 5000);
    check(json, true);
    bool named = false;
    const QJsonArray all = json.json().value("advice"_L1).toArray();
    for (const QJsonValue &one : all)
        named =
            named || (one["kind"_L1] == "missing_index"_L1 && one["object"_L1].toString().contains("<img src=x"_L1));
    QVERIFY2(named, json.output.left(3000));
    check(run(advise, false, 5000), false);
    const Program report = run(advise + QStringList{u"--markdown"_s}, false, 5000);
    check(report, false);
    const QString outside = outsideFences(QString::fromUtf8(report.output));
    QVERIFY(outside.contains("img src=x"_L1));
    static const QRegularExpression tag(u"(?<!\\\\)<"_s);
    QVERIFY2(!tag.match(outside).hasMatch() && !outside.contains("# heading"_L1), qPrintable(outside.left(3000)));
    checkStore();
}

QTEST_GUILESS_MAIN(TestHostile)
#include "tst_hostile.moc"
