// SPDX-License-Identifier: GPL-3.0-or-later
// A change's whole way by mouse and keys: made by hand in dev, written as a migration, linted, its safe form applied, its locks previewed, run while somebody
// is in the way, given up, run again, reverted. What counts is what the server, the files and the journal say.
#include "migrations/state.h"
#include "store/journal.h"
#include "support/client.h"
#include "support/windowparts.h"
#include "support/windowstand.h"
#include "support/windowpictures.h"
#include "ui/migrations/comparedialog.h"
#include "ui/migrations/findingsview.h"
#include "ui/migrations/foreignview.h"
#include "ui/migrations/lockpreviewview.h"
#include "ui/migrations/migrationview.h"
#include "ui/migrations/newdialog.h"
#include "ui/migrations/optionsdialog.h"
#include "ui/migrations/runview.h"
#include "ui/query/editor.h"
#include "ui/session/changeplandialog.h"
#include "ui/shell/mainwindow.h"
#include "ui/shell/panestack.h"
#include "ui/shell/rail.h"
#include "ui/widgets/dialogs.h"
#include "ui/widgets/keyedview.h"
#include "ui/widgets/typedline.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QLineEdit>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QtTest>

#include <algorithm>

using namespace howdah;
using namespace howdah::test;
using namespace howdah::ui;
using namespace Qt::StringLiterals;

class TestWindow : public QObject, protected WindowStand
{
    Q_OBJECT

private:
    std::unique_ptr<Client> m_holder;
    QString m_made; // version of the migration that came from dev

    QString files() const { return m_folder.filePath(u"db/migrations"_s); }
    KeyedView *line() const
    {
        const auto views = pane()->findChildren<KeyedView *>();
        const auto found = std::find_if(views.cbegin(), views.cend(), [](const KeyedView *one) { return one->accessibleName().startsWith(u"Migrations"_s); });
        return found == views.cend() ? nullptr : *found;
    }
    MigrationView *view() const { return pane()->findChild<MigrationView *>(); }
    RunView *runView() const { return pane()->findChild<RunView *>(); }
    LockPreviewView *locks() const { return pane()->findChild<LockPreviewView *>(); }
    void key(QWidget *at, Qt::Key which, Qt::KeyboardModifiers modifiers = {}) const
    {
        m_window->activateWindow(); // there is no window manager that does it when a dialog closes
        QTRY_COMPARE(QApplication::activeWindow(), m_window.get());
        QTest::keyClick(at, which, modifiers);
    }
    void click(const QString &beginning, const QWidget *in = nullptr) const
    {
        QTRY_VERIFY_WITH_TIMEOUT(button(beginning, in) && button(beginning, in)->isEnabled(), 20'000);
        QTest::mouseClick(button(beginning, in), Qt::LeftButton);
    }
    // The plan as it is shown; then its button, with whatever it wants typed before.
    QString confirm() const
    {
        if (!QTest::qWaitFor([] { return shown<ChangePlanDialog>() != nullptr; }, 10'000))
            return {};
        QPointer<ChangePlanDialog> dialog = shown<ChangePlanDialog>();
        const QString sql = dialog->sql()->toPlainText();
        picture(dialog, u"plan"_s);
        if (dialog->typed()) {
            QString name = dialog->typed()->accessibleName(); // "Type NAME to go on"
            QTest::keyClicks(dialog->typed(), name.sliced(5).chopped(9));
        }
        if (!QTest::qWaitFor([&] { return dialog->verb()->isEnabled(); }, 5'000))
            return {};
        QTest::mouseClick(dialog->verb(), Qt::LeftButton);
        return QTest::qWaitFor([&] { return !dialog; }, 5'000) ? sql : QString();
    }
    QString value(const QByteArray &statement) const
    {
        const auto admin = pg::Connection::open(m_server->spec().withDatabase(u"shop"_s), m_server->password());
        const auto rows = admin ? (*admin)->run({statement, {}}) : fail(admin.error());
        return !rows ? rows.error().text() : rows->isEmpty() ? QString() : rows->text(0, 0);
    }
    bool has(const QByteArray &relation) const { return !value("SELECT to_regclass('" + relation + "')").isEmpty(); }
    QString outcomeOf(const QString &action) const
    {
        auto read = m_store->run([](store::Store &store) { return store::readJournal(store, 50); });
        read.waitForFinished();
        for (const store::JournalEntry &entry : read.result().value_or(QVector<store::JournalEntry>())) {
            if (entry.action == action && entry.endedMs)
                return entry.outcome;
        }
        return {};
    }
    static void picture(QWidget *of, const QString &name)
    {
        if (const QString folder = qEnvironmentVariable("HOWDAH_PICTURES"); !folder.isEmpty())
            of->grab().save(QDir(folder).filePath(name + u".png"_s));
    }
    // HOWDAH_PICTURES names a folder: what is shown, at both sizes, light and dark.
    void pictures(const QString &name) const { test::windowPictures(m_window.get(), name); }

private slots:
    void initTestCase();
    void itAsksForTheFolder();
    void theFirstOnesRun();
    void aChangeByHandBecomesAMigration();
    void itIsLintedAndMadeSafe();
    void itsLocksArePreviewed();
    void somebodyIsInTheWay();
    void itIsGivenUp();
    void itIsRunAgain();
    void itIsReverted();
    void whatFailsSaysWhere();
    void whatIsTypedOutlivesItsFile();
    void anotherToolsProjectIsShown();
    void cleanupTestCase();
};

void TestWindow::initTestCase()
{
    begin();
    qputenv("HOWDAH_PG_BIN", qgetenv("HOWDAH_SOURCE_DIR") + "/build/pg/18/bin"); // the sandbox
    QVERIFY(QDir().mkpath(files()));
    const auto put = [this](const QString &name, const QByteArray &text) {
        QFile file(files() + u'/' + name);
        return file.open(QIODevice::WriteOnly) && file.write(text) == text.size();
    };
    QVERIFY(put(u"20260105090000_create_orders.sql"_s, "-- Purpose: what customers have ordered\n-- migrate:up\nCREATE TABLE public.orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer text NOT NULL, "
                                                        "total numeric(12, 2) NOT NULL);\n\n-- migrate:down\nDROP TABLE public.orders;\n"));
    QVERIFY(put(u"20260212101500_create_customers.sql"_s, "-- Purpose: who orders, with an address to send it to\n-- migrate:up\nCREATE TABLE public.customers (name text PRIMARY KEY, address text);\n\n-- migrate:down\nDROP TABLE public.customers;\n"));
    startServer({}, {"CREATE DATABASE shop", "CREATE DATABASE dev"});
    if (QTest::currentTestFailed())
        return;
    session::Profile profile;
    profile.name = u"shop"_s;
    profile.spec = m_server->spec().withDatabase(u"shop"_s);
    profile.environment = session::Environment::Test;
    open(profile, m_server->password(), u"migrations"_s);
}

void TestWindow::itAsksForTheFolder()
{
    QTRY_VERIFY_WITH_TIMEOUT(says(pane(), u"No folder of migrations is chosen"_s), 10'000);
    pictures(u"empty"_s);
    auto *answers = new DialogAnswers(qApp, [this](const Question &) {
        Answer answer;
        answer.accepted = true;
        answer.text = files();
        return answer;
    });
    click(u"Choose the folder"_s);
    QTRY_VERIFY_WITH_TIMEOUT(button(u"Run 2 migrations"_s), 10'000);
    delete answers;
    QVERIFY(hasWords(line()->model(), u"create orders"_s));
    QVERIFY(hasWords(line()->model(), u"Pending: 2"_s));
    QTRY_VERIFY(view()->editor()->bytes().contains("CREATE TABLE public.orders"));
    pictures(u"pending"_s);
}

void TestWindow::theFirstOnesRun()
{
    key(line(), Qt::Key_R, Qt::ControlModifier);
    const QString sql = confirm();
    QVERIFY2(sql.contains(u"CREATE TABLE public.orders"_s) && sql.contains(u"CREATE TABLE public.customers"_s), qPrintable(sql));
    QTRY_VERIFY_WITH_TIMEOUT(runView()->isVisible() && runView()->isEnded(), 20'000);
    QVERIFY2(!runView()->run().error, qPrintable(runView()->run().error ? runView()->run().error->text() : QString()));
    QCOMPARE(runView()->run().done.size(), 2);
    QVERIFY(has("public.orders"));
    QTRY_COMPARE(outcomeOf(u"Run 2 migrations"_s), u"done"_s);
    pictures(u"done"_s);
    click(u"Close"_s);
    QTRY_VERIFY(hasWords(line()->model(), u"Applied: 2"_s));
    // Rows, so that a scan is one.
    QVERIFY(value("INSERT INTO public.orders (customer, total) SELECT 'c' || i, i FROM generate_series(1, 20000) i RETURNING 1") == "1"_L1);
    QVERIFY(value("SELECT 1 FROM (SELECT pg_catalog.set_config('a.b', '', false)) x") == "1"_L1);
}

void TestWindow::aChangeByHandBecomesAMigration()
{
    // Dev has the same migrations, and somebody changed it by hand.
    const auto dev = pg::Connection::open(m_server->spec().withDatabase(u"dev"_s), m_server->password());
    QVERIFY(dev);
    const auto folder = migrations::readFolder(files());
    QVERIFY(folder);
    const migrations::Run run = migrations::up(**dev, *folder, {}, {}, [](const migrations::Told &) {});
    QVERIFY2(!run.error, qPrintable(run.error ? run.error->text() : QString()));
    QVERIFY((*dev)->run({"ALTER TABLE public.orders ADD COLUMN note text", {}}));

    QPointer<CompareDialog> compare;
    for (const bool givenUp : {true, false}) {
        key(line(), Qt::Key_N, Qt::ControlModifier);
        QTRY_VERIFY(shown<NewDialog>());
        NewDialog *dialog = shown<NewDialog>();
        QVERIFY(!dialog->createButton()->isEnabled());
        QTest::keyClicks(dialog->nameField(), u"add note to orders"_s);
        QVERIFY(!dialog->createButton()->isEnabled()); // a purpose is asked for
        QTest::keyClicks(dialog->purposeField(), u"support may leave a note on an order"_s);
        QVERIFY(dialog->createButton()->isEnabled());
        picture(dialog, u"new"_s);
        QTest::mouseClick(dialog->compareButton(), Qt::LeftButton);
        QTRY_VERIFY(shown<CompareDialog>());
        compare = shown<CompareDialog>();
        QTRY_VERIFY_WITH_TIMEOUT(compare->source()->count() >= 2, 10'000);
        compare->source()->setCurrentIndex(compare->source()->findText(givenUp ? u"dev"_s : u"this database"_s, Qt::MatchStartsWith));
        QTest::mouseClick(compare->compareButton(), Qt::LeftButton);
        if (givenUp)
            compare->reject(); // while it is still being read: nothing of it reaches the next one
        QTRY_VERIFY(!givenUp || !compare);
    }
    QTRY_VERIFY_WITH_TIMEOUT(says(compare, u"There is no difference"_s), 60'000);
    const int at = compare->source()->findText(u"dev"_s, Qt::MatchStartsWith);
    QVERIFY(at >= 0);
    for (const bool again : {false, true}) {
        compare->source()->setCurrentIndex(at);
        QTest::mouseClick(compare->compareButton(), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(compare->writeButton()->isEnabled(), 60'000);
        if (again)
            break;
        compare->source()->setCurrentIndex(at == 0 ? 1 : 0); // what is shown is not of it
        QVERIFY(!compare->writeButton()->isEnabled() && compare->shownText().isEmpty());
    }
    QVERIFY2(compare->shownText().contains("note"), compare->shownText());
    picture(compare, u"compare"_s);
    QTest::mouseClick(compare->writeButton(), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(view()->editor()->bytes().contains("note") && view()->editor()->bytes().contains("-- Purpose: support may"), 10'000);
    m_made = view()->version();
    QVERIFY(QDir(files()).entryList({m_made + u"_add_note_to_orders*.sql"_s}, QDir::Files).size() == 1);
}

void TestWindow::itIsLintedAndMadeSafe()
{
    // Somebody adds an index to it, the unsafe way.
    QTest::mouseClick(view()->editor()->viewport(), Qt::LeftButton);
    QByteArray text = view()->editor()->bytes();
    const qsizetype at = text.indexOf("-- migrate:down");
    QVERIFY(at > 0);
    view()->editor()->setCursor(at);
    QTest::keyClicks(view()->editor(), u"ALTER TABLE public.orders ADD CONSTRAINT total_is_positive CHECK (total > 0);"_s);
    key(view()->editor(), Qt::Key_Return);
    QTRY_VERIFY(says(view()->findings(), u"add-check"_s));
    pictures(u"finding"_s);
    QVERIFY(button(u"Apply safe form"_s, view()->findings()));
    key(view()->editor(), Qt::Key_Period, Qt::ControlModifier); // one key
    QTRY_VERIFY(view()->editor()->bytes().contains("CHECK (total > 0) NOT VALID"));
    QTRY_VERIFY(!says(view()->findings(), u"add-check"_s));
    key(view()->editor(), Qt::Key_Z, Qt::ControlModifier);
    QTRY_VERIFY(!view()->editor()->bytes().contains("NOT VALID"));
    QTRY_VERIFY(button(u"Apply safe form"_s, view()->findings()));
    QTest::mouseClick(button(u"Apply safe form"_s, view()->findings()), Qt::LeftButton);
    QTRY_VERIFY(view()->editor()->bytes().contains("NOT VALID"));
    // And the way back.
    QVERIFY(view()->isDirty());
    text = view()->editor()->bytes();
    const qsizetype down = text.indexOf("-- migrate:down");
    view()->editor()->setCursor(text.indexOf('\n', down) + 1);
    QTest::keyClicks(view()->editor(), u"ALTER TABLE public.orders DROP CONSTRAINT total_is_positive;"_s);
    key(view()->editor(), Qt::Key_Return);
    key(view()->editor(), Qt::Key_S, Qt::ControlModifier);
    QTRY_VERIFY(!view()->isDirty());
    QFile file(files() + u'/' + QDir(files()).entryList({m_made + u"_*"_s}).value(0));
    QVERIFY(file.open(QIODevice::ReadOnly));
    QVERIFY(file.readAll().contains("NOT VALID"));
}

void TestWindow::itsLocksArePreviewed()
{
    key(line(), Qt::Key_L, Qt::ControlModifier);
    QTRY_VERIFY_WITH_TIMEOUT(locks()->table()->isVisible(), 60'000);
    QVERIFY(hasWords(locks()->table()->model(), u"ACCESS EXCLUSIVE"_s));
    QVERIFY(hasWords(locks()->table()->model(), u"public.orders"_s));
    QVERIFY2(locks()->blockersText().contains(u"Nobody"_s), qPrintable(locks()->blockersText()));
    pictures(u"locks"_s);
    // Of another text they are not shown, and of this one they are again.
    view()->editor()->setCursor(view()->editor()->size());
    view()->editor()->replaceSelection("-- more\n");
    QTRY_VERIFY(!locks()->table()->isVisible() && says(locks(), u"was changed since"_s));
    pictures(u"stale"_s);
    view()->editor()->undo();
    QTRY_VERIFY(locks()->table()->isVisible());
    QVERIFY(!view()->isDirty());
    // Nothing of it was done on the server.
    QCOMPARE(value("SELECT count(*) FROM pg_attribute WHERE attrelid = 'public.orders'::regclass AND attname = 'note'"), u"0"_s);
}

void TestWindow::somebodyIsInTheWay()
{
    pg::ConnectionSpec spec = m_server->spec().withDatabase(u"shop"_s);
    spec.applicationName = u"checkout"_s;
    m_holder = std::make_unique<Client>(spec, m_server->password());
    QVERIFY(m_holder->run("BEGIN") && m_holder->run("SELECT count(*) FROM public.orders"));
    click(u"Run 1 migration"_s);
    const QString sql = confirm();
    QVERIFY2(sql.contains(u"NOT VALID"_s), qPrintable(sql));
    QTRY_VERIFY_WITH_TIMEOUT(says(runView(), u"checkout"_s), 20'000);
    QVERIFY(says(runView(), QString::number(m_holder->pid())));
    QCOMPARE(runView()->blockerPid(), m_holder->pid());
    QTRY_VERIFY_WITH_TIMEOUT(hasWords(runView()->findChildren<KeyedView *>().constLast()->model(), u"Try 2"_s), 20'000);
    pictures(u"blocked"_s);
}

void TestWindow::itIsGivenUp()
{
    click(u"Give up"_s, runView());
    QTRY_VERIFY_WITH_TIMEOUT(runView()->isEnded(), 15'000);
    QVERIFY(runView()->run().error);
    QCOMPARE(runView()->run().error->kind, ErrorKind::Cancelled);
    QVERIFY(says(runView(), u"Given up"_s));
    QVERIFY(says(runView(), u"Rolled back: nothing of this migration stands"_s));
    pictures(u"given-up"_s);
    QCOMPARE(value("SELECT count(*) FROM pg_attribute WHERE attrelid = 'public.orders'::regclass AND attname = 'note'"), u"0"_s);
    QCOMPARE(value("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = 'shop')"), u"0"_s);
    QTRY_COMPARE(outcomeOf(u"Run 1 migration"_s), u"cancelled"_s);
}

void TestWindow::itIsRunAgain()
{
    QVERIFY(m_holder->run("COMMIT"));
    click(u"Run again"_s, runView());
    QVERIFY(!confirm().isEmpty());
    QTRY_VERIFY_WITH_TIMEOUT(runView()->isEnded() && !runView()->run().error, 20'000);
    QCOMPARE(value("SELECT count(*) FROM pg_attribute WHERE attrelid = 'public.orders'::regclass AND attname = 'note'"), u"1"_s);
    QCOMPARE(value("SELECT convalidated FROM pg_constraint WHERE conname = 'total_is_positive'"), u"f"_s);
    QTRY_COMPARE(outcomeOf(u"Run 1 migration"_s), u"done"_s);
    key(runView(), Qt::Key_Escape);
    QTRY_VERIFY(line()->isVisible());
    QTRY_VERIFY(hasWords(line()->model(), u"Applied: 3"_s));
    pictures(u"history"_s);
}

void TestWindow::itIsReverted()
{
    click(u"Revert…"_s);
    const QString sql = confirm();
    QVERIFY2(sql.contains(u"DROP CONSTRAINT total_is_positive"_s), qPrintable(sql));
    QTRY_VERIFY_WITH_TIMEOUT(runView()->isEnded(), 20'000);
    QVERIFY2(!runView()->run().error, qPrintable(runView()->run().error ? runView()->run().error->text() : QString()));
    QCOMPARE(value("SELECT count(*) FROM pg_attribute WHERE attrelid = 'public.orders'::regclass AND attname = 'note' AND NOT attisdropped"), u"0"_s);
    QCOMPARE(value("SELECT count(*) FROM pg_constraint WHERE conname = 'total_is_positive'"), u"0"_s);
    QCOMPARE(value("SELECT string_agg(direction || ' ' || kind, ', ' ORDER BY id) FROM howdah.migration_event WHERE version = '" + m_made.toUtf8() + "'"), u"up failed, up done, down done"_s);
    click(u"Close"_s);
    QTRY_VERIFY(hasWords(line()->model(), u"Pending: 1"_s));
}

void TestWindow::whatFailsSaysWhere()
{
    QFile file(files() + u"/20990101000000_wrong.sql"_s);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QVERIFY(file.write("-- Purpose: a mistake on its fourth line\n-- migrate:up\nCREATE TABLE public.half (i int);\nALTER TABLE public.nowhere ADD COLUMN j int;\n\n-- migrate:down\nDROP TABLE public.half;\n") > 0);
    file.close();
    QTRY_VERIFY_WITH_TIMEOUT(button(u"Run 2 migrations"_s), 10'000); // it was seen by itself
    click(u"Run 2 migrations"_s);
    QVERIFY(!confirm().isEmpty());
    QTRY_VERIFY_WITH_TIMEOUT(runView()->isEnded(), 20'000);
    QVERIFY(runView()->run().error);
    QVERIFY(says(runView(), u"line 4, statement 2 of 2"_s));
    QVERIFY(says(runView(), u"42P01"_s));
    QVERIFY(says(runView(), u"Rolled back"_s));
    pictures(u"failed"_s);
    QVERIFY(!has("public.half"));
    click(u"Open line 4"_s, runView());
    QTRY_VERIFY(view()->editor()->isVisible());
    QTRY_COMPARE(view()->version(), u"20990101000000"_s);
    QCOMPARE(view()->editor()->bytes().first(view()->editor()->cursor()).count('\n'), 3);
    m_window->activateWindow();
    QTRY_VERIFY(view()->editor()->hasFocus());
}

void TestWindow::whatIsTypedOutlivesItsFile()
{
    view()->editor()->setCursor(0);
    view()->editor()->replaceSelection("-- mine\n");
    const QByteArray written = view()->text();
    QVERIFY(QFile::remove(files() + u"/20990101000000_wrong.sql"_s));
    QTRY_VERIFY_WITH_TIMEOUT(view()->isAdrift(), 10'000);
    QTRY_VERIFY(button(u"Run…"_s)); // nothing else is pending
    QCOMPARE(view()->text(), written);
    pictures(u"adrift"_s);
    click(u"Save as a new file"_s, view());
    QTRY_VERIFY_WITH_TIMEOUT(!view()->isDirty() && view()->version() != u"20990101000000"_s, 10'000);
    QCOMPARE(view()->text(), written);
    QCOMPARE(QDir(files()).entryList({view()->version() + u"_wrong.sql"_s}).size(), 1);
}

void TestWindow::anotherToolsProjectIsShown()
{
    const QString folder = m_folder.filePath(u"other"_s);
    const auto put = [&](const QString &name, const QByteArray &text) {
        QFile file(folder + u'/' + name);
        return QDir().mkpath(QFileInfo(file).path()) && file.open(QIODevice::WriteOnly) && file.write(text) == text.size();
    };
    QVERIFY(put(u"alembic.ini"_s, "[alembic]\nscript_location = alembic\n"));
    for (const auto &[id, down] : {std::pair("1a00000000aa", "None"), std::pair("2a00000000aa", "'1a00000000aa'"), std::pair("2b00000000bb", "'1a00000000aa'")})
        QVERIFY(put(u"alembic/versions/%1_x.py"_s.arg(QLatin1StringView(id)), QByteArray("\"\"\"step ") + id + "\n\n\"\"\"\nrevision = '" + id + "'\ndown_revision = " + down + "\n"));
    QVERIFY(value("CREATE TABLE public.alembic_version (version_num varchar(32) PRIMARY KEY)").isEmpty());
    QVERIFY(value("INSERT INTO public.alembic_version VALUES ('2a00000000aa')").isEmpty());
    click(u"Settings"_s);
    QTRY_VERIFY(shown<OptionsDialog>());
    QPointer<OptionsDialog> dialog = shown<OptionsDialog>();
    const auto fields = dialog->findChildren<QLineEdit *>();
    (*std::find_if(fields.cbegin(), fields.cend(), [](const QLineEdit *one) { return one->accessibleName().startsWith(u"Folder"_s); }))->setText(folder);
    dialog->accept();
    auto *view = pane()->findChild<ForeignView *>();
    QTRY_VERIFY_WITH_TIMEOUT(view->isVisible() && says(view, u"A project of Alembic"_s), 10'000);
    QVERIFY(says(view, u"The database stands at 2a00000000aa; the files end in 2 heads"_s));
    QVERIFY(hasWords(view->table()->model(), u"step 2b00000000bb"_s));
    QVERIFY(!button(u"New migration"_s)->isEnabled() && !button(u"Run…"_s)->isEnabled());
    pictures(u"foreign"_s);
    QVERIFY(put(u"alembic/versions/3_x.py"_s, "\"\"\"a third\n\"\"\"\nrevision = '3c00000000cc'\ndown_revision = ('2a00000000aa', '2b00000000bb')\n"));
    QTRY_VERIFY_WITH_TIMEOUT(hasWords(view->table()->model(), u"3c00000000cc"_s), 10'000); // by itself
    QCOMPARE(value("SELECT string_agg(version_num, ',') FROM public.alembic_version"), u"2a00000000aa"_s);
}

void TestWindow::cleanupTestCase()
{
    m_holder.reset();
    end();
}

QTEST_MAIN(TestWindow)
#include "tst_window.moc"
