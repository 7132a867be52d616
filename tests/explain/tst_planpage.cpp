// SPDX-License-Identifier: GPL-3.0-or-later
// The plans pane by keys and clicks, on a real server: a plan pasted and walked through, a statement's asked for with and without values, one that
// writes only after consent, cancelled, kept without values, two compared. Hostile texts are text, in bounded time.
#include "explain/keptplans.h"
#include "plan/writejson.h"
#include "support/testserver.h"
#include "support/windowparts.h"
#include "support/windowpictures.h"
#include "ui/plan/compareview.h"
#include "ui/plan/parameterform.h"
#include "ui/plan/planask.h"
#include "ui/plan/planfindings.h"
#include "ui/plan/plangraph.h"
#include "ui/plan/plannodepanel.h"
#include "ui/plan/planpage.h"
#include "ui/plan/planrows.h"
#include "ui/plan/planspane.h"
#include "ui/plan/planview.h"
#include "ui/widgets/dialogs.h"
#include "ui/widgets/keyedview.h"

#include "resources/resources.h"

#include <QCheckBox>
#include <QClipboard>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTabBar>
#include <QTabWidget>
#include <QTemporaryDir>
#include <QVBoxLayout>
#include <QtTest>

using namespace howdah;
using namespace howdah::test;
using namespace howdah::ui;
using namespace Qt::StringLiterals;

namespace
{

constexpr int longEnough = 20'000; // ms

QPushButton *buttonOf(const QWidget *in, const QString &text)
{
    for (QPushButton *button : in->findChildren<QPushButton *>())
        if (button->isVisible() && button->text() == text)
            return button;
    return nullptr;
}

QModelIndex rowOf(const QAbstractItemModel *model, const QString &words, const QModelIndex &parent = {})
{
    for (int row = 0; row < model->rowCount(parent); ++row) {
        const QModelIndex index = model->index(row, 0, parent);
        if (index.data().toString().contains(words))
            return index;
        if (const QModelIndex below = rowOf(model, words, index); below.isValid())
            return below;
    }
    return {};
}

} // namespace

class TestPlanPage : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void aPlanIsPasted();
    void theTreeIsWalkedByKeys();
    void theGraphIsWalkedByKeys();
    void findingsAreCopied();
    void thereIsAPlanWithoutTheServer();
    void triggersAndSettingsAreShown();
    void neverExecutedIsSaid();
    void anyValuesThenThese();
    void nullIsNeverTheDefault();
    void aWriteIsAskedAbout();
    void whatRunsIsCancelled();
    void twoAreCompared();
    void keptWithoutValues();
    void hostileTextIsText();
    void aMegabyteIsBounded_data();
    void aMegabyteIsBounded();
    void besideAStatement();
    void cleanupTestCase();

private:
    Pane *pane() const { return m_pane; }
    PlanPage *page() const { return pane()->findChild<PlanPage *>(); }
    PlanView *view() const { return page()->view(); }
    KeyedView *tree() const { return view()->tree(); }
    PlanAsk *question() const { return page()->question(); }
    void click(QWidget *widget) { QTest::mouseClick(widget, Qt::LeftButton); }
    void paste(const QString &text);
    void ask(const QString &statement);
    QString explained(const QByteArray &statement, const QByteArray &options = "ANALYZE, BUFFERS, VERBOSE, SETTINGS");
    QString cell(const QModelIndex &row, const QString &column) const;
    // What was asked of the store until now has been answered, and the answer delivered.
    void storeIsThrough()
    {
        const auto last = m_store->run([](store::Store &) { return Result<int>(0); });
        QTRY_VERIFY_WITH_TIMEOUT(last.isFinished(), 10'000);
        QCoreApplication::processEvents();
    }
    int keptCount() const { return page()->kept()->list()->model()->rowCount(); }
    qint64 rowsWhere(const QByteArray &statement);

    QTemporaryDir m_folder;
    std::unique_ptr<store::StoreWorker> m_store;
    std::unique_ptr<TestServer> m_server;
    std::unique_ptr<pg::Connection> m_link;
    std::unique_ptr<pg::Session> m_monitor;
    PaneContext m_context;
    Clock m_clock;
    std::unique_ptr<QWidget> m_window;
    Pane *m_pane = nullptr;
};

void TestPlanPage::initTestCase()
{
    qputenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
    qputenv("XDG_CONFIG_HOME", m_folder.path().toLocal8Bit());
    qputenv("XDG_DATA_HOME", m_folder.path().toLocal8Bit());
    initResources();
    theme().setChoice(Theme::Choice::Light);
    m_store = std::make_unique<store::StoreWorker>(m_folder.filePath(u"store.sqlite"_s));
    QString why;
    m_server = TestServer::start({}, &why);
    QVERIFY2(m_server, qPrintable(why));
    QVERIFY2(
        m_server->sql(
            {"CREATE SCHEMA shop",
             "CREATE TABLE shop.customer AS SELECT i AS id, 'customer ' || i AS name, 'mail' || i || '@example.org' AS mail FROM generate_series(1, 2000) AS i",
             "CREATE TABLE shop.orders (id serial PRIMARY KEY, customer int NOT NULL, state text NOT NULL, amount numeric(10,2), note text)",
             "INSERT INTO shop.orders (customer, state, amount, note) SELECT 1 + i % 2000, CASE WHEN i % 500 = 0 THEN 'open' ELSE 'done' END, i % 97, "
             "repeat('x', 60) "
             "FROM generate_series(1, 60000) AS i",
             "CREATE TABLE shop.audit (at timestamptz DEFAULT now(), what text)",
             "CREATE FUNCTION shop.audited() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO shop.audit (what) VALUES (TG_OP); RETURN NEW; END'",
             "CREATE TRIGGER orders_audit AFTER INSERT OR UPDATE ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.audited()", "ANALYZE shop.customer",
             "ANALYZE shop.orders"},
            &why),
        qPrintable(why));
    auto link = m_server->admin();
    QVERIFY(link);
    m_link = *std::move(link);
    session::Profile &profile = m_context.profile;
    profile.id = u"p1"_s;
    profile.name = u"shop"_s;
    profile.spec = m_server->spec();
    m_monitor = std::make_unique<pg::Session>(profile.spec, m_server->password(), pg::Session::Purpose::Monitor);
    m_context.monitor = m_monitor.get();
    m_context.store = m_store.get();
    m_context.clock = &m_clock;
    m_context.editorLink = [this](const QString &database, QObject *parent) {
        return new pg::Session(m_server->spec().withDatabase(database), m_server->password(), pg::Session::Purpose::Editor, parent);
    };
    m_window = std::make_unique<QWidget>();
    m_pane = makePlansPane(m_context, m_window.get());
    auto *column = new QVBoxLayout(m_window.get());
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_pane);
    m_window->resize(1600, 1000);
    m_window->show();
    m_window->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
    m_pane->activated();
    QVERIFY(page());
    windowPictures(m_window.get(), u"plans-empty"_s);
}

QString TestPlanPage::explained(const QByteArray &statement, const QByteArray &options)
{
    QStringList lines;
    (void)m_link->command("BEGIN");
    const auto rows = m_link->run({"EXPLAIN (" + options + ") " + statement, {}});
    (void)m_link->command("ROLLBACK");
    if (!rows) {
        qWarning("%s", qPrintable(rows.error().text()));
        return {};
    }
    for (qsizetype row = 0; row < rows->size(); ++row)
        lines.append(rows->text(row, 0));
    return lines.join(u'\n');
}

qint64 TestPlanPage::rowsWhere(const QByteArray &statement)
{
    const auto rows = m_link->run({statement, {}});
    return rows ? rows->integer(0, 0).value_or(-1) : -1;
}

void TestPlanPage::paste(const QString &text)
{
    click(question()->modeButton(PlanAsk::Pasted));
    QPlainTextEdit *into = question()->pastedText();
    into->setFocus();
    QTest::keyClick(into, Qt::Key_A, Qt::ControlModifier);
    QGuiApplication::clipboard()->setText(text);
    QTest::keyClick(into, Qt::Key_V, Qt::ControlModifier);
    QTest::keyClick(into, Qt::Key_Return, Qt::ControlModifier);
    QTRY_VERIFY_WITH_TIMEOUT(!page()->flow()->isBusy(), longEnough);
}

void TestPlanPage::ask(const QString &statement)
{
    click(question()->modeButton(PlanAsk::Statement));
    QPlainTextEdit *into = question()->statementText();
    into->setFocus();
    QTest::keyClick(into, Qt::Key_A, Qt::ControlModifier);
    QGuiApplication::clipboard()->setText(statement);
    QTest::keyClick(into, Qt::Key_V, Qt::ControlModifier);
    QTest::keyClick(into, Qt::Key_Return, Qt::ControlModifier);
}

QString TestPlanPage::cell(const QModelIndex &row, const QString &column) const
{
    const auto columns = planColumns();
    for (int i = 0; i < columns.size(); ++i)
        if (columns.at(i).id == column)
            return row.siblingAtColumn(i).data().toString();
    return {};
}

const char joined[] = "SELECT c.name, count(*), sum(o.amount) FROM shop.orders o JOIN shop.customer c ON c.id = o.customer WHERE o.state = 'open' GROUP BY "
                      "c.name ORDER BY 3 DESC LIMIT 10";

void TestPlanPage::aPlanIsPasted()
{
    const QString text = explained(joined);
    QVERIFY(text.contains(u"Seq Scan on shop.orders"_s));
    paste(text);
    QTRY_VERIFY(view()->plan());
    QVERIFY(says(view(), u"Execution"_s));
    QVERIFY(says(view(), u"planning"_s));
    const QModelIndex scan = rowOf(tree()->model(), u"on shop.orders"_s);
    QVERIFY(scan.isValid());
    QVERIFY2(cell(scan, u"own"_s).contains(u"ms"_s), qPrintable(cell(scan, u"own"_s)));
    QVERIFY(scan.siblingAtColumn(1).data(KeyedModel::ShareRole).toDouble() > 0);
    QVERIFY(!cell(scan, u"buffers"_s).isEmpty());
    // Of what the plan has not there are no columns.
    const auto columns = planColumns();
    for (int i = 0; i < columns.size(); ++i) {
        if (columns.at(i).id == "workers"_L1 || columns.at(i).id == "owncost"_L1 || columns.at(i).id == "temp"_L1)
            QVERIFY2(tree()->isColumnHidden(i), qPrintable(columns.at(i).id));
        if (columns.at(i).id == "own"_L1 || columns.at(i).id == "estimate"_L1 || columns.at(i).id == "buffers"_L1)
            QVERIFY2(!tree()->isColumnHidden(i), qPrintable(columns.at(i).id));
    }
    // The same as JSON.
    const QString json = explained(joined, "ANALYZE, BUFFERS, VERBOSE, SETTINGS, FORMAT JSON");
    paste(json);
    QTRY_VERIFY(view()->text()->toPlainText().startsWith(u'['));
    QVERIFY(rowOf(tree()->model(), u"on shop.orders"_s).isValid());
    QTRY_COMPARE(keptCount(), 2);
    windowPictures(m_window.get(), u"plans-tree"_s);
}

void TestPlanPage::theTreeIsWalkedByKeys()
{
    tree()->setFocus();
    QTest::keyClick(tree(), Qt::Key_Home);
    QCOMPARE(view()->selected(), nodeKey(0));
    QVERIFY(says(view()->panel(), u"Limit"_s));
    QTest::keyClick(tree(), Qt::Key_Down);
    QCOMPARE(view()->selected(), nodeKey(1));
    const QModelIndex scan = rowOf(tree()->model(), u"on shop.orders"_s);
    tree()->scrollTo(scan);
    QTest::mouseClick(tree()->viewport(), Qt::LeftButton, {}, tree()->visualRect(scan).center());
    QVERIFY(says(view()->panel(), u"shop.orders"_s));
    QVERIFY(says(view()->panel(), u"(o.state = 'open'::text)"_s));
    QVERIFY(says(view()->panel(), u"Rows Removed by Filter"_s));
    click(buttonOf(view()->panel(), u"Copy"_s));
    QVERIFY(QGuiApplication::clipboard()->text().contains(u"Filter: (o.state = 'open'::text)"_s));
}

void TestPlanPage::theGraphIsWalkedByKeys()
{
    QTabBar *bar = view()->tabs()->tabBar();
    QTest::mouseClick(bar, Qt::LeftButton, {}, bar->tabRect(PlanView::Graph).center());
    PlanGraph *graph = view()->graph();
    QTRY_VERIFY(graph->isVisible());
    QCOMPARE(graph->boxCount(), int(view()->plan()->plan.nodes.size()));
    graph->setFocus();
    QTest::keyClick(graph, Qt::Key_Home);
    QCOMPARE(graph->currentNode(), 0);
    QTest::keyClick(graph, Qt::Key_Down);
    QCOMPARE(graph->currentNode(), 1);
    QCOMPARE(view()->selected(), nodeKey(1));
    QVERIFY2(graph->accessibleDescription().startsWith(view()->plan()->nodes.at(1).head), qPrintable(graph->accessibleDescription()));
    QTest::keyClick(graph, Qt::Key_Up);
    QCOMPARE(graph->currentNode(), 0);
    // Each is reached, and a click chooses as well.
    QSet<int> reached{0};
    for (const int node : view()->plan()->plan.nodes.last().parent >= 0 ? QList<int>{int(view()->plan()->plan.nodes.size()) - 1} : QList<int>{}) {
        QTest::mouseClick(graph, Qt::LeftButton, {}, graph->boxOf(node).center());
        QCOMPARE(graph->currentNode(), node);
        QCOMPARE(view()->selected(), nodeKey(node));
    }
    const auto &nodes = view()->plan()->plan.nodes;
    QTest::keyClick(graph, Qt::Key_Home);
    for (int step = 0; step < nodes.size(); ++step) {
        const int before = graph->currentNode();
        QTest::keyClick(graph, Qt::Key_Down);
        if (graph->currentNode() == before)
            break;
        reached << graph->currentNode();
        // and what stands beside it
        QTest::keyClick(graph, Qt::Key_Right);
        reached << graph->currentNode();
        QTest::keyClick(graph, Qt::Key_Left);
    }
    QVERIFY(reached.size() > nodes.size() / 2);
    // The heavy one says so in words.
    bool heavy = false;
    for (const auto &figures : view()->plan()->nodes)
        heavy = heavy || figures.words.contains(u"heavy"_s);
    QVERIFY(heavy);
    const double before = graph->zoom();
    QTest::keyClick(graph, Qt::Key_Minus);
    QVERIFY(graph->zoom() < before);
    QTest::keyClick(graph, Qt::Key_Plus);
    QTest::keyClick(graph, Qt::Key_Plus);
    QVERIFY(graph->zoom() > before || before >= PlanGraph::largest);
    QTest::keyClick(graph, Qt::Key_0);
    windowPictures(m_window.get(), u"plans-graph"_s);
}

void TestPlanPage::findingsAreCopied()
{
    // With what the server knows of the table an index is drafted.
    question()->askServer()->setFocus();
    click(question()->modeButton(PlanAsk::Pasted));
    question()->askServer()->setFocus();
    if (!question()->askServer()->isChecked())
        QTest::keyClick(question()->askServer(), Qt::Key_Space);
    paste(explained(joined));
    QTabBar *bar = view()->tabs()->tabBar();
    QTRY_VERIFY(bar->tabText(PlanView::Findings).contains(u'('));
    QTest::mouseClick(bar, Qt::LeftButton, {}, bar->tabRect(PlanView::Findings).center());
    QTRY_VERIFY(says(view()->findings(), u"60,000"_s) || says(view()->findings(), u"59,880"_s));
    QPushButton *copy = buttonOf(view()->findings(), u"Copy statement"_s);
    QVERIFY(copy);
    click(copy);
    QVERIFY2(QGuiApplication::clipboard()->text().contains(u"CREATE INDEX CONCURRENTLY ON shop.orders (state)"_s),
             qPrintable(QGuiApplication::clipboard()->text()));
    windowPictures(m_window.get(), u"plans-findings"_s);
    click(buttonOf(view()->findings(), u"Show node"_s));
    QTRY_VERIFY(tree()->isVisible());
    QVERIFY(says(view()->panel(), u"shop.orders"_s));
    QTest::keyClick(question()->askServer(), Qt::Key_Space);
}

void TestPlanPage::thereIsAPlanWithoutTheServer()
{
    PaneContext unreachable = m_context;
    unreachable.editorLink = [this](const QString &, QObject *parent) {
        return new pg::Session(m_server->spec().withDatabase(u"not_there"_s), m_server->password(), pg::Session::Purpose::Editor, parent);
    };
    PlanFlow flow(unreachable);
    QSignalSpy failed(&flow, &PlanFlow::failed);
    std::optional<FoundPlans> found;
    connect(&flow, &PlanFlow::found, this, [&found](const FoundPlans &plans) { found = plans; });
    flow.read(explained(joined), true, u"not_there"_s);
    QTRY_VERIFY_WITH_TIMEOUT(found, longEnough);
    QVERIFY(failed.isEmpty() && !flow.isBusy() && !found->asked);
    QCOMPARE(found->plans.size(), 1);
    QVERIFY2(found->note.startsWith(u"What the server knows of the plan's tables could not be read: "_s) && found->note.contains(u"not_there"_s),
             qPrintable(found->note));
}

void TestPlanPage::triggersAndSettingsAreShown()
{
    (void)m_link->run({"SET work_mem = '1MB'", {}});
    paste(explained("UPDATE shop.orders SET note = 'y' WHERE id < 50"));
    (void)m_link->run({"RESET work_mem", {}});
    QTRY_VERIFY(rowOf(tree()->model(), u"Trigger orders_audit"_s).isValid());
    view()->select(u"trigger 0"_s);
    QVERIFY(says(view()->panel(), u"Time of a call"_s));
    QVERIFY(rowOf(tree()->model(), u"2 settings are changed"_s).isValid());
    view()->select(u"settings"_s);
    QVERIFY(says(view()->panel(), u"work_mem"_s));
    view()->select(u"planning"_s);
    QVERIFY(says(view()->panel(), u"Planning"_s));
}

void TestPlanPage::neverExecutedIsSaid()
{
    paste(explained("SELECT * FROM shop.customer c LEFT JOIN shop.orders o ON o.customer = c.id WHERE c.id < 0"));
    QTRY_VERIFY(view()->plan());
    int never = -1;
    for (int node = 0; node < view()->plan()->plan.nodes.size(); ++node)
        if (view()->plan()->plan.nodes[node].neverExecuted())
            never = node;
    QVERIFY(never > 0);
    view()->select(nodeKey(never));
    QVERIFY(says(view()->panel(), u"Never executed"_s));
    const QModelIndex row = tree()->currentIndex();
    QVERIFY(cell(row, u"words"_s).contains(u"never executed"_s));
    QCOMPARE(cell(row, u"rows"_s), u"–"_s); // and not 0
}

void TestPlanPage::anyValuesThenThese()
{
    ask(u"SELECT * FROM shop.orders WHERE id = $1"_s);
    QTRY_VERIFY_WITH_TIMEOUT(says(page(), u"The generic plan"_s), longEnough);
    QVERIFY(says(page(), u"not run"_s));
    QVERIFY(says(view(), u"Estimated, not run"_s));
    ParameterForm *form = question()->parameters();
    QVERIFY(form->isVisible());
    QCOMPARE(form->typeLine(1)->placeholderText(), u"integer"_s);
    QVERIFY(form->values().isEmpty());
    form->valueLine(1)->setFocus();
    QTest::keyClicks(form->valueLine(1), u"42"_s);
    windowPictures(m_window.get(), u"plans-statement"_s);
    // Another theme colours the statement anew, and leaves what was typed.
    theme().setChoice(Theme::Choice::Dark);
    theme().setChoice(Theme::Choice::Light);
    QCOMPARE(form->values().size(), 1);
    QTest::keyClick(form->valueLine(1), Qt::Key_Return);
    QTRY_VERIFY_WITH_TIMEOUT(says(page(), u"The plan for these values"_s), longEnough);
    QVERIFY(view()->text()->toPlainText().contains(u"42"_s));
    QCOMPARE(question()->parameters()->valueLine(1)->text(), u"42"_s); // stays to be changed
}

void TestPlanPage::nullIsNeverTheDefault()
{
    ask(u"SELECT * FROM shop.orders WHERE state = $1 AND id > $2"_s);
    QTRY_VERIFY_WITH_TIMEOUT(says(page(), u"The generic plan"_s) && question()->parameters()->valueLine(2), longEnough);
    ParameterForm *form = question()->parameters();
    QVERIFY(!form->nullBox(1)->isChecked() && !form->emptyBox(1)->isChecked());
    // For any values none are given; what is run has them whatever was ticked.
    question()->generic()->setFocus();
    QTest::keyClick(question()->generic(), Qt::Key_Space);
    QVERIFY(question()->generic()->isChecked() && !form->isEnabled());
    question()->analyze()->setFocus();
    QTest::keyClick(question()->analyze(), Qt::Key_Space);
    QVERIFY(question()->analyze()->isChecked());
    QVERIFY(!question()->generic()->isEnabled() && form->isEnabled());
    question()->go();
    // Nothing is put in the place of what was not given.
    QTRY_VERIFY_WITH_TIMEOUT(says(question(), u"it needs the value of each parameter"_s), longEnough);
    form->nullBox(1)->setFocus();
    QTest::keyClick(form->nullBox(1), Qt::Key_Space);
    QVERIFY(!form->valueLine(1)->isEnabled());
    const auto values = form->values();
    QCOMPARE(values.size(), 1);
    QVERIFY(!values.value(1).text.has_value());
    QTest::keyClick(form->nullBox(1), Qt::Key_Space);
    form->emptyBox(1)->setFocus();
    QTest::keyClick(form->emptyBox(1), Qt::Key_Space);
    QCOMPARE(form->values().value(1).text.value_or(u"none"_s), QString());
    QTest::keyClick(form->emptyBox(1), Qt::Key_Space);
    form->valueLine(1)->setFocus();
    QTest::keyClicks(form->valueLine(1), u"open"_s);
    form->valueLine(2)->setFocus();
    QTest::keyClicks(form->valueLine(2), u"10"_s);
    QTest::keyClick(form->valueLine(2), Qt::Key_Return);
    QTRY_VERIFY_WITH_TIMEOUT(says(page(), u"The plan for these values, run"_s), longEnough);
    QVERIFY(view()->plan()->measured);
}

void TestPlanPage::aWriteIsAskedAbout()
{
    bool accept = false;
    DialogAnswers answers(qApp, [&accept](const Question &) {
        ui::Answer answer;
        answer.accepted = accept;
        return answer;
    });
    QVERIFY(question()->analyze()->isChecked());
    const qint64 audits = rowsWhere("SELECT count(*) FROM shop.audit");
    ask(u"INSERT INTO shop.orders (customer, state) VALUES (1, 'new')"_s);
    QTRY_COMPARE_WITH_TIMEOUT(answers.asked.size(), 1, longEnough);
    const Question asked = answers.asked.constFirst();
    QVERIFY2(asked.detail.contains(u"Sequence shop.orders_id_seq"_s) || asked.detail.contains(u"orders_id_seq"_s), qPrintable(asked.detail));
    QVERIFY2(asked.detail.contains(u"orders_audit"_s), qPrintable(asked.detail));
    QVERIFY(asked.dangerous);
    QTRY_VERIFY(!page()->flow()->isBusy());
    const qint64 sequence = rowsWhere("SELECT last_value FROM shop.orders_id_seq");
    accept = true;
    question()->go();
    QTRY_VERIFY_WITH_TIMEOUT(says(page(), u"run and rolled back"_s), longEnough);
    QCOMPARE(rowsWhere("SELECT count(*) FROM shop.orders WHERE state = 'new'"), 0);
    QCOMPARE(rowsWhere("SELECT count(*) FROM shop.audit"), audits);
    QCOMPARE(rowsWhere("SELECT last_value FROM shop.orders_id_seq"), sequence + 1); // as was said, and not before
    QVERIFY(rowOf(tree()->model(), u"Trigger orders_audit"_s).isValid());
}

void TestPlanPage::whatRunsIsCancelled()
{
    ask(u"SELECT pg_sleep(60) AS plans_cancelled"_s);
    QTRY_VERIFY(page()->flow()->isBusy());
    QVERIFY(!question()->goButton()->isEnabled());
    const QByteArray running = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%plans_cancelled%' AND pid <> pg_backend_pid()";
    QTRY_COMPARE_WITH_TIMEOUT(rowsWhere(running), 1, longEnough);
    QTest::keyClick(question()->statementText(), Qt::Key_Escape);
    QVERIFY(!page()->flow()->isBusy());
    QTRY_COMPARE_WITH_TIMEOUT(rowsWhere(running), 0, longEnough);
    QVERIFY(question()->goButton()->isEnabled());
    // The pane goes on.
    ask(u"SELECT 1 AS still_here"_s);
    QTRY_VERIFY_WITH_TIMEOUT(says(page(), u"as it stands, run"_s), longEnough);
    QTest::keyClick(question()->analyze(), Qt::Key_Space);
    QVERIFY(!question()->analyze()->isChecked());
}

void TestPlanPage::twoAreCompared()
{
    QTRY_VERIFY_WITH_TIMEOUT(hasWords(page()->kept()->list()->model(), u"still_here"_s), longEnough); // the one before
    const int before = keptCount();
    ask(u"SELECT * FROM shop.orders WHERE customer = 7"_s);
    QTRY_COMPARE_WITH_TIMEOUT(keptCount(), before + 1, longEnough);
    QVERIFY(m_server->sql({"CREATE INDEX orders_customer ON shop.orders (customer)", "ANALYZE shop.orders"}));
    // Of the same statement, with another value.
    ask(u"SELECT * FROM shop.orders WHERE customer = 8"_s);
    QTRY_COMPARE_WITH_TIMEOUT(keptCount(), before + 2, longEnough);
    KeyedView *list = page()->kept()->list();
    page()->kept()->onlyCurrent()->setFocus();
    QTest::keyClick(page()->kept()->onlyCurrent(), Qt::Key_Space);
    QTRY_COMPARE(list->model()->rowCount(), 2);
    list->setFocus();
    QTest::keyClick(list, Qt::Key_Home);
    QVERIFY(!page()->kept()->compareButton()->isEnabled());
    QTest::keyClick(list, Qt::Key_Down, Qt::ShiftModifier);
    QVERIFY(page()->kept()->compareButton()->isEnabled());
    click(page()->kept()->compareButton());
    CompareView *compare = page()->comparison();
    QTRY_VERIFY(compare->isVisible());
    QVERIFY(says(compare, u"Another shape"_s));
    QVERIFY2(hasWords(compare->table()->model(), u"type"_s), "another type of node reads it");
    QVERIFY(hasWords(compare->table()->model(), u"Seq Scan on shop.orders"_s));
    QVERIFY(hasWords(compare->table()->model(), u"orders_customer"_s));
    QVERIFY(says(compare->beforePanel(), u"Seq Scan"_s));
    QVERIFY(!says(compare->afterPanel(), u"Seq Scan"_s));
    windowPictures(m_window.get(), u"plans-compare"_s);
    QTest::keyClick(compare->table(), Qt::Key_Escape);
    QTRY_VERIFY(!compare->isVisible());
    QTest::keyClick(list, Qt::Key_Home);
    QTest::keyClick(list, Qt::Key_Down);
    // What is chosen, and then another plan comes: the late one is not shown.
    click(page()->kept()->showButton());
    page()->kept()->dropOpening();
    storeIsThrough();
    QVERIFY(!says(page(), u"its values are masked"_s));
    click(page()->kept()->showButton());
    QTRY_VERIFY(says(page(), u"its values are masked"_s));
    QTest::keyClick(page()->kept()->onlyCurrent(), Qt::Key_Space);
    QTRY_VERIFY(keptCount() > 2);
    QVERIFY(rowOf(tree()->model(), u"Seq Scan on shop.orders"_s).isValid());
}

void TestPlanPage::keptWithoutValues()
{
    ask(u"SELECT * FROM shop.customer WHERE mail = 'mail77@example.org'"_s);
    QTRY_VERIFY_WITH_TIMEOUT(view()->text()->toPlainText().contains(u"mail77@example.org"_s), longEnough);
    QTRY_VERIFY(hasWords(page()->kept()->list()->model(), u"mail = '***'"_s));
    auto read = m_store->run([source = explain::plansSource(m_context.profile.id)](store::Store &store) -> Result<QString> {
        const auto list = explain::keptPlans(store, source);
        if (!list)
            return fail(list.error());
        QString all;
        for (const explain::KeptPlan &one : *list) {
            const auto plan = explain::readKeptPlan(store, source, one.id);
            if (!plan)
                return fail(plan.error());
            all += plan->about.text + QString::fromUtf8(plan::writeJson(plan->plan));
        }
        return all;
    });
    read.waitForFinished();
    QVERIFY2(read.result(), read.result() ? "" : qPrintable(read.result().error().text()));
    QVERIFY(read.result()->contains(u"shop"_s));
    for (const QString &of : {u"mail77"_s, u"'open'"_s, u"'new'"_s})
        QVERIFY2(!read.result()->contains(of), qPrintable(of));
    // What is forgotten is gone.
    const int before = keptCount();
    DialogAnswers answers(qApp, [](const Question &) {
        ui::Answer answer;
        answer.accepted = true;
        return answer;
    });
    page()->kept()->list()->setFocus();
    QTest::keyClick(page()->kept()->list(), Qt::Key_Home);
    QTest::keyClick(page()->kept()->list(), Qt::Key_Delete);
    QTRY_COMPARE(keptCount(), before - 1);
}

void TestPlanPage::hostileTextIsText()
{
    QVERIFY(m_server->sql({"CREATE TABLE shop.\"<img src=x>\x1b[31m\xe2\x80\xae\" (\"<b>a</b>\" text)"}));
    paste(explained("SELECT * FROM shop.\"<img src=x>\x1b[31m\xe2\x80\xae\" WHERE \"<b>a</b>\" = '<i>value</i>'"));
    const QModelIndex row = rowOf(tree()->model(), u"<img src=x>"_s);
    QVERIFY(row.isValid());
    QVERIFY(!row.data().toString().contains(QChar(0x1b)) && !row.data().toString().contains(QChar(0x202e)));
    view()->select(nodeKey(0));
    QVERIFY(says(view()->panel(), u"<i>value</i>"_s));
    for (const QLabel *label : view()->findChildren<QLabel *>())
        QCOMPARE(label->textFormat(), Qt::PlainText);
    // What is no plan is said, and the one before stays.
    paste(u"this is no plan"_s);
    QTRY_VERIFY(says(page(), u"The plan could not be read"_s));
    QVERIFY(view()->plan());
}

void TestPlanPage::aMegabyteIsBounded_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("isPlan");
    const QString head = u"Seq Scan on t  (cost=0.00..1.05 rows=5 width=4) (actual time=0.010..0.020 rows=5.00 loops=1)\n"_s;
    QTest::newRow("one condition") << head + u"  Filter: (a = '"_s + QString(1'000'000, u'x') + u"'::text)\n"_s << true;
    QString conditions = u"(a = 1)"_s;
    while (conditions.size() < 1'000'000)
        conditions += u" AND (a = 1)"_s;
    QTest::newRow("many conditions") << head + u"  Filter: ("_s + conditions + u")\n"_s << true;
    QString flat = u"Append  (cost=0.00..1.05 rows=5 width=4) (actual time=0.010..0.020 rows=5.00 loops=1)\n"_s;
    while (flat.size() < 1'000'000)
        flat += u"  ->  Seq Scan on t  (cost=0.00..1.05 rows=5 width=4) (actual time=0.010..0.020 rows=5.00 loops=1)\n"_s;
    QTest::newRow("many nodes side by side") << flat << true;
    QString small = u"Append  (cost=0.00..1.05 rows=5 width=4)\n"_s;
    while (small.size() < 1'000'000)
        small += u"  ->  X  (cost=0.00..1.05 rows=5 width=4)\n"_s;
    QTest::newRow("small nodes") << small << true;
    QString deep;
    for (int depth = 0; depth < 400; ++depth)
        deep += QString(depth * 6, u' ') + u"->  Materialize  (cost=0.00..1.05 rows=5 width=4)\n"_s;
    QTest::newRow("deep") << deep.sliced(4) << true;
    QString fields = head;
    for (int i = 0; fields.size() < 1'000'000; ++i)
        fields += u"  Name%1: value\n"_s.arg(i);
    QTest::newRow("many fields") << fields << true;
    QTest::newRow("brackets") << QString(1'000'000, u'[') << false;
    QTest::newRow("noise") << QString(1'000'000, u'\'') << false;
    QString html = head;
    while (html.size() < 1'000'000)
        html += u"  <b>Filter</b>: <img src='x'>\n"_s;
    QTest::newRow("markup") << html << true;
}

void TestPlanPage::aMegabyteIsBounded()
{
    QFETCH(QString, text);
    QFETCH(bool, isPlan);
    const SharedPlan before = view()->plan();
    QElapsedTimer timer;
    timer.start();
    paste(text);
    if (isPlan)
        QTRY_VERIFY_WITH_TIMEOUT(view()->plan() != before || says(page(), u"could not be read"_s), longEnough);
    else
        QTRY_VERIFY_WITH_TIMEOUT(says(page(), u"could not be read"_s), longEnough);
    for (const PlanView::Tab tab : {PlanView::Graph, PlanView::Findings, PlanView::Text, PlanView::Tree}) {
        view()->setTab(tab);
        m_window->grab(); // it can be painted too
    }
    const qint64 took = timer.elapsed();
    qInfo("%lld ms, %lld nodes", took, view()->plan() ? qint64(view()->plan()->plan.nodes.size()) : 0);
    QVERIFY2(took < 8000, qPrintable(QString::number(took)));
}

void TestPlanPage::besideAStatement()
{
    PlanPage beside(m_context);
    beside.resize(480, 800);
    beside.show();
    beside.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&beside));
    beside.setStatement({u"SELECT * FROM shop.orders WHERE customer = $1"_s, u"4711"_s, u"postgres"_s});
    storeIsThrough();
    QCOMPARE(beside.kept()->list()->model()->rowCount(), 0); // none of it yet, whatever there is of others
    QVERIFY(!beside.question()->modeButton(PlanAsk::Pasted)->isVisible());
    QVERIFY(beside.question()->statementText()->isReadOnly());
    beside.question()->statementText()->setFocus();
    QTest::keyClick(beside.question()->statementText(), Qt::Key_Return, Qt::ControlModifier);
    QTRY_VERIFY_WITH_TIMEOUT(beside.view()->plan(), longEnough);
    QTRY_COMPARE_WITH_TIMEOUT(beside.kept()->list()->model()->rowCount(), 1, longEnough);
    if (const QString folder = qEnvironmentVariable("HOWDAH_PICTURES"); !folder.isEmpty())
        beside.grab().save(folder + u"/plans-beside.png"_s);
    beside.setStatement({u"SELECT 1"_s, u"4712"_s, {}});
    QVERIFY(!beside.view()->plan());
    storeIsThrough();
    QCOMPARE(beside.kept()->list()->model()->rowCount(), 0);
}

void TestPlanPage::cleanupTestCase()
{
    m_window.reset();
    m_monitor.reset();
    m_store.reset();
    QVERIFY(Worker::joinClosed(10'000));
}

QTEST_MAIN(TestPlanPage)
#include "tst_planpage.moc"
