// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/backup/wizard.h"

#include "base/units.h"
#include "ui/backup/wizardapply.h"
#include "ui/backup/wizardcompare.h"
#include "ui/backup/wizardintent.h"
#include "ui/backup/wizardmoment.h"
#include "ui/backup/wizardpreflight.h"
#include "ui/backup/wizardpreview.h"
#include "ui/backup/wizardrehearse.h"
#include "ui/backup/wizardreport.h"
#include "ui/backup/wizardreturn.h"
#include "ui/backup/wizardsteps.h"
#include "ui/backup/wizardsummary.h"
#include "ui/backup/wizardtarget.h"
#include "ui/session/environmentword.h"
#include "ui/widgets/dialogs.h"
#include "ui/widgets/errorbar.h"
#include "ui/widgets/theme.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPushButton>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;

namespace
{

constexpr int stepsWidth = 196;
constexpr int summaryWidth = 248;

QString serverOf(const session::Profile &profile)
{
    const QString address = profile.spec.address();
    return profile.name.isEmpty() ? address : u"%1 on %2"_s.arg(profile.name, address);
}

} // namespace

RecoveryWizard::RecoveryWizard(const PaneContext &context, const StandChoice &choice, QWidget *parent)
    : QWidget(parent), m_context(context), m_flow(new WizardFlow(context, choice, this)), m_where(new PlainLabel({}, this, "fixed")), m_question(new PlainLabel({}, this, "title")), m_error(new ErrorBar(this)),
      m_steps(new WizardSteps), m_summary(new WizardSummary), m_pages(new QStackedWidget), m_back(new QPushButton(u"Back"_s)), m_next(new QPushButton), m_work(new PlainLabel({}, nullptr, "muted")),
      m_stop(new QPushButton(u"Cancel"_s))
{
    setAccessibleName(u"Recovery"_s);
    m_model.server = serverOf(context.profile);
    m_steps->setFixedWidth(stepsWidth);
    m_summary->setFixedWidth(summaryWidth);
    addPages();
    m_next->setObjectName(u"next"_s);
    auto *foot = new QHBoxLayout;
    foot->setSpacing(space::part);
    foot->addWidget(m_back);
    foot->addWidget(m_work, 1);
    foot->addStretch(0);
    foot->addWidget(m_stop);
    m_stop->setAccessibleName(u"Cancel what runs"_s);
    m_stop->setToolTip(u"Esc"_s);
    foot->addWidget(m_next);
    auto *middle = new QVBoxLayout;
    middle->setSpacing(space::part);
    middle->addWidget(m_question);
    middle->addWidget(m_error);
    middle->addWidget(m_pages, 1);
    middle->addLayout(foot);
    auto *row = new QHBoxLayout;
    row->setSpacing(space::group);
    row->addWidget(m_steps);
    row->addLayout(middle, 1);
    row->addWidget(m_summary);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::part);
    column->addWidget(banner());
    column->addLayout(row, 1);
    m_error->clear();
    connect(m_stop, &QPushButton::clicked, m_flow, &WizardFlow::cancel);
    connect(m_steps, &WizardSteps::stepWanted, this, &RecoveryWizard::go);
    connect(m_back, &QPushButton::clicked, this, [this] {
        if (const auto before = m_model.previous(m_step))
            go(*before);
    });
    connect(m_next, &QPushButton::clicked, this, [this] {
        if (m_step == WizardStep::Intent)
            m_model.chooseIntent(m_model.intent);
        if (const auto next = m_model.next(m_step))
            go(*next);
        else
            emit left();
    });
    connect(m_error, &ErrorBar::retry, this, [this] {
        m_error->clear();
        if (m_failedStep == WizardStep::Preflight && m_model.target())
            m_flow->judge(*m_model.target());
        else
            m_flow->read();
    });
    connectFlow();
    refresh();
    m_flow->read();
}

// Where one is: on every step, since some of them write.
QWidget *RecoveryWizard::banner()
{
    auto *bar = new QFrame;
    bar->setProperty("card", true);
    auto *row = new QHBoxLayout(bar);
    row->setContentsMargins(space::part, space::inside, space::part, space::inside);
    row->setSpacing(space::part);
    row->addWidget(new EnvironmentWord(m_context.profile.environment));
    m_where->setTextInteractionFlags(Qt::TextSelectableByMouse);
    row->addWidget(m_where, 1);
    auto *close = new QPushButton(u"To the backups"_s);
    setLook(close, "flat");
    close->setToolTip(u"Nothing is lost: the recovery is taken up where it was left (Esc)"_s);
    connect(close, &QPushButton::clicked, this, &RecoveryWizard::left);
    row->addWidget(close);
    return bar;
}

void RecoveryWizard::addPages()
{
    auto *report = new WizardReport(&m_model, m_flow);
    const QVector<WizardPage *> pages{m_intent = new WizardIntent(&m_model, m_flow), m_moment = new WizardMoment(&m_model, m_flow), m_preflight = new WizardPreflight(&m_model, m_flow),
                                      m_preview = new WizardPreview(&m_model, m_flow), m_rehearse = new WizardRehearse(&m_model, m_flow), m_compare = new WizardCompare(&m_model, m_flow),
                                      m_apply = new WizardApply(&m_model, m_flow), m_return = new WizardReturn(&m_model, m_flow), report};
    for (WizardPage *one : pages) {
        m_pages->addWidget(one);
        connect(one, &WizardPage::modelChanged, this, &RecoveryWizard::refresh);
        connect(one, &WizardPage::stepWanted, this, &RecoveryWizard::go);
    }
    connect(m_intent, &WizardIntent::takeUp, this, [this](const Rehearsal &copy) {
        const auto target = targetOf(copy.verdict);
        m_model.chooseIntent(m_model.intent);
        if (target) {
            m_model.chooseTarget(*target, {}); // whether it can be reached today is the pre-flight's
        }
        m_model.take(copy, target);
        go(WizardStep::Rehearse);
    });
    connect(m_intent, &WizardIntent::removeWanted, this, &RecoveryWizard::remove);
    connect(m_intent, &WizardIntent::swapWanted, this, &RecoveryWizard::takeUp);
    connect(m_return, &WizardReturn::removeWanted, this, &RecoveryWizard::remove);
}

void RecoveryWizard::connectFlow()
{
    connect(m_flow, &WizardFlow::began, this, [this](WizardStep step) {
        if (step != WizardStep::Moment || !std::exchange(m_errorStays, false))
            m_error->clear();
        m_model.begins(step);
        if (step == WizardStep::Return && m_step == WizardStep::Apply)
            return go(step); // where it is seen
        refresh();
    });
    connect(m_flow, &WizardFlow::progressed, this, [this](WizardStep step, const ProgressStep &how) {
        m_work->setText(stepText(how));
        if (step == WizardStep::Rehearse)
            m_rehearse->showProgress(how);
        else if (step == WizardStep::Compare)
            m_compare->showProgress(how);
        else if (step == WizardStep::Apply)
            m_apply->showProgress(how);
        else if (step == WizardStep::Return)
            m_return->showProgress(how);
    });
    connect(m_flow, &WizardFlow::failed, this, [this](WizardStep step, const QString &what, const Error &error) {
        const bool cancelled = error.kind == ErrorKind::Cancelled;
        m_model.ended(step, cancelled ? QString() : what);
        m_failedStep = step;
        m_errorStays = step == WizardStep::Apply || step == WizardStep::Return;
        m_error->setRetryVisible(step == WizardStep::Moment || step == WizardStep::Preflight);
        if (!cancelled)
            m_error->showError(what, error);
        refresh();
        if (m_step == WizardStep::Preflight && step == WizardStep::Moment && m_flow->facts())
            m_preflight->entered();
    });
    connect(m_flow, &WizardFlow::readDone, this, [this](const QVector<Standing> &standing) {
        m_model.ended(WizardStep::Moment);
        m_model.repository = m_flow->facts()->repository;
        m_intent->showStanding(standing);
        m_moment->showFacts();
        refresh();
        if (m_step == WizardStep::Preflight) // it was waited for
            m_preflight->entered();
    });
    connect(m_flow, &WizardFlow::found, this, [this](const Found &found) {
        m_model.ended(WizardStep::Moment);
        m_moment->showFound(found);
        refresh();
        if (m_step == WizardStep::Preflight)
            m_preflight->entered();
    });
    connect(m_flow, &WizardFlow::judged, this, &RecoveryWizard::take);
    connect(m_flow, &WizardFlow::rehearsed, this, [this](const Rehearsal &copy, const PitrTarget &target) {
        m_model.ended(WizardStep::Rehearse);
        m_model.take(copy, target);
        refresh();
    });
    connect(m_flow, &WizardFlow::compared, this, [this](const Comparison &seen, const QString &rehearsal) {
        m_model.ended(WizardStep::Compare);
        m_model.take(seen, rehearsal);
        refresh();
    });
    connect(m_flow, &WizardFlow::rescuePlanned, this, [this](const RescuePlan &plan) {
        m_model.ended(WizardStep::Apply);
        m_model.take(plan);
        refresh();
    });
    connect(m_flow, &WizardFlow::rescued, this, [this](const RescueOutcome &outcome) {
        m_model.ended(WizardStep::Apply);
        m_model.take(outcome);
        refresh();
    });
    connect(m_flow, &WizardFlow::swapsRead, this, [this](const QString &stack, const QVector<Swap> &swaps) {
        m_model.stack = stack;
        for (const Swap &one : swaps) {
            if (m_model.swap() && m_model.swap()->id == one.id)
                m_model.take(one); // as it is by now
        }
        m_intent->showSwaps(swaps);
        refresh();
    });
    connect(m_flow, &WizardFlow::swapPlanned, this, [this](const SwapPlan &plan) {
        m_model.ended(WizardStep::Apply);
        m_model.take(plan);
        refresh();
    });
    connect(m_flow, &WizardFlow::swapWritten, this, [this](const Swap &swap) {
        m_model.take(swap);
        refresh();
    });
    connect(m_flow, &WizardFlow::swapEnded, this, [this](const Swap &swap) {
        m_model.ended(WizardStep::Apply);
        m_model.ended(WizardStep::Return);
        m_model.take(swap);
        refresh();
    });
    connect(m_flow, &WizardFlow::droppedCopy, this, [this](const QString &id) {
        m_model.ended(WizardStep::Return);
        if (m_model.rehearsal() && m_model.rehearsal()->id == id)
            m_model.dropped();
        refresh();
        m_flow->read();
    });
}

void RecoveryWizard::take(const Judged &judged)
{
    m_model.ended(WizardStep::Preflight);
    m_model.take(judged.target, judged.verdict, judged.hindrance());
    m_preflight->showJudged(judged);
    m_preview->showJudged(judged);
    m_rehearse->showJudged(judged);
    refresh();
}

void RecoveryWizard::remove(const QString &rehearsal)
{
    Question question;
    question.title = u"Remove the copy %1"_s.arg(rehearsal);
    question.text = u"Its container, its volume and its record go. Live and the backups are not touched; the same recovery can be rehearsed again."_s;
    question.detail = u"howdahctl pitr drop "_s + rehearsal;
    question.verb = u"Remove the copy"_s;
    question.dangerous = true;
    ask(this, question, this, [this, rehearsal](const Answer &answer) {
        if (answer.accepted)
            m_flow->drop(rehearsal);
    });
}

WizardPage *RecoveryWizard::page() const
{
    return static_cast<WizardPage *>(m_pages->currentWidget());
}

void RecoveryWizard::takeUp(const Swap &swap)
{
    m_model.stack = swap.stack;
    m_model.chooseIntent(RecoveryIntent::WholeCluster);
    m_model.take(swap);
    go(swap.isUnfinished() ? WizardStep::Apply : WizardStep::Return);
}

void RecoveryWizard::readAgain()
{
    m_flow->read();
}

void RecoveryWizard::chooseMoment(qint64 us, Timeline timeline)
{
    PitrTarget target;
    target.kind = PitrTarget::Kind::Time;
    target.us = us;
    if (timeline)
        target.timeline = timeline;
    m_model.chooseTarget(target, {});
    go(WizardStep::Moment);
}

void RecoveryWizard::go(WizardStep step)
{
    if (!m_model.mayEnter(step))
        return;
    m_step = step;
    m_pages->setCurrentIndex(int(step));
    refresh();
    page()->entered();
    refresh();
}

void RecoveryWizard::refresh()
{
    if (m_refreshing) // a page answers to what it is shown
        return;
    m_refreshing = true;
    for (int i = 0; i < m_pages->count(); ++i)
        static_cast<WizardPage *>(m_pages->widget(i))->refresh();
    const auto &facts = m_flow->facts();
    m_where->setText(units::oneLine(u"%1, database %2, system %3"_s.arg(m_model.server, m_flow->database(), facts && !facts->systemIdentifier.isEmpty() ? facts->systemIdentifier : u"not known"_s)));
    m_question->setText(page()->question());
    m_steps->show(m_model, m_step);
    m_summary->show(m_model);
    const auto next = m_model.next(m_step);
    m_next->setText(page()->goOn());
    setLook(m_next, page()->mayGoOn() ? "primary" : "");
    // Intent is answered by going on.
    m_next->setEnabled(!next || m_step == WizardStep::Intent || (page()->mayGoOn() && m_model.mayEnter(*next)));
    m_back->setVisible(m_model.previous(m_step).has_value());
    const auto runs = [this](WizardStep step) { return m_model.state(step) == WizardModel::State::Running; };
    const bool isElsewhere = runs(WizardStep::Rehearse) || runs(WizardStep::Compare) || runs(WizardStep::Return) || (runs(WizardStep::Apply) && m_model.isSwap());
    m_stop->setVisible(m_flow->isBusy() && !isElsewhere);
    m_work->setVisible(m_flow->isBusy() && !isElsewhere);
    if (!m_flow->isBusy())
        m_work->clear();
    m_refreshing = false;
    emit changed();
}

void RecoveryWizard::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape)
        return m_flow->isBusy() ? m_flow->cancel() : emit left();
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && event->modifiers().testFlag(Qt::ControlModifier) && m_next->isEnabled())
        return m_next->click();
    QWidget::keyPressEvent(event);
}

QVector<Command> RecoveryWizard::commands()
{
    QVector<Command> all{{u"Recovery: back to the backups"_s, u"command"_s, u"Esc"_s, [this] { emit left(); }}};
    for (int step = 0; step < wizardSteps; ++step) {
        if (m_model.mayEnter(WizardStep(step)) && WizardStep(step) != m_step)
            all.append({u"Recovery: %1"_s.arg(wizardTitle(WizardStep(step))), u"command"_s, {}, [this, step] { go(WizardStep(step)); }});
    }
    return all;
}

} // namespace howdah::ui
