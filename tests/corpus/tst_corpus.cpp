// SPDX-License-Identifier: GPL-3.0-or-later
// Our corpus of statements, run by psql and by howdahctl query on the same server: the same results, byte for byte, and the same errors at the same
// places. What a file holds is in its first lines.
#include "corpus/psql.h"
#include "query/splitter.h"
#include "session/program.h"
#include "support/testserver.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QTest>

using namespace howdah;
using namespace Qt::StringLiterals;
using namespace test;

namespace
{

// howdahctl --json: one object a line.
Errors errorsOfHowdah(const QByteArray &bytes)
{
    Errors errors;
    const QList<QByteArray> lines = bytes.split('\n');
    for (const QByteArray &text : lines) {
        const QJsonObject json = QJsonDocument::fromJson(text).object();
        const QJsonObject error = json.value("error"_L1).toObject();
        if (error.value("sqlstate"_L1).toString().isEmpty())
            continue;
        const QJsonObject place = json.value("statement"_L1).toObject();
        errors.append(errorLine(error.value("sqlstate"_L1).toString(), error.value("message"_L1).toString(), place.value("line"_L1).toInt(), place.value("column"_L1).toInt()));
    }
    return errors;
}

} // namespace

class TestCorpus : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void cleanupTestCase() { m_server.reset(); }
    void hasThreeHundredStatements();
    void runsAsInPsql_data();
    void runsAsInPsql();

private:
    QStringList files() const { return QDir(m_folder).entryList({u"*.sql"_s}); }

    const QString m_folder = qEnvironmentVariable("HOWDAH_SOURCE_DIR") + u"/tests/corpus"_s;
    std::unique_ptr<TestServer> m_server;
};

void TestCorpus::initTestCase()
{
    QString why;
    m_server = TestServer::start({}, &why);
    QVERIFY2(m_server, qPrintable(why));
}

void TestCorpus::hasThreeHundredStatements()
{
    int statements = 0;
    const QStringList names = files();
    for (const QString &name : names) {
        for (const query::Piece &piece : query::split(readFile(m_folder + u'/' + name)))
            statements += piece.kind == query::Piece::Kind::Statement ? 1 : 0;
    }
    QVERIFY2(statements >= 300, qPrintable(QString::number(statements)));
}

void TestCorpus::runsAsInPsql_data()
{
    QTest::addColumn<QString>("file");
    const QStringList names = files();
    QVERIFY(!names.isEmpty());
    for (const QString &name : names)
        QTest::newRow(qPrintable(name)) << name;
}

void TestCorpus::runsAsInPsql()
{
    QFETCH(QString, file);
    const QString path = m_folder + u'/' + file, base = file.section(u'.', 0, 0);
    QString why;
    QVERIFY2(m_server->sql({"CREATE DATABASE psql_" + base.toUtf8(), "CREATE DATABASE howdah_" + base.toUtf8()}, &why), qPrintable(why));
    const pg::ConnectionSpec spec = m_server->socketSpec();
    const Program theirs = runPsql(spec, u"psql_"_s + base, {u"-f"_s, path});
    QVERIFY2(theirs.exitCode == 0, theirs.errors);
    const QString url = u"postgresql://postgres:%1@127.0.0.1:%2/howdah_%3?sslrootcert=%4"_s.arg(QString::fromLatin1(m_server->password().data()))
                            .arg(m_server->port())
                            .arg(base, m_server->caFile());
    const Program ours = Program::run({u"--json"_s, u"--url"_s, url, u"query"_s, u"--write"_s, u"--format"_s, u"table"_s, u"--on-error"_s, u"continue"_s, u"-f"_s, path});
    const Errors expected = errorsOfPsql(theirs.errors), errors = errorsOfHowdah(ours.errors);
    QCOMPARE(errors, expected);
    QCOMPARE(ours.output.split('\n'), theirs.output.split('\n'));
    QCOMPARE(ours.exitCode, expected.isEmpty() ? 0 : 1);
}

QTEST_GUILESS_MAIN(TestCorpus)
#include "tst_corpus.moc"
