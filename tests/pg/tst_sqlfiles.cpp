// SPDX-License-Identifier: GPL-3.0-or-later
// Every SQL file on every server version at hand: it parses there, and gives the columns that its header names. (sql/store is SQLite's.)
#include "pg/connection.h"
#include "support/testserver.h"

#include <QFile>
#include <QRegularExpression>
#include <QTest>

using namespace howdah;
using namespace howdah::pg;
using test::TestServer;

class TestSqlFiles : public QObject
{
    Q_OBJECT
private slots:
    void prepares_data();
    void prepares();

private:
    static QHash<quint32, QString> typeNames(Connection &link);
};

void TestSqlFiles::prepares_data()
{
    QTest::addColumn<int>("major");
    for (const int major : {15, 16, 17, 18})
        QTest::addRow("%d", major) << major;
}

// The text of the header after "-- key:", with the comment lines that go on from it.
static QString header(const QString &text, const QString &key)
{
    const QStringList lines = text.split(QLatin1Char('\n'));
    static const QRegularExpression anyKey(QStringLiteral("^-- (SPDX|[a-z]+:)"));
    QString value;
    bool inside = false;
    for (const QString &line : lines) {
        if (!line.startsWith(QLatin1StringView("--")))
            break;
        if (anyKey.match(line).hasMatch())
            inside = line.startsWith(QString(QStringLiteral("-- ") + key + QLatin1Char(':')));
        if (inside)
            value += line.mid(value.isEmpty() ? key.size() + 4 : 2);
    }
    return value.simplified();
}

// "name type, name type"; empty where the header is written for people only.
static QStringList columnList(const QString &columns)
{
    static const QRegularExpression form(QStringLiteral("^\\w+ [\\w\\[\\]]+$"));
    QStringList list;
    const QStringList parts = columns.split(QLatin1Char(','), Qt::SkipEmptyParts);
    for (const QString &part : parts) {
        if (!form.match(part.trimmed()).hasMatch())
            return {};
        list << part.trimmed();
    }
    return list;
}

QHash<quint32, QString> TestSqlFiles::typeNames(Connection &link)
{
    QHash<quint32, QString> names;
    const auto rows = link.run({"SELECT oid, pg_catalog.regexp_replace(typname, '^_(.*)', '\\1[]') FROM pg_catalog.pg_type", {}});
    for (qsizetype i = 0; rows && i < rows->size(); ++i)
        names.insert(quint32(rows->integer(i, 0).value_or(0)), rows->text(i, 1));
    return names;
}

void TestSqlFiles::prepares()
{
    QFETCH(int, major);
    QString why;
    test::ServerSetup setup;
    setup.major = major;
    const auto server = TestServer::start(setup, &why);
    QVERIFY2(server, qPrintable(why));
    auto link = server->admin();
    QVERIFY(link);
    const auto types = typeNames(**link);
    QVERIFY(types.size() > 100);

    // What stands on tables of ours.
    for (const auto *made : {"migrations/create_versions", "migrations/create_schema", "migrations/create_event"})
        QVERIFY2((*link)->runFile(QString::fromLatin1(made)), made);

    static const QRegularExpression variant(QStringLiteral("\\.v(\\d+)$"));
    const QStringList names = sqlFileNames();
    QStringList wrong;
    int prepared = 0;
    for (const QString &name : names) {
        if (name.startsWith(QLatin1StringView("store/")) || variant.match(name).hasMatch())
            continue;
        // The same choice as sqlFile(), made again from the rule.
        QString chosen = name;
        for (int v = 40; v >= major; --v) {
            if (names.contains(QStringLiteral("%1.v%2").arg(name).arg(v)))
                chosen = QStringLiteral("%1.v%2").arg(name).arg(v);
        }
        QFile file(QStringLiteral(":/sql/%1.sql").arg(chosen));
        QVERIFY2(file.open(QIODevice::ReadOnly), qPrintable(chosen));
        const QString text = QString::fromUtf8(file.readAll());
        const int since = header(text, QStringLiteral("since")).section(QLatin1Char(' '), 0, 0).toInt();
        if (since > major)
            continue;
        auto statement = sqlFile(name, major * 10000 + 1);
        QVERIFY2(statement, qPrintable(name));
        // psql scripts for the server's own socket have its variables: as psql would fill them in.
        static const QRegularExpression literal(QStringLiteral("(?<!:):'\\w+'")), identifier(QStringLiteral("(?<!:):\"\\w+\""));
        statement->text = QString::fromUtf8(statement->text).replace(literal, QStringLiteral("'x'")).replace(identifier, QStringLiteral("\"postgres\"")).toUtf8();
        const auto rows = (*link)->describe(*statement);
        if (!rows) {
            wrong << QStringLiteral("%1: %2").arg(chosen, rows.error().text());
            continue;
        }
        ++prepared;
        QStringList got;
        for (const Column &column : rows->columns())
            got << column.name + QLatin1Char(' ') + types.value(column.typeOid);
        const QString columns = header(text, QStringLiteral("columns"));
        const QStringList said = columnList(columns);
        if ((columns == QLatin1StringView("none") && !got.isEmpty()) || (!said.isEmpty() && said != got))
            wrong << QStringLiteral("%1 names %2 but gives %3").arg(chosen, columns, got.join(QStringLiteral(", ")));
    }
    QVERIFY2(wrong.isEmpty(), qPrintable(QString(QLatin1Char('\n') + wrong.join(QLatin1Char('\n')))));
    QVERIFY(prepared > 0);
}

QTEST_GUILESS_MAIN(TestSqlFiles)
#include "tst_sqlfiles.moc"
