// SPDX-License-Identifier: GPL-3.0-or-later
// The guard rails as they are seen: what stands in the dialog, what wakes its button, and what does not.
#include "ui/session/changeplandialog.h"
#include "ui/session/guarddialog.h"
#include "ui/widgets/dialogs.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/typedline.h"

#include "resources/resources.h"

#include <QAbstractButton>
#include <QClipboard>
#include <QDir>
#include <QListWidget>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTextBlock>
#include <QtTest>

using namespace howdah;
using namespace howdah::ui;
using session::Demand;
using session::Hazard;

class TestDialogs : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void cleanup();
    void everythingIsThere();
    void typingWakesTheButton();
    void nothingCanBePasted();
    void returnNeverRunsIt();
    void escapeRefuses();
    void copyAsSql();
    void aStepShowsItsText();
    void aLockedSessionIsUnlocked();
    void whatIsNotKnownIsSaid();
    void filesAreNoRows();
    void testsAnswerByTheSeam();
    void nothingDemandedNothingAsked();
    void noAnswerOnceTheAskerIsGone();
    void everyControlHasAName();
    void hostileText();
    void pictures();

private:
    static session::ChangePlan plan();
    static ChangePlanDialog *open(const session::ChangePlan &plan, bool *answer, QObject *context);
    static ChangePlanDialog *shown();
};

session::ChangePlan TestDialogs::plan()
{
    session::ChangePlan plan;
    plan.title = QStringLiteral("Drop the index idx_orders_date and make it anew");
    plan.verb = QStringLiteral("Replace the index");
    plan.server = QStringLiteral("orders on db1:5432");
    plan.database = QStringLiteral("orders");
    plan.role = QStringLiteral("admin");
    plan.environment = session::Environment::Production;
    plan.hazards = {{Hazard::Kind::Drop, QStringLiteral("public.idx_orders_date"), 0, 0}};
    plan.object = QStringLiteral("idx_orders_date");
    plan.steps = {{QStringLiteral("Make the new index"), "CREATE INDEX idx_new ON public.orders (date)", false, {},
                   QStringLiteral("writes to public.orders, about 2 min for 4.2 GB")},
                  {QStringLiteral("Drop the old one"), "DROP INDEX public.idx_orders_date", false, {}, QStringLiteral("everything on public.orders, for a moment")},
                  {QStringLiteral("Give it the old name"), "ALTER INDEX public.idx_new RENAME TO idx_orders_date", false, {}, {}}};
    plan.undo = QStringLiteral("CREATE INDEX idx_orders_date ON public.orders (date)");
    plan.rows = 12'345'678;
    plan.dependants = 0;
    plan.lastBackupMs = QDateTime::currentMSecsSinceEpoch() - 7'500'000;
    return plan;
}

ChangePlanDialog *TestDialogs::shown()
{
    for (QWidget *widget : QApplication::topLevelWidgets()) {
        auto *dialog = qobject_cast<ChangePlanDialog *>(widget);
        if (dialog && dialog->isVisible())
            return dialog;
    }
    return nullptr;
}

ChangePlanDialog *TestDialogs::open(const session::ChangePlan &plan, bool *answer, QObject *context)
{
    askChange(nullptr, plan, context, [answer](bool accepted) { *answer = accepted; });
    return shown();
}

void TestDialogs::initTestCase()
{
    initResources();
    theme().setChoice(Theme::Choice::Light);
}

void TestDialogs::cleanup()
{
    while (ChangePlanDialog *dialog = shown())
        delete dialog;
}

void TestDialogs::everythingIsThere()
{
    bool answer = false;
    QObject context;
    ChangePlanDialog *dialog = open(plan(), &answer, &context);
    QVERIFY(dialog);
    QStringList texts;
    for (const auto *label : dialog->findChildren<QLabel *>())
        texts << label->text() + label->accessibleName();
    const QString all = texts.join(QLatin1Char('\n'));
    for (const auto *piece : {"PRODUCTION", "db1:5432", "database orders", "as admin", "DROP removes public.idx_orders_date", "12,345,678", "2 h 05 min ago", "Undo",
                              "CREATE INDEX idx_orders_date", "Type idx_orders_date to go on"})
        QVERIFY2(all.contains(QLatin1StringView(piece)), qPrintable(QLatin1StringView(piece) + QStringLiteral(" in ") + all));
    QCOMPARE(dialog->steps()->count(), 3);
    QVERIFY(dialog->steps()->item(0)->text().contains(QLatin1StringView("about 2 min")));
    QVERIFY(dialog->steps()->item(2)->text().contains(QLatin1StringView("Blocks nothing")));
    QVERIFY(dialog->sql()->toPlainText().contains(QLatin1StringView("DROP INDEX public.idx_orders_date;")));
    QVERIFY(dialog->sql()->isReadOnly());
    dialog->close();
}

void TestDialogs::typingWakesTheButton()
{
    bool answer = false;
    QObject context;
    ChangePlanDialog *dialog = open(plan(), &answer, &context);
    QVERIFY(dialog);
    QVERIFY(!dialog->verb()->isEnabled());
    QVERIFY(dialog->focusWidget() == dialog->typed());
    QTest::keyClicks(dialog->typed(), QStringLiteral("idx_orders_dat"));
    QVERIFY(!dialog->verb()->isEnabled());
    QTest::keyClicks(dialog->typed(), QStringLiteral("e"));
    QVERIFY(dialog->verb()->isEnabled());
    QTest::keyClicks(dialog->typed(), QStringLiteral(" "));
    QVERIFY2(!dialog->verb()->isEnabled(), "Almost the name is not the name");
    QTest::keyClick(dialog->typed(), Qt::Key_Backspace);
    QTest::mouseClick(dialog->verb(), Qt::LeftButton);
    QTRY_VERIFY(answer);
}

void TestDialogs::nothingCanBePasted()
{
    bool answer = false;
    QObject context;
    ChangePlanDialog *dialog = open(plan(), &answer, &context);
    QVERIFY(dialog);
    QGuiApplication::clipboard()->setText(QStringLiteral("idx_orders_date"));
    QTest::keyClick(dialog->typed(), Qt::Key_V, Qt::ControlModifier);
    QTest::keyClick(dialog->typed(), Qt::Key_Insert, Qt::ShiftModifier);
    QTest::mouseClick(dialog->typed(), Qt::MiddleButton);
    QCOMPARE(dialog->typed()->text(), QString());
    QVERIFY(!dialog->typed()->acceptDrops());
    QCOMPARE(dialog->typed()->contextMenuPolicy(), Qt::NoContextMenu);
    dialog->close();
}

void TestDialogs::returnNeverRunsIt()
{
    bool answer = false;
    QObject context;
    ChangePlanDialog *dialog = open(plan(), &answer, &context);
    QVERIFY(dialog);
    QTest::keyClicks(dialog->typed(), QStringLiteral("idx_orders_date"));
    QVERIFY(dialog->cancel()->isDefault());
    QSignalSpy finished(dialog, &QDialog::finished);
    QTest::keyClick(dialog->typed(), Qt::Key_Return);
    QTRY_COMPARE(finished.size(), 1);
    QCOMPARE(finished.first().first().toInt(), int(QDialog::Rejected));
    QVERIFY(!answer);
}

void TestDialogs::escapeRefuses()
{
    bool answer = true;
    QObject context;
    ChangePlanDialog *dialog = open(plan(), &answer, &context);
    QVERIFY(dialog);
    QTest::keyClick(dialog, Qt::Key_Escape);
    QTRY_VERIFY(!answer);
}

void TestDialogs::copyAsSql()
{
    session::ChangePlan change = plan();
    change.steps[0].text = "ALTER ROLE ann PASSWORD 'hunter2'";
    bool answer = false;
    QObject context;
    ChangePlanDialog *dialog = open(change, &answer, &context);
    QVERIFY(dialog);
    QTest::mouseClick(dialog->copy(), Qt::LeftButton);
    QVERIFY(QGuiApplication::clipboard()->text().contains(QLatin1StringView("BEGIN;\n")));
    QVERIFY(!QGuiApplication::clipboard()->text().contains(QLatin1StringView("hunter2")));
    QVERIFY(!dialog->sql()->toPlainText().contains(QLatin1StringView("hunter2")));
    QVERIFY(dialog->isVisible());
    dialog->close();
}

void TestDialogs::aStepShowsItsText()
{
    bool answer = false;
    QObject context;
    ChangePlanDialog *dialog = open(plan(), &answer, &context);
    QVERIFY(dialog);
    dialog->steps()->setFocus();
    QTest::keyClick(dialog->steps(), Qt::Key_Down);
    QTest::keyClick(dialog->steps(), Qt::Key_Down);
    QCOMPARE(dialog->steps()->currentRow(), 2);
    QCOMPARE(dialog->sql()->textCursor().block().text(), QStringLiteral("-- Give it the old name"));
    dialog->close();
}

void TestDialogs::aLockedSessionIsUnlocked()
{
    session::ChangePlan change = plan();
    change.locked = true;
    bool answer = false;
    QObject context;
    ChangePlanDialog *dialog = open(change, &answer, &context);
    QVERIFY(dialog);
    QCOMPARE(dialog->verb()->text(), QStringLiteral("Unlock this session"));
    QTest::keyClicks(dialog->typed(), QStringLiteral("orders on db1:5432")); // not the object's name
    QVERIFY(dialog->verb()->isEnabled());
    QTest::mouseClick(dialog->verb(), Qt::LeftButton);
    QTRY_VERIFY(answer);
}

void TestDialogs::whatIsNotKnownIsSaid()
{
    session::ChangePlan change = plan();
    change.rows.reset();
    change.dependants.reset();
    change.lastBackupMs.reset();
    change.backupNote = QStringLiteral("no backup is known to Howdah");
    change.undo.clear();
    bool answer = false;
    QObject context;
    ChangePlanDialog *dialog = open(change, &answer, &context);
    QVERIFY(dialog);
    QStringList texts;
    for (const auto *label : dialog->findChildren<QLabel *>())
        texts << label->accessibleName() << label->text();
    for (const auto *piece : {"Rows: not known", "Dependants: not known", "Last backup: not known: no backup is known to Howdah", "There is none"})
        QVERIFY2(texts.contains(QLatin1StringView(piece)), piece);
    dialog->close();
}

// What removes files says what comes free and is copied for a shell; nobody drops anything there, and no row is counted.
void TestDialogs::filesAreNoRows()
{
    session::ChangePlan change;
    change.subject = session::ChangeSubject::Files;
    change.title = QStringLiteral("Remove 1 backup from the folder /backups");
    change.verb = QStringLiteral("Remove 1 backup");
    change.server = QStringLiteral("shop");
    change.environment = session::Environment::Production;
    change.transactional = false;
    change.object = QStringLiteral("shop");
    change.hazards = {{Hazard::Kind::RemoveFiles, QStringLiteral("20261127T020115Z-full"), 0, 0}};
    change.steps = {{QStringLiteral("Remove 20261127T020115Z-full: too old"), "rm -rf -- /backups/base/20261127T020115Z-full", true, {}, {}},
                    {QStringLiteral("Note: it was never verified"), {}, true, {}, {}}};
    change.facts = {{QStringLiteral("Comes free"), QStringLiteral("4.2 GB")}};
    bool answer = false;
    QObject context;
    ChangePlanDialog *dialog = open(change, &answer, &context);
    QVERIFY(dialog);
    QStringList texts;
    for (const auto *label : dialog->findChildren<QLabel *>())
        texts << label->text();
    const QString all = texts.join(QLatin1Char('\n'));
    for (const auto *piece : {"20261127T020115Z-full is removed with all its files", "Comes free", "4.2 GB", "Type shop to go on"})
        QVERIFY2(all.contains(QLatin1StringView(piece)), qPrintable(QLatin1StringView(piece) + QStringLiteral(" in ") + all));
    for (const auto *piece : {"DROP", "Rows", "Dependants", "Last backup"})
        QVERIFY2(!all.contains(QLatin1StringView(piece)), qPrintable(QLatin1StringView(piece) + QStringLiteral(" in ") + all));
    QCOMPARE(dialog->copy()->text(), QStringLiteral("Copy commands"));
    QVERIFY(!dialog->steps()->item(1)->text().contains(QLatin1StringView("Blocks")));
    QTest::mouseClick(dialog->copy(), Qt::LeftButton);
    for (const QString &line : QGuiApplication::clipboard()->text().trimmed().split(QLatin1Char('\n')))
        QVERIFY2(line.startsWith(QLatin1StringView("# ")) || line.startsWith(QLatin1StringView("rm ")), qPrintable(line));
    // And what hazards do not say, in words of its kind.
    change.hazards.clear();
    QVERIFY2(session::guardFor(change).why.contains(QLatin1StringView("writes files")), qPrintable(session::guardFor(change).why));
    dialog->close();
}

void TestDialogs::testsAnswerByTheSeam()
{
    bool answer = false;
    QObject context;
    DialogAnswers answers(qApp, [](const Question &question) {
        Answer given;
        given.accepted = true;
        given.text = question.typedName;
        return given;
    });
    askChange(nullptr, plan(), &context, [&](bool accepted) { answer = accepted; });
    QTRY_VERIFY(answer);
    QVERIFY(!shown());
    const Question asked = answers.asked.first();
    QVERIFY(asked.dangerous);
    QCOMPARE(asked.typedName, QStringLiteral("idx_orders_date"));
    QCOMPARE(asked.verb, QStringLiteral("Replace the index"));
    QVERIFY(asked.text.contains(QLatin1StringView("12,345,678")));
    answers.answer = [](const Question &) {
        Answer given;
        given.accepted = true;
        given.text = QStringLiteral("idx");
        return given;
    };
    answer = true;
    askChange(nullptr, plan(), &context, [&](bool accepted) { answer = accepted; });
    QTRY_VERIFY2(!answer, "A wrong name went through");
}

void TestDialogs::nothingDemandedNothingAsked()
{
    bool answer = false;
    QObject context;
    askGuard(nullptr, {}, {}, &context, [&](bool accepted) { answer = accepted; });
    QVERIFY(!answer); // later, not inside the call
    QTRY_VERIFY(answer);
    QVERIFY(!shown());
}

void TestDialogs::noAnswerOnceTheAskerIsGone()
{
    int answers = 0;
    auto context = std::make_unique<QObject>();
    GuardedStatement statement;
    statement.text = "DELETE FROM public.orders";
    statement.server = QStringLiteral("orders on db1:5432");
    const auto guarding = session::guardFor(statement.environment, {{Hazard::Kind::DeleteWithoutWhere, QStringLiteral("public.orders"), 0, 0}}, statement.server, true);
    askGuard(nullptr, guarding, statement, context.get(), [&](bool) { ++answers; });
    ChangePlanDialog *dialog = shown();
    QVERIFY(dialog);
    QCOMPARE(dialog->sql()->toPlainText(), QStringLiteral("DELETE FROM public.orders"));
    context.reset();
    dialog->close();
    QCoreApplication::processEvents();
    QCOMPARE(answers, 0);
}

void TestDialogs::everyControlHasAName()
{
    bool answer = false;
    QObject context;
    ChangePlanDialog *dialog = open(plan(), &answer, &context);
    QVERIFY(dialog);
    for (QWidget *widget : dialog->findChildren<QWidget *>()) {
        if (widget->focusPolicy() == Qt::NoFocus || !widget->isVisible() || qobject_cast<QLabel *>(widget))
            continue;
        const auto *button = qobject_cast<QAbstractButton *>(widget);
        QVERIFY2(!widget->accessibleName().isEmpty() || (button && !button->text().isEmpty()), widget->metaObject()->className());
    }
    dialog->close();
}

void TestDialogs::hostileText()
{
    session::ChangePlan change = plan();
    change.title = QStringLiteral("<b>x</b>\nDROP");
    change.object = QStringLiteral("a\nb\u202e<i>");
    change.steps[0].title = QStringLiteral("<img src=x>\n%1");
    bool answer = false;
    QObject context;
    ChangePlanDialog *dialog = open(change, &answer, &context);
    QVERIFY(dialog);
    for (const auto *label : dialog->findChildren<QLabel *>())
        QCOMPARE(label->textFormat(), Qt::PlainText);
    // What has to be typed can be typed: the signs that stand for what is invisible.
    for (const auto *label : dialog->findChildren<QLabel *>())
        QVERIFY(!label->text().contains(QChar(0x202e)));
    dialog->close();
}

void TestDialogs::pictures()
{
    const QString folder = qEnvironmentVariable("HOWDAH_PICTURES");
    for (const bool dark : {false, true}) {
        theme().setChoice(dark ? Theme::Choice::Dark : Theme::Choice::Light);
        for (const QSize size : {QSize(860, 560), QSize(620, 420)}) {
            ChangePlanDialog dialog(plan(), session::guardFor(plan()));
            dialog.resize(size);
            dialog.show();
            QCoreApplication::processEvents();
            // Nothing is squeezed away.
            for (QWidget *widget : {static_cast<QWidget *>(dialog.verb()), static_cast<QWidget *>(dialog.cancel()), static_cast<QWidget *>(dialog.copy()),
                                    static_cast<QWidget *>(dialog.typed())})
                QVERIFY(widget->width() >= widget->minimumSizeHint().width() && widget->height() >= widget->minimumSizeHint().height());
            QVERIFY(dialog.size().width() <= qMax(size.width(), 700) && dialog.size().height() <= qMax(size.height(), 520));
            if (!folder.isEmpty())
                dialog.grab().save(QDir(folder).filePath(QStringLiteral("changeplan-%1-%2.png").arg(size.width()).arg(dark ? QLatin1String("dark") : QLatin1String("light"))));
        }
    }
    theme().setChoice(Theme::Choice::Light);
}

QTEST_MAIN(TestDialogs)
#include "tst_dialogs.moc"
