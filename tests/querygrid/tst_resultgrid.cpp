// SPDX-License-Identifier: GPL-3.0-or-later
// The grid by keys and clicks: rows as they come, order, filters, columns, values, copy and export.
#include "query/rowsof.h"
#include "ui/query/columnlayout.h"
#include "ui/query/gridheader.h"
#include "ui/query/resultgrid.h"
#include "ui/query/valueviewer.h"
#include "ui/widgets/label.h"

#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QFileDialog>
#include <QLineEdit>
#include <QMenu>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QTemporaryDir>
#include <QtTest>

#include <memory>

using namespace howdah;
using namespace howdah::ui;
using query::ResultStore;

namespace
{

const std::vector<pg::Column> kColumns{{QStringLiteral("id"), 23}, {QStringLiteral("name"), 25}, {QStringLiteral("doc"), 3802}, {QStringLiteral("at"), 1114}};

pg::Rows rowsFrom(int from, int count)
{
    std::vector<std::vector<test::Cell>> rows;
    for (int i = from; i < from + count; ++i)
        rows.push_back({QByteArray::number(i), i % 4 == 0 ? test::Cell() : test::Cell("n" + QByteArray::number(i % 10)), QByteArray("{\"a\": " + QByteArray::number(i) + "}"),
                        QByteArray("2024-01-01 00:00:00")});
    return test::rowsOf(kColumns, rows);
}

std::shared_ptr<ResultStore> storeOf(int rows)
{
    auto store = std::make_shared<ResultStore>(kColumns);
    store->push(rowsFrom(1, rows));
    store->finish();
    return store;
}

std::shared_ptr<ResultStore> storeOf(const std::vector<pg::Column> &columns, const std::vector<std::vector<test::Cell>> &rows)
{
    auto store = std::make_shared<ResultStore>(columns);
    if (!rows.empty())
        store->push(test::rowsOf(columns, rows));
    store->finish();
    return store;
}

} // namespace

class TestResultGrid : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        m_grid = std::make_unique<ResultGrid>();
        m_grid->resize(900, 400);
        m_grid->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_grid.get()));
        m_cells = m_grid->cells();
        m_cells->setFocus();
    }

    void cleanup() { m_grid.reset(); }

    void rowsAppearWhileTheyCome()
    {
        QAbstractItemModelTester tester(m_grid->model(), QAbstractItemModelTester::FailureReportingMode::QtTest);
        auto store = std::make_shared<ResultStore>(kColumns);
        m_grid->setStore(store);
        QVERIFY(m_grid->statusText().contains(QStringLiteral("still reading")));
        QVERIFY(!button("exportResult")->isEnabled());
        store->push(rowsFrom(1, 10));
        QTRY_COMPARE(m_grid->model()->rowCount(), 10);
        store->push(rowsFrom(11, 10));
        store->finish();
        QTRY_COMPARE(m_grid->model()->rowCount(), 20);
        QTRY_VERIFY(button("exportResult")->isEnabled());
        QVERIFY(m_grid->statusText().startsWith(QStringLiteral("20 rows")));
        QVERIFY(!m_grid->statusText().contains(QStringLiteral("still reading")));
    }

    void anIncompleteResultSaysSo()
    {
        auto store = std::make_shared<ResultStore>(kColumns);
        m_grid->setStore(store);
        store->push(rowsFrom(1, 3));
        store->finish(Error{ErrorKind::Connection, QStringLiteral("closed_early"), QStringLiteral("The link was lost"), {}, {}, {}, {}, 0});
        QTRY_VERIFY(m_grid->statusText().contains(QStringLiteral("incomplete: The link was lost")));
    }

    void valuesAsTheServerHasThem()
    {
        const QByteArray huge(5000, 'x');
        m_grid->setStore(storeOf({{QStringLiteral("v"), 25}}, {{std::nullopt}, {QByteArray("")}, {QByteArray("-infinity")}, {QByteArray("0044-03-15 BC")}, {QByteArray("\\xdeadbeef")},
                                                              {QByteArray("{1,NULL,\"a b\"}")}, {QByteArray("a\nb")}, {huge}, {QByteArray("<b>x</b>")}}));
        const auto shown = [&](int row, int role = Qt::DisplayRole) { return m_grid->model()->index(row, 0).data(role).toString(); };
        QCOMPARE(shown(0), QStringLiteral("NULL"));
        QVERIFY(m_grid->model()->index(0, 0).data(ResultModel::NullRole).toBool());
        QCOMPARE(shown(1), QString());
        QVERIFY(!m_grid->model()->index(1, 0).data(ResultModel::NullRole).toBool());
        QCOMPARE(shown(2), QStringLiteral("-infinity"));
        QCOMPARE(shown(3), QStringLiteral("0044-03-15 BC"));
        QCOMPARE(shown(4), QStringLiteral("\\xdeadbeef"));
        QCOMPARE(shown(5), QStringLiteral("{1,NULL,\"a b\"}"));
        QVERIFY(!shown(6).contains(QLatin1Char('\n')));
        QVERIFY(shown(7).size() < 600 && shown(7).endsWith(QChar(0x2026)));
        QCOMPARE(shown(8, Qt::ToolTipRole), tooltipText(QStringLiteral("<b>x</b>"))); // the text, no markup
    }

    void aClickOnTheHeadSorts()
    {
        m_grid->setStore(storeOf(25));
        clickHead(1);
        QTRY_COMPARE(text(0, 1), QStringLiteral("n0"));
        QCOMPARE(text(24, 1), QStringLiteral("NULL"));
        clickHead(1);
        QTRY_COMPARE(text(0, 1), QStringLiteral("NULL"));
        QCOMPARE(text(24, 1), QStringLiteral("n0"));
        clickHead(0, Qt::ShiftModifier); // beside it
        QTRY_COMPARE(m_grid->sorting().size(), size_t(2));
        clickHead(1);
        clickHead(1);
        clickHead(1);
        QTRY_COMPARE(text(0, 0), QStringLiteral("1"));
    }

    void filtersAreTyped()
    {
        m_grid->setStore(storeOf(25));
        m_cells->setCurrentIndex(m_grid->model()->index(0, 1));
        QTest::keyClick(m_cells, Qt::Key_F, Qt::ControlModifier | Qt::ShiftModifier);
        auto *field = m_grid->findChild<QLineEdit *>(QStringLiteral("filter1"));
        QVERIFY(field && field->hasFocus());
        QTest::keyClicks(field, QStringLiteral("=n3"));
        QTRY_COMPARE(m_grid->model()->rowCount(), 3);
        QVERIFY(m_grid->statusText().contains(QStringLiteral("3 of them match")));
        QCOMPARE(text(2, 0), QStringLiteral("23"));
        QTest::keyClick(field, Qt::Key_Return); // to the cells
        QVERIFY(m_cells->hasFocus());
        field->setFocus();
        QTest::keyClick(field, Qt::Key_Escape);
        QTRY_COMPARE(m_grid->model()->rowCount(), 25);
        QTest::keyClicks(field, QStringLiteral("null"));
        QTRY_COMPARE(m_grid->model()->rowCount(), 6);
    }

    void anOrderGoesOnWhenTheRestComes()
    {
        auto store = std::make_shared<ResultStore>(kColumns);
        m_grid->setStore(store);
        store->push(rowsFrom(1, 5));
        QTRY_COMPARE(m_grid->model()->rowCount(), 5);
        m_grid->sortBy({{0, true, true}});
        QTRY_COMPARE(text(0, 0), QStringLiteral("5"));
        store->push(rowsFrom(6, 5));
        QTRY_VERIFY(m_grid->statusText().contains(QStringLiteral("the order is of the first 5")));
        store->finish();
        QTRY_COMPARE(text(0, 0), QStringLiteral("10"));
        QTRY_COMPARE(m_grid->model()->rowCount(), 10);
    }

    void movesAndCopiesByKeys()
    {
        m_grid->setStore(storeOf(100));
        m_cells->setCurrentIndex(m_grid->model()->index(0, 0));
        QTest::keyClick(m_cells, Qt::Key_End, Qt::ControlModifier);
        QCOMPARE(m_cells->currentIndex(), m_grid->model()->index(99, 3));
        QVERIFY(m_cells->firstRow() > 50);
        QTest::keyClick(m_cells, Qt::Key_Home, Qt::ControlModifier);
        QTest::keyClick(m_cells, Qt::Key_Right, Qt::ShiftModifier);
        QTest::keyClick(m_cells, Qt::Key_Down, Qt::ShiftModifier);
        QVERIFY(m_grid->statusText().contains(QStringLiteral("selected: 2 rows")));
        QTest::keyClick(m_cells, Qt::Key_C, Qt::ControlModifier);
        QTRY_COMPARE(clipboard(), QStringLiteral("1\tn1\n2\tn2\n"));
        QTest::keyClick(m_cells, Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_COMPARE(clipboard(), QStringLiteral("id\tname\n1\tn1\n2\tn2\n"));
        m_cells->setCurrentIndex(m_grid->model()->index(2, 2));
        m_cells->selectionModel()->select(m_cells->currentIndex(), QItemSelectionModel::ClearAndSelect);
        QTest::keyClick(m_cells, Qt::Key_C, Qt::ControlModifier);
        QTRY_COMPARE(clipboard(), QStringLiteral("{\"a\": 3}")); // one cell is its text alone
    }

    void copyFormats_data()
    {
        QTest::addColumn<QString>("action");
        QTest::addColumn<QString>("copied");
        QTest::newRow("csv") << QStringLiteral("CSV") << QStringLiteral("id,name\n3,n3\n4,\n");
        QTest::newRow("json") << QStringLiteral("JSON") << QStringLiteral("[{\"id\":3,\"name\":\"n3\"},{\"id\":4,\"name\":null}]");
        QTest::newRow("insert") << QStringLiteral("SQL INSERT statements") << QStringLiteral("INSERT INTO \"t\" (\"id\", \"name\") VALUES (3, 'n3'), (4, NULL);");
        QTest::newRow("in") << QStringLiteral("IN list") << QStringLiteral("((3, 'n3'), (4, NULL))");
        QTest::newRow("markdown") << QStringLiteral("Markdown") << QStringLiteral("| id | name |\n| ---: | --- |\n| 3 | n3 |\n| 4 | *NULL* |");
    }

    void copyFormats()
    {
        QFETCH(QString, action);
        QFETCH(QString, copied);
        m_grid->setStore(storeOf(10));
        m_grid->setRelation(QStringLiteral("\"t\""));
        QGuiApplication::clipboard()->clear();
        m_cells->selectionModel()->select(QItemSelection(m_grid->model()->index(2, 0), m_grid->model()->index(3, 1)), QItemSelectionModel::ClearAndSelect);
        QAction *found = nullptr;
        for (QAction *one : m_grid->findChildren<QAction *>())
            found = one->text() == action ? one : found;
        QVERIFY(found);
        found->trigger();
        QTRY_VERIFY(!clipboard().isEmpty());
        const auto plain = [](QString value) { return value.remove(QLatin1Char(' ')).remove(QLatin1Char('\n')); };
        QCOMPARE(plain(clipboard()), plain(copied));
    }

    void rowsThatLieApart()
    {
        m_grid->setStore(storeOf(10));
        const auto select = [&](int row, int toColumn, QItemSelectionModel::SelectionFlags how) {
            m_cells->selectionModel()->select(QItemSelection(m_grid->model()->index(row, 0), m_grid->model()->index(row, toColumn)), how);
        };
        select(1, 1, QItemSelectionModel::ClearAndSelect);
        select(8, 1, QItemSelectionModel::Select);
        QTest::keyClick(m_cells, Qt::Key_C, Qt::ControlModifier);
        QTRY_COMPARE(clipboard(), QStringLiteral("2\tn2\n9\tn9\n")); // and none of those between
        select(5, 0, QItemSelectionModel::Select);
        QTest::keyClick(m_cells, Qt::Key_C, Qt::ControlModifier);
        QVERIFY(said().startsWith(QStringLiteral("Not copied")));
        QCOMPARE(clipboard(), QStringLiteral("2\tn2\n9\tn9\n"));
    }

    void columnsMoveHideAndFreeze()
    {
        m_grid->setStore(storeOf(10));
        auto *header = m_cells->header();
        const QRect first = header->sectionRect(0), third = header->sectionRect(2);
        QTest::mousePress(header, Qt::LeftButton, {}, first.center());
        QTest::mouseMove(header, first.center() + QPoint(40, 0));
        QTest::mouseMove(header, third.center());
        QTest::mouseRelease(header, Qt::LeftButton, {}, third.center());
        QCOMPARE(order(), (QVector<int>{1, 2, 0, 3}));
        QVERIFY(m_grid->sorting().empty());
        chooseOf(2, QStringLiteral("Freeze column"));
        QCOMPARE(order(), (QVector<int>{2, 1, 0, 3}));
        QCOMPARE(m_cells->columns()->frozenCount(), 1);
        chooseOf(1, QStringLiteral("Hide column"));
        QCOMPARE(order(), (QVector<int>{2, 0, 3}));
        QVERIFY(m_grid->statusText().contains(QStringLiteral("1 hidden column")));
        // Copied as shown.
        QTest::keyClick(m_cells, Qt::Key_A, Qt::ControlModifier);
        m_grid->copySelection(query::Format::Csv, true);
        QTRY_VERIFY(clipboard().startsWith(QStringLiteral("doc,id,at\n")));
        chooseOf(2, QStringLiteral("Show all columns"));
        QCOMPARE(m_cells->columns()->hiddenCount(), 0);
        // An edge widens.
        const int width = m_cells->columns()->width(3);
        const QPoint edge(header->sectionRect(3).right() + 1, 10);
        QTest::mousePress(header, Qt::LeftButton, {}, edge);
        QTest::mouseMove(header, edge + QPoint(30, 0));
        QTest::mouseRelease(header, Qt::LeftButton, {}, edge + QPoint(30, 0));
        QCOMPARE(m_cells->columns()->width(3), width + 30);
    }

    void aValueIsOpened()
    {
        m_grid->setStore(storeOf({{QStringLiteral("j"), 3802}, {QStringLiteral("b"), 17}}, {{QByteArray("{\"a\": [1, 2]}"), QByteArray("\\x00ff41")}, {std::nullopt, QByteArray("\\x")}}));
        m_cells->setCurrentIndex(m_grid->model()->index(0, 0));
        QTest::keyClick(m_cells, Qt::Key_Return);
        auto *viewer = m_grid->findChild<ValueViewer *>();
        QVERIFY(viewer && viewer->isVisible());
        QTRY_VERIFY(viewer->shownText().contains(QStringLiteral("\"a\": [\n")));
        QTest::keyClick(m_cells, Qt::Key_Right);
        QTRY_VERIFY(viewer->shownText().contains(QStringLiteral("00 ff 41")));
        QTest::keyClick(m_cells, Qt::Key_Left);
        QTest::keyClick(m_cells, Qt::Key_Down);
        QTRY_COMPARE(viewer->findChild<QPlainTextEdit *>()->placeholderText(), QStringLiteral("NULL"));
        QTest::keyClick(m_cells, Qt::Key_Escape);
        QVERIFY(!viewer->isVisible());
        QVERIFY(m_cells->hasFocus());
    }

    // Far more than is held in memory: what lies in the file is read by a worker.
    void spilledRowsAreReadBack()
    {
        auto store = std::make_shared<ResultStore>(kColumns, query::ResultBudget{1000, qint64(1) << 30, 0});
        for (int i = 0; i < 200; ++i)
            store->push(rowsFrom(i * 100 + 1, 100));
        store->finish();
        QVERIFY(store->spilledBytes() > 0);
        m_grid->setStore(store);
        QCOMPARE(m_grid->model()->rowCount(), 20000);
        QVERIFY(m_grid->statusText().contains(QStringLiteral("on disk")));
        QTest::keyClick(m_cells, Qt::Key_End, Qt::ControlModifier);
        QTRY_COMPARE(text(19999, 0), QStringLiteral("20000"));
        clickHead(0);
        clickHead(0);
        QTRY_COMPARE(text(0, 0), QStringLiteral("20000"));
    }

    void exportedByTheDialog()
    {
        m_grid->setStore(storeOf(5));
        QTemporaryDir folder;
        QTest::mouseClick(button("exportResult"), Qt::LeftButton);
        auto *dialog = m_grid->findChild<QFileDialog *>(QStringLiteral("exportDialog"));
        QVERIFY(dialog);
        dialog->selectNameFilter(QStringLiteral("CSV (*.csv)"));
        const QString path = folder.filePath(QStringLiteral("out.csv"));
        auto *name = dialog->findChild<QLineEdit *>();
        QVERIFY(name);
        name->setText(path);
        QSignalSpy exported(m_grid.get(), &ResultGrid::exported);
        QTest::keyClick(name, Qt::Key_Return);
        QTRY_COMPARE(exported.size(), 1);
        QVERIFY(exported[0][1].toBool());
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll().count('\n'), 6);
        QVERIFY(said().startsWith(QStringLiteral("Exported 5 rows")));
    }

    void aCancelledExportLeavesNothing()
    {
        m_grid->setStore(storeOf(400'000));
        QTemporaryDir folder;
        QSignalSpy exported(m_grid.get(), &ResultGrid::exported);
        m_grid->exportTo(folder.filePath(QStringLiteral("out.json")), query::Format::Json);
        QVERIFY(button("cancelExport")->isVisible());
        QTest::mouseClick(button("cancelExport"), Qt::LeftButton);
        QTRY_COMPARE(exported.size(), 1);
        QVERIFY(!exported[0][1].toBool());
        QVERIFY(QDir(folder.path()).isEmpty(QDir::Files | QDir::Hidden));
        QVERIFY(said().contains(QStringLiteral("no file was written")));
    }

    void aNoteStandsOverTheCells()
    {
        m_grid->setStore(storeOf(1));
        m_grid->setNote(QStringLiteral("Row security filters public.orders for app"));
        auto *note = m_grid->findChild<QWidget *>(QStringLiteral("gridNote"));
        QVERIFY(note->isVisible());
        m_grid->setNote({});
        QVERIFY(!note->isVisible());
    }

private:
    QPushButton *button(const char *name) const { return m_grid->findChild<QPushButton *>(QString::fromLatin1(name)); }
    QString said() const { return m_grid->findChild<ElidedLabel *>(QStringLiteral("gridSaid"))->fullText(); }
    QString text(int row, int column) const { return m_grid->model()->index(row, column).data().toString(); }
    QString clipboard() const { return QGuiApplication::clipboard()->text(); }
    void clickHead(int column, Qt::KeyboardModifiers modifiers = {}) { QTest::mouseClick(m_cells->header(), Qt::LeftButton, modifiers, m_cells->header()->sectionRect(column).center()); }
    QVector<int> order() const
    {
        QVector<int> columns;
        for (int place = 0; place < m_cells->columns()->placeCount(); ++place)
            columns << m_cells->columns()->columnAt(place);
        return columns;
    }
    // By the menu of a column's head.
    void chooseOf(int column, const QString &action)
    {
        auto *header = m_cells->header();
        const QPoint at = header->sectionRect(column).center();
        QContextMenuEvent event(QContextMenuEvent::Mouse, at, header->mapToGlobal(at));
        QCoreApplication::sendEvent(header, &event);
        auto *menu = m_grid->findChild<QMenu *>(QStringLiteral("columnMenu"));
        QVERIFY(menu);
        for (QAction *one : menu->actions()) {
            if (one->text() == action)
                one->trigger();
        }
        menu->close();
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    }

    std::unique_ptr<ResultGrid> m_grid;
    CellView *m_cells = nullptr;
};

QTEST_MAIN(TestResultGrid)
#include "tst_resultgrid.moc"
