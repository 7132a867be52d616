// SPDX-License-Identifier: GPL-3.0-or-later
// Where a string ends is the session's to say (standard_conforming_strings): the outline, what Ctrl+Enter sends and what is guarded follow it.
#include "querypane/bench.h"


#include <QApplication>
#include <QDialog>

using namespace howdah;
using namespace howdah::ui;

class TestStrings : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<test::PaneBench> m_bench;

    QString outlined() const
    {
        const SqlEditor::Range range = m_bench->editor()->statement();
        return QString::fromUtf8(m_bench->editor()->bytes().sliced(range.begin, range.end - range.begin));
    }
    // With the cursor in its first statement.
    void putBefore(const QByteArray &text)
    {
        m_bench->put(text);
        m_bench->editor()->setCursor(3);
    }

private slots:
    void initTestCase()
    {
        QString why;
        m_bench = test::PaneBench::start(&why);
        QVERIFY2(m_bench, qPrintable(why));
        QVERIFY2(m_bench->server->sql({"CREATE DATABASE old_ways", "ALTER DATABASE old_ways SET standard_conforming_strings = off",
                                       "ALTER DATABASE old_ways SET escape_string_warning = off"},
                                      &why),
                 qPrintable(why));
    }
    void cleanupTestCase()
    {
        m_bench.reset();
        QVERIFY(Worker::joinClosed(5000));
    }

    void afterASetTheOutlineIsAnother()
    {
        m_bench->database = QStringLiteral("postgres");
        QVERIFY(m_bench->open());
        const QByteArray text = R"(SELECT 'a\', 1; -- '; SELECT 2)";
        putBefore(text);
        QTRY_COMPARE(outlined(), QStringLiteral(R"(SELECT 'a\', 1;)"));
        m_bench->put("SET escape_string_warning = off; SET standard_conforming_strings = off");
        QVERIFY(m_bench->runScript());
        putBefore(text);
        QTRY_COMPARE(outlined(), QStringLiteral(R"(SELECT 'a\', 1; -- ';)"));
        QVERIFY(m_bench->runStatement());
        QVERIFY2(m_bench->messages().contains(QStringLiteral("SELECT 1")), qPrintable(m_bench->messages()));
        // A link that is lost takes its SET with it.
        m_bench->ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()");
        QTRY_VERIFY(m_bench->says(QStringLiteral("The link was lost")));
        m_bench->put("SELECT 1");
        QVERIFY(m_bench->runStatement());
        putBefore(text);
        QTRY_COMPARE(outlined(), QStringLiteral(R"(SELECT 'a\', 1;)"));
    }

    // The database's own setting is known before the tab has a link, from the one that reads its catalog.
    void aDatabaseThatHasItOff()
    {
        m_bench->database = QStringLiteral("old_ways");
        QVERIFY(m_bench->open());
        m_bench->catalog->open();
        QTRY_COMPARE(int(m_bench->catalog->status().state), int(pg::LinkState::Connected));
        m_bench->put(R"(SELECT 'it\'s; one';)"); // the cursor behind it
        QVERIFY(m_bench->runStatement());
        QVERIFY2(m_bench->messages().contains(QStringLiteral("SELECT 1")), qPrintable(m_bench->messages()));
        QCOMPARE(m_bench->tab()->results()->results(), 1);
    }

    // Not known: then nothing is sent that was cut otherwise than the session reads it, and the next try is cut right.
    void whatWasCutOtherwiseIsNotSent()
    {
        m_bench->database = QStringLiteral("old_ways");
        QVERIFY(m_bench->open());
        // Without a link that reads the catalog: as when it is slower than one's fingers.
        QCOMPARE(int(m_bench->catalog->status().state), int(pg::LinkState::Closed));
        putBefore(R"(SELECT 'x\''; CREATE TABLE public.hidden (); --';)");
        QVERIFY(m_bench->runStatement());
        QVERIFY2(m_bench->messages().contains(QStringLiteral("Nothing was sent")), qPrintable(m_bench->messages()));
        QTRY_COMPARE(outlined(), QStringLiteral(R"(SELECT 'x\'';)"));
        QVERIFY(m_bench->runStatement());
        QVERIFY2(m_bench->messages().contains(QStringLiteral("SELECT 1")), qPrintable(m_bench->messages()));
        QCOMPARE(m_bench->ask("SELECT to_regclass('public.hidden')"), QString());
        // What has no string to end otherwise is not held up.
        QVERIFY(m_bench->open());
        m_bench->put(R"(SELECT 1, E'\n')");
        QVERIFY(m_bench->runStatement());
        QVERIFY2(m_bench->messages().contains(QStringLiteral("SELECT 1")), qPrintable(m_bench->messages()));
    }

    // The guard rail reads strings as the session does: no DELETE hides in what only looks like one.
    void theGuardReadsThemAlike()
    {
        m_bench->database = QStringLiteral("old_ways");
        QVERIFY(m_bench->open());
        m_bench->put("SELECT 1");
        QVERIFY(m_bench->runStatement());
        m_bench->put(R"(SELECT 'x\''; DELETE FROM public.all_of_it; --')");
        m_bench->key(Qt::Key_Return, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_VERIFY(qobject_cast<QDialog *>(QApplication::activeModalWidget()));
        QTest::keyClick(QApplication::activeModalWidget(), Qt::Key_Escape);
        QTRY_VERIFY(!QApplication::activeModalWidget());
    }
};

QTEST_MAIN(TestStrings)
#include "tst_strings.moc"
