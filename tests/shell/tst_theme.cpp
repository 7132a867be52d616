// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/errorbar.h"
#include "ui/widgets/icon.h"
#include "ui/widgets/label.h"
#include "ui/widgets/stylesheet.h"
#include "ui/widgets/timerange.h"

#include "resources/resources.h"

#include <QClipboard>
#include <QDir>
#include <QPushButton>
#include <QtTest>

using namespace howdah;
using namespace howdah::ui;

namespace
{

// WCAG 2: relative luminance and contrast.
double luminance(const QColor &color)
{
    const auto linear = [](double c) { return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
}

double contrast(const QColor &a, const QColor &b)
{
    const double la = luminance(a);
    const double lb = luminance(b);
    return (qMax(la, lb) + 0.05) / (qMin(la, lb) + 0.05);
}

} // namespace

class TestTheme : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase() { initResources(); }

    void textIsReadable_data()
    {
        QTest::addColumn<QColor>("text");
        QTest::addColumn<QColor>("behind");
        for (const bool dark : {false, true}) {
            const Colors c = colorsOf(dark);
            const QVector<std::pair<const char *, QColor>> inks = {{"text", c.text},       {"muted", c.muted},   {"accent", c.accent},
                                                                   {"ok", c.ok},           {"warning", c.warning}, {"critical", c.critical},
                                                                   {"unknown", c.unknown}};
            const QVector<std::pair<const char *, QColor>> grounds = {{"window", c.window}, {"surface", c.surface}, {"raised", c.raised}};
            for (const auto &[ink, color] : inks) {
                for (const auto &[ground, behind] : grounds)
                    QTest::addRow("%s %s on %s", dark ? "dark" : "light", ink, ground) << color << behind;
            }
            QTest::addRow("%d text on selection", dark) << c.text << c.selection;
            QTest::addRow("%d accent ink", dark) << c.onAccent << c.accent;
            for (const QColor &fill : {c.okFill, c.warningFill, c.criticalFill, c.greyFill}) {
                QTest::addRow("%d text on %s", dark, qPrintable(fill.name())) << c.text << fill;
                QTest::addRow("%d muted on %s", dark, qPrintable(fill.name())) << c.muted << fill;
            }
            QTest::addRow("%d danger hovered", dark) << c.critical << c.criticalFill;
        }
        for (const auto environment : {session::Environment::Development, session::Environment::Test, session::Environment::Production})
            QTest::addRow("%s", qPrintable(session::environmentName(environment)))
                << environmentColors(environment).ink << environmentColors(environment).block;
    }

    void textIsReadable()
    {
        QFETCH(QColor, text);
        QFETCH(QColor, behind);
        const double found = contrast(text, behind);
        QVERIFY2(found >= 4.5, qPrintable(QString::number(found)));
    }

    void seriesKeepAwayFromState()
    {
        // The first six are what charts use; none is the red or the green of a state.
        for (const auto choice : {Theme::Choice::Light, Theme::Choice::Dark}) {
            theme().setChoice(choice);
            for (int i = 0; i < 6; ++i) {
                const QColor color = seriesColor(i);
                const bool grey = color.hsvSaturation() < 60;
                QVERIFY2(grey || (color.hsvHue() > 25 && color.hsvHue() < 340), qPrintable(color.name()));
                QVERIFY2(grey || color.hsvHue() < 75 || color.hsvHue() > 165, qPrintable(color.name()));
            }
        }
    }

    void sheetHasNoNameLeft()
    {
        QVERIFY(!styleSheet(colorsOf(true)).contains(QLatin1Char('$')));
        QVERIFY(styleSheet(colorsOf(true)) != styleSheet(colorsOf(false)));
    }

    void switchTellsOnlyWhenItChanges()
    {
        theme().setChoice(Theme::Choice::Light);
        QSignalSpy changed(&theme(), &Theme::changed);
        theme().setChoice(Theme::Choice::Light);
        QCOMPARE(changed.size(), 0);
        theme().setChoice(Theme::Choice::Dark);
        QCOMPARE(changed.size(), 1);
        QVERIFY(theme().isDark());
        QCOMPARE(qApp->palette().color(QPalette::Window), colorsOf(true).window);
    }

    void everyIconDraws()
    {
        const QStringList files = QDir(QStringLiteral(":/icons")).entryList();
        QVERIFY(files.size() > 20);
        for (const QString &file : files) {
            const QString name = QFileInfo(file).baseName();
            const QImage image = iconPixmap(name, 24, Qt::magenta, 1).toImage();
            int drawn = 0;
            bool recoloured = name == QLatin1StringView("howdah"); // the program's own has its colours
            for (int y = 0; y < image.height(); ++y) {
                for (int x = 0; x < image.width(); ++x) {
                    const QColor pixel = image.pixelColor(x, y);
                    drawn += pixel.alpha() > 128;
                    recoloured = recoloured || (pixel.alpha() > 200 && pixel.red() > 200 && pixel.green() < 60);
                }
            }
            QVERIFY2(drawn > 15, qPrintable(name));
            QVERIFY2(recoloured, qPrintable(name));
        }
    }

    void serverTextStaysText()
    {
        const QString hostile = QStringLiteral("<b>x</b> & <img src=file:///etc/passwd>");
        QVERIFY(!tooltipText(hostile).contains(QLatin1StringView("<img")));
        QVERIFY(!tooltipText(hostile).contains(QLatin1StringView("<b>")));
        PlainLabel label(hostile);
        QCOMPARE(label.textFormat(), Qt::PlainText);
        ErrorBar bar;
        Error error;
        error.message = hostile;
        bar.showError(QStringLiteral("It failed"), error);
        for (const QLabel *each : bar.findChildren<QLabel *>())
            QCOMPARE(each->textFormat(), Qt::PlainText);
    }

    void notPermittedOffersItsGrant()
    {
        ErrorBar bar;
        Error error;
        error.kind = ErrorKind::Permission;
        error.sqlstate = QStringLiteral("42501");
        error.message = QStringLiteral("permission denied");
        error.hint = QStringLiteral("GRANT pg_monitor TO x; lets it read this");
        bar.showError(QStringLiteral("Not readable"), error);
        QPushButton *copy = nullptr;
        for (auto *button : bar.findChildren<QPushButton *>()) {
            if (button->text() == QLatin1StringView("Copy GRANT"))
                copy = button;
        }
        QVERIFY(copy && !copy->isHidden());
        copy->click();
        QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("GRANT pg_monitor TO x;"));
        error.kind = ErrorKind::Sql;
        bar.showError(QStringLiteral("Not readable"), error);
        QVERIFY(copy->isHidden());
    }

    void timeRange()
    {
        TimeRange range;
        QSignalSpy changed(&range, &TimeRange::changed);
        range.setLast(60'000);
        QCOMPARE(range.at(100'000).fromMs, 40'000);
        range.setPaused(true, 100'000);
        QCOMPARE(range.at(500'000).toMs, 100'000);
        range.setPaused(false, 500'000);
        QCOMPARE(range.at(500'000).toMs, 500'000);
        range.setInterval(1'000, 1'500); // too short to have been meant
        QVERIFY(range.isFollowing());
        range.setInterval(1'000, 9'000);
        QVERIFY(!range.isFollowing());
        QCOMPARE(range.at(500'000).spanMs(), 8'000);
        QCOMPARE(changed.size(), 4);
    }
};

QTEST_MAIN(TestTheme)
#include "tst_theme.moc"
