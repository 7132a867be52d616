// SPDX-License-Identifier: GPL-3.0-or-later
// The recovery wizard of a whole window by keys and clicks, for the tests that tell a story with it. With HOWDAH_PICTURES a folder, pictures of each step too.
#pragma once

#include "support/windowparts.h"
#include "support/windowpictures.h"
#include "ui/backup/wizard.h"
#include "ui/backup/wizardsteps.h"
#include "ui/session/changeplandialog.h"
#include "ui/shell/mainwindow.h"
#include "ui/shell/panestack.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/typedline.h"

#include <QDir>
#include <QLineEdit>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QPointer>
#include <QPushButton>
#include <QRadioButton>
#include <QtTest>

namespace howdah::test
{

using namespace howdah::ui;
using namespace Qt::StringLiterals;

class WizardHands
{
protected:
    QWidget *pane() const { return m_window->panes()->currentPane(); }
    RecoveryWizard *wizard() const { return m_window->findChild<RecoveryWizard *>(); }
    template<typename Widget> static Widget *named(const QWidget *in, const QString &name)
    {
        for (Widget *one : in->findChildren<Widget *>()) {
            if (one->accessibleName() == name && one->isVisible())
                return one;
        }
        return nullptr;
    }
    static QPushButton *button(const QWidget *in, const QString &beginning)
    {
        for (QPushButton *one : in->findChildren<QPushButton *>()) {
            if (one->text().startsWith(beginning) && one->isVisible())
                return one;
        }
        return nullptr;
    }
    QRadioButton *radio(const QString &beginning) const
    {
        for (QRadioButton *one : wizard()->findChildren<QRadioButton *>()) {
            if (one->text().startsWith(beginning) && one->isVisible())
                return one;
        }
        return nullptr;
    }
    static void click(const QWidget *in, const QString &beginning)
    {
        QTRY_VERIFY2_WITH_TIMEOUT(button(in, beginning) && button(in, beginning)->isEnabled(), qPrintable(beginning), 60'000);
        QTest::mouseClick(button(in, beginning), Qt::LeftButton);
    }
    void next() const
    {
        QVERIFY(wizard() && wizard()->isVisible());
        QTRY_VERIFY_WITH_TIMEOUT(wizard()->findChild<QPushButton *>(u"next"_s)->isEnabled(), 60'000);
        QTest::mouseClick(wizard()->findChild<QPushButton *>(u"next"_s), Qt::LeftButton);
    }
    void search(const QString &table) const
    {
        auto *relation = named<QLineEdit>(wizard(), u"Table"_s);
        relation->clear();
        QTest::keyClicks(relation, table);
        QTest::keyClick(relation, Qt::Key_Return);
    }
    bool is(WizardStep step, WizardModel::State state) const { return wizard()->model().state(step) == state; }
    void toStep(WizardStep step) const // by its line on the left
    {
        auto *steps = wizard()->findChild<WizardSteps *>();
        QTest::mouseClick(steps->viewport(), Qt::LeftButton, {}, steps->visualItemRect(steps->item(int(step))).center());
        QTRY_COMPARE(wizard()->step(), step);
    }
    // The plan of a change, which says this, typed where that is demanded, and confirmed.
    void confirm(const QString &says, const QString &picture) const
    {
        ChangePlanDialog *shown = nullptr;
        QTRY_VERIFY((shown = m_window->findChild<ChangePlanDialog *>()) && shown->isVisible());
        const QPointer<ChangePlanDialog> dialog = shown;
        QVERIFY2(dialog->sql()->toPlainText().contains(says), qPrintable(dialog->sql()->toPlainText()));
        if (const QString folder = qEnvironmentVariable("HOWDAH_PICTURES"); !folder.isEmpty()) {
            for (const bool dark : {false, true}) {
                theme().setChoice(dark ? Theme::Choice::Dark : Theme::Choice::Light);
                QCoreApplication::processEvents();
                dialog->grab().save(QDir(folder).filePath(u"%1-%2.png"_s.arg(picture, dark ? u"dark"_s : u"light"_s)));
            }
            theme().setChoice(Theme::Choice::Light);
        }
        if (dialog->typed()) {
            QVERIFY(!dialog->verb()->isEnabled());
            QTest::keyClicks(dialog->typed(), dialog->typed()->accessibleName().sliced(5).chopped(9)); // "Type NAME to go on"
        }
        QTRY_VERIFY(dialog->verb()->isEnabled());
        QTest::mouseClick(dialog->verb(), Qt::LeftButton);
        QTRY_VERIFY(!dialog || !dialog->isVisible());
    }
    void pictures(const QString &name) const { windowPictures(m_window.get(), name); }

    std::unique_ptr<MainWindow> m_window;
};

} // namespace howdah::test
