// SPDX-License-Identifier: GPL-3.0-or-later
// What is kept of a recovery comes back as it was; what nobody measured is said to be so; server text is no markup; a folder of others is left as it is.
#include "backup/evidence.h"
#include "support/verifyok.h"

#include <QFile>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QtTest>

#include <sys/stat.h>

using namespace howdah;
using namespace howdah::backup;
using namespace Qt::StringLiterals;

class TestEvidence : public QObject
{
    Q_OBJECT
private slots:
    void init();
    void comesBack();
    void whatIsNotKnownIsSaid();
    void serverTextIsNoMarkup();
    void addedTo();
    void written();

private:
    static Evidence whole()
    {
        Evidence one;
        one.rehearsal = u"rehearsal-20261127T021154Z"_s;
        one.atMs = 1'795'745'514'000;
        one.target = u"just before transaction 756"_s;
        one.systemIdentifier = u"7443"_s;
        one.repository = u"volume howdah_archive"_s;
        one.archive = u"/archive (100%1 full)"_s;
        one.inputsKnown = true;
        one.chain = {{u"20261127T020115Z-full"_s, u"full"_s, "ab12", 1, {0x3000028}, {0x3000130}, true}};
        one.segments = {{u"000000010000000000000003"_s, 16 << 20, "cd34"}};
        one.verdict = {{u"last_commit_lsn"_s, u"0/3000200"_s}, {u"last_commit"_s, u"2026-11-27 02:11:53+00"_s}, {u"timeline"_s, 1}};
        one.outcome = {{u"good"_s, true}, {u"stopped"_s, u"recovery stopping before commit of transaction 756"_s}, {u"timeline"_s, 2}, {u"recovery_ms"_s, 4200}, {u"copy_ms"_s, 4000}, {u"replay_ms"_s, 200}, {u"check_ms"_s, 900},
                       {u"checks"_s, QJsonArray{QJsonObject{{u"name"_s, u"pages"_s}, {u"good"_s, true}, {u"words"_s, QString()}}}}};
        one.lastArchivedUs = (one.atMs - 61'000) * 1000;
        one.lost = 3;
        one.events = {{one.atMs + 5, u"rescue"_s, u"5 rows\nbrought back"_s, {{u"rows"_s, 5}}}};
        return one;
    }
    std::unique_ptr<QTemporaryDir> m_home;
};

void TestEvidence::init()
{
    m_home = std::make_unique<QTemporaryDir>();
    qputenv("XDG_DATA_HOME", m_home->path().toLocal8Bit());
}

void TestEvidence::comesBack()
{
    const Evidence one = whole();
    QCOMPARE(one.exposedMs(), std::optional<qint64>(61'000));
    QCOMPARE(one.recoveryMs(), std::optional<qint64>(4200));
    VERIFY_OK(keepEvidence(one));
    const auto read = readEvidence(one.rehearsal);
    VERIFY_OK(read);
    QCOMPARE(read->toJson(), one.toJson());
    QCOMPARE(*keptEvidence(), QStringList{one.rehearsal});
    QCOMPARE(readEvidence(u"../../etc/passwd"_s).error().reason, u"no_such_report"_s);
    QCOMPARE(Evidence::fromJson({{u"rehearsal"_s, one.rehearsal}}).error().reason, u"bad_record"_s); // of no version that we know
    const QString page = one.toMarkdown();
    for (const char *words : {"ab12", "cd34", "0/3000200", "transaction 756", "All of them are good", "4.2 s (4200 ms)", "1 min 01 s before", "has not: 3", "    5 rows\n    brought back", "(100%1 full)"})
        QVERIFY2(page.contains(QLatin1StringView(words)), qPrintable(QLatin1StringView(words) + u"\n"_s + page));
}

void TestEvidence::whatIsNotKnownIsSaid()
{
    Evidence none;
    none.rehearsal = whole().rehearsal;
    QVERIFY(!none.exposedMs() && !none.recoveryMs());
    QVERIFY(none.toJson()["rto_ms"_L1].isNull() && none.toJson()["lost"_L1].isNull());
    const QString page = none.toMarkdown();
    for (const char *words : {"Not recorded", "It is not finished", "not measured", "RPO: not measured", "not counted", "Nothing: it was neither compared nor applied"})
        QVERIFY2(page.contains(QLatin1StringView(words)), qPrintable(page));
    conclude(none, Result<Rehearsal>(fail(ErrorKind::Client, u"rehearsal_failed"_s, u"The server did not come up"_s)));
    QVERIFY(none.toMarkdown().contains(u"It FAILED: "_s));
    Evidence bad = whole();
    bad.outcome[u"good"_s] = false;
    QVERIFY(bad.toMarkdown().contains(u"this copy proves nothing"_s));
}

void TestEvidence::serverTextIsNoMarkup()
{
    Evidence one = whole();
    one.target = u"restore point `a`|<b>\n# Heading"_s;
    const QString page = one.toMarkdown();
    QVERIFY2(page.contains(u"\\`a\\`\\|\\<b\\>"_s) && !page.contains(u"\n# Heading"_s), qPrintable(page));
}

void TestEvidence::addedTo()
{
    const QString id = whole().rehearsal;
    VERIFY_OK(addEvidence({}, {1, u"compare"_s, u"of none of ours"_s, {}}));
    QVERIFY(keptEvidence()->isEmpty());
    VERIFY_OK(addEvidence(id, {1, u"compare"_s, u"equal"_s, {}}));
    QVERIFY(!readEvidence(id)->inputsKnown); // nobody was there when it was made
    VERIFY_OK(addEvidence(id, {2, u"swap"_s, u"done"_s, {}}));
    QCOMPARE(readEvidence(id)->events.size(), 2);
    QFile file(m_home->filePath(u"howdah/evidence/%1.json"_s.arg(id)));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("{");
    file.close();
    QVERIFY(!addEvidence(id, {3, u"rollback"_s, {}, {}})); // what is not understood is not written over
}

void TestEvidence::written()
{
    const QTemporaryDir folder;
    QCOMPARE(::chmod(QFile::encodeName(folder.path()).constData(), 0755), 0);
    const auto files = writeReport(whole(), folder.path());
    VERIFY_OK(files);
    QCOMPARE(files->size(), 2);
    struct stat status;
    for (const QString &file : *files) {
        QCOMPARE(::stat(QFile::encodeName(file).constData(), &status), 0);
        QCOMPARE(status.st_mode & 0777U, 0600U);
    }
    QCOMPARE(::stat(QFile::encodeName(folder.path()).constData(), &status), 0);
    QCOMPARE(status.st_mode & 0777U, 0755U);
}

QTEST_GUILESS_MAIN(TestEvidence)
#include "tst_evidence.moc"
