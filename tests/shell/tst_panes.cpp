// SPDX-License-Identifier: GPL-3.0-or-later
// What every listed pane owes, without knowing which there are.
#include "ui/shell/activitymodel.h"
#include "ui/shell/pane.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/timerange.h"

#include "resources/resources.h"

#include <QAbstractButton>
#include <QApplication>
#include <QLabel>
#include <QLineEdit>
#include <QSet>
#include <QTabBar>
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

} // namespace

class TestPanes : public QObject
{
    Q_OBJECT

private:
    Clock m_clock;
    TimeRange m_range;
    ActivityModel m_activity{nullptr};

    PaneContext empty()
    {
        PaneContext context;
        context.range = &m_range;
        context.activity = &m_activity;
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
        pane->activateWindow();
        QSet<const QWidget *> chain;
        const QWidget *at = pane.get();
        do {
            chain.insert(at);
            at = at->nextInFocusChain();
        } while (at != pane.get() && !chain.contains(at));
        for (const QAbstractButton *button : pane->findChildren<QAbstractButton *>()) {
            if (!button->isVisible() || !button->isEnabled() || isQtsOwn(button))
                continue;
            QVERIFY2(button->focusPolicy() & Qt::TabFocus, qPrintable(button->accessibleName() + button->text()));
            QVERIFY2(chain.contains(button), qPrintable(button->accessibleName() + button->text()));
        }
    }
};

QTEST_MAIN(TestPanes)
#include "tst_panes.moc"
