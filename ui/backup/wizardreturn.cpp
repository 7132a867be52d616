// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/backup/wizardreturn.h"

#include "ui/widgets/theme.h"

#include <QPushButton>
#include <QVBoxLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;

WizardReturn::WizardReturn(WizardModel *model, WizardFlow *flow) : WizardPage(model, flow), m_undo(prose()), m_copy(prose()), m_remove(new QPushButton(u"Remove the copy…"_s))
{
    auto *column = pageColumn(this);
    column->addWidget(new PlainLabel(u"What was written to live"_s, nullptr, "title"));
    column->addWidget(m_undo);
    column->addSpacing(space::group);
    column->addWidget(new PlainLabel(u"The rehearsed copy"_s, nullptr, "title"));
    column->addWidget(m_copy);
    column->addWidget(m_remove, 0, Qt::AlignLeft);
    column->addStretch(1);
    connect(m_remove, &QPushButton::clicked, this, [this] {
        if (m_model->rehearsal())
            emit removeWanted(m_model->rehearsal()->id);
    });
}

void WizardReturn::refresh()
{
    const RescueOutcome *outcome = m_model->outcome();
    const RescuePlan *plan = m_model->rescuePlan();
    m_undo->setText(!outcome ? u"Nothing was written to live from here."_s : plan ? u"%1. To take it back: %2"_s.arg(outcome->message, plan->change.undo) : outcome->message);
    const Rehearsal *copy = m_model->rehearsal();
    m_copy->setText(!copy ? u"There is none."_s : m_model->isDropped() ? u"%1 is gone: its container, its volume, its record."_s.arg(copy->id) : u"%1 stands in a container without a network and takes the size of the backup on Docker's disk. It can be taken up again as long as it stands."_s.arg(copy->id));
    m_remove->setVisible(copy && !m_model->isDropped());
    m_remove->setEnabled(!m_flow->isBusy());
}

} // namespace howdah::ui
