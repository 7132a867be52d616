// SPDX-License-Identifier: GPL-3.0-or-later
// Servers that let us in and are hostile in what they answer to a statement. Each ends in bounded time and memory with its own kind and
// reason; nothing that is incomplete is ever a result; and where it is not certain which question the next answer would be to, the link is given up.
#include "hostile/bounds.h"
#include "hostile/scriptedlink.h"

#include <QTest>

#include <atomic>
#include <thread>

using namespace howdah;
using namespace howdah::test;
using Client = ScriptedServer::Client;

class TestAnswers : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void fails_data();
    void fails();
    void oddButLawful_data();
    void oddButLawful();
    void aSecondEndIsNoAnswer();
    void noticesAreCounted();
    void aSlowReaderStopsTheServer();
    void aFloodWhileNothingRuns();

private:
    struct Case {
        const char *name;
        const char *outcome; // "kind/reason"
        ScriptedServer::Script answer;
        bool survives = false; // the link
        int mostMs = 4000;
        int timeoutMs = 10'000;
        qint64 maxBytes = qint64(1) << 30;
    };
    void brokenMessages();
    void brokenRows();
    void brokenEnds();
    void errors();
    void floods();
    static ScriptedServer::Script says(const QByteArray &bytes)
    {
        return [bytes](const Client &client) { client.send(bytes); };
    }

    ScriptedLink m_link;
    std::vector<Case> m_cases;
};

static const QByteArray oneRow = wire::taken() + wire::columns({"a", "b"}) + wire::row({"1", "2"});
static const QByteArray goodEnd = wire::complete("SELECT 1") + wire::ready();

void TestAnswers::initTestCase()
{
    QVERIFY(m_link.prepare());
    // What the rows differ from.
    const ScriptedServer server(m_link.answers(says(oneRow + goodEnd)));
    const auto connection = pg::Connection::open(m_link.spec(server), Secret("geheim"));
    QVERIFY2(connection, qPrintable(connection ? QString() : connection.error().text()));
    const auto rows = (*connection)->run({"SELECT", {}});
    QVERIFY2(rows, qPrintable(rows ? QString() : rows.error().text()));
    QCOMPARE(rows->size(), 1);
    QCOMPARE(rows->text(0, 1), QStringLiteral("2"));
}

void TestAnswers::brokenMessages()
{
    // What is a message, and makes no sense, costs the statement; what is none costs the link.
    const auto violation = [this](const char *name, const QByteArray &answer) { m_cases.push_back({name, "protocol/client_library", says(answer), true}); };
    const auto unreadable = [this](const char *name, const QByteArray &answer) { m_cases.push_back({name, "protocol/unreadable_answer", says(answer)}); };
    violation("a message of an unknown type", wire::message('z', "what") + goodEnd);
    unreadable("a message of length 0", wire::head('T', 0) + QByteArray(64, '\0'));
    unreadable("a message of length 3", wire::head('1', 3) + QByteArray(64, '\0'));
    unreadable("a message of negative length", wire::head('D', -1) + QByteArray(64, '\0'));
    unreadable("garbage", QByteArray::fromHex("ffee0011deadbeef") + QByteArray(3000, '\x99'));
    unreadable("HTTP", "HTTP/1.1 200 OK\r\n\r\n<html>");
    violation("65,535 columns, and none there", wire::taken() + wire::message('T', wire::int16(65535)) + goodEnd);
    violation("a negative number of columns", wire::taken() + wire::message('T', wire::int16(-1) + QByteArray(40, '\0')) + goodEnd);
    violation("a description cut short", wire::taken() + wire::message('T', wire::int16(2) + wire::text("a") + "123") + goodEnd);
    violation("the answer to a function call", wire::taken() + wire::message('V', wire::int32(2) + "42") + goodEnd);
    violation("a portal suspended unasked", oneRow + wire::message('s') + wire::ready());
    unreadable("a row header of 2 GB, and silence", oneRow + wire::head('D', 0x7fffffff) + wire::int16(2));
    m_cases.push_back({"a row header of 1 GB, and silence", "timeout/statement_timeout_client",
                       says(oneRow + wire::head('D', 1'000'000'000) + wire::int16(2)), false, 3000, 700});
    m_cases.push_back({"a row header of 2 GB, and bytes without end", "protocol/unreadable_answer", [](const Client &client) {
                           client.send(oneRow + wire::head('D', 0x7ffffff0) + wire::int16(2) + wire::int32(0x7fffff00));
                           client.flood(QByteArray(256 * 1024, 'x'));
                       }});
    m_cases.push_back({"one byte each half second", "timeout/statement_timeout_client", [](const Client &client) { client.drip(oneRow + goodEnd, 500); }, false, 3800, 2000});
    m_cases.push_back({"no answer at all", "timeout/statement_timeout_client", [](const Client &client) { client.waitForEnd(); }, false, 3000, 700});
}

void TestAnswers::brokenRows()
{
    const auto violation = [this](const char *name, const QByteArray &answer) { m_cases.push_back({name, "protocol/client_library", says(answer), true}); };
    const QByteArray begin = wire::taken() + wire::columns({"a", "b"});
    violation("a row of fewer columns", oneRow + wire::row({"1"}) + goodEnd);
    violation("a row of more columns", oneRow + wire::row({"1", "2", "3"}) + goodEnd);
    violation("a row without a description", wire::taken() + wire::row({"1"}) + goodEnd);
    violation("a cell longer than its row", begin + wire::message('D', wire::int16(2) + wire::int32(1000) + "x") + goodEnd);
    violation("bytes behind the last cell", begin + wire::message('D', wire::int16(2) + wire::int32(-1) + wire::int32(-1) + "behind") + goodEnd);
    violation("a second result of other columns", oneRow + wire::complete("SELECT 1") + wire::columns({"a"}) + wire::row({"3"}) + wire::row({"4"}) + goodEnd);
    violation("a second result of the same columns", oneRow + wire::complete("SELECT 1") + wire::columns({"a", "b"}) + wire::row({"3", "4"}) + goodEnd);
    m_cases.push_back({"closes in mid-row", "connection/lost", [begin](const Client &client) {
                           client.send(oneRow + wire::row({"3", "4"}).chopped(3));
                           client.closeNow();
                       }});
    m_cases.push_back({"closes between rows", "connection/lost", [](const Client &client) {
                           client.send(oneRow);
                           client.closeNow();
                       }});
}

void TestAnswers::brokenEnds()
{
    const auto incomplete = [this](const char *name, const QByteArray &answer) { m_cases.push_back({name, "protocol/incomplete_result", says(answer)}); };
    incomplete("ready without a word", wire::ready());
    incomplete("rows that are not ended", oneRow + wire::ready());
    incomplete("a description that is not ended", wire::taken() + wire::columns({"a"}) + wire::ready());
    m_cases.push_back({"ended, and never ready", "timeout/statement_timeout_client", says(oneRow + wire::complete("SELECT 1")), false, 3000, 700});
    m_cases.push_back({"COPY from us, unasked", "client/copy_not_supported", says(wire::taken() + wire::message('G', QByteArray(1, '\0') + wire::int16(0))), false, 8000});
    m_cases.push_back({"COPY to us without end, unasked", "client/copy_not_supported", [](const Client &client) {
                           client.send(wire::taken() + wire::message('H', QByteArray(1, '\0') + wire::int16(0)));
                           client.flood(wire::message('d', QByteArray(32 * 1024, 'x')));
                       }, false, 8000});
    m_cases.push_back({"COPY both ways, unasked", "client/copy_not_supported", says(wire::taken() + wire::message('W', QByteArray(1, '\0') + wire::int16(0))), false, 8000});
}

void TestAnswers::errors()
{
    m_cases.push_back({"an error without SQLSTATE", "protocol/client_library", says(wire::error({{'S', "ERROR"}, {'M', "no"}}) + wire::ready()), true});
    m_cases.push_back({"an error of nothing", "protocol/client_library", says(wire::error({}) + wire::ready()), true});
    m_cases.push_back({"an error without its end", "timeout/statement_timeout_client", says(wire::message('E', "SERROR")), false, 3000, 700});
    m_cases.push_back({"an error of 50 MB that does not end", "timeout/statement_timeout_client", [](const Client &client) {
                           client.send(wire::head('E', 50'000'000) + wire::text("SERROR") + wire::text("C42601") + "M");
                           client.send(QByteArray(49'000'000, 'x'));
                           client.waitForEnd();
                       }, false, 6000, 3000});
    m_cases.push_back({"an error of 8 MB", "sql/syntax_error",
                       says(wire::error({{'S', "ERROR"}, {'V', "ERROR"}, {'C', "42601"}, {'M', QByteArray(8'000'000, 'x')}, {'D', QByteArray(100'000, 'y')}}) + wire::ready()),
                       true});
    m_cases.push_back({"an error that is not UTF-8, with NUL and bidi", "sql/syntax_error",
                       says(wire::message('E', wire::text("SERROR") + wire::text("VERROR") + wire::text("C42601") + wire::text("Ma\xff\xfe\xe2\x80\xae z") + wire::text("Dcut") + wire::text("Hthere") + '\0')
                            + wire::ready()),
                       true});
    m_cases.push_back({"an error at a place that is not there", "sql/syntax_error",
                       says(wire::error({{'S', "ERROR"}, {'C', "42601"}, {'M', "no"}, {'P', "-99999999999999999999"}}) + wire::ready()), true});
    m_cases.push_back({"an error after rows", "sql/error", says(oneRow + wire::error({{'S', "ERROR"}, {'C', "22012"}, {'M', "no"}}) + wire::ready()), true});
}

void TestAnswers::floods()
{
    m_cases.push_back({"rows without end", "client/result_too_large", [](const Client &client) {
                           client.send(oneRow);
                           client.flood(wire::row({QByteArray(1000, 'x'), "2"}));
                       }, false, 3000, 10'000, 16 << 20});
    m_cases.push_back({"notices without end", "timeout/statement_timeout_client", [](const Client &client) { client.flood(wire::notice(QByteArray(500, 'x'))); }, false, 3000, 1000});
    m_cases.push_back({"large notices without end", "timeout/statement_timeout_client",
                       [](const Client &client) { client.flood(wire::notice(QByteArray(1'000'000, 'x'))); }, false, 3000, 1000});
    m_cases.push_back({"notifications without end", "timeout/statement_timeout_client",
                       [](const Client &client) { client.flood(wire::notification("howdah", QByteArray(7000, 'x'))); }, false, 3000, 1000});
    m_cases.push_back({"parameters without end", "protocol/flood", [](const Client &client) {
                           for (int i = 0; client.send(wire::parameter("howdah.p" + QByteArray::number(i), QByteArray(20'000, 'x'))); ++i) {
                           }
                       }, false, 4000, 10'000, 20'000'000});
    m_cases.push_back({"one parameter without end", "protocol/flood", [](const Client &client) { client.flood(wire::parameter("in_hot_standby", "on") + wire::parameter("in_hot_standby", "off")); },
                       false, 4000, 10'000, 20'000'000});
}

void TestAnswers::fails_data()
{
    QTest::addColumn<int>("index");
    brokenMessages();
    brokenRows();
    brokenEnds();
    errors();
    floods();
    for (size_t i = 0; i < m_cases.size(); ++i)
        QTest::newRow(m_cases[i].name) << int(i);
}

void TestAnswers::fails()
{
    QFETCH(int, index);
    const Case &one = m_cases[size_t(index)];
    const ScriptedServer server(m_link.answers(one.answer));
    const Bounds bounds;
    const auto connection = pg::Connection::open(m_link.spec(server), Secret("geheim"));
    QVERIFY2(connection, qPrintable(connection ? QString() : connection.error().text()));
    pg::RunOptions options;
    options.timeoutMs = one.timeoutMs;
    options.maxBytes = one.maxBytes;
    const auto rows = (*connection)->run({"SELECT", {}}, {}, options);
    const QString exceeded = bounds.exceeded(one.mostMs);
    QVERIFY2(!rows, qPrintable(QStringLiteral("%1 rows").arg(rows ? rows->size() : 0)));
    const Error &error = rows.error();
    QVERIFY2(errorKindName(error.kind) + QLatin1Char('/') + error.reason == QLatin1StringView(one.outcome), qPrintable(error.reason + QLatin1Char(' ') + error.text()));
    QVERIFY2(exceeded.isEmpty(), qPrintable(exceeded));
    QVERIFY2(error.text().size() < 100'000, qPrintable(QString::number(error.text().size())));
    QCOMPARE((*connection)->isAlive(), one.survives);
    const auto notices = (*connection)->takeNotices();
    QVERIFY(notices.size() <= 1001);
    if (one.survives)
        return;
    // Not one byte more goes out on it.
    const auto again = (*connection)->run({"SELECT", {}});
    QVERIFY(!again);
    QCOMPARE(again.error().reason, (*connection)->lostReason().reason);
}

void TestAnswers::oddButLawful_data()
{
    QTest::addColumn<QByteArray>("answer");
    QTest::addColumn<int>("rows");
    QTest::addColumn<int>("columns");
    QTest::newRow("no columns, three rows") << wire::taken() + wire::columns({}) + wire::row({}) + wire::row({}) + wire::row({}) + wire::complete("SELECT 3") + wire::ready() << 3 << 0;
    QByteArrayList many;
    std::vector<std::optional<QByteArray>> nulls(65535);
    for (int i = 0; i < 65535; ++i)
        many << "c";
    QTest::newRow("65,535 columns") << wire::taken() + wire::columns(many) + wire::row(nulls) + goodEnd << 1 << 65535;
    QTest::newRow("a tag of 10,000 bytes") << oneRow + wire::complete(QByteArray(10'000, 'x')) + wire::ready() << 1 << 2;
    QTest::newRow("an empty query") << wire::taken() + wire::message('n') + wire::message('I') + wire::ready() << 0 << 0;
    QTest::newRow("a status that nobody knows") << oneRow + wire::complete("SELECT 1") + wire::ready('?') << 1 << 2;
    QTest::newRow("a name of 20,000 bytes") << wire::taken() + wire::columns({QByteArray(20'000, '\xff')}) + wire::row({"x"}) + goodEnd << 1 << 1;
}

void TestAnswers::oddButLawful()
{
    QFETCH(QByteArray, answer);
    const ScriptedServer server(m_link.answers(says(answer)));
    const Bounds bounds;
    const auto connection = pg::Connection::open(m_link.spec(server), Secret("geheim"));
    QVERIFY(connection);
    pg::RunOptions options;
    options.timeoutMs = 5000;
    const auto rows = (*connection)->run({"SELECT", {}}, {}, options);
    const QString exceeded = bounds.exceeded(3000);
    QVERIFY2(rows, qPrintable(rows ? QString() : rows.error().text()));
    QTEST(int(rows->size()), "rows");
    QTEST(int(rows->columns().size()), "columns");
    QVERIFY2(exceeded.isEmpty(), qPrintable(exceeded));
    QVERIFY((*connection)->isAlive());
}

void TestAnswers::aSecondEndIsNoAnswer()
{
    // The second ReadyForQuery lies in wait for the next statement, whose own answer would then be that of the one after.
    const ScriptedServer server(m_link.admits([](const Client &client) {
        ScriptedLink::readStatement(client);
        client.send(oneRow + goodEnd);
        ScriptedLink::readStatement(client);
        client.send(wire::ready() + oneRow + goodEnd);
        while (ScriptedLink::readStatement(client))
            client.send(oneRow + goodEnd);
    }));
    const auto connection = pg::Connection::open(m_link.spec(server), Secret("geheim"));
    QVERIFY(connection);
    QVERIFY((*connection)->run({"SELECT", {}}));
    const auto second = (*connection)->run({"SELECT", {}});
    QVERIFY(!second);
    QCOMPARE(second.error().reason, QStringLiteral("incomplete_result"));
    QVERIFY(!(*connection)->isAlive());
    QVERIFY(!(*connection)->run({"SELECT", {}}));
}

void TestAnswers::noticesAreCounted()
{
    const ScriptedServer server(m_link.answers([](const Client &client) {
        QByteArray many;
        for (int i = 0; i < 5000; ++i)
            many += wire::notice("n" + QByteArray::number(i) + QByteArray(i % 50 == 0 ? 100'000 : 10, 'x'));
        client.send(wire::taken() + many + wire::columns({"a"}) + wire::row({"1"}) + goodEnd);
    }));
    const Bounds bounds;
    const auto connection = pg::Connection::open(m_link.spec(server), Secret("geheim"));
    QVERIFY(connection);
    QVERIFY((*connection)->run({"SELECT", {}}));
    const auto notices = (*connection)->takeNotices();
    QVERIFY2(bounds.exceeded(5000, 100).isEmpty(), qPrintable(bounds.exceeded(5000, 100)));
    QCOMPARE(notices.size(), size_t(1001));
    QVERIFY(notices[0].message.startsWith(QLatin1StringView("n0")));
    QVERIFY2(notices.back().message.startsWith(QLatin1StringView("4000 ")), qPrintable(notices.back().message));
    for (const pg::Notice &notice : notices)
        QVERIFY(notice.message.size() <= 20'001);
}

void TestAnswers::aSlowReaderStopsTheServer()
{
    std::atomic<qint64> sent = 0;
    const ScriptedServer server(m_link.answers([&sent](const Client &client) {
        client.send(wire::taken() + wire::columns({"a"}));
        QByteArray some;
        for (int i = 0; i < 100; ++i)
            some += wire::row({QByteArray(1000, 'x')});
        while (client.send(some))
            sent += some.size();
    }));
    struct Slow : pg::RowSink {
        const std::atomic<qint64> &sent;
        qint64 rows = 0;
        qint64 sentAtLast = 0; // from then on it is read and dropped until the link is given up
        explicit Slow(const std::atomic<qint64> &counted) : sent(counted) {}
        bool push(const pg::Rows &chunk) override
        {
            rows += chunk.size();
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
            sentAtLast = sent;
            return rows < 5000;
        }
    } slow(sent);
    const Bounds bounds;
    const auto connection = pg::Connection::open(m_link.spec(server), Secret("geheim"));
    QVERIFY(connection);
    const auto rows = (*connection)->stream({"SELECT", {}}, {}, slow);
    const QString exceeded = bounds.exceeded(6000, 60);
    QVERIFY(!rows);
    QCOMPARE(rows.error().reason, QStringLiteral("by_reader"));
    QVERIFY(rows.error().detail.contains(QLatin1StringView("incomplete")));
    QVERIFY2(exceeded.isEmpty(), qPrintable(exceeded));
    QVERIFY2(slow.sentAtLast < 40 << 20, qPrintable(QString::number(slow.sentAtLast))); // sockets' buffers, and not what the server could have sent
}

void TestAnswers::aFloodWhileNothingRuns()
{
    const ScriptedServer server(m_link.admits([](const Client &client) { client.flood(wire::notice(QByteArray(500, 'x'))); }));
    const Bounds bounds;
    const auto connection = pg::Connection::open(m_link.spec(server), Secret("geheim"));
    QVERIFY(connection);
    std::atomic<bool> back = false;
    std::thread hangs([&connection, &back] { // ends the link where nothing else would
        for (int i = 0; i < 400 && !back; ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        if (!back)
            (*connection)->abandon();
    });
    const bool alive = (*connection)->readIdle();
    pg::RunOptions options;
    options.timeoutMs = 1000;
    const auto rows = (*connection)->run({"SELECT", {}}, {}, options);
    back = true;
    hangs.join();
    QVERIFY(alive);
    QVERIFY(!rows);
    QCOMPARE(rows.error().reason, QStringLiteral("statement_timeout_client"));
    QVERIFY2(bounds.exceeded(4000).isEmpty(), qPrintable(bounds.exceeded(4000)));
}

QTEST_GUILESS_MAIN(TestAnswers)
#include "tst_answers.moc"
