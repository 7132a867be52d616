// SPDX-License-Identifier: GPL-3.0-or-later
// Our corpus of statements in the pane, by its keys, against psql on the same server: the same errors at the same places, the same cells in every
// result. How psql dresses its tables up (\x, \a, \t, \pset) is no part of a grid, and is left out of what it is given.
#include "corpus/psql.h"
#include "querypane/bench.h"
#include "ui/query/messages.h"


#include <QApplication>
#include <QDir>

using namespace howdah;
using namespace howdah::ui;
using namespace test;

namespace
{

constexpr size_t aRun = 40;      // pieces; a run has at most 50 results on screen
constexpr int mostResults = 50;

// As psql --csv writes a cell.
QByteArray csvCell(QByteArrayView cell)
{
    QByteArray text = cell.toByteArray();
    if (text != "\\." && std::none_of(text.cbegin(), text.cend(), [](char c) { return c == ',' || c == '"' || c == '\n' || c == '\r'; }))
        return text;
    return '"' + text.replace('"', "\"\"") + '"';
}

QByteArray csv(const query::ResultStore &store)
{
    if (store.columns().empty())
        return "\n"; // SELECT; has rows of nothing
    QByteArrayList line;
    for (const pg::Column &column : store.columns())
        line << csvCell(column.name.toUtf8());
    QByteArray text = line.join(',') + '\n';
    for (int chunk = 0; chunk < store.chunkCount(); ++chunk) {
        const auto rows = store.load(chunk);
        if (!rows)
            return rows.error().text().toUtf8();
        for (qsizetype row = 0; row < rows->size(); ++row) {
            line.clear();
            for (int column = 0; column < int(store.columns().size()); ++column)
                line << csvCell(rows->bytes(row, column));
            text += line.join(',') + '\n';
        }
    }
    return text;
}

// What nothing in the script sets is asked for here, and left as it stands in psql.
QByteArray withoutQuestions(const QByteArray &script)
{
    static const QRegularExpression asked(QStringLiteral("^.*:'?(?:missing|five)\\b.*\\n"), QRegularExpression::MultilineOption);
    return QString::fromUtf8(script).remove(asked).toUtf8();
}

QByteArray withoutDress(const QByteArray &script)
{
    static const QRegularExpression dress(QStringLiteral("^\\\\(?:x|t|a|pset)\\b.*\\n"), QRegularExpression::MultilineOption);
    return QString::fromUtf8(script).remove(dress).replace(QLatin1StringView("\\gx"), QLatin1StringView("\\g")).toUtf8();
}

// Where one run may end and the next begin: nothing that the next needs is known to the run alone.
bool isCut(const std::vector<query::Piece> &pieces, size_t next, int conditions)
{
    using Kind = query::Piece::Kind;
    return conditions == 0 && pieces[next].kind == Kind::Statement && pieces[next - 1].kind == Kind::Statement;
}

} // namespace

class TestPaneCorpus : public QObject
{
    Q_OBJECT

private:
    struct Told {
        QByteArray output;  // every result, every \echo, every COPY, in order
        Errors errors;
        int results = 0;
        int unshown = 0;
    };

    const QString m_folder = qEnvironmentVariable("HOWDAH_SOURCE_DIR") + QStringLiteral("/tests/corpus/");
    std::unique_ptr<PaneBench> m_bench;

    void tell(const RunEvent &event, Told &told) const
    {
        const query::Piece &piece = m_bench->runner()->request().pieces.at(size_t(event.index));
        switch (event.kind) {
        case RunEvent::Kind::ResultEnds:
            if (event.store && !event.store->error()) {
                told.output += csv(*event.store);
                ++told.results;
            }
            told.unshown += !event.store;
            break;
        case RunEvent::Kind::CopyOut: told.output += event.bytes; break;
        case RunEvent::Kind::Message:
            if (piece.text.startsWith("\\echo") || piece.text.startsWith("\\qecho"))
                told.output += event.text.toUtf8() + '\n';
            break;
        case RunEvent::Kind::StatementEnds:
            if (const auto &error = event.end.error; error && !error->sqlstate.isEmpty()) {
                const QList<uint> text = QString::fromUtf8(piece.text).toUcs4();
                const auto at = text.begin() + std::clamp(qsizetype(error->position) - 1, qsizetype(0), qsizetype(text.size()));
                const auto line = std::find(std::make_reverse_iterator(at), text.rend(), uint('\n')).base();
                const bool placed = error->position > 0;
                told.errors << errorLine(error->sqlstate, error->message, placed ? 1 + int(std::count(text.begin(), at, uint('\n'))) : 0, 1 + (at - line));
            }
            break;
        default: break;
        }
    }

    // A file's text in a pane of its own database, and what psql makes of it in another.
    bool open(const QString &file, QByteArray *script, Program *theirs)
    {
        const QString base = file.section(QLatin1Char('.'), 0, 0);
        if (!m_bench->server->sql({"CREATE DATABASE psql_" + base.toUtf8(), "CREATE DATABASE pane_" + base.toUtf8()}))
            return false;
        *script = withoutQuestions(readFile(m_folder + file));
        const QString path = m_bench->folder.filePath(file);
        QFile plain(path);
        if (!plain.open(QIODevice::WriteOnly) || plain.write(withoutDress(*script)) < 0)
            return false;
        plain.close();
        *theirs = runPsql(m_bench->server->socketSpec(), QStringLiteral("psql_") + base, {QStringLiteral("-q"), QStringLiteral("--csv"), QStringLiteral("-f"), path});
        m_bench->database = QStringLiteral("pane_") + base;
        if (theirs->exitCode != 0 || script->isEmpty() || !m_bench->open())
            return false;
        m_bench->put(*script);
        QTest::mouseClick(m_bench->box(QStringLiteral("Go on at errors")), Qt::LeftButton, {}, QPoint(8, 8));
        return m_bench->box(QStringLiteral("Go on at errors"))->isChecked();
    }

    // A DROP is asked about first.
    bool confirm()
    {
        QWidget *asked = QApplication::activeModalWidget();
        if (!asked)
            return true;
        for (auto *button : asked->findChildren<QPushButton *>()) {
            if (button->text() == QLatin1StringView("Run the statement"))
                QTest::mouseClick(button, Qt::LeftButton);
        }
        return m_bench->idle();
    }

private slots:
    void initTestCase()
    {
        QString why;
        m_bench = PaneBench::start(&why);
        QVERIFY2(m_bench, qPrintable(why));
    }
    void cleanupTestCase()
    {
        m_bench.reset();
        QVERIFY(Worker::joinClosed(5000));
    }

    void runsAsInPsql_data()
    {
        QTest::addColumn<QString>("file");
        const QStringList files = QDir(m_folder).entryList({QStringLiteral("*.sql")});
        QVERIFY(files.size() >= 5);
        for (const QString &file : files)
            QTest::newRow(qPrintable(file)) << file;
    }

    // So many statements at a time as have room on screen, each lot selected and run by Ctrl+Enter on the same link.
    void runsAsInPsql()
    {
        QFETCH(QString, file);
        QByteArray script;
        Program theirs;
        QVERIFY2(open(file, &script, &theirs), theirs.errors.constData());
        Told told;
        connect(m_bench->tab()->runner(), &Runner::told, this, [&](const RunEvent &event) { tell(event, told); });
        const std::vector<query::Piece> pieces = query::split(script);
        int conditions = 0;
        for (size_t first = 0, i = 0; i < pieces.size(); ++i) {
            conditions += pieces[i].text.startsWith("\\if") ? 1 : pieces[i].text.startsWith("\\endif") ? -1 : 0;
            const bool last = i + 1 == pieces.size();
            if (!last && (i - first < aRun || !isCut(pieces, i + 1, conditions)))
                continue;
            // Data of COPY belongs to its piece: a selection ends where the next one begins.
            m_bench->editor()->select({pieces[first].begin, last ? script.size() : pieces[i + 1].begin});
            const int before = told.results;
            QVERIFY(m_bench->runStatement() && confirm());
            QVERIFY2(!m_bench->messages().isEmpty(), pieces[first].text.constData()); // nothing was asked
            QVERIFY(told.results - before <= m_bench->tab()->results()->results());
            first = i + 1;
        }
        QCOMPARE(told.unshown, 0);
        QCOMPARE(told.errors, errorsOfPsql(theirs.errors));
        const QByteArrayList lines = told.output.split('\n'), expected = theirs.output.split('\n');
        for (qsizetype i = 0; i < qMin(lines.size(), expected.size()); ++i)
            QCOMPARE(lines.at(i), expected.at(i));
        QCOMPARE(lines.size(), expected.size());
        disconnect(m_bench->tab()->runner(), &Runner::told, this, nullptr);
    }

    // All at once: every error at its place, the first results, and that there were more.
    void aScriptOfManyResults()
    {
        QByteArray script;
        Program theirs;
        QVERIFY(m_bench->server->sql({"DROP DATABASE psql_comments", "DROP DATABASE pane_comments WITH (FORCE)"}));
        QVERIFY2(open(QStringLiteral("comments.sql"), &script, &theirs), theirs.errors.constData());
        Told told;
        connect(m_bench->tab()->runner(), &Runner::told, this, [&](const RunEvent &event) { tell(event, told); });
        QVERIFY(m_bench->runScript());
        QCOMPARE(m_bench->tab()->results()->results(), mostResults);
        QVERIFY(told.unshown > 0);
        QVERIFY2(m_bench->messages().contains(QStringLiteral("rows read and not shown: a run has at most 50 results on screen")), qPrintable(m_bench->messages()));
        QCOMPARE(told.errors, errorsOfPsql(theirs.errors));
        QVERIFY2(theirs.output.startsWith(told.output), told.output.constData());
        // And marked in the text.
        const auto placed = std::count_if(told.errors.cbegin(), told.errors.cend(), [](const QString &error) { return error.contains(QLatin1StringView(" at ")); });
        int marks = 0;
        for (int id = 1; id <= told.errors.size(); ++id)
            marks += m_bench->editor()->errorMark(id) >= 0;
        QVERIFY(placed > 0);
        QCOMPARE(marks, int(told.errors.size()));
        disconnect(m_bench->tab()->runner(), &Runner::told, this, nullptr);
    }
};

QTEST_MAIN(TestPaneCorpus)
#include "tst_corpus.moc"
