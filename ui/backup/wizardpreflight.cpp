// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/backup/wizardpreflight.h"

#include "ui/backup/wizardchecks.h"
#include "ui/backup/wizardtarget.h"
#include "ui/widgets/theme.h"

#include <QHBoxLayout>
#include <QPushButton>
#include <QVBoxLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;

WizardPreflight::WizardPreflight(WizardModel *model, WizardFlow *flow)
    : WizardPage(model, flow), m_state(new StateWord), m_words(prose()), m_checks(new WizardChecks(u"Findings of the pre-flight"_s)), m_remains(prose()), m_again(new QPushButton(u"Check again"_s))
{
    auto *head = new QHBoxLayout;
    head->setSpacing(space::group);
    head->addWidget(m_state, 0, Qt::AlignTop);
    head->addWidget(m_words, 1);
    head->addWidget(m_again, 0, Qt::AlignTop);
    auto *column = pageColumn(this);
    column->addLayout(head);
    column->addSpacing(space::part);
    column->addWidget(m_remains);
    column->addWidget(m_checks, 1);
    m_remains->hide();
    connect(m_again, &QPushButton::clicked, this, [this] {
        if (m_model->target())
            m_flow->judge(*m_model->target());
    });
}

void WizardPreflight::entered()
{
    if (m_model->target() && (!m_model->verdict() || m_of != targetWords(*m_model->target())) && !m_flow->isBusy())
        m_flow->judge(*m_model->target());
}

void WizardPreflight::showJudged(const Judged &judged)
{
    m_of = targetWords(judged.target);
    m_checks->show(judged.findings);
    QStringList lines;
    if (!judged.verdict.isGood() && m_flow->facts()) {
        for (const Island &island : m_flow->facts()->islands)
            lines << islandText(island);
    }
    m_remains->setText(lines.isEmpty() ? u"Nothing else can be recovered from here"_s : u"What can be recovered:\n"_s + lines.join(u'\n'));
    m_remains->setVisible(!judged.verdict.isGood());
}

void WizardPreflight::refresh()
{
    const Verdict *verdict = m_model->verdict();
    m_again->setEnabled(!m_flow->isBusy() && m_model->target());
    m_checks->setEnabled(verdict);
    if (m_model->state(WizardStep::Preflight) == WizardModel::State::Running) {
        m_state->setState(StateLook::Busy, u"Under way"_s);
        m_words->setText(u"%1 is looked for in the WAL"_s.arg(m_model->targetText()));
    } else if (!verdict) {
        m_state->setState(StateLook::Unknown, u"Not known"_s);
        m_words->setText(m_model->target() ? u"Whether %1 can be reached is not known yet"_s.arg(m_model->targetText()) : u"No moment is chosen"_s);
    } else if (verdict->isGood() && !m_model->mayRehearse()) {
        m_state->setState(StateLook::Critical, u"Can't be tried yet"_s);
        m_words->setText(u"%1 can be reached, but not like this. %2"_s.arg(m_model->targetText(), m_model->hindrance()));
    } else if (verdict->isGood()) {
        m_state->setState(StateLook::Ok, u"Can be reached"_s);
        m_words->setText(m_model->targetText());
    } else {
        m_state->setState(StateLook::Critical, u"Can't be reached"_s);
        m_words->setText(m_model->targetText());
    }
}

} // namespace howdah::ui
