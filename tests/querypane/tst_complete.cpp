// SPDX-License-Identifier: GPL-3.0-or-later
// Completion as it is typed, from the catalog of a real server.
#include "querypane/bench.h"


using namespace howdah;
using namespace howdah::ui;

class TestPaneComplete : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<test::PaneBench> m_bench;

    bool isListed() const { return m_bench->editor()->SendScintilla(QsciScintillaBase::SCI_AUTOCACTIVE) != 0; }
    QByteArray listed() const
    {
        const QByteArray item(256, '\0');
        m_bench->editor()->SendScintilla(QsciScintillaBase::SCI_AUTOCGETCURRENTTEXT, 0UL, item.constData());
        return QByteArray(item.constData());
    }
    void start(const QByteArray &text, qsizetype cursor)
    {
        m_bench->put(text);
        m_bench->editor()->setCursor(cursor);
        m_bench->editor()->setFocus();
    }

private slots:
    void initTestCase()
    {
        QString why;
        m_bench = test::PaneBench::start(&why);
        QVERIFY2(m_bench, qPrintable(why));
        QVERIFY2(m_bench->server->sql({"CREATE TABLE public.orders (id bigint PRIMARY KEY, \"Total\" numeric)", "CREATE SCHEMA audit", "CREATE TABLE audit.log (what text)"}, &why),
                 qPrintable(why));
        QVERIFY(m_bench->open());
    }
    void cleanupTestCase()
    {
        m_bench.reset();
        QVERIFY(Worker::joinClosed(5000));
    }

    void columnsByAlias()
    {
        start("SELECT o FROM orders o", 8);
        m_bench->type(QStringLiteral("."));
        QTRY_VERIFY(isListed());
        QVERIFY2(listed().startsWith("id\xE2\x80\x83" "bigint"), listed().constData());
        QTest::keyClick(m_bench->editor(), Qt::Key_Down);
        QTest::keyClick(m_bench->editor(), Qt::Key_Return);
        QCOMPARE(m_bench->editor()->bytes(), QByteArray("SELECT o.\"Total\" FROM orders o"));
        QVERIFY(!isListed());
    }

    void tabTakesEnterDoesNot()
    {
        start("SELECT * FROM ", 14);
        m_bench->type(QStringLiteral("or"));
        QTRY_VERIFY(isListed() && listed().startsWith("orders"));
        m_bench->type(QStringLiteral("\n"));
        QCOMPARE(m_bench->editor()->bytes(), QByteArray("SELECT * FROM or\n"));
        start("SELECT * FROM ", 14);
        m_bench->type(QStringLiteral("or"));
        QTRY_VERIFY(isListed() && listed().startsWith("orders"));
        QTest::keyClick(m_bench->editor(), Qt::Key_Tab);
        QCOMPARE(m_bench->editor()->bytes(), QByteArray("SELECT * FROM orders"));
    }

    void byKey()
    {
        start("SELECT * FROM audit.", 20);
        m_bench->key(Qt::Key_Space, Qt::ControlModifier);
        QTRY_VERIFY(isListed() && listed().startsWith("log"));
        QTest::keyClick(m_bench->editor(), Qt::Key_Return);
        QCOMPARE(m_bench->editor()->bytes(), QByteArray("SELECT * FROM audit.log"));
    }

    // What was made a moment ago is offered.
    void aNewTable()
    {
        m_bench->put("CREATE TABLE novelties (a int)");
        QVERIFY(m_bench->runStatement());
        start("SELECT * FROM ", 14);
        m_bench->type(QStringLiteral("nov"));
        QTRY_VERIFY(isListed() && listed().startsWith("novelties"));
        QTest::keyClick(m_bench->editor(), Qt::Key_Escape);
        QVERIFY(!isListed());
    }
};

QTEST_MAIN(TestPaneComplete)
#include "tst_complete.moc"
