// SPDX-License-Identifier: GPL-3.0-or-later
// The pane against a real server.
#include "support/testserver.h"
#include "ui/catalog/cataloglinks.h"
#include "ui/catalog/catalogmodel.h"
#include "ui/catalog/catalogpane.h"
#include "ui/catalog/catalogtree.h"

#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QGuiApplication>
#include <QLabel>
#include <QPlainTextEdit>
#include <QSortFilterProxyModel>
#include <QTableWidget>
#include <QTreeView>
#include <QtTest>

using namespace howdah;
using namespace howdah::ui;

class CatalogPaneTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void treeIsTheServers();
    void detailOfATable();
    void refreshKeepsThePlace();
    void refreshReadsTheDetailAgain();
    void anotherDatabase();

private:
    // Opens a path level by level, as answers come.
    static QModelIndex open(QTreeView *tree, const QStringList &path)
    {
        QModelIndex at;
        for (const QString &name : path) {
            QModelIndex found;
            const bool came = QTest::qWaitFor([&] {
                for (int row = 0; row < tree->model()->rowCount(at) && !found.isValid(); ++row) {
                    const QModelIndex child = tree->model()->index(row, 0, at);
                    if (child.data().toString() == name)
                        found = child;
                }
                return found.isValid();
            }, 10'000);
            if (!came)
                return {};
            tree->expand(found);
            at = found;
        }
        return at;
    }
    PaneContext context()
    {
        PaneContext c;
        c.profile.id = QStringLiteral("test");
        c.profile.spec = m_server->spec();
        c.catalog = m_session.get();
        c.catalogLink = [this](const QString &database, QObject *parent) {
            return new pg::Session(m_server->spec().withDatabase(database), m_server->password(), pg::Session::Purpose::Editor, parent);
        };
        return c;
    }

    std::unique_ptr<test::TestServer> m_server;
    std::unique_ptr<pg::Session> m_session;
};

void CatalogPaneTest::initTestCase()
{
    QString why;
    m_server = test::TestServer::start({}, &why);
    QVERIFY2(m_server, qPrintable(why));
    QVERIFY2(m_server->sql({"CREATE DATABASE other", "CREATE SCHEMA \"My shop\"",
                            "CREATE TABLE \"My shop\".orders (id bigint PRIMARY KEY, total numeric(10,2) NOT NULL CHECK (total >= 0))",
                            "COMMENT ON TABLE \"My shop\".orders IS 'what was ordered'", "CREATE INDEX orders_total ON \"My shop\".orders (total)",
                            "CREATE VIEW \"My shop\".dear AS SELECT * FROM \"My shop\".orders WHERE total > 100"},
                           &why),
             qPrintable(why));
    m_session = std::make_unique<pg::Session>(m_server->spec(), m_server->password(), pg::Session::Purpose::Editor);
    m_session->open();
}

void CatalogPaneTest::treeIsTheServers()
{
    CatalogLinks links(context());
    CatalogModel model(&links);
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    QTreeView tree;
    tree.setModel(&model);
    model.readRoot();
    const QModelIndex table = open(&tree, {QStringLiteral("postgres"), QStringLiteral("My shop"), QStringLiteral("Tables"), QStringLiteral("orders")});
    QVERIFY(table.isValid());
    for (const QString &part : {QStringLiteral("Columns/total"), QStringLiteral("Indexes/orders_total"), QStringLiteral("Constraints/orders_pkey")})
        QVERIFY2(open(&tree, QStringList{QStringLiteral("postgres"), QStringLiteral("My shop"), QStringLiteral("Tables"), QStringLiteral("orders")} + part.split(QLatin1Char('/'))).isValid(), qPrintable(part));
    QVERIFY(open(&tree, {QStringLiteral("postgres"), QStringLiteral("My shop"), QStringLiteral("Views"), QStringLiteral("dear")}).isValid());
}

void CatalogPaneTest::detailOfATable()
{
    const std::unique_ptr<Pane> pane(makeCatalogPane(context(), nullptr));
    pane->resize(1200, 800);
    pane->show();
    pane->activated();
    QTRY_VERIFY_WITH_TIMEOUT(pane->isSettled(), 10'000);
    auto *tree = pane->findChild<CatalogTree *>();
    const QModelIndex table = open(tree, {QStringLiteral("postgres"), QStringLiteral("My shop"), QStringLiteral("Tables"), QStringLiteral("orders")});
    QVERIFY(table.isValid());
    tree->setCurrentIndex(table);
    auto *text = pane->findChild<QPlainTextEdit *>();
    QTRY_VERIFY_WITH_TIMEOUT(text->toPlainText().contains(QStringLiteral("CREATE TABLE")), 10'000);
    auto *columns = pane->findChild<QTableWidget *>();
    QTRY_COMPARE(columns->rowCount(), 2);
    QVERIFY(columns->item(1, 1)->text().startsWith(QStringLiteral("numeric(10,2)")));
    const auto says = [&](const QString &words) {
        for (const QLabel *label : pane->findChildren<QLabel *>()) {
            if (label->text().contains(words))
                return true;
        }
        return false;
    };
    QVERIFY(says(QStringLiteral("what was ordered")));
    QTRY_VERIFY(says(QStringLiteral("indexes 16")));
    QTest::keySequence(tree, QKeySequence::Copy);
    QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("\"My shop\".orders"));
}

void CatalogPaneTest::refreshKeepsThePlace()
{
    const std::unique_ptr<Pane> pane(makeCatalogPane(context(), nullptr));
    pane->show();
    auto *tree = pane->findChild<CatalogTree *>();
    const QModelIndex table = open(tree, {QStringLiteral("postgres"), QStringLiteral("My shop"), QStringLiteral("Tables"), QStringLiteral("orders")});
    tree->setCurrentIndex(table);
    QVERIFY(m_server->sql({"CREATE TABLE \"My shop\".a_new_one ()"}));
    pane->refresh();
    const QStringList path{QStringLiteral("postgres"), QStringLiteral("My shop"), QStringLiteral("Tables"), QStringLiteral("a_new_one")};
    QVERIFY(open(tree, path).isValid());
    QCOMPARE(tree->currentIndex().data().toString(), QStringLiteral("orders"));
    QVERIFY(tree->isExpanded(tree->currentIndex()));
}

void CatalogPaneTest::refreshReadsTheDetailAgain()
{
    QVERIFY(m_server->sql({"CREATE TABLE \"My shop\".changing (id bigint)"}));
    const std::unique_ptr<Pane> pane(makeCatalogPane(context(), nullptr));
    pane->show();
    auto *tree = pane->findChild<CatalogTree *>();
    // Selected, not opened: no answer of a branch of its own leads to it.
    const QModelIndex tables = open(tree, {QStringLiteral("postgres"), QStringLiteral("My shop"), QStringLiteral("Tables")});
    QModelIndex table;
    for (int row = 0; row < tree->model()->rowCount(tables); ++row) {
        if (tree->model()->index(row, 0, tables).data().toString() == QLatin1StringView("changing"))
            table = tree->model()->index(row, 0, tables);
    }
    QVERIFY(table.isValid());
    tree->setCurrentIndex(table);
    auto *text = pane->findChild<QPlainTextEdit *>();
    QTRY_VERIFY_WITH_TIMEOUT(text->toPlainText().contains(QStringLiteral("CREATE TABLE")), 10'000);
    auto *columns = pane->findChild<QTableWidget *>();
    QTRY_COMPARE(columns->rowCount(), 1);

    QVERIFY(m_server->sql({"ALTER TABLE \"My shop\".changing ADD COLUMN added_later text", "COMMENT ON TABLE \"My shop\".changing IS 'changed since'"}));
    pane->refresh();
    QTRY_VERIFY_WITH_TIMEOUT(text->toPlainText().contains(QStringLiteral("added_later")), 10'000);
    QTRY_COMPARE(columns->rowCount(), 2);
    QTRY_VERIFY([&] { // what the tree's own answer tells of it
        for (const QLabel *label : pane->findChildren<QLabel *>()) {
            if (label->text() == QLatin1StringView("changed since"))
                return true;
        }
        return false;
    }());
}

void CatalogPaneTest::anotherDatabase()
{
    const std::unique_ptr<Pane> pane(makeCatalogPane(context(), nullptr));
    pane->show();
    auto *tree = pane->findChild<CatalogTree *>();
    QVERIFY(open(tree, {QStringLiteral("other"), QStringLiteral("public")}).isValid());
}

QTEST_MAIN(CatalogPaneTest)
#include "tst_catalogpane.moc"
