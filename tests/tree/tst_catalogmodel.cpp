// SPDX-License-Identifier: GPL-3.0-or-later
#include "tree/recordedsource.h"
#include "ui/catalog/catalogfilter.h"
#include "ui/catalog/catalogmodel.h"
#include "ui/catalog/catalogtree.h"
#include "ui/catalog/kindlook.h"

#include <QAbstractItemModelTester>
#include <QElapsedTimer>
#include <QScrollBar>
#include <QSignalSpy>
#include <QtTest>

using namespace howdah;
using namespace howdah::ui;
using test::object;
using test::RecordedSource;
using Mode = QAbstractItemModelTester::FailureReportingMode;

class CatalogModelTest : public QObject
{
    Q_OBJECT

private slots:
    void levels();
    void placeholderWhileReading();
    void errorIsARow();
    void notPermittedHasNoBranch();
    void refreshKeepsSelectionAndBranches();
    void aRenameMovesTheRow();
    void aDroppedSchemaCancelsItsRead();
    void filter();
    void aThousandTables();
    void qualifiedNames();
    void hostileNames();

private:
    static void fill(RecordedSource &source, int tables = 3);
    static QModelIndex child(const QAbstractItemModel &model, const QModelIndex &parent, const QString &name);
    static QModelIndex open(CatalogModel &model, const QStringList &path);
};

void CatalogModelTest::fill(RecordedSource &source, int tables)
{
    using K = catalog::ObjectKind;
    source.schemas[QStringLiteral("orders")] = {object(K::Schema, 10, QStringLiteral("audit")), object(K::Schema, 11, QStringLiteral("pg_catalog")),
                                                object(K::Schema, 12, QStringLiteral("public"))};
    source.schemas[QStringLiteral("orders")][1].system = true;
    QVector<catalog::Object> objects;
    for (int i = 0; i < tables; ++i)
        objects.append(object(K::Table, quint32(1000 + i), QStringLiteral("t%1").arg(i, 4, 10, QLatin1Char('0'))));
    objects.append(object(K::View, 500, QStringLiteral("v")));
    objects.append(object(K::Procedure, 501, QStringLiteral("p(integer)")));
    objects.append(object(K::Function, 502, QStringLiteral("f()")));
    for (catalog::Object &each : objects)
        each.schema = QStringLiteral("public");
    source.contents[12] = objects;
    source.contents[1000] = {object(K::Column, 1000, QStringLiteral("id"), 1), object(K::Column, 1000, QStringLiteral("total"), 2),
                             object(K::Index, 700, QStringLiteral("t_pkey"))};
}

QModelIndex CatalogModelTest::child(const QAbstractItemModel &model, const QModelIndex &parent, const QString &name)
{
    for (int row = 0; row < model.rowCount(parent); ++row) {
        if (model.index(row, 0, parent).data().toString() == name)
            return model.index(row, 0, parent);
    }
    return {};
}

QModelIndex CatalogModelTest::open(CatalogModel &model, const QStringList &path)
{
    QModelIndex at;
    for (const QString &name : path) {
        at = child(model, at, name); // read where it was not yet
        if (!at.isValid())
            return {};
        const QPersistentModelIndex asked = at;
        model.fetchMore(at);
        for (int turn = 0; turn < 10 && !model.isRead(asked); ++turn)
            QCoreApplication::processEvents();
        at = asked;
    }
    return at;
}

void CatalogModelTest::levels()
{
    RecordedSource source;
    fill(source);
    CatalogModel model(&source);
    QAbstractItemModelTester tester(&model, Mode::QtTest);
    QCOMPARE(model.rowCount(), 0);
    model.readRoot();
    QCOMPARE(model.rowCount(), 2);
    const QModelIndex schema = open(model, {QStringLiteral("orders"), QStringLiteral("public")});
    QStringList groups;
    for (int row = 0; row < model.rowCount(schema); ++row)
        groups.append(model.index(row, 0, schema).data().toString() + QLatin1Char(' ') + model.index(row, 1, schema).data().toString());
    QCOMPARE(groups, (QStringList{QStringLiteral("Tables 3"), QStringLiteral("Views 1"), QStringLiteral("Functions 2")}));
    const QModelIndex table = open(model, {QStringLiteral("orders"), QStringLiteral("public"), QStringLiteral("Tables"), QStringLiteral("t0000")});
    QCOMPARE(model.rowCount(table), 2);
    const QModelIndex column = open(model, {QStringLiteral("orders"), QStringLiteral("public"), QStringLiteral("Tables"), QStringLiteral("t0000"),
                                            QStringLiteral("Columns"), QStringLiteral("total")});
    QVERIFY(column.isValid());
    QVERIFY(!model.hasChildren(column));
    QCOMPARE(model.relationOf(column)->name, QStringLiteral("t0000"));
    QCOMPARE(model.databaseOf(column), QStringLiteral("orders"));
    QCOMPARE(model.find(model.objectAt(column)->ref, QStringLiteral("orders")), column);
}

void CatalogModelTest::placeholderWhileReading()
{
    RecordedSource source;
    fill(source);
    CatalogModel model(&source);
    model.readRoot();
    source.held = true;
    const QModelIndex database = open(model, {QStringLiteral("orders")});
    QCOMPARE(model.rowCount(database), 1);
    QCOMPARE(model.index(0, 0, database).data().toString(), QStringLiteral("Reading…"));
    QVERIFY(!model.canFetchMore(database)); // asked once
    source.release();
    QCOMPARE(model.rowCount(database), 3);
    // A refresh leaves what was known, dimmed.
    model.refresh(database);
    QCOMPARE(model.rowCount(database), 3);
    QVERIFY(model.index(0, 0, database).data(CatalogModel::StaleRole).toBool());
    source.release();
    QVERIFY(!model.index(0, 0, database).data(CatalogModel::StaleRole).toBool());
}

void CatalogModelTest::errorIsARow()
{
    RecordedSource source;
    fill(source);
    CatalogModel model(&source);
    model.readRoot();
    Error error;
    error.kind = ErrorKind::Permission;
    error.message = QStringLiteral("permission denied for database orders");
    error.sqlstate = QStringLiteral("42501");
    source.error = error;
    const QModelIndex database = open(model, {QStringLiteral("orders")});
    QCOMPARE(model.rowCount(database), 1);
    QVERIFY(model.index(0, 0, database).data().toString().contains(QStringLiteral("42501")));
    source.error.reset();
    model.refresh(database);
    QCOMPARE(model.rowCount(database), 3);
    source.error = error; // now with content: it stays below the row that says why
    model.refresh(database);
    QCOMPARE(model.rowCount(database), 4);
    source.error.reset();
    model.refresh(database);
    QCOMPARE(model.rowCount(database), 3);
}

void CatalogModelTest::notPermittedHasNoBranch()
{
    RecordedSource source;
    source.databases[1].permitted = false;
    CatalogModel model(&source);
    model.readRoot();
    QVERIFY(!model.hasChildren(model.index(1, 0)));
    QCOMPARE(model.index(1, 1).data().toString(), QStringLiteral("not permitted"));
    QVERIFY(model.hasChildren(model.index(0, 0)));
}

void CatalogModelTest::refreshKeepsSelectionAndBranches()
{
    RecordedSource source;
    fill(source, 200);
    CatalogModel model(&source);
    CatalogFilter proxy;
    proxy.setSourceModel(&model);
    CatalogTree tree;
    tree.setModel(&proxy);
    tree.resize(400, 300);
    tree.show();
    model.readRoot();
    const auto place = [&](const QModelIndex &index) { return proxy.mapFromSource(index); };
    const QStringList schemaPath{QStringLiteral("orders"), QStringLiteral("public")};
    const QModelIndex table = open(model, schemaPath + QStringList{QStringLiteral("Tables"), QStringLiteral("t0100")});
    for (QModelIndex at = table.parent(); at.isValid(); at = at.parent())
        tree.expand(place(at));
    tree.setCurrentIndex(place(table));
    tree.scrollTo(place(table), QAbstractItemView::PositionAtTop);
    const int above = tree.visualRect(tree.currentIndex()).top();

    // One table dropped, one made, a database gone; asked from the root.
    auto &objects = source.contents[12];
    objects.removeAt(150);
    objects.insert(159, object(catalog::ObjectKind::Table, 5000, QStringLiteral("t0159a")));
    source.databases.removeLast();
    model.refresh({});

    QCOMPARE(tree.currentIndex().data().toString(), QStringLiteral("t0100"));
    QVERIFY(tree.isExpanded(tree.currentIndex().parent()));
    QVERIFY(tree.isExpanded(tree.currentIndex().parent().parent()));
    QCOMPARE(tree.visualRect(tree.currentIndex()).top(), above);
    QCOMPARE(model.rowCount(), 1);
    const QModelIndex tables = open(model, schemaPath + QStringList{QStringLiteral("Tables")});
    QCOMPARE(model.rowCount(tables), 200);
    QVERIFY(!child(model, tables, QStringLiteral("t0150")).isValid());
    QCOMPARE(child(model, tables, QStringLiteral("t0159a")).row(), 159);
}

void CatalogModelTest::aRenameMovesTheRow()
{
    RecordedSource source;
    fill(source, 5);
    CatalogModel model(&source);
    QAbstractItemModelTester tester(&model, Mode::QtTest);
    model.readRoot();
    const QPersistentModelIndex table =
        open(model, {QStringLiteral("orders"), QStringLiteral("public"), QStringLiteral("Tables"), QStringLiteral("t0000")});
    auto &objects = source.contents[12];
    objects[0].name = QStringLiteral("t9");
    objects.move(0, 4);
    QSignalSpy moved(&model, &QAbstractItemModel::rowsMoved);
    model.refresh(table.parent());
    QVERIFY(table.isValid());
    QCOMPARE(table.data().toString(), QStringLiteral("t9"));
    QCOMPARE(table.row(), 4);
    QVERIFY(moved.size() > 0);
    QCOMPARE(model.rowCount(table), 2); // its parts were kept and read again
}

void CatalogModelTest::aDroppedSchemaCancelsItsRead()
{
    RecordedSource source;
    fill(source);
    CatalogModel model(&source);
    model.readRoot();
    open(model, {QStringLiteral("orders")});
    source.held = true;
    open(model, {QStringLiteral("orders"), QStringLiteral("public")});
    source.schemas[QStringLiteral("orders")].removeLast();
    source.held = false; // the schema's own answer is still out when the schema goes
    model.refresh(model.index(0, 0));
    source.release();
    QCOMPARE(model.rowCount(model.index(0, 0)), 2);
}

void CatalogModelTest::filter()
{
    RecordedSource source;
    fill(source, 30);
    CatalogModel model(&source);
    CatalogFilter proxy;
    QAbstractItemModelTester tester(&proxy, Mode::QtTest);
    proxy.setSourceModel(&model);
    model.readRoot();
    open(model, {QStringLiteral("orders"), QStringLiteral("public")});
    const QModelIndex database = proxy.index(0, 0);
    QCOMPARE(proxy.rowCount(database), 2); // pg_catalog is not shown
    proxy.setSystemShown(true);
    QCOMPARE(proxy.rowCount(database), 3);
    proxy.setSystemShown(false);
    proxy.setWord(QStringLiteral("T001"));
    QCOMPARE(proxy.matches(), 10);
    QCOMPARE(proxy.rowCount(), 1);
    const QModelIndex tables = proxy.index(0, 0, proxy.index(0, 0, proxy.index(0, 0)));
    QCOMPARE(tables.data().toString(), QStringLiteral("Tables"));
    QCOMPARE(proxy.rowCount(tables), 10);
    proxy.setWord({});
    QCOMPARE(proxy.rowCount(), 2);
}

void CatalogModelTest::aThousandTables()
{
    RecordedSource source;
    fill(source, 1000);
    CatalogModel model(&source);
    CatalogFilter proxy;
    proxy.setSourceModel(&model);
    CatalogTree tree;
    tree.setModel(&proxy);
    tree.resize(400, 800);
    tree.show();
    model.readRoot();
    tree.expand(proxy.mapFromSource(model.index(0, 0)));
    QTRY_VERIFY(model.isRead(model.index(0, 0)));
    source.held = true;
    const int asked = source.reads;
    const QModelIndex schema = child(model, model.index(0, 0), QStringLiteral("public"));
    tree.expand(proxy.mapFromSource(schema));
    QTRY_COMPARE(source.reads, asked + 1);
    QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
    QElapsedTimer time;
    time.start();
    source.release();
    tree.expand(proxy.mapFromSource(child(model, schema, QStringLiteral("Tables"))));
    tree.grab(); // laid out and painted
    const double ms = double(time.nsecsElapsed()) / 1e6;
    QCOMPARE(model.rowCount(child(model, schema, QStringLiteral("Tables"))), 1000);
    QCOMPARE(inserted.size(), 1); // all groups with their tables at once
    QVERIFY2(ms < 500, qPrintable(QStringLiteral("%1 ms").arg(ms))); // 10 to 20 here; a machine under load is not the point
    qInfo("a schema of 1,000 tables: %.1f ms", ms);
}

void CatalogModelTest::qualifiedNames()
{
    using K = catalog::ObjectKind;
    catalog::Object table = object(K::Table, 1, QStringLiteral("Order"));
    table.schema = QStringLiteral("my schema");
    QCOMPARE(qualifiedName(table, nullptr), QStringLiteral("\"my schema\".\"Order\""));
    QCOMPARE(qualifiedName(object(K::Column, 1, QStringLiteral("a\"b"), 1), &table), QStringLiteral("\"my schema\".\"Order\".\"a\"\"b\""));
    catalog::Object function = object(K::Function, 2, QStringLiteral("we(ird(integer, \"T(1)\")"));
    function.schema = QStringLiteral("public");
    QCOMPARE(qualifiedName(function, nullptr), QStringLiteral("public.\"we(ird\"(integer, \"T(1)\")"));
    QCOMPARE(qualifiedName(object(K::Trigger, 3, QStringLiteral("t")), &table), QStringLiteral("t"));
    QCOMPARE(qualifiedName(object(K::Index, 4, QStringLiteral("i")), &table), QStringLiteral("\"my schema\".i"));
}

void CatalogModelTest::hostileNames()
{
    RecordedSource source;
    source.databases = {object(catalog::ObjectKind::Database, 1, QStringLiteral("<b>x</b>\nDROP"))};
    CatalogModel model(&source);
    model.readRoot();
    QVERIFY(!model.index(0, 0).data().toString().contains(QLatin1Char('\n')));
    QVERIFY(!model.index(0, 0).data(Qt::ToolTipRole).toString().contains(QStringLiteral("<b>")));
}

QTEST_MAIN(CatalogModelTest)
#include "tst_catalogmodel.moc"
