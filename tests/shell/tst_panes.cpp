// SPDX-License-Identifier: GPL-3.0-or-later
// What every listed pane owes, without knowing which there are.
#include "ui/shell/jobmodel.h"
#include "ui/shell/pane.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/timerange.h"

#include "resources/resources.h"

#include <QAbstractButton>
#include <QApplication>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSet>
#include <QTabBar>
#include <QVBoxLayout>
#include <QtTest>

using namespace howdah;
using namespace howdah::ui;

namespace
{

// The parts that Qt makes inside its own widgets: a line's clear button, a tab bar's arrows.
bool isQtsOwn(const QAbstractButton *button)
{
    return button->objectName().startsWith(QLatin1StringView("qt_")) || qobject_cast<const QLineEdit *>(button->parent())
        || qobject_cast<const QTabBar *>(button->parent());
}

// The buttons that a walk by the Tab key, once round the window, does not come to.
QStringList unreached(QWidget *window)
{
    window->activateWindow();
    QSet<const QWidget *> reached;
    // Pressed for real: a part that keeps Tab to itself is a trap, and all behind it are out of reach.
    for (;;) {
        QWidget *at = window->focusWidget();
        QTest::keyClick(at ? at : window, Qt::Key_Tab);
        if (at && window->focusWidget() == at)
            QTest::keyClick(at, Qt::Key_F6); // a text takes Tab as a character: the next part is a key away all the same
        const QWidget *now = window->focusWidget();
        if (!now || reached.contains(now))
            break;
        reached.insert(now);
    }
    QStringList missed;
    for (const QAbstractButton *button : window->findChildren<QAbstractButton *>()) {
        if (button->isVisible() && button->isEnabled() && !isQtsOwn(button) && !reached.contains(button))
            missed.append(button->accessibleName().isEmpty() ? button->text() : button->accessibleName());
    }
    return missed;
}

} // namespace

class TestPanes : public QObject
{
    Q_OBJECT

private:
    Clock m_clock;
    TimeRange m_range;
    JobModel m_jobs{nullptr};

    PaneContext empty()
    {
        PaneContext context;
        context.range = &m_range;
        context.jobs = &m_jobs;
        context.clock = &m_clock;
        return context;
    }

    void eachPane()
    {
        QTest::addColumn<int>("index");
        for (int i = 0; i < int(allPanes().size()); ++i)
            QTest::newRow(qPrintable(allPanes().at(i).id)) << i;
    }

    std::unique_ptr<Pane> open(int index)
    {
        std::unique_ptr<Pane> pane(allPanes().at(index).make(empty(), nullptr));
        pane->resize(1100 - 84, 640);
        pane->show();
        pane->activated();
        return pane;
    }

private slots:
    void initTestCase()
    {
        initResources();
        theme().setChoice(Theme::Choice::Light);
    }

    void listIsWhole()
    {
        QVERIFY(allPanes().size() >= 3);
        QSet<QString> ids;
        for (const PaneDescriptor &pane : allPanes()) {
            QVERIFY(!pane.title.isEmpty());
            QVERIFY2(QFile::exists(QStringLiteral(":/icons/%1.svg").arg(pane.icon)), qPrintable(pane.icon));
            ids.insert(pane.id);
        }
        QCOMPARE(ids.size(), allPanes().size());
    }

    void opensAndCloses_data() { eachPane(); }
    void opensAndCloses()
    {
        QFETCH(int, index);
        for (int round = 0; round < 2; ++round) {
            auto pane = open(index);
            QVERIFY(QTest::qWaitForWindowExposed(pane.get()));
            pane->refresh();
            theme().setChoice(round == 0 ? Theme::Choice::Dark : Theme::Choice::Light);
            QCoreApplication::processEvents();
            QVERIFY(!pane->grab().isNull());
            pane->deactivated();
        }
    }

    void buttonsHaveNames_data() { eachPane(); }
    void buttonsHaveNames()
    {
        QFETCH(int, index);
        const auto pane = open(index);
        for (const QAbstractButton *button : pane->findChildren<QAbstractButton *>()) {
            if (button->isHidden() || isQtsOwn(button)) // a hidden one gets its words when it is shown
                continue;
            QVERIFY2(!button->accessibleName().isEmpty() || !button->text().isEmpty(),
                     qPrintable(QStringLiteral("a %1 in %2").arg(QString::fromLatin1(button->metaObject()->className()),
                                                                 QString::fromLatin1(button->parent()->metaObject()->className()))));
        }
    }

    void labelsArePlain_data() { eachPane(); }
    void labelsArePlain()
    {
        QFETCH(int, index);
        const auto pane = open(index);
        for (const QLabel *label : pane->findChildren<QLabel *>())
            QVERIFY2(label->textFormat() == Qt::PlainText, qPrintable(label->text()));
    }

    void tabReachesEveryButton_data() { eachPane(); }
    void tabReachesEveryButton()
    {
        QFETCH(int, index);
        const auto pane = open(index);
        QVERIFY(QTest::qWaitForWindowExposed(pane.get()));
        QVERIFY2(unreached(pane.get()).isEmpty(), qPrintable(unreached(pane.get()).join(QLatin1StringView(", "))));
    }

    // The look above is worth nothing if it does not see one that is left out.
    void aButtonWithoutFocusIsNoticed()
    {
        QWidget window;
        auto *column = new QVBoxLayout(&window);
        for (const auto *name : {"first", "left out", "last"})
            column->addWidget(new QPushButton(QString::fromLatin1(name), &window));
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        QCOMPARE(unreached(&window), QStringList());
        window.findChildren<QPushButton *>().at(1)->setFocusPolicy(Qt::NoFocus);
        QCOMPARE(unreached(&window), QStringList{QStringLiteral("left out")});
        window.findChildren<QPushButton *>().at(1)->setFocusPolicy(Qt::ClickFocus);
        QCOMPARE(unreached(&window), QStringList{QStringLiteral("left out")});
    }
};

QTEST_MAIN(TestPanes)
#include "tst_panes.moc"
