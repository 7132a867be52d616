// SPDX-License-Identifier: GPL-3.0-or-later
// A result or a query as a file: whole or not at all, and the same bytes by either way.
#include "query/export.h"
#include "query/rowsof.h"
#include "support/testserver.h"

#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QtTest>

using namespace howdah;
using namespace howdah::query;

namespace
{

const QByteArray kQuery("select i as n, nullif(i % 3, 0)::text as t, E'a,\"b\"\\nc' as q, '' as e, "
                        "case when i % 2 = 0 then 'infinity'::timestamptz else '0044-03-15 BC'::timestamptz end as w "
                        "from generate_series(1, 2500) as i -- all of them");

// Takes what a statement returns into a store.
class StoreSink : public pg::ResultSink
{
public:
    std::shared_ptr<ResultStore> store;
    pg::RowSink *rows(const std::vector<pg::Column> &columns) override
    {
        store = std::make_shared<ResultStore>(columns);
        return store.get();
    }
    void completed(const QByteArray &) override { store->finish(); }
    void notice(const pg::Notice &) override {}
    Result<QByteArray> copyIn() override { return QByteArray(); }
    bool copyOut(QByteArrayView) override { return false; }
};

QByteArray contentsOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("no such file");
}

} // namespace

class TestExport : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        QString why;
        m_server = test::TestServer::start({}, &why);
        QVERIFY2(m_server, qPrintable(why));
        auto link = m_server->admin();
        QVERIFY(link);
        m_link = std::move(*link);
        StoreSink sink;
        QVERIFY(m_link->execute({kQuery, {}}, {}, sink));
        m_store = sink.store;
        QCOMPARE(m_store->rowCount(), 2500);
    }

    void sameByCopyAsFromTheResult_data()
    {
        QTest::addColumn<Format>("format");
        for (const Format format : {Format::Csv, Format::Tsv, Format::Json, Format::Ndjson})
            QTest::newRow(qPrintable(formatName(format))) << format;
    }

    void sameByCopyAsFromTheResult()
    {
        QFETCH(Format, format);
        const QString ofResult = m_folder.filePath(QStringLiteral("result")), ofQuery = m_folder.filePath(QStringLiteral("query"));
        qint64 told = 0;
        const auto result = exportPart(ofResult, *m_store, {}, format, {}, {}, [&](const ProgressStep &step) { told = step.done; });
        QVERIFY(result);
        QCOMPARE(result->rows, 2500);
        QCOMPARE(told, 2500);
        const auto query = exportQuery(ofQuery, *m_link, kQuery, {}, format);
        QVERIFY2(query, query ? "" : qPrintable(query.error().text()));
        QCOMPARE(query->rows, 2500);
        const QByteArray bytes = contentsOf(ofResult);
        QCOMPARE(result->bytes, bytes.size());
        QVERIFY2(bytes.size() > 2500 * 20, bytes.left(300));
        QVERIFY(bytes == contentsOf(ofQuery));
        if (format == Format::Json) {
            const QJsonArray rows = QJsonDocument::fromJson(bytes).array();
            QCOMPARE(rows.size(), 2500);
            const QJsonObject third = rows[2].toObject();
            QCOMPARE(third[QStringLiteral("n")].toInt(), 3);
            QVERIFY(third[QStringLiteral("t")].isNull());
            QCOMPARE(third[QStringLiteral("e")].toString(), QString());
            QVERIFY(third[QStringLiteral("w")].toString().endsWith(QStringLiteral("BC")));
        }
    }

    void aPartInItsOrder()
    {
        const auto order = orderRows(*m_store, {{0, true, true}}, {});
        QVERIFY(order);
        const auto text = partAsText(*m_store, {*order, 1, 2, {1, 0}}, Format::Csv, {}, 1 << 20);
        QVERIFY(text);
        QCOMPARE(*text, QByteArray("t,n\n,2499\n2,2498\n"));
        QCOMPARE(partAsText(*m_store, {}, Format::Csv, {}, 1000).error().reason, QStringLiteral("too_large"));
    }

    void parameters()
    {
        const QString path = m_folder.filePath(QStringLiteral("params"));
        QVERIFY(exportQuery(path, *m_link, "select $1::int + 1 as n", {pg::Param(4)}, Format::Csv));
        QCOMPARE(contentsOf(path), QByteArray("n\n5\n"));
    }

    // What stood there stays, and nothing is left beside it.
    void noHalfFile_data()
    {
        QTest::addColumn<QByteArray>("query");
        QTest::addColumn<Format>("format");
        QTest::newRow("the server's error, by COPY") << QByteArray("select 1 / (5000 - i) from generate_series(1, 5000) i") << Format::Csv;
        QTest::newRow("the server's error, by rows") << QByteArray("select 1 / (5000 - i) from generate_series(1, 5000) i") << Format::Json;
        QTest::newRow("no rows") << QByteArray("set work_mem = '5MB'") << Format::Json;
        QTest::newRow("a syntax error") << QByteArray("selec") << Format::Csv;
    }

    void noHalfFile()
    {
        QFETCH(QByteArray, query);
        QFETCH(Format, format);
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("kept"));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("as it was") == 9);
        file.close();
        QVERIFY(!exportQuery(path, *m_link, query, {}, format));
        QCOMPARE(contentsOf(path), QByteArray("as it was"));
        QCOMPARE(QDir(folder.path()).entryList(QDir::Files | QDir::Hidden), QStringList{QStringLiteral("kept")});
        QVERIFY(m_link->isAlive());
    }

    // On the user's own link and behind a pooler, where row security is as the server has it.
    void withheldRowsAreAnError_data()
    {
        QTest::addColumn<bool>("userSession");
        QTest::addColumn<bool>("pooler");
        QTest::addColumn<bool>("open"); // in a transaction of the user's
        QTest::newRow("a link of ours") << false << false << false;
        QTest::newRow("a link of ours behind a pooler") << false << true << false;
        QTest::newRow("the user's link") << true << false << false;
        QTest::newRow("the user's transaction") << true << false << true;
    }

    void withheldRowsAreAnError()
    {
        QFETCH(bool, userSession);
        QFETCH(bool, pooler);
        QFETCH(bool, open);
        QString why;
        QVERIFY2(m_server->sql({"DROP TABLE IF EXISTS public.owned", "CREATE TABLE public.owned (owner text)",
                                "INSERT INTO public.owned VALUES ('a'), ('b')", "DROP ROLE IF EXISTS app", "CREATE ROLE app", "GRANT SELECT ON public.owned TO app",
                                "ALTER TABLE public.owned ENABLE ROW LEVEL SECURITY", "CREATE POLICY own ON public.owned TO app USING (owner = 'a')"}, &why),
                 qPrintable(why));
        pg::ConnectionSpec spec = m_server->spec();
        spec.userSession = userSession;
        spec.pooler = pooler;
        const auto link = pg::Connection::open(spec, m_server->password());
        QVERIFY(link);
        const auto setting = [&] { return (*link)->run({"SELECT pg_catalog.current_setting('row_security')", {}})->text(0, 0); };
        const QString before = setting();
        QCOMPARE(before, userSession || pooler ? QStringLiteral("on") : QStringLiteral("off"));
        QVERIFY((*link)->command("SET ROLE app"));
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("all"));
        for (const Format format : {Format::Csv, Format::Json}) {
            if (open)
                QVERIFY((*link)->command("BEGIN"));
            const auto subset = exportQuery(path, **link, "SELECT * FROM public.owned", {}, format);
            QVERIFY2(!subset, "A part of the table was given out for the whole");
            QCOMPARE(subset.error().sqlstate, QStringLiteral("42501"));
            QVERIFY(!QFile::exists(path));
            QCOMPARE((*link)->transactionState(), open ? pg::TransactionState::Failed : pg::TransactionState::Idle);
            if (open)
                QVERIFY((*link)->command("ROLLBACK"));
            QCOMPARE(setting(), before);
        }
        // Who may see all of them gets all of them, and keeps the transaction as it was.
        QVERIFY((*link)->command("RESET ROLE"));
        if (open)
            QVERIFY((*link)->command("BEGIN"));
        const auto all = exportQuery(path, **link, "SELECT * FROM public.owned ORDER BY 1", {}, Format::Csv);
        QVERIFY2(all, qPrintable(all ? QString() : all.error().text()));
        QCOMPARE(contentsOf(path), QByteArray("owner\na\nb\n"));
        QCOMPARE((*link)->transactionState(), open ? pg::TransactionState::Open : pg::TransactionState::Idle);
        QCOMPARE(setting(), before);
    }

    void cancelledInTheMiddle()
    {
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("never"));
        for (const Format format : {Format::Csv, Format::Json}) {
            CancelToken cancel;
            const auto done = exportQuery(path, *m_link, "select i, repeat('x', 100) from generate_series(1, 50000000) i", {}, format, {}, cancel,
                                          [&](const ProgressStep &step) {
                                              if (step.done > 1 << 20)
                                                  cancel.cancel();
                                          });
            QVERIFY(!done);
            QCOMPARE(done.error().kind, ErrorKind::Cancelled);
        }
        CancelToken cancel;
        const auto part = exportPart(path, *m_store, {}, Format::Csv, {}, cancel, [&](const ProgressStep &) { cancel.cancel(); });
        QVERIFY(!part);
        QCOMPARE(part.error().kind, ErrorKind::Cancelled);
        QVERIFY(QDir(folder.path()).isEmpty(QDir::Files | QDir::Hidden));
    }

    void aFolderThatIsNotThere()
    {
        QCOMPARE(exportPart(m_folder.filePath(QStringLiteral("no/such")), *m_store, {}, Format::Csv).error().kind, ErrorKind::Io);
    }

private:
    QTemporaryDir m_folder;
    std::unique_ptr<test::TestServer> m_server;
    std::unique_ptr<pg::Connection> m_link;
    std::shared_ptr<ResultStore> m_store;
};

QTEST_GUILESS_MAIN(TestExport)
#include "tst_export.moc"
