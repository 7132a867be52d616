// SPDX-License-Identifier: GPL-3.0-or-later
// Migrations from differences, on a real 18: what is generated leads where it should and back again, or says what it can't do. Never a wrong script.
#include "migrations/converge.h"
#include "migrations/file.h"
#include "randomschema.h"
#include "support/testserver.h"

#include <QRegularExpression>
#include <QTest>

using namespace howdah;
using namespace howdah::test;
using namespace howdah::migrations;
using namespace Qt::StringLiterals;

class TestGenerate : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void randomPairs();

private:
    std::unique_ptr<pg::Connection> link(const QString &database) const;
    void make(const QString &database, const QByteArray &script);
    Result<std::unique_ptr<pg::Connection>> copyOf(const QString &database);
    Result<Generated> generated(const QString &from, const QString &to, const QStringList &renames = {});

    std::unique_ptr<TestServer> m_server;
    std::unique_ptr<pg::Connection> m_admin;
    int m_copies = 0;
};

void TestGenerate::initTestCase()
{
    QString why;
    m_server = TestServer::start({}, &why);
    QVERIFY2(m_server, qPrintable(why));
    auto admin = m_server->admin();
    QVERIFY(admin);
    m_admin = std::move(*admin);
    QVERIFY(m_admin->run({"CREATE ROLE reader", {}}));
}

std::unique_ptr<pg::Connection> TestGenerate::link(const QString &database) const
{
    pg::ConnectionSpec spec = m_server->socketSpec();
    spec.database = database;
    auto opened = pg::Connection::open(spec, m_server->password());
    if (!opened)
        qFatal("%s", qPrintable(opened.error().text()));
    return std::move(*opened);
}


// A database that the script has made.
void TestGenerate::make(const QString &database, const QByteArray &script)
{
    if (const auto made = m_admin->run({"CREATE DATABASE " + database.toUtf8(), {}}); !made)
        qFatal("%s", qPrintable(made.error().text()));
    const auto connection = link(database);
    if (const auto done = connection->run({"DO $do$ BEGIN EXECUTE $script$" + script + "$script$; END $do$", {}}); !done)
        qFatal("%s: %s", qPrintable(database), qPrintable(done.error().text()));
}

Result<std::unique_ptr<pg::Connection>> TestGenerate::copyOf(const QString &database)
{
    const QString name = u"copy_%1"_s.arg(++m_copies);
    if (auto made = m_admin->run({"CREATE DATABASE " + name.toUtf8() + " TEMPLATE " + database.toUtf8(), {}}); !made)
        return fail(std::move(made.error()));
    return link(name);
}

Result<Generated> TestGenerate::generated(const QString &from, const QString &to, const QStringList &renames)
{
    const auto desired = catalog::readSnapshot(*link(to));
    if (!desired)
        return fail(desired.error());
    return converging([&] { return copyOf(from); }, *desired, renames, {});
}

void TestGenerate::randomPairs()
{
    const unsigned first = qEnvironmentVariableIntValue("HOWDAH_SEED") ? unsigned(qEnvironmentVariableIntValue("HOWDAH_SEED")) : 20260101u;
    const int pairs = qEnvironmentVariableIntValue("HOWDAH_ROUNDS") ? qEnvironmentVariableIntValue("HOWDAH_ROUNDS") : 100;
    int whole = 0, statements = 0, files = 0;
    QStringList said;
    // One database that is emptied: to make and drop five hundred would take minutes.
    make(u"pairs"_s, "SELECT 1");
    const auto emptied = [&](const QByteArray &script) -> Result<std::unique_ptr<pg::Connection>> {
        auto connection = link(u"pairs"_s);
        const auto done = connection->run({"DO $do$ BEGIN EXECUTE $script$ DROP SCHEMA IF EXISTS app CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public; " + script + "$script$; END $do$", {}});
        return done ? Result<std::unique_ptr<pg::Connection>>(std::move(connection)) : fail(done.error());
    };
    for (int i = 0; i < pairs; ++i) {
        const unsigned seed = first + unsigned(i);
        RandomSchema schema(seed);
        const QByteArray before = schema.sql();
        schema.change(seed + 7'000'000, 1 + i % 25);
        const auto desired = emptied(schema.sql());
        QVERIFY2(desired, qPrintable(u"seed %1: %2"_s.arg(seed).arg(desired ? QString() : desired.error().text())));
        const auto wanted = catalog::readSnapshot(**desired);
        QVERIFY(wanted);
        const auto result = converging([&] { return emptied(before); }, *wanted, {}, {});
        QVERIFY2(result, qPrintable(u"seed %1: %2"_s.arg(seed).arg(result ? QString() : result.error().text())));
        // Run and compared once more, by nobody's word: what is left is what was said, and nothing else.
        const auto connection = emptied(before);
        QVERIFY(connection);
        QCOMPARE(catalog::compare(result->target, *wanted).size(), result->unsupported.size());
        const auto told = replay(**connection, *result);
        QVERIFY2(told && told->converges, qPrintable(u"seed %1"_s.arg(seed)));
        whole += result->isWhole() ? 1 : 0;
        for (const QString &one : result->unsupported + result->oneWay)
            said << u"%1: %2"_s.arg(seed).arg(one.left(200));
        for (const GeneratedFile &file : result->files) {
            ++files;
            statements += int(file.up.size());
            const auto parsed = parseFile(u"1_x.sql"_s, file.text(u"a change of a random schema"_s));
            QVERIFY2(parsed, qPrintable(parsed ? QString() : parsed.error().text()));
            QCOMPARE(int(parsed->up.statements.size()), int(file.up.size()));
        }
    }
    qInfo("%d of %d wholly, %d files, %d statements; said: %d\n%s", whole, pairs, files, statements, int(said.size()), qPrintable(said.join(u'\n')));
    QVERIFY2(whole * 100 >= pairs * 80, qPrintable(u"%1 of %2"_s.arg(whole).arg(pairs)));
}

QTEST_GUILESS_MAIN(TestGenerate)
#include "tst_generate.moc"
