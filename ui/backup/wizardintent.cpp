// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/backup/wizardintent.h"

#include "base/units.h"
#include "ui/backup/swapvalues.h"
#include "ui/backup/wizardtarget.h"
#include "ui/widgets/theme.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QPushButton>
#include <QRadioButton>
#include <QVBoxLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;

namespace
{

constexpr int mostStanding = 3; // that are shown; the rest is said in figures

QString explained(RecoveryIntent intent, bool isOurStack = false)
{
    switch (intent) {
    case RecoveryIntent::Rescue: return u"Live stays up. A copy is brought to the moment in a container and compared with live; the rows that you pick come back in one transaction."_s;
    case RecoveryIntent::WholeCluster:
        if (isOurStack)
            return u"Everything of after the moment would be lost. The recovery is rehearsed and compared first; then the copy takes the place of the stack's data, which is kept, and can be gone back to."_s;
        return u"Everything of after the moment would be lost. The recovery is rehearsed and compared first; then its steps are given as a runbook."_s;
    case RecoveryIntent::LostServer: return u"Nothing is left to compare with. The newest that can be had is rehearsed here; then the steps on a new machine are given as a runbook."_s;
    case RecoveryIntent::JustLook: break;
    }
    return u"A copy is brought to the moment, to be looked into by psql or compared with live. Nothing is written to live."_s;
}

} // namespace

WizardIntent::WizardIntent(WizardModel *model, WizardFlow *flow) : WizardPage(model, flow), m_intents(new QButtonGroup(this)), m_facts(prose({}, "muted")), m_standing(new QWidget)
{
    auto *column = pageColumn(this);
    for (const RecoveryIntent intent : {RecoveryIntent::Rescue, RecoveryIntent::WholeCluster, RecoveryIntent::LostServer, RecoveryIntent::JustLook}) {
        auto *radio = new QRadioButton(intentText(intent));
        radio->setAccessibleDescription(explained(intent));
        m_intents->addButton(radio, int(intent));
        auto *words = prose(explained(intent), "muted");
        words->setContentsMargins(space::edge, 0, 0, space::part);
        if (intent == RecoveryIntent::WholeCluster)
            m_whole = words;
        column->addWidget(radio);
        column->addWidget(words);
    }
    m_intents->button(int(RecoveryIntent::Rescue))->setChecked(true);
    connect(m_intents, &QButtonGroup::idClicked, this, [this](int id) {
        m_model->chooseIntent(RecoveryIntent(id));
        emit modelChanged();
    });
    column->addSpacing(space::part);
    column->addWidget(m_standing);
    column->addStretch(1);
    column->addWidget(m_facts);
    m_standing->hide();
}

void WizardIntent::refresh()
{
    m_intents->button(int(m_model->intent))->setChecked(true);
    m_whole->setText(explained(RecoveryIntent::WholeCluster, !m_model->stack.isEmpty()));
    if (const auto &facts = m_flow->facts()) {
        const qsizetype backups = std::count_if(facts->points.cbegin(), facts->points.cend(), [](const BackupPoint &point) { return point.usable; });
        m_facts->setText(u"%1: %2, %3 segments of WAL%4"_s.arg(facts->repository, backups == 1 ? u"1 usable base backup"_s : u"%1 usable base backups"_s.arg(backups)).arg(facts->segments).arg(facts->islands.isEmpty() ? u"; no moment can be reached"_s : QString()));
    } else {
        m_facts->setText(m_flow->isBusy() ? u"The backups and the archive are being read"_s : u"What the backups and the archive hold is not known"_s);
    }
    if (m_shown != (m_model->rehearsal() ? m_model->rehearsal()->id : QString()))
        buildStanding();
}

void WizardIntent::showStanding(const QVector<Standing> &standing)
{
    m_copies = standing;
    buildStanding();
}

void WizardIntent::showSwaps(const QVector<Swap> &swaps)
{
    m_swaps = swaps;
    buildStanding();
}

QWidget *WizardIntent::swapCard(const Swap &swap)
{
    auto *card = new QFrame;
    card->setProperty("card", true);
    auto *row = new QHBoxLayout(card);
    row->setContentsMargins(space::group, space::part, space::group, space::part);
    row->setSpacing(space::group);
    if (swap.isUnfinished()) {
        auto *state = new StateWord;
        state->setState(StateLook::Critical, u"Unfinished swap"_s);
        row->addWidget(state, 0, Qt::AlignTop);
    }
    row->addWidget(prose(swapTitle(swap) + (swap.isUnfinished() ? u". It is to be gone on with, or taken back, before anything else."_s : swap.state == SwapState::Applied ? u". The data of before is kept."_s : u". The other branch is kept."_s)), 1);
    auto *take = new QPushButton(swap.isUnfinished() ? u"Go on, or take it back"_s : u"Show the way back"_s);
    take->setAccessibleName(take->text() + u": "_s + swap.id);
    setLook(take, swap.isUnfinished() ? "primary" : "");
    connect(take, &QPushButton::clicked, this, [this, swap] { emit swapWanted(swap); });
    row->addWidget(take, 0, Qt::AlignTop);
    return card;
}

void WizardIntent::buildStanding()
{
    m_shown = m_model->rehearsal() ? m_model->rehearsal()->id : QString();
    auto *fresh = new QWidget;
    auto *column = pageColumn(fresh);
    int shown = 0, unfinished = 0, swapped = 0;
    for (auto one = m_swaps.crbegin(); one != m_swaps.crend(); ++one) {
        if (one->state == SwapState::Retired || (m_model->swap() && m_model->swap()->id == one->id))
            continue;
        column->addWidget(swapCard(*one));
        if (++swapped == mostStanding)
            break;
    }
    for (qsizetype i = m_copies.size() - 1; i >= 0; --i) {
        const Standing &one = m_copies.at(i);
        unfinished += one.rehearsal ? 0 : 1;
        if (one.rehearsal && !one.rehearsal->lab.isEmpty()) // somebody's lab, changed since: no copy of a moment
            continue;
        // Whose it is its backup tells.
        if (!one.rehearsal || one.id == m_shown || !m_flow->facts() || !m_flow->facts()->catalogue.find(one.rehearsal->verdict.backup) || ++shown > mostStanding)
            continue;
        auto *card = new QFrame;
        card->setProperty("card", true);
        auto *row = new QHBoxLayout(card);
        row->setContentsMargins(space::group, space::part, space::group, space::part);
        row->setSpacing(space::part);
        const auto target = targetOf(one.rehearsal->verdict);
        row->addWidget(prose(u"%1, %2, still stands%3"_s.arg(one.id, target ? target->text() : u"of a moment that is not known"_s, one.rehearsal->isGood() ? QString() : u"; its checks are not all good"_s)), 1);
        auto *take = new QPushButton(u"Take it up"_s);
        take->setAccessibleName(u"Take up "_s + one.id);
        connect(take, &QPushButton::clicked, this, [this, copy = *one.rehearsal] { emit takeUp(copy); });
        row->addWidget(take, 0, Qt::AlignTop);
        auto *remove = new QPushButton(u"Remove it…"_s);
        remove->setAccessibleName(u"Remove "_s + one.id);
        connect(remove, &QPushButton::clicked, this, [this, id = one.id] { emit removeWanted(id); });
        row->addWidget(remove, 0, Qt::AlignTop);
        column->addWidget(card);
    }
    if (shown > mostStanding)
        column->addWidget(prose(u"%1 more stand: howdahctl pitr status"_s.arg(shown - mostStanding), "muted"));
    if (unfinished > 0)
        column->addWidget(prose(u"%1 on this machine: under way, or left by a program that was ended (howdahctl pitr status)"_s.arg(unfinished == 1 ? u"1 unfinished rehearsal"_s : u"%1 unfinished rehearsals"_s.arg(unfinished)), "muted"));
    layout()->replaceWidget(m_standing, fresh);
    m_standing->deleteLater();
    m_standing = fresh;
    m_standing->setVisible(shown + unfinished + swapped > 0);
}

} // namespace howdah::ui
