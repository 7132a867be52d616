// SPDX-License-Identifier: GPL-3.0-or-later
// The steps down the left side: each with its state as a shape and a line of what came of it. Up and Down move, Enter or a click goes there. Window's thread.
#pragma once

#include "ui/backup/wizardmodel.h"

#include <QListWidget>

#include <optional>

namespace howdah::ui
{

class WizardSteps : public QListWidget
{
    Q_OBJECT
public:
    explicit WizardSteps(QWidget *parent = nullptr);
    void show(const WizardModel &model, WizardStep current);

signals:
    void stepWanted(howdah::ui::WizardStep step);

private:
    std::optional<WizardStep> m_shown;
};

} // namespace howdah::ui
