// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/backup/wizardapply.h"

#include "backup/physicalrunbook.h"
#include "base/units.h"
#include "ui/backup/wizardpicks.h"
#include "ui/backup/wizardswap.h"
#include "ui/query/choosefile.h"
#include "ui/session/changeplandialog.h"
#include "ui/widgets/stateword.h"
#include "ui/widgets/theme.h"

#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QDir>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSplitter>
#include <QStackedLayout>
#include <QVBoxLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;

namespace
{

QPlainTextEdit *shownText(const QString &name)
{
    auto *text = new QPlainTextEdit;
    text->setReadOnly(true);
    text->setTabChangesFocus(true);
    text->setAccessibleName(name);
    return text;
}

// The place that somebody has scrolled to stays where nothing is new.
void put(QPlainTextEdit *into, const QString &text)
{
    if (into->toPlainText() != text)
        into->setPlainText(text);
}

QString outcomeText(const RescueOutcome &outcome)
{
    QString text = outcome.message + u'\n';
    for (const RescueOutcome::Table &table : outcome.tables)
        text += u"%1: %2 put in, %3 overwritten, %4 left out\n    read again before COMMIT: %5\n"_s.arg(units::oneLine(table.table.text())).arg(table.inserted).arg(table.overwritten).arg(table.skipped).arg(table.verified.text());
    for (const QString &sequence : outcome.sequences)
        text += u"Set forward: %1\n"_s.arg(sequence);
    return text;
}

} // namespace

WizardApply::WizardApply(WizardModel *model, WizardFlow *flow)
    : WizardPage(model, flow), m_pages(new QStackedLayout(this)), m_picks(new WizardPicks), m_conflict(new QComboBox), m_triggers(new QComboBox), m_sequences(new QCheckBox(u"Set sequences forward behind them"_s)),
      m_plan(new QPushButton(u"Plan it"_s)), m_bring(new QPushButton(u"Bring them back…"_s)), m_state(new StateWord), m_words(prose()), m_figures(shownText(u"What would be written"_s)), m_swap(new WizardSwap(model, flow)), m_runbookWords(prose()),
      m_runbook(shownText(u"Runbook"_s))
{
    m_pages->addWidget(rescuePage());
    m_pages->addWidget(m_swap);
    m_pages->addWidget(runbookPage());
    connect(flow, &WizardFlow::runbookMade, this, [this](const QString &page) {
        m_model->ended(WizardStep::Apply);
        m_page = page;
        m_pageOf = m_model->rehearsal() ? m_model->rehearsal()->id : QString();
        emit modelChanged();
    });
}

QString WizardApply::question() const
{
    if (m_model->isSwap())
        return u"Is the copy to take the place of the data?"_s;
    return m_model->intent == RecoveryIntent::Rescue ? u"What is to come back?"_s : u"How is it done?"_s;
}

QWidget *WizardApply::rescuePage()
{
    m_conflict->setAccessibleName(u"A row that live has by then"_s);
    m_conflict->addItem(u"ends it, all is rolled back"_s, int(RescueChoice::Conflict::Fail));
    m_conflict->addItem(u"stays as live has it"_s, int(RescueChoice::Conflict::Skip));
    m_conflict->addItem(u"is overwritten"_s, int(RescueChoice::Conflict::Overwrite));
    m_triggers->setAccessibleName(u"Triggers of live"_s);
    m_triggers->addItem(u"triggers fire"_s, int(RescueChoice::Triggers::Fire));
    m_triggers->addItem(u"triggers rest"_s, int(RescueChoice::Triggers::Silence));
    m_triggers->setToolTip(u"Where they rest, an audit by trigger does not tell of these rows; foreign keys are looked at before COMMIT"_s);
    m_sequences->setChecked(true);
    setLook(m_bring, "danger");
    m_figures->setFont(fixedFont());
    auto *choices = new QHBoxLayout;
    choices->setSpacing(space::part);
    auto *label = new PlainLabel(u"A row that live has by then"_s, nullptr, "muted");
    label->setBuddy(m_conflict);
    choices->addWidget(label);
    choices->addWidget(m_conflict);
    choices->addWidget(m_triggers);
    choices->addStretch(1);
    auto *more = new QHBoxLayout;
    more->setSpacing(space::part);
    more->addWidget(m_sequences);
    more->addStretch(1);
    more->addWidget(m_plan);
    auto *head = new QHBoxLayout;
    head->setSpacing(space::part);
    head->addWidget(m_state, 0, Qt::AlignTop);
    head->addSpacing(space::part);
    head->addWidget(m_words, 1);
    head->addSpacing(space::edge);
    head->addWidget(m_bring, 0, Qt::AlignTop);
    auto *below = new QWidget;
    auto *belowColumn = pageColumn(below);
    belowColumn->addLayout(head);
    belowColumn->addWidget(m_figures, 1);
    auto *split = new QSplitter(Qt::Vertical);
    split->setChildrenCollapsible(false);
    split->setHandleWidth(space::part);
    split->setStyleSheet(u"QSplitter::handle { background: transparent; }"_s);
    auto *above = new QWidget;
    auto *aboveColumn = pageColumn(above);
    aboveColumn->addWidget(m_picks, 1);
    aboveColumn->addLayout(choices);
    aboveColumn->addLayout(more);
    split->addWidget(above);
    split->addWidget(below);
    split->setStretchFactor(0, 3);
    split->setStretchFactor(1, 2);
    const auto anew = [this] {
        // What was chosen before it had to be so counts again behind it.
        const bool overwrites = m_picks->overwrites();
        if (overwrites && m_conflict->isEnabled())
            m_conflictBefore = m_conflict->currentIndex();
        if (overwrites)
            m_conflict->setCurrentIndex(m_conflict->findData(int(RescueChoice::Conflict::Overwrite)));
        else if (!m_conflict->isEnabled())
            m_conflict->setCurrentIndex(m_conflictBefore);
        m_conflict->setEnabled(!overwrites);
        m_model->forgetRescuePlan();
        emit modelChanged();
    };
    connect(m_picks, &WizardPicks::changed, this, anew);
    connect(m_conflict, &QComboBox::activated, this, anew);
    connect(m_triggers, &QComboBox::activated, this, anew);
    connect(m_sequences, &QCheckBox::clicked, this, anew);
    connect(m_plan, &QPushButton::clicked, this, &WizardApply::plan);
    connect(m_bring, &QPushButton::clicked, this, [this] {
        if (!m_model->rescuePlan() || !m_model->rehearsal())
            return;
        // Held to the plan that was confirmed, whatever is planned meanwhile.
        askChange(this, m_model->rescuePlan()->change, this, [this, plan = *m_model->rescuePlan(), copy = *m_model->rehearsal()](bool accepted) {
            if (accepted)
                m_flow->rescue(copy, plan);
        });
    });
    return split;
}

QWidget *WizardApply::runbookPage()
{
    m_runbook->setFont(fixedFont());
    auto *copy = new QPushButton(u"Copy the runbook"_s);
    auto *save = new QPushButton(u"Save the runbook…"_s);
    setLook(copy, "flat");
    auto *bar = new QHBoxLayout;
    bar->setSpacing(space::part);
    bar->addStretch(1);
    bar->addWidget(copy);
    bar->addWidget(save);
    auto *page = new QWidget;
    auto *column = pageColumn(page);
    column->addWidget(m_runbookWords);
    column->addWidget(m_runbook, 1);
    column->addLayout(bar);
    connect(save, &QPushButton::clicked, this, [this] {
        const QString proposal = QDir::home().filePath(u"recovery-%1.md"_s.arg(m_model->rehearsal() ? m_model->rehearsal()->id : QString()));
        chooseFile(this, {u"Save the runbook"_s, u"Save"_s, proposal, u"Markdown (*.md);;All files (*)"_s, true}, this, [this](const QString &file) { m_flow->saveText(file, m_runbook->toPlainText()); });
    });
    connect(copy, &QPushButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(m_runbook->toPlainText()); });
    return page;
}

void WizardApply::entered()
{
    if (m_model->intent == RecoveryIntent::Rescue || m_model->isSwap())
        return;
    m_model->setSeen(WizardStep::Apply);
    emit modelChanged();
    // Who follows the server is asked of it itself.
    if (const Rehearsal *copy = m_model->rehearsal(); copy && m_model->intent == RecoveryIntent::WholeCluster && m_pageOf != copy->id)
        m_flow->makeRunbook(*copy);
}

void WizardApply::showProgress(const ProgressStep &how)
{
    if (m_model->isSwap())
        m_swap->showProgress(how);
}

void WizardApply::plan()
{
    const auto tables = m_picks->picked();
    if (!tables) {
        m_state->setState(StateLook::Warning, u"Not planned"_s);
        m_words->setText(tables.error().message + (tables.error().hint.isEmpty() ? QString() : u". "_s + tables.error().hint));
        return;
    }
    RescueChoice choice;
    choice.tables = *tables;
    choice.conflict = RescueChoice::Conflict(m_conflict->currentData().toInt());
    choice.triggers = RescueChoice::Triggers(m_triggers->currentData().toInt());
    choice.sequences = m_sequences->isChecked();
    if (m_model->rehearsal())
        m_flow->planRescue(*m_model->rehearsal(), choice);
}

void WizardApply::showRunbook()
{
    const Rehearsal *copy = m_model->rehearsal();
    if (!copy)
        return;
    if (m_model->intent == RecoveryIntent::WholeCluster && m_pageOf == copy->id) {
        m_runbookWords->setText(u"%1 is no stack of ours: nothing is run from here. The same steps, for the one who has a shell on its machine, with all that follows it by name."_s.arg(m_model->server));
        return put(m_runbook, m_page.trimmed());
    }
    if (m_model->intent == RecoveryIntent::WholeCluster)
        m_runbookWords->setText(m_flow->isBusy() ? u"The server is asked who follows it: standbys, slots, subscriptions"_s : u"The server was not asked who follows it: standbys, slots and subscriptions must be looked up by hand. What leads to the target:"_s);
    else
        m_runbookWords->setText(u"Nothing is written from here. The same page lies beside the backup as RUNBOOK.md and works with PostgreSQL's own programs alone; the recovery's target is the one that was rehearsed."_s);
    put(m_runbook, lostServerPage(*copy));
}

QString WizardApply::lostServerPage(const Rehearsal &copy) const
{
    const Backup *backup = m_flow->facts() ? m_flow->facts()->catalogue.find(copy.verdict.backup) : nullptr;
    QString text = u"# The target that was rehearsed as %1, for postgresql.auto.conf:\n"_s.arg(copy.id);
    for (const QString &setting : copy.verdict.settings)
        text += setting + u'\n';
    text += u'\n' + (backup ? QString::fromUtf8(runbookOf(*backup, m_flow->facts()->catalogue.find(backup->parent))) : u"# Backup %1 is not listed any more: its page lies beside it"_s.arg(copy.verdict.backup));
    return text.trimmed();
}

void WizardApply::showPlan()
{
    const RescuePlan *plan = m_model->rescuePlan();
    const RescueOutcome *outcome = m_model->outcome();
    const bool running = m_model->state(WizardStep::Apply) == WizardModel::State::Running;
    const Rehearsal *copy = m_model->rehearsal();
    const bool isStale = m_model->state(WizardStep::Apply) == WizardModel::State::Stale, isBad = copy && !copy->isGood();
    m_plan->setEnabled(!m_flow->isBusy() && !m_model->isDropped() && !isStale && !isBad && m_picks->rows() > 0);
    m_plan->setText(m_picks->rows() > 0 ? u"Plan %1 rows"_s.arg(units::exact(double(m_picks->rows()))) : u"Plan it"_s);
    setLook(m_plan, plan ? "" : "primary");
    QStringList gone;
    if (const Comparison *seen = m_model->comparison()) {
        for (const TableComparison &table : seen->tables) {
            if (table.state == TableComparison::State::OnlyRehearsed)
                gone << table.table.text();
        }
    }
    const bool may = plan && plan->isGood() && plan->rows() > 0 && !outcome && !isStale && !isBad;
    m_bring->setVisible(may);
    m_bring->setEnabled(may && !m_flow->isBusy());
    if (may)
        m_bring->setText(plan->change.verb + u"…"_s);
    if (running) {
        m_state->setState(StateLook::Busy, u"Under way"_s);
        m_words->setText(plan ? u"One transaction: written, read again, committed"_s : u"The rows are fetched and measured; nothing of it stays"_s);
    } else if (outcome) {
        m_state->setState(outcome->outcomeUnknown ? StateLook::Critical : StateLook::Ok, outcome->outcomeUnknown ? u"Outcome unknown"_s : u"Done"_s);
        m_words->setText(outcome->outcomeUnknown ? u"The link was lost in COMMIT and the server could not be asked: compare again"_s : m_model->note(WizardStep::Apply));
        put(m_figures, outcomeText(*outcome).trimmed());
    } else if (isStale) {
        m_state->setState(StateLook::Warning, u"Of another moment"_s);
        m_words->setText(u"The copy is not of the moment that is chosen now: rehearse that one, or choose the copy's again"_s);
    } else if (isBad) {
        m_state->setState(StateLook::Critical, u"Not good"_s);
        m_words->setText(u"A check of the copy failed, or it stopped elsewhere: nothing is brought back from it. Rehearse again, from another backup"_s);
    } else if (!plan) {
        m_state->setState(StateLook::Unknown, u"Not planned"_s);
        const QString whole = gone.isEmpty() ? QString() : u"%1 only in the copy: a table that live no longer has is brought back as a whole, by pg_dump from the copy (step 5, “Look into it”). "_s.arg(gone.size() == 1 ? units::oneLine(gone.constFirst()) + u" is"_s : u"%1 tables are"_s.arg(gone.size()));
        m_words->setText(whole + u"Pick tables or single rows above; the plan measures on the rows themselves and leaves nothing"_s);
        m_figures->clear();
    } else {
        m_state->setState(plan->isGood() ? StateLook::Ok : StateLook::Critical, plan->isGood() ? u"Planned"_s : u"Can't be done so"_s);
        m_words->setText(plan->isGood() ? units::oneLine(plan->change.title) : units::oneLine(plan->blocked.constFirst()));
        put(m_figures, plan->text().trimmed());
    }
}

void WizardApply::refresh()
{
    m_pages->setCurrentIndex(m_model->isSwap() ? 1 : m_model->intent == RecoveryIntent::Rescue ? 0 : 2);
    m_swap->refresh();
    if (m_model->isSwap())
        return;
    if (m_model->intent != RecoveryIntent::Rescue)
        return showRunbook();
    const Comparison *seen = m_model->comparison();
    if (seen && m_model->comparisonNumber() != m_shown) {
        m_shown = m_model->comparisonNumber();
        m_picks->show(*seen);
    }
    showPlan();
}

} // namespace howdah::ui
