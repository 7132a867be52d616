// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/palette.h"

#include <QLineEdit>
#include <QtTest>

using namespace howdah::ui;

class TestPalette : public QObject
{
    Q_OBJECT

private slots:
    void letters()
    {
        QVERIFY(matchScore(QStringLiteral("Start the stack"), QStringLiteral("sts")) > 0);
        QCOMPARE(matchScore(QStringLiteral("Start the stack"), QStringLiteral("xz")), -1);
        QVERIFY(matchScore(QStringLiteral("Switch theme"), QStringLiteral("SWITCH")) > 0);
        QCOMPARE(matchScore(QStringLiteral("Stack"), QString()), 0);
        // Word beginnings and runs come first.
        QVERIFY(matchScore(QStringLiteral("Start the stack"), QStringLiteral("stack"))
                < matchScore(QStringLiteral("Stack"), QStringLiteral("stack")));
    }

    void finds()
    {
        QWidget window;
        window.resize(1000, 700);
        CommandPalette palette(&window);
        int ran = 0;
        palette.open({{QStringLiteral("Overview"), QStringLiteral("pane"), {}, [&] { ran = 1; }},
                      {QStringLiteral("Start the stack"), QStringLiteral("command"), {}, [&] { ran = 2; }},
                      {QStringLiteral("Stack"), QStringLiteral("pane"), {}, [&] { ran = 3; }}});
        window.show();
        QCOMPARE(palette.shown().size(), 3);
        QTest::keyClicks(palette.line(), QStringLiteral("stack"));
        QCOMPARE(palette.shown(), QStringList({QStringLiteral("Stack"), QStringLiteral("Start the stack")}));
        QTest::keyClick(palette.line(), Qt::Key_Down);
        QTest::keyClick(palette.line(), Qt::Key_Return);
        QVERIFY(palette.isHidden());
        QTRY_COMPARE(ran, 2);
    }

    void nothingFoundRunsNothing()
    {
        QWidget window;
        CommandPalette palette(&window);
        palette.open({{QStringLiteral("Overview"), QStringLiteral("pane"), {}, [] { QFAIL("ran"); }}});
        window.show();
        QTest::keyClicks(palette.line(), QStringLiteral("zzz"));
        QCOMPARE(palette.shown().size(), 0);
        QTest::keyClick(palette.line(), Qt::Key_Return);
        QTest::keyClick(palette.line(), Qt::Key_Escape);
        QVERIFY(palette.isHidden());
    }
};

QTEST_MAIN(TestPalette)
#include "tst_palette.moc"
