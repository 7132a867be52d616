// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/backup/wizardrehearse.h"

#include "base/units.h"
#include "ui/backup/wizardchecks.h"
#include "ui/backup/wizardtarget.h"
#include "ui/widgets/theme.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;

WizardRehearse::WizardRehearse(WizardModel *model, WizardFlow *flow)
    : WizardPage(model, flow), m_state(new StateWord), m_words(prose()), m_begin(new QPushButton(u"Rehearse the recovery"_s)), m_cancel(new QPushButton(u"Cancel"_s)), m_bar(new QProgressBar),
      m_step(new PlainLabel({}, nullptr, "muted")), m_checks(new WizardChecks(u"Checks of the copy"_s)), m_stands(new QWidget), m_look(prose({}, "fixed"))
{
    auto *head = new QHBoxLayout;
    head->setSpacing(space::group);
    head->addWidget(m_state, 0, Qt::AlignTop);
    head->addWidget(m_words, 1);
    head->addWidget(m_begin, 0, Qt::AlignTop);
    head->addWidget(m_cancel, 0, Qt::AlignTop);
    m_cancel->setToolTip(u"What was made for it is removed"_s);
    m_bar->setTextVisible(false);
    m_bar->setAccessibleName(u"How far the rehearsal is"_s);
    auto *copy = new QPushButton(u"Copy"_s);
    copy->setAccessibleName(u"Copy the command that looks into the copy"_s);
    setLook(copy, "flat");
    auto *stands = new QHBoxLayout(m_stands);
    stands->setContentsMargins(0, 0, 0, 0);
    stands->setSpacing(space::part);
    stands->addWidget(new PlainLabel(u"Look into it"_s, nullptr, "muted"), 0, Qt::AlignTop);
    stands->addWidget(m_look, 1);
    stands->addWidget(copy, 0, Qt::AlignTop);
    auto *column = pageColumn(this);
    column->addLayout(head);
    column->addWidget(m_bar);
    column->addWidget(m_step);
    column->addSpacing(space::part);
    column->addWidget(m_checks, 1);
    column->addWidget(m_stands);
    connect(m_begin, &QPushButton::clicked, this, [this] {
        if (m_judged && m_judged->plan)
            m_flow->rehearse(*m_judged->plan, m_judged->target);
    });
    connect(m_cancel, &QPushButton::clicked, m_flow, &WizardFlow::cancel);
    connect(copy, &QPushButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(m_look->text()); });
}

void WizardRehearse::showProgress(const ProgressStep &how)
{
    m_bar->setRange(0, how.total > 0 ? 1000 : 0);
    if (how.total > 0)
        m_bar->setValue(int(std::min<qint64>(1000, how.done * 1000 / how.total)));
    m_step->setText(stepText(how));
}

void WizardRehearse::showCopy()
{
    const Rehearsal *copy = m_model->rehearsal();
    const QString id = copy ? copy->id : QString();
    if (id == m_shown)
        return;
    m_shown = id;
    QVector<Finding> findings;
    if (copy) {
        for (const RehearsalCheck &check : copy->before) {
            if (check.good != true)
                findings.append(findingOf({check.name, check.good, check.words}));
        }
        for (const RehearsalCheck &check : copy->checks)
            findings.append({!check.good ? StateLook::Unknown : *check.good ? StateLook::Ok : StateLook::Critical, check.name, check.words});
        findings.append({StateLook::Ok, u"what it takes"_s,
                         u"A recovery takes %1: %2 to copy, %3 to replay; the checks took %4"_s.arg(units::duration(copy->recoveryMs()), units::duration(copy->copyMs), units::duration(copy->replayMs), units::duration(copy->checkMs))});
        m_look->setText(u"psql \"host=%1 user=%2 dbname=%3\""_s.arg(copy->socketFolder, copy->superuser, m_flow->database()));
    }
    m_checks->show(findings);
}

void WizardRehearse::refresh()
{
    using State = WizardModel::State;
    const State state = m_model->state(WizardStep::Rehearse);
    const Rehearsal *copy = m_model->rehearsal();
    const bool running = state == State::Running;
    const bool may = m_judged && m_judged->plan && m_model->target() && targetWords(m_judged->target) == targetWords(*m_model->target()) && m_model->mayRehearse();
    m_begin->setVisible(!running);
    m_begin->setEnabled(may && !m_flow->isBusy());
    m_begin->setText(copy ? u"Rehearse again"_s : u"Rehearse the recovery"_s);
    setLook(m_begin, copy ? "" : "primary");
    m_cancel->setVisible(running);
    m_bar->setVisible(running);
    m_step->setVisible(running);
    if (!running) {
        m_bar->setRange(0, 0);
        m_step->clear();
    }
    m_stands->setVisible(copy && !running && !m_model->isDropped());
    showCopy();
    if (running) {
        m_state->setState(StateLook::Busy, u"Under way"_s);
        m_words->setText(u"%1 is recovered in a container without a network"_s.arg(m_model->targetText()));
    } else if (!copy) {
        m_state->setState(StateLook::Unknown, u"Not proven"_s);
        m_words->setText(u"Whether the recovery works is not proven until it was tried"_s);
    } else if (state == State::Stale) {
        m_state->setState(StateLook::Warning, u"Of another moment"_s);
        m_words->setText(u"%1 stands, and %2"_s.arg(copy->id, m_model->note(WizardStep::Rehearse)));
    } else {
        m_state->setState(copy->isGood() ? StateLook::Ok : StateLook::Critical, copy->isGood() ? u"Proven"_s : u"Not good"_s);
        m_words->setText(u"%1 %2"_s.arg(copy->id, m_model->isDropped() ? u"was removed"_s : u"stands until you remove it"_s));
    }
}

} // namespace howdah::ui
