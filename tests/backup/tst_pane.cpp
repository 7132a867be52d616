// SPDX-License-Identifier: GPL-3.0-or-later
// The pane Backups by mouse and keys, with a server of build/pg, the image's programs and a folder: a place is chosen, a backup and a dump are taken, the dump is restored
// in part, old ones are removed, a damaged one is found. What counts is what lies in the folder, what the server holds and what the journal says.
#include "backup/schedulekeeping.h"
#include "backup/stand.h"
#include "stack/record.h"
#include "store/journal.h"
#include "support/testserver.h"
#include "support/windowparts.h"
#include "support/windowpictures.h"
#include "support/windowstand.h"
#include "ui/backup/backupdetail.h"
#include "ui/backup/placedialog.h"
#include "ui/backup/prunedialog.h"
#include "ui/backup/readinessbar.h"
#include "ui/backup/restoredialog.h"
#include "ui/backup/scheduledialog.h"
#include "ui/backup/takedialog.h"
#include "ui/backup/windowstrip.h"
#include "ui/session/changeplandialog.h"
#include "ui/shell/mainwindow.h"
#include "ui/shell/panestack.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/errorbar.h"
#include "ui/widgets/keyedview.h"
#include "ui/widgets/label.h"
#include "ui/widgets/typedline.h"

#include <QApplication>
#include <QCheckBox>
#include <QDir>
#include <QDirIterator>
#include <QLineEdit>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QSpinBox>
#include <QTreeWidget>
#include <QtTest>

#include <algorithm>

#include <unistd.h>

using namespace howdah;
using namespace howdah::test;
using namespace howdah::ui;
using namespace Qt::StringLiterals;

class TestPane : public QObject, protected WindowStand
{
    Q_OBJECT

private:
    QTemporaryDir m_backups;

    static constexpr QPoint onItsWord{24, 10}; // of a button that is wider than its word
    static constexpr int patience = 120'000; // eight others run beside it

    KeyedView *table() const { return pane()->findChild<KeyedView *>(); }
    WindowStrip *strip() const { return pane()->findChild<WindowStrip *>(); }
    ReadinessBar *readiness() const { return pane()->findChild<ReadinessBar *>(); }
    ErrorBar *error() const { return pane()->findChild<ErrorBar *>(); }
    void key(QWidget *at, Qt::Key which, Qt::KeyboardModifiers modifiers = {}) const
    {
        m_window->activateWindow(); // there is no window manager that does it when a dialog closes
        QTRY_COMPARE(QApplication::activeWindow(), m_window.get());
        QTest::keyClick(at, which, modifiers);
    }
    void click(const QString &beginning, const QWidget *in = nullptr) const
    {
        QTRY_VERIFY_WITH_TIMEOUT(button(beginning, in) && button(beginning, in)->isEnabled(), patience);
        QTest::mouseClick(button(beginning, in), Qt::LeftButton);
    }
    // The plan as it is shown; then its button, with whatever it wants typed before.
    QString confirm() const
    {
        if (!QTest::qWaitFor([] { return shown<ChangePlanDialog>() != nullptr; }, patience))
            return u"no plan: "_s + words(error());
        QPointer<ChangePlanDialog> dialog = shown<ChangePlanDialog>();
        const QString text = dialog->sql()->toPlainText();
        picture(dialog, u"plan"_s);
        if (dialog->typed()) {
            const QString name = dialog->typed()->accessibleName(); // "Type NAME to go on"
            QTest::keyClicks(dialog->typed(), name.sliced(5).chopped(9));
        }
        if (!QTest::qWaitFor([&] { return dialog->verb()->isEnabled(); }, 5'000))
            return {};
        QTest::mouseClick(dialog->verb(), Qt::LeftButton);
        return QTest::qWaitFor([&] { return !dialog; }, 5'000) ? text : QString();
    }
    static QString words(const QWidget *in)
    {
        QStringList all;
        for (const QLabel *label : in->findChildren<QLabel *>()) {
            if (const auto *elided = qobject_cast<const ElidedLabel *>(label); label->isVisible())
                all << (elided ? elided->fullText() : label->text());
        }
        return all.join(u'\n');
    }
    QString value(const QString &database, const QByteArray &statement) const
    {
        const auto admin = pg::Connection::open(m_server->spec().withDatabase(database), m_server->password());
        const auto rows = admin ? (*admin)->run({statement, {}}) : fail(admin.error());
        return !rows ? rows.error().text() : rows->isEmpty() ? QString() : rows->text(0, 0);
    }
    QStringList in(const QString &folder) const { return QDir(m_backups.filePath(folder)).entryList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name); }
    // The journal's end of the newest that begins like this.
    QString outcomeOf(const QString &beginning) const
    {
        auto read = m_store->run([](store::Store &store) { return store::readJournal(store, 50); });
        read.waitForFinished();
        for (const store::JournalEntry &entry : read.result().value_or(QVector<store::JournalEntry>())) {
            if (entry.action.startsWith(beginning) && entry.endedMs)
                return entry.outcome;
        }
        return {};
    }
    static void picture(QWidget *of, const QString &name)
    {
        QCoreApplication::processEvents(); // a layout that waits to be made
        if (const QString folder = qEnvironmentVariable("HOWDAH_PICTURES"); !folder.isEmpty())
            of->grab().save(QDir(folder).filePath(u"backup-%1.png"_s.arg(name)));
    }
    // HOWDAH_PICTURES names a folder: what is shown, at both sizes, light and dark.
    void pictures(const QString &name) const { windowPictures(m_window.get(), u"backup-"_s + name); }
    void takeFull(const QString &label)
    {
        key(table(), Qt::Key_B, Qt::ControlModifier);
        QTRY_VERIFY(shown<TakeDialog>());
        TakeDialog *dialog = shown<TakeDialog>();
        QVERIFY(dialog->fullButton()->isChecked());
        QTest::keyClicks(dialog->labelField(), label);
        picture(dialog, u"take"_s);
        QTest::mouseClick(dialog->planButton(), Qt::LeftButton);
        const QString plan = confirm();
        QVERIFY2(plan.contains(u"pg_basebackup"_s) && !plan.contains(QString::fromUtf8(QByteArray(m_server->password().data(), m_server->password().size()))), qPrintable(plan));
        QTRY_VERIFY_WITH_TIMEOUT(hasWords(table()->model(), label), patience);
    }

private slots:
    void initTestCase();
    void thePlaceIsChosen();
    void aBackupIsTaken();
    void itIsScheduled();
    void anIncrementalIsRefusedInWords();
    void aDumpIsTaken();
    void itIsRestoredInPart();
    void aMomentIsPicked();
    void oldOnesGo();
    void whatIsDamagedIsFound();
    void aPlaceThatIsGoneIsSaid();
    void cleanupTestCase();
};

void TestPane::initTestCase()
{
    begin();
    stack::Record record; // the image's programs are taken where this machine has none
    record.name = u"howdah"_s;
    record.image = u"howdah-postgres:18"_s;
    QVERIFY(stack::writeRecord(record));
    // The server's own user writes into the archive, and everybody may look into it.
    const QString wal = m_backups.filePath(u"wal"_s);
    QVERIFY(QDir().mkpath(wal));
    QVERIFY(QFile::setPermissions(m_backups.path(), QFile::Permissions(0x7755)));
    QCOMPARE(::chown(QFile::encodeName(wal).constData(), 65534, 65534), 0);
    ServerSetup setup;
    setup.hba = {u"hostssl replication all 127.0.0.1/32 scram-sha-256"_s};
    setup.settings = {u"summarize_wal=on"_s, u"archive_mode=on"_s, u"archive_command=test ! -f %1/%f && cp %p %1/%f && chmod 644 %1/%f"_s.arg(wal)};
    startServer(setup, {"CREATE DATABASE shop"});
    if (QTest::currentTestFailed())
        return;
    QCOMPARE(value(u"shop"_s, "CREATE TABLE public.orders (id int PRIMARY KEY, total int)"), QString());
    QCOMPARE(value(u"shop"_s, "CREATE TABLE public.customers (name text PRIMARY KEY)"), QString());
    QCOMPARE(value(u"shop"_s, "INSERT INTO public.orders SELECT i, i FROM generate_series(1, 1000) i"), QString());

    session::Profile profile;
    profile.name = u"shop"_s;
    profile.spec = m_server->spec().withDatabase(u"shop"_s);
    profile.environment = session::Environment::Test;
    open(profile, m_server->password(), u"backup"_s);
}

void TestPane::thePlaceIsChosen()
{
    QTRY_VERIFY_WITH_TIMEOUT(says(pane(), u"No place for backups of this server"_s), 10'000);
    pictures(u"empty"_s);
    click(u"Choose the folder"_s);
    QTRY_VERIFY(shown<PlaceDialog>());
    PlaceDialog *dialog = shown<PlaceDialog>();
    QVERIFY(!dialog->stackButton()); // it is no stack's
    QVERIFY(!dialog->useButton()->isEnabled());
    QTest::keyClicks(dialog->folderField(), m_backups.path());
    picture(dialog, u"place"_s);
    QTest::mouseClick(dialog->useButton(), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(says(pane(), u"There is no backup in "_s), patience);
}

void TestPane::aBackupIsTaken()
{
    click(u"Back up now"_s, nullptr); // the bar's
    QTRY_VERIFY(shown<TakeDialog>());
    TakeDialog *dialog = shown<TakeDialog>();
    QVERIFY(!dialog->incrementalButton()->isEnabled()); // nothing to build on
    dialog->reject();
    QTRY_VERIFY(!shown<TakeDialog>());
    takeFull(u"the first"_s);
    QCOMPARE(in(u"base"_s).size(), 1);
    QTRY_COMPARE_WITH_TIMEOUT(outcomeOf(u"Take the full backup"_s), u"done"_s, 10'000);
    QVERIFY(hasWords(table()->model(), u"complete"_s));
    // Never rehearsed: whatever else is well, it is red and says so.
    QTRY_COMPARE_WITH_TIMEOUT(readiness()->look(), StateLook::Critical, patience);
    QCOMPARE(readiness()->findChild<StateWord *>()->word(), u"not ready"_s);
    QTRY_VERIFY_WITH_TIMEOUT(!strip()->values().lanes.isEmpty() && strip()->values().unknown.isEmpty() && !strip()->values().lanes.constFirst().islands.isEmpty(), patience);
    auto *detail = pane()->findChild<BackupDetail *>();
    QCOMPARE(detail->id(), in(u"base"_s).constFirst());
    QVERIFY2(words(detail).contains(m_backups.path()) && words(detail).contains(u"postgresql.conf"_s), qPrintable(words(detail)));
    QTest::mouseClick(readiness()->detailsButton(), Qt::LeftButton);
    pictures(u"details"_s);
    QTest::mouseClick(readiness()->detailsButton(), Qt::LeftButton);
}

void TestPane::itIsScheduled()
{
    click(u"Schedule"_s);
    QTRY_VERIFY(shown<ScheduleDialog>());
    QPointer<ScheduleDialog> dialog = shown<ScheduleDialog>();
    QVERIFY(!dialog->onBox()->isChecked()); // proposed, and nothing is scheduled yet
    QLineEdit *full = dialog->rhythmField(backup::ScheduledTask::Full);
    full->selectAll();
    QTest::keyClicks(full, u"now and then"_s);
    QVERIFY(!dialog->keepButton()->isEnabled());
    full->selectAll();
    QTest::keyClicks(full, u"daily 03:30"_s);
    QVERIFY(dialog->keepButton()->isEnabled());
    dialog->onBox()->setFocus();
    QTest::keyClick(dialog->onBox(), Qt::Key_Space);
    QVERIFY(dialog->onBox()->isChecked());
    QVERIFY2(dialog->nextLabel(backup::ScheduledTask::Full)->text().contains(u"03:30"_s), qPrintable(dialog->nextLabel(backup::ScheduledTask::Full)->text()));
    picture(dialog, u"schedule"_s);
    QTest::mouseClick(dialog->keepButton(), Qt::LeftButton);
    const QString id = m_window->workspace()->profile().id;
    const auto kept = [&] {
        auto read = m_store->run([id](store::Store &store) { return backup::keptSchedule(store, id); });
        read.waitForFinished();
        return read.result().value_or(std::nullopt).value_or(backup::Schedule());
    };
    QTRY_VERIFY(kept().on);
    QCOMPARE(kept().rhythm(backup::ScheduledTask::Full).text(), u"daily 03:30"_s);
    QCOMPARE(kept().folder, m_backups.path());
}

void TestPane::anIncrementalIsRefusedInWords()
{
    key(table(), Qt::Key_B, Qt::ControlModifier);
    QTRY_VERIFY(shown<TakeDialog>());
    QTest::mouseClick(shown<TakeDialog>()->incrementalButton(), Qt::LeftButton, {}, onItsWord);
    QVERIFY(shown<TakeDialog>()->incrementalButton()->isChecked());
    QTest::mouseClick(shown<TakeDialog>()->planButton(), Qt::LeftButton);
    // build/pg has no 18.6, and what is older may be wrong without a word.
    QTRY_VERIFY_WITH_TIMEOUT(error()->isVisible() && words(error()).contains(u"18.6"_s), patience);
    QVERIFY(!shown<ChangePlanDialog>());
    QCOMPARE(in(u"base"_s).size(), 1);
}

void TestPane::aDumpIsTaken()
{
    key(table(), Qt::Key_B, Qt::ControlModifier);
    QTRY_VERIFY(shown<TakeDialog>());
    TakeDialog *dialog = shown<TakeDialog>();
    QTest::mouseClick(dialog->dumpButton(), Qt::LeftButton, {}, onItsWord);
    QCOMPARE(dialog->databaseField()->text(), u"shop"_s);
    picture(dialog, u"take-dump"_s);
    QTest::mouseClick(dialog->planButton(), Qt::LeftButton);
    const QString plan = confirm();
    QVERIFY2(plan.contains(u"pg_dump"_s) && plan.contains(u"reads every row"_s), qPrintable(plan));
    QTRY_COMPARE_WITH_TIMEOUT(in(u"dump"_s).size(), 1, patience);
    QTRY_VERIFY_WITH_TIMEOUT(hasWords(table()->model(), u"dump"_s), patience);
    QTRY_VERIFY_WITH_TIMEOUT(strip()->values().lane(0), patience);
    pictures(u"backups"_s);
}

void TestPane::itIsRestoredInPart()
{
    table()->select(in(u"dump"_s).constFirst());
    click(u"Restore a dump"_s);
    QTRY_VERIFY(shown<RestoreDialog>());
    QPointer<RestoreDialog> dialog = shown<RestoreDialog>();
    QTRY_VERIFY_WITH_TIMEOUT(dialog->tree()->topLevelItemCount() == 1, patience);
    QVERIFY(dialog->newButton()->isChecked());
    QCOMPARE(dialog->databaseField()->text(), u"shop_restored"_s);
    // Customers are left out, by the keyboard.
    QTreeWidgetItem *schema = dialog->tree()->topLevelItem(0)->child(0);
    QCOMPARE(schema->text(0), u"public"_s);
    QVERIFY(schema->childCount() == 2 && schema->child(0)->text(0).startsWith(u"customers"_s));
    dialog->activateWindow();
    dialog->tree()->setFocus();
    dialog->tree()->setCurrentItem(schema->child(0));
    QTest::keyClick(dialog->tree(), Qt::Key_Space);
    QCOMPARE(schema->child(0)->checkState(0), Qt::Unchecked);
    QCOMPARE(dialog->wish().options.only, QStringList{u"public.orders"_s});
    picture(dialog, u"restore"_s);
    QTest::mouseClick(dialog->planButton(), Qt::LeftButton);
    const QString plan = confirm();
    QVERIFY2(plan.contains(u"CREATE DATABASE"_s) && plan.contains(u"pg_restore"_s), qPrintable(plan));
    QTRY_COMPARE_WITH_TIMEOUT(outcomeOf(u"Restore a part of"_s), u"done"_s, patience);
    QCOMPARE(value(u"shop_restored"_s, "SELECT count(*) FROM public.orders"), u"1000"_s);
    QCOMPARE(value(u"shop_restored"_s, "SELECT to_regclass('public.customers') IS NULL"), u"t"_s);
}

void TestPane::aMomentIsPicked()
{
    QSignalSpy picked(strip(), &WindowStrip::momentPicked);
    const QString full = in(u"base"_s).constFirst();
    const StripLane *lane = strip()->values().lane(1);
    QVERIFY(lane);
    const auto mark = std::find_if(lane->marks.cbegin(), lane->marks.cend(), [&](const StripMark &one) { return one.id == full; });
    QVERIFY(mark != lane->marks.cend());
    QTest::mouseClick(strip(), Qt::LeftButton, {}, QPoint(int(strip()->xOf(mark->atUs)), int(strip()->laneRect(1).top()) + 8));
    QCOMPARE(picked.size(), 1);
    QCOMPARE(picked.at(0).at(0).toLongLong(), mark->atUs);
    QCOMPARE(table()->currentKey(), full); // and its row
}

void TestPane::oldOnesGo()
{
    takeFull(u"the second"_s);
    QCOMPARE(in(u"base"_s).size(), 2);
    const QString older = in(u"base"_s).constFirst();
    click(u"Remove old"_s);
    QTRY_VERIFY(shown<PruneDialog>());
    PruneDialog *dialog = shown<PruneDialog>();
    QVERIFY(!dialog->removeButton()->isEnabled()); // 4 are to stay, and 14 days
    dialog->daysField()->setValue(0);
    dialog->fullsField()->setFocus();
    QTest::keyClick(dialog->fullsField(), Qt::Key_Down);
    QTest::keyClick(dialog->fullsField(), Qt::Key_Down);
    QTest::keyClick(dialog->fullsField(), Qt::Key_Down);
    QCOMPARE(dialog->retention().fulls, 1);
    QTRY_VERIFY(dialog->removeButton()->isEnabled());
    QVERIFY2(dialog->removeButton()->text().startsWith(u"Remove 1 backup"_s), qPrintable(dialog->removeButton()->text()));
    picture(dialog, u"prune"_s);
    QTest::mouseClick(dialog->removeButton(), Qt::LeftButton);
    const QString plan = confirm();
    QVERIFY2(plan.contains(older), qPrintable(plan));
    QTRY_VERIFY_WITH_TIMEOUT(!in(u"base"_s).contains(older), patience);
    QCOMPARE(in(u"base"_s).size(), 1);
    QTRY_VERIFY_WITH_TIMEOUT(!hasWords(table()->model(), u"the first"_s), patience);
    QTRY_COMPARE_WITH_TIMEOUT(outcomeOf(u"Remove 1 backup from"_s), u"done"_s, 10'000);
}

void TestPane::whatIsDamagedIsFound()
{
    const QString id = in(u"base"_s).constFirst();
    QFile file(m_backups.filePath(u"base/%1/data/global/1262"_s.arg(id))); // pg_database
    QVERIFY(file.open(QIODevice::ReadWrite));
    QVERIFY(file.seek(8000));
    char byte = 0;
    QVERIFY(file.peek(&byte, 1) == 1);
    byte = char(byte ^ 1);
    QVERIFY(file.write(&byte, 1) == 1);
    file.close();
    table()->select(id);
    QTRY_VERIFY_WITH_TIMEOUT(button(u"Verify"_s)->isEnabled(), patience);
    key(table(), Qt::Key_V, Qt::ControlModifier | Qt::ShiftModifier);
    QTRY_VERIFY_WITH_TIMEOUT(error()->isVisible() && words(error()).contains(u"BAD"_s), patience);
    QTRY_VERIFY_WITH_TIMEOUT(hasWords(table()->model(), u"damaged"_s), patience);
    QVERIFY(words(error()).contains(u"BAD"_s)); // still said after the reading that followed
    QTRY_VERIFY_WITH_TIMEOUT(strip()->values().lanes.isEmpty() || strip()->values().lanes.constFirst().islands.isEmpty(), patience); // nothing can be reached any more
    pictures(u"damaged"_s);
}

void TestPane::aPlaceThatIsGoneIsSaid()
{
    click(u"Place"_s);
    QTRY_VERIFY(shown<PlaceDialog>());
    shown<PlaceDialog>()->folderField()->setText(m_folder.filePath(u"not/mounted"_s));
    QTest::mouseClick(shown<PlaceDialog>()->useButton(), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(error()->isVisible() && words(error()).contains(u"There is no folder"_s), patience);
    QVERIFY(!QFileInfo::exists(m_folder.filePath(u"not"_s))); // and nobody made it
}

void TestPane::cleanupTestCase()
{
    end();
}

QTEST_MAIN(TestPane)
#include "tst_pane.moc"
