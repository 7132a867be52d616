// SPDX-License-Identifier: GPL-3.0-or-later
// Our corpus of statements, run by psql and by howdahctl query on the same server: the same results, byte for byte, and the same errors at the same
// places. What a file holds is in its first lines.
#include "query/splitter.h"
#include "session/program.h"
#include "support/testserver.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QTest>

using namespace howdah;
using namespace Qt::StringLiterals;
using test::TestServer;

namespace
{

// "42703 line 1 column 8: column "x" does not exist"; without a place: the first part and the message.
using Errors = QStringList;

QString errorLine(const QString &sqlstate, const QString &message, int line, qsizetype column)
{
    return line > 0 ? u"%1 at %2:%3: %4"_s.arg(sqlstate).arg(line).arg(column).arg(message) : u"%1: %2"_s.arg(sqlstate, message);
}

// psql -v VERBOSITY=verbose: "psql:FILE:12: ERROR:  42703: message", "LINE 2: text", a caret below.
Errors errorsOfPsql(const QByteArray &bytes)
{
    static const QRegularExpression head(u"^psql:[^:]+:\\d+: (?:ERROR|FATAL):  ([0-9A-Z]{5}): (.*)$"_s);
    static const QRegularExpression place(u"^LINE (\\d+): "_s);
    Errors errors;
    const QStringList lines = QString::fromUtf8(bytes).split(u'\n');
    for (qsizetype i = 0; i < lines.size(); ++i) {
        const auto error = head.match(lines.at(i));
        if (!error.hasMatch())
            continue;
        int line = 0;
        qsizetype column = 0;
        for (qsizetype k = i + 1; k < lines.size() && !lines.at(k).startsWith("psql:"_L1); ++k) {
            const auto at = place.match(lines.at(k));
            if (!at.hasMatch())
                continue;
            line = at.captured(1).toInt();
            column = lines.value(k + 1).indexOf(u'^') - at.capturedLength() + 1;
            break;
        }
        errors.append(errorLine(error.captured(1), error.captured(2), line, column));
    }
    return errors;
}

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

Program psql(const QStringList &arguments)
{
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"LC_ALL"_s, u"C.UTF-8"_s);
    environment.insert(u"PGCLIENTENCODING"_s, u"UTF8"_s);
    process.setProcessEnvironment(environment);
    process.setStandardInputFile(QProcess::nullDevice());
    process.start(u"psql"_s, arguments);
    const bool ended = process.waitForFinished(60'000);
    return {ended ? process.exitCode() : -1, process.readAllStandardOutput(), process.readAllStandardError()};
}

QByteArray read(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
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
        for (const query::Piece &piece : query::split(read(m_folder + u'/' + name)))
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
    const Program theirs = psql({u"-X"_s, u"-h"_s, spec.host, u"-p"_s, QString::number(spec.port), u"-U"_s, u"postgres"_s, u"-d"_s, u"psql_"_s + base, u"-v"_s,
                                 u"VERBOSITY=verbose"_s, u"-f"_s, path});
    QVERIFY2(theirs.exitCode == 0, theirs.errors);
    const QString url = u"postgresql://postgres:%1@127.0.0.1:%2/howdah_%3?sslrootcert=%4"_s.arg(QString::fromLatin1(m_server->password().data()))
                            .arg(m_server->port())
                            .arg(base, m_server->caFile());
    const Program ours = Program::run({u"--json"_s, u"--url"_s, url, u"query"_s, u"--format"_s, u"table"_s, u"--on-error"_s, u"continue"_s, u"-f"_s, path});
    const Errors expected = errorsOfPsql(theirs.errors), errors = errorsOfHowdah(ours.errors);
    QCOMPARE(errors, expected);
    QCOMPARE(ours.output.split('\n'), theirs.output.split('\n'));
    QCOMPARE(ours.exitCode, expected.isEmpty() ? 0 : 1);
}

QTEST_GUILESS_MAIN(TestCorpus)
#include "tst_corpus.moc"
