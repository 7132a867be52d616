// SPDX-License-Identifier: GPL-3.0-or-later
// Step 1: what happened. Rows or a table is the common case and needs nothing to be stopped. Copies that stand from before are taken up from here.
// Window's thread.
#pragma once

#include "ui/backup/wizardpage.h"

class QButtonGroup;

namespace howdah::ui
{

class WizardIntent : public WizardPage
{
    Q_OBJECT
public:
    WizardIntent(WizardModel *model, WizardFlow *flow);
    QString question() const override { return QStringLiteral("What happened?"); }
    QString goOn() const override { return QStringLiteral("Find the moment"); }
    void refresh() override;
    void showStanding(const QVector<backup::Standing> &standing); // oldest first; those of other clusters are none of ours
    void showSwaps(const QVector<backup::Swap> &swaps);            // of this stack, oldest first


signals:
    void takeUp(const howdah::backup::Rehearsal &copy);
    void swapWanted(const howdah::backup::Swap &swap);
    void removeWanted(const QString &rehearsal);

private:
    void buildStanding();

    QButtonGroup *m_intents;
    PlainLabel *m_facts;
    QWidget *m_standing;
    QVector<backup::Standing> m_copies;
    QVector<backup::Swap> m_swaps;
    QWidget *swapCard(const backup::Swap &swap);
    PlainLabel *m_whole = nullptr; // what is said of a whole cluster
    QString m_shown; // the copy that is in use when they were shown
};

} // namespace howdah::ui
