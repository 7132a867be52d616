// SPDX-License-Identifier: GPL-3.0-or-later
// The parts of the Migrations pane that need no server: nothing that was typed is lost, what is not known is not shown as nothing, a waiver is one step, and
// another tool's project is told for what it is.
#include "migrations/lintfacts.h"
#include "migrations/state.h"
#include "support/windowparts.h"
#include "ui/migrations/findingsview.h"
#include "ui/migrations/foreignview.h"
#include "ui/migrations/lockpreviewview.h"
#include "ui/migrations/migrationview.h"
#include "ui/migrations/writing.h"
#include "ui/query/editor.h"
#include "ui/widgets/dialogs.h"
#include "ui/widgets/keyedview.h"
#include "ui/widgets/theme.h"

#include "resources/resources.h"

#include <QDir>
#include <QPushButton>
#include <QTemporaryDir>
#include <QtTest>

using namespace howdah;
using namespace howdah::test;
using namespace howdah::ui;
using namespace howdah::migrations;
using namespace Qt::StringLiterals;

static const QString version = u"20260105090000"_s;
static const QString fileName = u"20260105090000_create_orders.sql"_s;
static const QByteArray ordersFile = "-- Purpose: what customers have ordered\n-- migrate:up\nCREATE TABLE public.orders (id int);\n\n-- migrate:down\nDROP TABLE public.orders;\n";

class TestPane : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void whatIsTypedOutlivesItsFile_data();
    void whatIsTypedOutlivesItsFile();
    void itBecomesANewFile();
    void whereItCanNotItStays();
    void whatFailedIsNotKnown();
    void aWaiverIsOneStep();
    void anotherToolsProject();

private:
    // The folder at `path` with one file, or none.
    static Project project(const QByteArray &text, bool applied, const QString &path = {})
    {
        Project made;
        made.folder.path = path;
        if (!text.isEmpty())
            made.folder.files.append(parseFile(fileName, text).value());
        if (applied) {
            made.ledger.hasVersions = true;
            made.ledger.versions = {version};
        }
        made.state = stateOf(made.folder, made.ledger);
        return made;
    }
    static void type(MigrationView &view, const QByteArray &text)
    {
        view.editor()->setCursor(view.editor()->bytes().indexOf("CREATE"));
        view.editor()->replaceSelection(text);
    }
    static QByteArray read(const QString &path)
    {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    static QPushButton *button(const QWidget *in, const QString &text)
    {
        for (auto *one : in->findChildren<QPushButton *>()) {
            if (one->text() == text && one->isVisibleTo(in))
                return one;
        }
        return nullptr;
    }
};

void TestPane::initTestCase()
{
    initResources();
    theme().setChoice(Theme::Choice::Light);
}

void TestPane::whatIsTypedOutlivesItsFile_data()
{
    QTest::addColumn<bool>("there");
    QTest::addColumn<bool>("applied");
    QTest::newRow("its file has gone") << false << false;
    QTest::newRow("somebody has applied it") << true << true;
    QTest::newRow("both") << false << true;
}

void TestPane::whatIsTypedOutlivesItsFile()
{
    QFETCH(bool, there);
    QFETCH(bool, applied);
    MigrationView view;
    view.setVisible(true);
    view.show(project(ordersFile, false), version);
    type(view, "/* mine */ ");
    QVERIFY(view.isDirty() && !view.isAdrift());
    QCOMPARE(view.saveButton()->text(), u"Save"_s);
    const QByteArray written = view.text();
    view.update(project(there ? ordersFile : QByteArray(), applied));
    QCOMPARE(view.text(), written);
    QVERIFY(view.isDirty() && view.isAdrift() && !view.editor()->isReadOnly());
    QCOMPARE(view.saveButton()->text(), u"Save as a new file"_s);
    QVERIFY(view.saveButton()->isEnabled());
    QVERIFY(says(&view, applied ? u"It was applied while"_s : u"Its file is not in the folder any more"_s));
    type(view, "/* more */ ");
    QTRY_VERIFY(view.text().contains("more") && view.text().contains("mine"));
    // Taken back by the one who wrote it, it gives way to what there is.
    view.editor()->undo();
    view.editor()->undo();
    QVERIFY(!view.isDirty());
    QTRY_VERIFY(!view.saveButton()->isVisible() || !view.saveButton()->isEnabled());
    if (there)
        QTRY_VERIFY(view.editor()->isReadOnly());
}

void TestPane::itBecomesANewFile()
{
    QTemporaryDir folder;
    Clock clock;
    PaneContext context;
    context.clock = &clock;
    ProjectSource source(context, nullptr);
    MigrationOptions options;
    options.folder = folder.path();
    source.setOptions(options);
    QWidget window;
    auto *view = new MigrationView(&window);
    Writing writing(context, &source, nullptr, view, &window);
    QSignalSpy made(&writing, &Writing::made), stays(&writing, &Writing::stays);
    view->show(project(ordersFile, false, folder.path()), version);
    type(*view, "/* mine */ ");
    const QByteArray written = view->text();
    writing.setProject(project({}, false, folder.path()));
    view->update(project({}, false, folder.path()));

    DialogAnswers answers(qApp, [](const Question &) { return Answer(); });
    bool left = false;
    writing.leave([&] { left = true; });
    QTRY_COMPARE(stays.count(), 1);
    QCOMPARE(answers.asked.constLast().verb, u"Save as a new file"_s);
    QVERIFY(!left && view->text() == written && view->isDirty());
    answers.answer = [](const Question &) {
        Answer answer;
        answer.accepted = true;
        return answer;
    };
    writing.leave([&] { left = true; });
    QTRY_VERIFY(left);
    QStringList files = QDir(folder.path()).entryList({u"*.sql"_s}, QDir::Files);
    QCOMPARE(files.size(), 1);
    QVERIFY2(files.constFirst().endsWith(u"_create_orders.sql"_s) && files.constFirst() != fileName, qPrintable(files.constFirst()));
    QCOMPARE(read(folder.filePath(files.constFirst())), written);
    // By the button: it is to be shown.
    type(*view, "/* more */ ");
    QVERIFY(view->isAdrift());
    view->saveButton()->click();
    QTRY_COMPARE(made.count(), 1);
    files = QDir(folder.path()).entryList({u"*.sql"_s}, QDir::Files);
    QCOMPARE(files.size(), 2);
    QVERIFY(files.contains(made.at(0).at(0).toString() + u"_create_orders.sql"_s));
    QVERIFY(!view->isDirty());
}

void TestPane::whereItCanNotItStays()
{
    QTemporaryDir folder;
    QFile blocks(folder.filePath(u"file"_s));
    QVERIFY(blocks.open(QIODevice::WriteOnly));
    Clock clock;
    PaneContext context;
    context.clock = &clock;
    ProjectSource source(context, nullptr);
    MigrationOptions options;
    options.folder = folder.filePath(u"file/migrations"_s); // a folder that can't be made
    source.setOptions(options);
    QWidget window;
    auto *view = new MigrationView(&window);
    Writing writing(context, &source, nullptr, view, &window);
    QSignalSpy failed(&writing, &Writing::failed);
    view->show(project(ordersFile, false), version);
    type(*view, "/* mine */ ");
    const QByteArray written = view->text();
    view->update(project({}, false));
    bool went = false;
    writing.save([&] { went = true; });
    QTRY_COMPARE(failed.count(), 1);
    QVERIFY(!went && view->isDirty() && view->text() == written);
}

void TestPane::whatFailedIsNotKnown()
{
    LockPreviewView view;
    view.resize(900, 300);
    view.setVisible(true);
    Preview preview;
    PreviewedStatement failed;
    failed.file = fileName;
    failed.number = 1;
    failed.text = "ALTER TABLE public.nowhere ADD COLUMN a int";
    failed.error = Error{ErrorKind::Sql, {}, u"relation does not exist"_s, {}, {}, {}, {}, 0};
    PreviewedStatement looked = failed;
    looked.number = 2;
    looked.error.reset();
    looked.sampled = true; // and nothing was caught
    PreviewedStatement none = failed;
    none.number = 3;
    none.error.reset();
    preview.statements = {failed, looked, none};
    view.show(preview);
    const QAbstractItemModel *model = view.table()->model();
    for (int row : {0, 1}) {
        QCOMPARE(model->index(row, 1).data().toString(), u"not known"_s);
        QCOMPARE(model->index(row, 1).data(KeyedModel::MarkRole).toInt(), int(StateLook::Unknown));
        QCOMPARE(model->index(row, 2).data().toString(), u"not known"_s);
    }
    QCOMPARE(model->index(2, 1).data().toString(), u"nothing"_s);
    QCOMPARE(model->index(2, 1).data(KeyedModel::MarkRole).toInt(), int(StateLook::Ok));
    view.showStale();
    QVERIFY(!view.table()->isVisible() && says(&view, u"was changed since"_s));
}

void TestPane::aWaiverIsOneStep()
{
    MigrationView view;
    view.setVisible(true);
    const QByteArray text = "-- Purpose: orders are looked up by customer\n-- migrate:up\nCREATE INDEX i ON public.orders (customer);\n\n-- migrate:down\nDROP INDEX public.i;\n";
    view.show(project(text, false), version);
    QTRY_VERIFY(says(view.findings(), u"create-index"_s));
    DialogAnswers answers(qApp, [](const Question &) {
        Answer answer;
        answer.accepted = true;
        answer.text = u"the table is\nempty; nobody waits"_s;
        return answer;
    });
    QPointer<QPushButton> waive = button(view.findings(), u"Waive…"_s);
    QVERIFY(waive);
    waive->click();
    QTRY_VERIFY(view.text().contains("-- howdah:ignore "));
    QCOMPARE(answers.asked.constLast().field, u"Why"_s);
    QVERIFY2(view.text().contains("the table is empty; nobody waits\n"), view.text());
    QTRY_VERIFY(says(view.findings(), u"Waived: the table is empty; nobody waits"_s));
    QVERIFY(view.isDirty());
    view.editor()->undo();
    QCOMPARE(view.text(), text);
    // Without a reason there is none.
    answers.answer = [](const Question &) {
        Answer answer;
        answer.accepted = true;
        return answer;
    };
    QTRY_VERIFY(button(view.findings(), u"Waive…"_s));
    button(view.findings(), u"Waive…"_s)->click();
    QTRY_COMPARE(answers.asked.size(), 2);
    QCOMPARE(view.text(), text);
}

void TestPane::anotherToolsProject()
{
    ForeignProject alembic;
    alembic.tool = u"alembic"_s;
    alembic.folder = u"/srv/shop/alembic/versions"_s;
    alembic.place = alembic.folder + u", public.alembic_version"_s;
    alembic.table = u"public.alembic_version"_s;
    alembic.asked = alembic.canRun = true;
    alembic.runsBy = u"alembic"_s;
    alembic.migrations = {{u"1a"_s, {}, u"first"_s, {}, true, {}, {}, false, {}}, {u"2a"_s, {}, u"left"_s, {u"1a"_s}, true, {}, {}, true, {}}, {u"2b"_s, {}, u"right"_s, {u"1a"_s}, false, {}, {}, true, {}}};
    alembic.heads = {u"2a"_s};
    alembic.fileHeads = {u"2a"_s, u"2b"_s};
    alembic.pending = {u"2b"_s};
    alembic.problems = {u"The files have several heads: 2a, 2b"_s};
    ForeignProject knex;
    knex.tool = knex.runsBy = u"knex"_s;
    knex.place = knex.table = u"public.knex_migrations"_s;
    ForeignView view;
    view.resize(1000, 600);
    view.setVisible(true);
    view.show({knex, alembic});
    QVERIFY(says(&view, u"A project of Alembic, in /srv/shop/alembic/versions"_s));
    QVERIFY(says(&view, u"its own program runs it, `alembic`"_s));
    QVERIFY(says(&view, u"There is also Knex"_s));
    QVERIFY(says(&view, u"The database stands at 2a; the files end in 2 heads: 2a, 2b; 1 pending."_s));
    QVERIFY(says(&view, u"several heads"_s));
    const QAbstractItemModel *model = view.table()->model();
    QCOMPARE(model->rowCount(), 3);
    QCOMPARE(model->index(0, 0).data().toString(), u"2b"_s); // the newest on top
    QCOMPARE(model->index(0, 2).data().toString(), u"pending"_s);
    QCOMPARE(model->index(1, 3).data().toString(), u"database, files"_s);
    QVERIFY(view.table()->editTriggers() == QAbstractItemView::NoEditTriggers);
    // What was not asked is not pending.
    alembic.asked = false;
    view.show({alembic});
    QVERIFY(says(&view, u"What is applied is not known."_s));
    QCOMPARE(view.table()->model()->index(0, 2).data().toString(), u"not known"_s);
}

QTEST_MAIN(TestPane)
#include "tst_pane.moc"
