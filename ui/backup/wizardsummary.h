// SPDX-License-Identifier: GPL-3.0-or-later
// The right side: what has been chosen so far, and what will happen. Window's thread.
#pragma once

#include "ui/backup/wizardmodel.h"

#include <QScrollArea>

namespace howdah::ui
{

class WizardSummary : public QScrollArea
{
    Q_OBJECT
public:
    explicit WizardSummary(QWidget *parent = nullptr);
    void show(const WizardModel &model);

private:
    QVector<WizardModel::Chosen> m_chosen; // that are shown
    QStringList m_happens;
};

} // namespace howdah::ui
