// SPDX-License-Identifier: GPL-3.0-or-later
// The side panel on its own: answers are given to it.
#include "tree/recordedsource.h"
#include "ui/catalog/catalogdetail.h"

#include <QClipboard>
#include <QElapsedTimer>
#include <QGuiApplication>
#include <QHeaderView>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QSplitter>
#include <QTableWidget>
#include <QTextBlock>
#include <QTextLayout>
#include <QtTest>

using namespace howdah;
using namespace howdah::ui;
using test::object;

class CatalogDetailTest : public QObject
{
    Q_OBJECT

private slots:
    void aLongDefinitionHasNoColours();
    void theUsersSizesStay();
    void columnsThatCouldNotBeRead();

private:
    static bool says(const QWidget &widget, const QString &text)
    {
        for (const QLabel *label : widget.findChildren<QLabel *>()) {
            if (label->isVisible() && label->text().contains(text))
                return true;
        }
        return false;
    }
    static QVector<catalog::Object> columns(int count, const QString &name)
    {
        QVector<catalog::Object> parts;
        for (int i = 0; i < count; ++i)
            parts.append(object(catalog::ObjectKind::Column, 1, name + QString::number(i), i + 1));
        return parts;
    }
    static bool isColoured(const QPlainTextEdit *text)
    {
        for (QTextBlock block = text->document()->begin(); block.isValid(); block = block.next()) {
            if (!block.layout()->formats().isEmpty())
                return true;
        }
        return false;
    }
};

void CatalogDetailTest::aLongDefinitionHasNoColours()
{
    CatalogDetail detail(nullptr);
    detail.resize(600, 700);
    detail.show();
    auto *text = detail.findChild<QPlainTextEdit *>();
    const QString note = QStringLiteral("without colours");
    detail.showObject(object(catalog::ObjectKind::Function, 1, QStringLiteral("f()")), nullptr, QStringLiteral("orders"));
    detail.showDefinition(QStringLiteral("SELECT 'x'"));
    QCoreApplication::processEvents();
    QVERIFY(isColoured(text));
    QVERIFY(!says(detail, note));

    QString body;
    while (body.size() < 1'500'000)
        body += QStringLiteral("SELECT 'a string', 12 FROM orders WHERE id = 3; -- a comment\n");
    QElapsedTimer took;
    took.start();
    detail.showDefinition(body);
    qInfo("%lld characters in %lld ms", qlonglong(body.size()), qlonglong(took.elapsed()));
    QCoreApplication::processEvents();
    QVERIFY(!isColoured(text));
    QVERIFY(says(detail, note));
    QCOMPARE(text->toPlainText().size(), body.size());
    for (auto *button : detail.findChildren<QPushButton *>()) {
        if (button->text() == QLatin1StringView("Copy definition"))
            button->click();
    }
    QCOMPARE(QGuiApplication::clipboard()->text(), body);

    detail.showObject(object(catalog::ObjectKind::Function, 2, QStringLiteral("g()")), nullptr, QStringLiteral("orders"));
    QVERIFY(!says(detail, note));
    detail.showDefinition(QStringLiteral("SELECT 'y'"));
    QCoreApplication::processEvents();
    QVERIFY(isColoured(text));
    QVERIFY(!says(detail, note));
}

void CatalogDetailTest::theUsersSizesStay()
{
    CatalogDetail detail(nullptr);
    detail.resize(700, 900);
    detail.show();
    const auto select = [&](quint32 oid, int count, const QString &name) {
        detail.showObject(object(catalog::ObjectKind::Table, oid, QStringLiteral("t")), nullptr, QStringLiteral("orders"));
        QCoreApplication::processEvents(); // the splitter has its height
        detail.showColumns(columns(count, name));
        QCoreApplication::processEvents();
    };
    select(1, 3, QStringLiteral("a_name_of_some_length_"));
    auto *header = detail.findChild<QTableWidget *>()->horizontalHeader();
    auto *split = detail.findChild<QSplitter *>();
    QVERIFY(header->sectionSize(0) > 100);
    const int three = split->sizes().at(0);
    select(2, 30, QStringLiteral("b"));
    QVERIFY(split->sizes().at(0) > three); // as high as its rows, while nobody has moved the handle

    header->resizeSection(0, 77);
    header->resizeSection(1, 99);
    // The handle under the columns, dragged up.
    QWidget *handle = split->handle(1);
    QTest::mousePress(handle, Qt::LeftButton, {}, QPoint(5, 2));
    QTest::mouseMove(handle, QPoint(5, -60));
    QTest::mouseRelease(handle, Qt::LeftButton, {}, QPoint(5, -60));
    const QList<int> sizes = split->sizes();
    select(3, 3, QStringLiteral("a_name_of_some_length_"));
    QCOMPARE(header->sectionSize(0), 77);
    QCOMPARE(header->sectionSize(1), 99);
    QCOMPARE(split->sizes(), sizes);
}

void CatalogDetailTest::columnsThatCouldNotBeRead()
{
    CatalogDetail detail(nullptr);
    detail.show();
    detail.showObject(object(catalog::ObjectKind::Table, 1, QStringLiteral("t")), nullptr, QStringLiteral("orders"));
    Error error;
    error.message = QStringLiteral("the relation is gone");
    detail.showColumns(fail(error));
    QVERIFY(says(detail, QStringLiteral("The columns could not be read")));
    QVERIFY(says(detail, QStringLiteral("the relation is gone")));
}

QTEST_MAIN(CatalogDetailTest)
#include "tst_catalogdetail.moc"
