// SPDX-License-Identifier: GPL-3.0-or-later
// The corpus against the server's own grammar: what the cases hold is SQL of their version, what the linter calls an error of an older version is one
// there, and what a fix writes is SQL. Of utility statements the server only parses: nothing has to exist.
#include "migrations/corpuscases.h"
#include "query/splitter.h"
#include "support/testserver.h"

#include <QTest>

using namespace howdah;
using namespace howdah::migrations;
using namespace Qt::StringLiterals;

class TestGrammar : public QObject
{
    Q_OBJECT
private slots:
    void corpus_data();
    void corpus();
};

void TestGrammar::corpus_data()
{
    QTest::addColumn<int>("major");
    QTest::newRow("17") << 17;
    QTest::newRow("18") << 18;
}

// Syntax errors of what stands in `text`, a line each.
static QStringList wrongIn(pg::Connection &link, const QByteArray &text)
{
    QStringList wrong;
    for (const query::Piece &piece : query::split(text)) {
        if (piece.kind == query::Piece::Kind::Command || piece.several)
            continue;
        const auto rows = link.describe({piece.text, {}});
        // 42601: the grammar. What does not exist in an empty database is no matter.
        if (!rows && rows.error().sqlstate == "42601"_L1)
            wrong << QString::fromUtf8(piece.text) + u": "_s + rows.error().text();
        else if (!rows && !rows.error().sqlstate.startsWith("42"_L1) && !rows.error().sqlstate.startsWith("3"_L1))
            wrong << QString::fromUtf8(piece.text) + u": not read, "_s + rows.error().text();
    }
    return wrong;
}

void TestGrammar::corpus()
{
    QFETCH(int, major);
    QString why;
    test::ServerSetup setup;
    setup.major = major;
    const auto server = test::TestServer::start(setup, &why);
    QVERIFY2(server, qPrintable(why));
    auto link = server->admin();
    QVERIFY(link);
    int cases = 0;
    int refused = 0;
    for (const test::CorpusCase &one : test::corpusCases()) {
        if (one.facts.serverMajor != major)
            continue;
        ++cases;
        const QStringList wrong = wrongIn(**link, one.file.up.text) + wrongIn(**link, one.file.down.text);
        const QList<Finding> findings = lint(one.file, one.facts);
        // What 18 brought and the linter says so: implicit-generated-kind, set-not-null, not-enforced.
        const bool told = std::any_of(findings.begin(), findings.end(), [](const Finding &finding) {
            return finding.level == Level::Error && (finding.hazard == 17 || finding.hazard == 25 || finding.hazard == 30);
        });
        QVERIFY2(wrong.isEmpty() == !told, qPrintable(one.name + u'\n' + wrong.join(u'\n')));
        refused += told ? 1 : 0;
        QList<Fix> fixes;
        for (const Finding &finding : findings)
            fixes += finding.down ? QList<Fix>() : finding.fixes;
        std::stable_sort(fixes.begin(), fixes.end(), [](const Fix &a, const Fix &b) { return a.offset > b.offset; });
        QByteArray mended = one.file.up.text;
        for (const Fix &fix : fixes)
            mended.replace(fix.offset, fix.length, fix.text);
        const QStringList after = wrongIn(**link, mended);
        QVERIFY2(fixes.isEmpty() || after.isEmpty(), qPrintable(one.name + u" mended\n"_s + after.join(u'\n')));
    }
    QVERIFY(cases >= (major == 18 ? 300 : 5));
    QVERIFY(major == 18 || refused >= 3);
}

QTEST_GUILESS_MAIN(TestGrammar)
#include "tst_grammar.moc"
