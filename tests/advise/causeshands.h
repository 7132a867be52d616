// SPDX-License-Identifier: GPL-3.0-or-later
// What the tests of the window's causes do by keys and clicks, from the spike on the chart to the drafted migration. Window's thread.
#pragma once

#include "statements/sampler.h"
#include "support/windowparts.h"
#include "support/windowpictures.h"
#include "support/windowstand.h"
#include "ui/advise/causecard.h"
#include "ui/advise/causespage.h"
#include "ui/advise/draftdialog.h"
#include "ui/advise/trialdialog.h"
#include "ui/metrics/overviewview.h"
#include "ui/metrics/timechart.h"
#include "ui/plan/planask.h"
#include "ui/plan/planpage.h"
#include "ui/plan/planview.h"
#include "ui/shell/rail.h"
#include "ui/shell/workspace.h"
#include "ui/statements/statementdetail.h"
#include "ui/statements/statementfilter.h"
#include "ui/widgets/keyedview.h"
#include "ui/widgets/timerange.h"

#include <QAbstractScrollArea>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QTabBar>
#include <QTabWidget>

namespace howdah::test
{

class CausesHands : protected WindowStand
{
protected:
    ui::KeyedView *view() const { return pane()->findChild<ui::KeyedView *>(QStringLiteral("statements")); }
    ui::StatementDetail *detail() const { return pane()->findChild<ui::StatementDetail *>(); }
    ui::CausesPage *causes() const { return pane()->findChild<ui::CausesPage *>(); }
    QString cell(int row, int column) const { return view()->model()->index(row, column).data().toString(); }
    void key(Qt::Key key, Qt::KeyboardModifiers with = {})
    {
        activate();
        pane()->setFocus();
        QTest::keyClick(pane(), key, with);
    }
    static void click(QWidget *widget) { QTest::mouseClick(widget, Qt::LeftButton); }
    // What ran until now is in the history.
    void nextReading()
    {
        statements::Sampler *sampler = m_window->workspace()->context().statements;
        QSignalSpy recorded(sampler, &statements::Sampler::recorded), began(sampler, &statements::Sampler::began);
        key(Qt::Key_F5);
        QTRY_VERIFY_WITH_TIMEOUT(recorded.count() + began.count() > 0, 20'000);
    }
    void toPane(const QString &id)
    {
        auto *rail = m_window->findChild<ui::Rail *>();
        click(rail->button(id));
        QTRY_VERIFY(m_window->panes()->currentId() == id && pane());
    }
    // Drawn over with the mouse, as on the overview's charts.
    void pickOnChart(const QString &tile)
    {
        auto *chart = pane()->findChild<ui::OverviewView *>()->tile(tile)->chart();
        QTRY_VERIFY_WITH_TIMEOUT(chart->drawnPoints(0) > 2, 20'000);
        QWidget *area = qobject_cast<QAbstractScrollArea *>(chart->focusProxy())->viewport();
        const QRect plot = chart->plotRect();
        const auto at = [&](double share) { return QPoint(plot.left() + int(plot.width() * share), plot.center().y()); };
        QTest::mousePress(area, Qt::LeftButton, {}, at(0.6));
        QTest::mouseMove(area, at(0.8));
        QTest::mouseMove(area, at(1.0));
        QTest::mouseRelease(area, Qt::LeftButton, {}, at(1.0));
        QVERIFY(!m_window->workspace()->context().range->isFollowing());
    }
    void openRow(int row)
    {
        view()->setFocus();
        QTest::keyClick(view(), Qt::Key_Home);
        for (int i = 0; i < row; ++i)
            QTest::keyClick(view(), Qt::Key_Down);
        QTest::keyClick(view(), Qt::Key_Return);
        QTRY_VERIFY(detail()->isVisible());
    }
    void showCauses()
    {
        QTabBar *tabs = detail()->pages()->tabBar();
        for (int i = 0; i < tabs->count(); ++i) {
            if (tabs->tabText(i) == QStringLiteral("Causes"))
                QTest::mouseClick(tabs, Qt::LeftButton, {}, tabs->tabRect(i).center());
        }
        QTRY_VERIFY(causes()->isVisible());
    }
    void lookForCauses()
    {
        QSignalSpy found(causes()->flow(), &ui::CauseFlow::found), failed(causes()->flow(), &ui::CauseFlow::failed);
        click(causes()->lookButton());
        QTRY_VERIFY_WITH_TIMEOUT(found.count() + failed.count() > 0, 30'000);
        QVERIFY2(found.count() == 1, failed.isEmpty() ? "" : qPrintable(failed.at(0).at(0).value<Error>().text()));
    }
    ui::CauseCard *card(const QString &kind) const
    {
        for (ui::CauseCard *one : causes()->cards()) {
            if (one->advice().kind == kind)
                return one;
        }
        return nullptr;
    }
    QPlainTextEdit *textOf(const QWidget *in, const QString &name) const
    {
        for (QPlainTextEdit *one : in->findChildren<QPlainTextEdit *>()) {
            if (one->accessibleName() == name)
                return one;
        }
        return nullptr;
    }
};

} // namespace howdah::test
