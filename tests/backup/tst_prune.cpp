// SPDX-License-Identifier: GPL-3.0-or-later
// What may go: never the last sound full backup, never what another builds on, never what is not ours to judge.
#include "backup/prune.h"
#include "backup/prunewal.h"

#include "coreutils.h"
#include "support/verifyok.h"

#include <QRandomGenerator>
#include <QtTest>

using namespace howdah;
using namespace howdah::backup;
using namespace Qt::StringLiterals;

class TestPrune : public QObject
{
    Q_OBJECT
private slots:
    void init();
    void asksForANumber();
    void keepsSoMany();
    void daysBeginFromOneBefore();
    void badOnesDoNotCount();
    void nothingSound();
    void chainsStay();
    void notOurs();
    void everySetOfRules();
    void removed();
    void wal();
    void walIsRemoved();

private:
    // One a day at noon, "f" a full one, "i" on the last full one, "F" and "I" that did not verify.
    void add(const QString &days)
    {
        const Backup *full = nullptr;
        m_catalogue.backups.reserve(50);
        for (const QChar what : days) {
            const QString id = u"202611%1T120000Z-%2"_s.arg(m_catalogue.backups.size() + 1, 2, 10, QChar(u'0')).arg(what.toLower() == u'f' ? u"full"_s : u"incr"_s);
            const QByteArray manifest = id.toLatin1();
            Backup backup = what.toLower() == u'f' ? test::recorded(id, manifest) : test::recorded(id, manifest, full->id, full->manifestSha256);
            backup.verified = {1, what.isLower(), {}};
            m_catalogue.backups << backup;
            if (what.toLower() == u'f')
                full = &m_catalogue.backups.last();
        }
    }
    // The days of those that stay, in the same letters; "." goes.
    QString left(const Retention &retention)
    {
        const auto plan = planPrune(m_catalogue, m_catalogue.backups.constLast().systemIdentifier, retention, m_now);
        if (!plan)
            return plan.error().reason;
        QString told;
        for (const PruneItem &item : plan->items)
            told += item.goes ? QChar(u'.') : item.backup.kind == BackupKind::Full ? QChar(u'f') : QChar(u'i');
        return told;
    }

    Catalogue m_catalogue;
    const qint64 m_now = timeOfId(u"20261110T180000Z-full"_s);
};

void TestPrune::init()
{
    m_catalogue = {};
}

void TestPrune::asksForANumber()
{
    add(u"ff"_s);
    QCOMPARE(left({}), u"usage"_s);
}

void TestPrune::keepsSoMany()
{
    add(u"fiifiifii"_s);
    QCOMPARE(left({2, 0, {}}), u"...fiifii"_s);
    QCOMPARE(left({1, 0, {}}), u"......fii"_s);
    QCOMPARE(left({9, 0, {}}), u"fiifiifii"_s);
}

void TestPrune::daysBeginFromOneBefore()
{
    add(u"fifffifffi"_s); // the 1st to the 10th; it is the 10th, in the evening
    QCOMPARE(left({0, 2, {}}), u".......ffi"_s); // since the 8th at six: reached from the 8th's at noon
    QCOMPARE(left({0, 1, {}}), u"........fi"_s);
    QCOMPARE(left({0, 365, {}}), u"fifffifffi"_s);
    QCOMPARE(left({3, 1, {}}), u"......fffi"_s); // the longer of both
}

void TestPrune::badOnesDoNotCount()
{
    // What did not verify, or nobody has looked at, or was taken with errors, may be all there is of its time: it takes no proven one's place, and waits for one.
    add(u"fffFFi"_s);
    QCOMPARE(left({2, 0, {}}), u".ffffi"_s);
    m_catalogue.backups.clear();
    add(u"fffff"_s);
    m_catalogue.backups[4].verified = {};
    QCOMPARE(left({2, 0, {}}), u"..fff"_s);
    m_catalogue.backups[4].verified = {1, true, {}};
    m_catalogue.backups[4].errors << u"a page's checksum was wrong"_s;
    QCOMPARE(left({2, 0, {}}), u"..fff"_s);
    m_catalogue.backups[4].errors.clear();
    m_catalogue.backups[1].errors << u"a page's checksum was wrong"_s;
    QCOMPARE(left({1, 0, {}}), u"....f"_s);
    // Of the branch that is lived on: the parent's may be what leads to moments before its first backup.
    m_catalogue.backups[1].errors.clear();
    const QString without = left({0, 7, {}});
    m_catalogue.backups[4].timeline = 2;
    QCOMPARE(left({0, 7, {}}), u"fffff"_s);
    QVERIFY2(without.contains(u'.'), qPrintable(without));
    m_catalogue.backups.clear();
    add(u"fffFFif"_s);
    QCOMPARE(left({2, 0, {}}), u"..f...f"_s);
    const auto plan = planPrune(m_catalogue, m_catalogue.backups.constFirst().systemIdentifier, {1, 0, {}}, m_now);
    VERIFY_OK(plan);
    QCOMPARE(plan->items.at(3).why, u"it did not verify"_s);
    QCOMPARE(plan->bytes, 6000);
}

void TestPrune::nothingSound()
{
    add(u"FiF"_s);
    QCOMPARE(left({1, 0, {}}), u"nothing_sound"_s);
}

void TestPrune::chainsStay()
{
    add(u"fififf"_s);
    m_catalogue.backups[1].state = BackupState::Changed; // what is not understood stays, and so does what it builds on
    QCOMPARE(left({1, 0, {}}), u"fi...f"_s);
    QCOMPARE(left({1, 0, {m_catalogue.backups.at(3).id}}), u"fifi.f"_s);
    // A full one of which only the manifest is another: what builds on it may be of use once that is mended.
    m_catalogue.backups[1].state = BackupState::Complete;
    m_catalogue.backups[0].state = BackupState::Changed;
    QCOMPARE(left({1, 0, {}}), u"fi...f"_s);
    m_catalogue.backups.removeFirst();
    QCOMPARE(left({1, 0, {}}), u"....f"_s); // an orphan
}

void TestPrune::notOurs()
{
    add(u"fffff"_s);
    m_catalogue.backups[0].systemIdentifier = u"1"_s;
    m_catalogue.backups[1].state = BackupState::Unreadable;
    m_catalogue.backups[2].state = BackupState::BeingWritten;
    m_catalogue.backups[3].state = BackupState::Left;
    QCOMPARE(left({1, 0, {}}), u"fff.f"_s);
}

// Whatever there is and whatever is asked: what stays is complete, and every moment that was wanted and could be reached still can be.
void TestPrune::everySetOfRules()
{
    QRandomGenerator random(4711);
    for (int round = 0; round < 2000; ++round) {
        m_catalogue = {};
        QString days = u"f"_s;
        while (days.size() < 10)
            days += u"ffiiiFI"_s.at(random.bounded(7));
        add(days);
        const Retention retention{int(random.bounded(4)), int(random.bounded(8)), {}};
        const auto plan = planPrune(m_catalogue, m_catalogue.backups.constFirst().systemIdentifier, retention, m_now);
        if (retention.fulls == 0 && retention.days == 0) {
            QVERIFY(!plan);
            continue;
        }
        VERIFY_OK(plan);
        Catalogue after;
        qsizetype sound = 0, soundBefore = 0;
        qint64 first = 0;
        for (const PruneItem &item : plan->items) {
            const bool isSound = item.backup.kind == BackupKind::Full && item.backup.isUsable();
            soundBefore += isSound;
            if (item.goes)
                continue;
            after.backups << item.backup;
            sound += isSound;
            if (isSound && first == 0)
                first = item.backup.stopMs;
        }
        QVERIFY(sound >= qMin<qsizetype>(soundBefore, qMax(1, retention.fulls)));
        QCOMPARE(after.orphans(), QStringList());
        const qint64 since = m_now - retention.days * 86'400'000LL;
        if (retention.days > 0)
            QVERIFY2(first <= since || first == m_catalogue.backups.constFirst().stopMs || sound == soundBefore, qPrintable(days));
        for (const PruneItem &item : plan->items) // an incremental that is sound stays with what it builds on
            QVERIFY(!item.goes || item.backup.kind != BackupKind::Incremental || !item.backup.isUsable() || !after.find(item.backup.parent));
    }
}

void TestPrune::removed()
{
    QTemporaryDir folder;
    const auto box = test::coreutilsOnly(folder);
    QVERIFY(box);
    const Repository repository(*box, folder.filePath(u"r"_s), u"the test's folder"_s);
    add(u"fifif"_s);
    for (const Backup &backup : std::as_const(m_catalogue.backups))
        QVERIFY(test::put(repository.root(), backup, backup.id.toLatin1()));
    const auto listed = repository.list();
    VERIFY_OK(listed);
    const QString identifier = m_catalogue.backups.constFirst().systemIdentifier;
    const Retention retention{1, 0, {}};
    const auto plan = planPrune(*listed, identifier, retention, m_now);
    VERIFY_OK(plan);
    QCOMPARE(plan->going().size(), 4);
    // Another one came meanwhile: what was shown is not what would go.
    Backup more = test::recorded(u"20261106T120000Z-full"_s, "more");
    more.verified = {1, true, {}};
    QVERIFY(test::put(repository.root(), more, "more"));
    const auto refused = prune(repository, *plan, identifier, retention, m_now);
    QVERIFY(!refused);
    QCOMPARE(refused.error().reason, u"changed"_s);
    QVERIFY(QDir(repository.folderOf(more.id, more.kind)).removeRecursively());

    QStringList order;
    const auto report = prune(repository, *plan, identifier, retention, m_now, [&](const ProgressStep &step) { order << step.step.right(4); });
    VERIFY_OK(report);
    QCOMPARE(report->kept, QStringList());
    QCOMPARE(order, (QStringList{u"incr"_s, u"incr"_s, u"full"_s, u"full"_s}));
    QCOMPARE(QDir(repository.root() + "/base"_L1).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot), QStringList{u"20261105T120000Z-full"_s});
}

void TestPrune::wal()
{
    add(u"fif"_s);
    const QString identifier = m_catalogue.backups.constFirst().systemIdentifier;
    constexpr quint64 size = 16 << 20;
    m_catalogue.backups[0].startLsn = {3 * size + 40};
    m_catalogue.backups[1].startLsn = {5 * size + 40};
    m_catalogue.backups[2].startLsn = {300 * size + 40};
    for (Backup &backup : m_catalogue.backups)
        backup.stopLsn = backup.startLsn;
    QVector<ArchivedFile> archive{{u"00000002.history"_s, 4096}, {u"before-20261126T180102Z"_s, 1}, {u"archtemp"_s, 1}};
    for (const quint64 number : {1, 2, 3, 4, 5, 299, 300, 301})
        archive.append({Segment{1, number}.name(size), 100});
    archive.append({Segment{2, 2}.name(size) + ".zst"_L1, 10}); // a branch that was left
    archive.append({Segment{1, 3}.name(size) + ".00000028.backup"_L1, 1});
    archive.append({Segment{1, 301}.name(size) + ".partial"_L1, 1});
    const QString fullOne = m_catalogue.backups.at(0).id, incr = m_catalogue.backups.at(1).id, fullTwo = m_catalogue.backups.at(2).id;

    const auto all = planWal(m_catalogue, identifier, {}, archive, 0);
    VERIFY_OK(all);
    QCOMPARE(all->goes, (QStringList{u"000000010000000000000001"_s, u"000000010000000000000002"_s, u"000000020000000000000002.zst"_s}));
    QCOMPARE(all->bytes, 210);
    QCOMPARE(all->neededBy, fullOne);
    const auto later = planWal(m_catalogue, identifier, {fullOne, incr}, archive, 0);
    VERIFY_OK(later);
    QCOMPARE(later->firstKept, u"00000001000000010000002C"_s);
    QCOMPARE(later->goes.size(), 8);
    QVERIFY(later->goes.contains(u"000000010000000000000003.00000028.backup"_s) && !later->goes.contains(u"00000002.history"_s));

    const auto reason = [&](const std::function<void(Catalogue &)> &change, const QStringList &going = {}, quint32 segmentSize = 0) {
        Catalogue changed = m_catalogue;
        change(changed);
        const auto plan = planWal(changed, identifier, going, archive, segmentSize);
        return plan ? u"planned"_s : plan.error().reason;
    };
    QCOMPARE(reason([](Catalogue &c) { c.backups[0].state = BackupState::Changed; }), u"not_certain"_s);
    QCOMPARE(reason([](Catalogue &c) { c.backups[0].state = BackupState::Unreadable; }), u"not_certain"_s);
    QCOMPARE(reason([](Catalogue &c) { c.backups[0].systemIdentifier = u"1"_s; }), u"not_certain"_s);
    QCOMPARE(reason([](Catalogue &c) { c.backups[0].segmentSize = 1 << 20; }), u"not_certain"_s);
    QCOMPARE(reason([](Catalogue &) {}, {fullOne, incr, fullTwo}), u"not_certain"_s);
    QCOMPARE(reason([](Catalogue &c) { c.backups[1].state = BackupState::BeingWritten; }), u"planned"_s);
    QCOMPARE(reason([](Catalogue &) {}, {}, 1 << 20), u"not_certain"_s);
}

void TestPrune::walIsRemoved()
{
    QTemporaryDir folder;
    const auto box = test::coreutilsOnly(folder);
    QVERIFY(box);
    const QString archive = folder.filePath(u"an archive"_s);
    for (const QString &name : {u"000000010000000000000001"_s, u"000000010000000000000002"_s, u"00000002.history"_s})
        QVERIFY(test::put(archive + u'/' + name, "x"));
    const auto files = archivedFiles(*box, archive);
    VERIFY_OK(files);
    QCOMPARE(files->size(), 3);
    WalPlan plan;
    plan.goes = QStringList{u"000000010000000000000001"_s};
    VERIFY_OK(removeWal(*box, archive, plan));
    VERIFY_OK(removeWal(*box, archive, {}));
    QCOMPARE(QDir(archive).entryList(QDir::Files), (QStringList{u"000000010000000000000002"_s, u"00000002.history"_s}));
}

QTEST_GUILESS_MAIN(TestPrune)
#include "tst_prune.moc"
