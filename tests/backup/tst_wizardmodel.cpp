// SPDX-License-Identifier: GPL-3.0-or-later
// The wizard's memory: which step may be entered when, what is told of each, and that nothing a later step found is lost when an earlier one is answered anew.
#include "stack/record.h"
#include "ui/backup/swapnotice.h"
#include "ui/backup/swapvalues.h"
#include "ui/backup/wizardfacts.h"
#include "ui/backup/wizardmodel.h"
#include "ui/backup/wizardtarget.h"

#include <QTemporaryDir>
#include <QTest>

using namespace howdah;
using namespace howdah::backup;
using namespace howdah::ui;
using namespace Qt::StringLiterals;
using State = WizardModel::State;

class TestWizardModel : public QObject
{
    Q_OBJECT
private slots:
    void fromTheBeginning();
    void nothingIsLostByGoingBack();
    void whatCannotBeReachedStops();
    void aCheckThatRefusesStops();
    void onlyALook();
    void aCopyIsTakenUp();
    void targetsComeBackFromSettings_data();
    void targetsComeBackFromSettings();
    void whatWalToldIsFiltered();
    void whatWasNotLookedAtIsNotGreen();
    void aSwapAndTheWayBack();
    void howFarASwapIs();
    void theNotice();

private:
    static Swap swapOf(const QString &rehearsal, SwapState state, SwapStep reached)
    {
        Swap swap;
        swap.id = u"swap-20261127T115336Z"_s;
        swap.stack = u"orders"_s;
        swap.rehearsal = rehearsal;
        swap.oldVolume = u"orders_data"_s;
        swap.newVolume = rehearsal;
        swap.oldTimeline = 1;
        swap.newTimeline = 2;
        swap.state = state;
        swap.reached = reached;
        return swap;
    }
    static PitrTarget before(quint32 xid)
    {
        PitrTarget target;
        target.kind = PitrTarget::Kind::Xid;
        target.xid = xid;
        target.inclusive = false;
        target.timeline = 1;
        return target;
    }
    static Verdict good(quint32 xid)
    {
        Verdict verdict;
        verdict.server = Verdict::Server::Reaches;
        verdict.backup = u"20261127T020115Z-full"_s;
        verdict.settings = {u"recovery_target_xid = '%1'"_s.arg(xid), u"recovery_target_inclusive = off"_s, u"recovery_target_timeline = '1'"_s};
        verdict.lost = 3;
        return verdict;
    }
    static Rehearsal copy(const QString &id, quint32 xid)
    {
        Rehearsal made;
        made.id = id;
        made.verdict = good(xid);
        made.checks = {{u"pg_amcheck"_s, true, {}}};
        return made;
    }
};

void TestWizardModel::fromTheBeginning()
{
    WizardModel model;
    model.server = u"orders on db1:5432"_s;
    QCOMPARE(model.intent, RecoveryIntent::Rescue); // the common case
    QCOMPARE(model.state(WizardStep::Intent), State::Open);
    for (int step = 1; step < wizardSteps; ++step)
        QVERIFY2(!model.mayEnter(WizardStep(step)), qPrintable(wizardTitle(WizardStep(step))));
    QVERIFY(model.willHappen().isEmpty());
    model.chooseIntent(RecoveryIntent::Rescue);
    QVERIFY(model.mayEnter(WizardStep::Moment) && !model.mayEnter(WizardStep::Preflight));
    model.chooseTarget(before(864), u"public.orders: 4,000 rows deleted"_s);
    QCOMPARE(model.note(WizardStep::Moment), u"just before transaction 864"_s);
    QVERIFY(model.mayEnter(WizardStep::Preflight) && !model.mayEnter(WizardStep::Preview) && !model.mayEnter(WizardStep::Rehearse));
    model.take(before(864), good(864), {});
    QCOMPARE(model.state(WizardStep::Preflight), State::Done);
    QVERIFY(model.mayEnter(WizardStep::Rehearse) && !model.mayEnter(WizardStep::Compare));
    model.begins(WizardStep::Rehearse);
    QCOMPARE(model.state(WizardStep::Rehearse), State::Running);
    model.ended(WizardStep::Rehearse, u"It failed"_s);
    QVERIFY(model.state(WizardStep::Rehearse) == State::Failed && model.mayEnter(WizardStep::Rehearse) && !model.mayEnter(WizardStep::Compare));
    model.begins(WizardStep::Rehearse);
    model.ended(WizardStep::Rehearse);
    model.take(copy(u"a"_s, 864), before(864));
    QVERIFY(model.state(WizardStep::Rehearse) == State::Done && model.isRehearsalOfTarget());
    QVERIFY(model.mayEnter(WizardStep::Compare) && !model.mayEnter(WizardStep::Apply));
    Comparison seen;
    seen.tables = {TableComparison{{u"public"_s, u"orders"_s}, TableComparison::State::Different, {}, {}, {}, {}, {}, 0, 4000, 0, {}, {}}};
    model.take(seen, u"a"_s);
    QCOMPARE(model.note(WizardStep::Compare), u"1 table differs"_s);
    Comparison part = seen;
    part.tables[0].state = TableComparison::State::NotPermitted;
    model.take(part, u"a"_s);
    QCOMPARE(model.note(WizardStep::Compare), u"equal as far as it was compared"_s); // what was not looked at differs no more than it is equal
    const int number = model.comparisonNumber();
    model.take(seen, u"a"_s);
    QCOMPARE(model.comparisonNumber(), number + 1);
    QVERIFY(model.mayEnter(WizardStep::Apply));
    RescuePlan plan;
    plan.blocked = {u"row security"_s};
    model.take(plan);
    QCOMPARE(model.state(WizardStep::Apply), State::Blocked);
    plan.blocked.clear();
    model.take(plan);
    QCOMPARE(model.state(WizardStep::Apply), State::Open);
    plan.change.undo = u"delete them again"_s;
    model.take(plan);
    RescueOutcome outcome;
    outcome.tables = {{{u"public"_s, u"orders"_s}, 4000, 0, 0, {}}};
    model.take(outcome);
    QCOMPARE(model.note(WizardStep::Apply), u"4,000 rows brought back"_s);
    model.take(seen, u"a"_s); // looked at again: how it is taken back is still known
    QCOMPARE(model.undo(), u"delete them again"_s);
    outcome.outcomeUnknown = true;
    model.take(outcome);
    QVERIFY(model.state(WizardStep::Apply) == State::Failed && model.note(WizardStep::Apply) == u"outcome unknown"_s); // never green
    model.dropped();
    QCOMPARE(model.state(WizardStep::Return), State::Done);
}

void TestWizardModel::nothingIsLostByGoingBack()
{
    WizardModel model;
    model.chooseTarget(before(864), {});
    model.take(before(864), good(864), {});
    model.take(copy(u"a"_s, 864), before(864));
    model.take(Comparison(), u"a"_s);
    model.chooseTarget(before(900), {});
    QVERIFY(!model.verdict()); // of another moment: it counts for nothing
    QCOMPARE(model.state(WizardStep::Preflight), State::Stale);
    QCOMPARE(model.state(WizardStep::Rehearse), State::Stale);
    QCOMPARE(model.note(WizardStep::Rehearse), u"of just before transaction 864"_s);
    QVERIFY(model.rehearsal() && model.comparison() && model.mayEnter(WizardStep::Compare));
    QVERIFY(!model.mayEnter(WizardStep::Preview));
    QCOMPARE(model.state(WizardStep::Apply), State::Stale); // rows of another moment are brought back by nobody
    QCOMPARE(model.note(WizardStep::Apply), u"the copy is of another moment"_s);
    model.chooseTarget(before(864), {});
    QVERIFY(model.verdict());
    QCOMPARE(model.state(WizardStep::Apply), State::Open);
    QCOMPARE(model.state(WizardStep::Rehearse), State::Done);
    QCOMPARE(model.state(WizardStep::Compare), State::Done);
    // One that is not good is looked into, and no more.
    Rehearsal bad = copy(u"a"_s, 864);
    bad.checks[0].good = false;
    model.take(bad, before(864));
    QVERIFY(model.mayEnter(WizardStep::Compare));
    QCOMPARE(model.state(WizardStep::Apply), State::Blocked);
    QCOMPARE(model.note(WizardStep::Apply), u"the rehearsal is not good"_s);
    // Another copy: what was compared was not with it.
    model.take(copy(u"b"_s, 864), before(864));
    QVERIFY(!model.comparison() && !model.mayEnter(WizardStep::Apply));
}

void TestWizardModel::whatCannotBeReachedStops()
{
    WizardModel model;
    model.chooseTarget(before(1), {});
    Verdict verdict;
    verdict.server = Verdict::Server::EndsBefore;
    verdict.message = u"It is behind the last commit"_s;
    model.take(before(1), verdict, {});
    QCOMPARE(model.state(WizardStep::Preflight), State::Blocked);
    for (const WizardStep step : {WizardStep::Preview, WizardStep::Rehearse, WizardStep::Compare, WizardStep::Apply})
        QVERIFY(!model.mayEnter(step));
}

// It can be reached, and the rehearsal would be refused all the same.
void TestWizardModel::aCheckThatRefusesStops()
{
    Judged judged;
    judged.findings = {{StateLook::Warning, u"Clocks"_s, u"a clock was set back"_s}, {StateLook::Unknown, u"Libraries"_s, u"not kept"_s}};
    QCOMPARE(judged.hindrance(), QString());
    judged.findings << Finding{StateLook::Critical, u"Space"_s, u"40 GB are needed"_s};
    QCOMPARE(judged.hindrance(), u"Space: 40 GB are needed"_s);
    WizardModel model;
    model.chooseTarget(before(864), {});
    model.take(before(864), good(864), judged.hindrance());
    QCOMPARE(model.state(WizardStep::Preflight), State::Blocked);
    QCOMPARE(model.note(WizardStep::Preflight), u"a check stops it"_s);
    for (const WizardStep step : {WizardStep::Preview, WizardStep::Rehearse, WizardStep::Compare, WizardStep::Apply})
        QVERIFY(!model.mayEnter(step));
    model.take(before(864), good(864), {}); // looked at again
    QVERIFY(model.mayRehearse() && model.mayEnter(WizardStep::Rehearse));
}

void TestWizardModel::onlyALook()
{
    WizardModel model;
    model.chooseIntent(RecoveryIntent::JustLook);
    model.chooseTarget(before(864), {});
    model.take(before(864), good(864), {});
    model.take(copy(u"a"_s, 864), before(864));
    model.take(Comparison(), u"a"_s);
    QCOMPARE(model.state(WizardStep::Apply), State::Skipped);
    QVERIFY(!model.mayEnter(WizardStep::Apply));
    QCOMPARE(model.next(WizardStep::Compare), std::optional(WizardStep::Return));
    QCOMPARE(model.previous(WizardStep::Return), std::optional(WizardStep::Compare));
    model.chooseIntent(RecoveryIntent::Rescue);
    QCOMPARE(model.next(WizardStep::Compare), std::optional(WizardStep::Apply));
}

void TestWizardModel::aCopyIsTakenUp()
{
    WizardModel model;
    const Rehearsal made = copy(u"a"_s, 864);
    const auto target = targetOf(made.verdict);
    QVERIFY(target);
    model.chooseTarget(*target, {});
    model.take(made, target);
    QVERIFY(!model.mayEnter(WizardStep::Preview)); // what would be done today the pre-flight tells
    QCOMPARE(model.state(WizardStep::Rehearse), State::Done);
    QVERIFY(model.mayEnter(WizardStep::Compare));
    model.dropped();
    QVERIFY(!model.mayEnter(WizardStep::Compare));
}

void TestWizardModel::targetsComeBackFromSettings_data()
{
    QTest::addColumn<QString>("setting");
    QTest::addColumn<bool>("inclusive");
    QTest::addColumn<QStringList>("words");
    QTest::newRow("time") << u"recovery_target_time = '2026-11-27 02:11:54.953201+00'"_s << true << QStringList{u"--target"_s, u"2026-11-27 02:11:54.953201+00"_s, u"--timeline"_s, u"3"_s};
    QTest::newRow("xid") << u"recovery_target_xid = '864'"_s << false << QStringList{u"--xid"_s, u"864"_s, u"--exclusive"_s, u"--timeline"_s, u"3"_s};
    QTest::newRow("name") << u"recovery_target_name = 'before '' it'"_s << true << QStringList{u"--name"_s, u"before ' it"_s, u"--timeline"_s, u"3"_s};
    QTest::newRow("lsn") << u"recovery_target_lsn = '0/3000028'"_s << true << QStringList{u"--lsn"_s, u"0/3000028"_s, u"--timeline"_s, u"3"_s};
    QTest::newRow("none") << u"recovery_target = 'immediate'"_s << true << QStringList{};
}

void TestWizardModel::targetsComeBackFromSettings()
{
    QFETCH(QString, setting);
    QFETCH(bool, inclusive);
    QFETCH(QStringList, words);
    Verdict verdict;
    verdict.settings = {setting, u"recovery_target_inclusive = %1"_s.arg(inclusive ? u"on"_s : u"off"_s), u"recovery_target_timeline = '3'"_s};
    const auto target = targetOf(verdict);
    QCOMPARE(target.has_value(), !words.isEmpty());
    if (target)
        QCOMPARE(targetWords(*target), words);
}

void TestWizardModel::whatWalToldIsFiltered()
{
    const RelationFile table{1663, 5, 20000}, toast{1663, 5, 20003}, catalog{1663, 5, 1249}, gone{1663, 5, 20010};
    Changes changes;
    changes.committed = 9;
    changes.transactions = {{864, {100}, 1, {{table, {4000, 0, 0}}, {toast, {8, 0, 0}}, {catalog, {1, 0, 0}}}, {}}, {865, {200}, 2, {{catalog, {1, 1, 0}}}, {}}, {866, {300}, 3, {{table, {0, 1, 0}}}, {gone}}};
    const RelationNames names{{table, {u"public.orders"_s, false}}, {toast, {u"pg_toast.pg_toast_1"_s, true}}};
    Found found = foundOf(changes, names, true, 1, FindWanted::Kind::Any);
    QCOMPARE(found.transactions.size(), 2);
    QCOMPARE(found.transactions.at(0).text(), u"public.orders: 4,000 rows deleted"_s);
    QCOMPARE(found.transactions.at(1).dropped, QStringList{u"1 file whose table is not known"_s});
    found = foundOf(changes, names, true, 1, FindWanted::Kind::Deleted);
    QCOMPARE(found.transactions.size(), 1);
    QCOMPARE(found.transactions.at(0).xid, 864U);
    QCOMPARE(found.committed, 9U);
    // Without the server a file is told by its number, and never passed over.
    QCOMPARE(foundOf(changes, {}, false, 1, FindWanted::Kind::Deleted).transactions.at(0).tables.at(0).name, u"file 20000, whose table is not known"_s);
}

void TestWizardModel::whatWasNotLookedAtIsNotGreen()
{
    RehearsalPlan plan;
    plan.choice.segments = 12;
    const QVector<PreflightCheck> checks{{u"settings"_s, {}, u"it does not say which settings its server had"_s}, {u"libraries"_s, {}, u"not kept"_s}, {u"space"_s, false, u"40 GB are needed"_s}, {u"minor"_s, true, u"both 18.6"_s}};
    const QVector<Finding> findings = preflightOf({}, good(864), &plan, checks);
    const auto lookOf = [&](const QString &name) -> std::optional<StateLook> {
        for (const Finding &one : findings) {
            if (one.name == name)
                return one.look;
        }
        return {};
    };
    QCOMPARE(lookOf(u"Settings"_s), std::optional(StateLook::Unknown));
    QCOMPARE(lookOf(u"Libraries"_s), std::optional(StateLook::Unknown));
    QCOMPARE(lookOf(u"Space"_s), std::optional(StateLook::Critical));
    QCOMPARE(lookOf(u"Versions"_s), std::optional(StateLook::Ok));
    // Of what was not asked nothing is said.
    for (const Finding &one : preflightOf({}, good(864), &plan, {}))
        QVERIFY2(one.name != "Settings"_L1 && one.name != "Space"_L1 && one.name != "Libraries"_L1, qPrintable(one.words));
}

void TestWizardModel::aSwapAndTheWayBack()
{
    WizardModel model;
    model.chooseIntent(RecoveryIntent::WholeCluster);
    model.chooseTarget(before(864), {});
    model.take(before(864), good(864), {});
    QVERIFY(!model.isSwap()); // of another server: by the runbook
    model.stack = u"orders"_s;
    QVERIFY(!model.mayEnter(WizardStep::Apply));
    Rehearsal bad = copy(u"rehearsal-1"_s, 864);
    bad.checks[0].good = false;
    model.take(bad, before(864));
    QCOMPARE(model.state(WizardStep::Apply), State::Blocked);
    model.take(copy(u"rehearsal-1"_s, 864), before(864));
    QCOMPARE(model.state(WizardStep::Apply), State::Open);
    model.take(swapOf(u"rehearsal-1"_s, SwapState::Applying, SwapStep::Fence));
    QCOMPARE(model.state(WizardStep::Apply), State::Failed); // unless it runs: somebody left it
    QVERIFY(model.isDropped() && !model.mayEnter(WizardStep::Compare)); // its server is stopped
    model.take(swapOf(u"rehearsal-1"_s, SwapState::Applied, SwapStep::Backup));
    QCOMPARE(model.state(WizardStep::Apply), State::Done);
    QCOMPARE(model.state(WizardStep::Return), State::Open);
    QCOMPARE(model.note(WizardStep::Return), u"the data of before is kept"_s);
    model.take(swapOf(u"rehearsal-1"_s, SwapState::RolledBack, SwapStep::None));
    QCOMPARE(model.state(WizardStep::Apply), State::Open); // it can be put in once more
    QCOMPARE(model.state(WizardStep::Return), State::Done);
    // Found by a window that knows nothing else: it and its report can be gone to, nothing else.
    WizardModel other;
    other.stack = u"orders"_s;
    other.chooseIntent(RecoveryIntent::WholeCluster);
    other.take(swapOf(u"rehearsal-1"_s, SwapState::Applying, SwapStep::Switch));
    QVERIFY(other.mayEnter(WizardStep::Apply) && other.mayEnter(WizardStep::Return) && other.mayEnter(WizardStep::Report) && !other.mayEnter(WizardStep::Rehearse));
    QCOMPARE(other.reported(), u"rehearsal-1"_s);
    // Another copy is another swap.
    model.take(copy(u"rehearsal-2"_s, 864), before(864));
    QVERIFY(!model.swap());
    QCOMPARE(model.state(WizardStep::Apply), State::Open);
}

void TestWizardModel::howFarASwapIs()
{
    Swap swap = swapOf(u"rehearsal-1"_s, SwapState::Applying, SwapStep::Prepare);
    swap.lines = {{1000, swapStepText(SwapStep::Prepare) + u": begun"_s}, {3500, swapStepText(SwapStep::Prepare) + u": done"_s}, {3600, swapStepText(SwapStep::Fence) + u": begun"_s}};
    const auto running = swapFindings(swap, true);
    QCOMPARE(running.size(), 9);
    QCOMPARE(running.at(0).word, u"done"_s);
    QVERIFY2(running.at(0).words.endsWith(u"in 2.50 s"_s) || running.at(0).words.endsWith(u"in 2.5 s"_s), qPrintable(running.at(0).words));
    QCOMPARE(running.at(1).word, u"under way"_s);
    QCOMPARE(running.at(2).word, u"waits"_s);
    QCOMPARE(swapFindings(swap, false).at(1).word, u"left midway"_s);
    // Done, and no backup of the new branch: that is said.
    swap.state = SwapState::Applied;
    swap.reached = SwapStep::Backup;
    QCOMPARE(swapFindings(swap, false).at(8).word, u"not taken"_s);
}

void TestWizardModel::theNotice()
{
    const QTemporaryDir home;
    qputenv("XDG_DATA_HOME", home.path().toLocal8Bit());
    SwapNotice notice(u"orders"_s);
    notice.look();
    stack::Record record;
    record.name = u"orders"_s;
    record.image = u"howdah-postgres:18"_s;
    record.swap = u"swap-20261127T115336Z"_s;
    QVERIFY(writeSwap(swapOf(u"rehearsal-1"_s, SwapState::Applying, SwapStep::Switch)));
    QVERIFY(stack::writeRecord(record));
    notice.look();
    QTRY_VERIFY(notice.isVisible());
    record.swap.clear();
    QVERIFY(stack::writeRecord(record));
    notice.look();
    QTRY_VERIFY(!notice.isVisible());
}

QTEST_MAIN(TestWizardModel)
#include "tst_wizardmodel.moc"
