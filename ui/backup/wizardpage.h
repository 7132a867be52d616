// SPDX-License-Identifier: GPL-3.0-or-later
// One step of the recovery wizard, as a page: shows what the model and the flow know, asks its question, and starts its work. Model and flow outlive it.
// Window's thread.
#pragma once

#include "ui/backup/wizardflow.h"
#include "ui/widgets/label.h"

class QVBoxLayout;

namespace howdah::ui
{

class WizardPage : public QWidget
{
    Q_OBJECT
public:
    WizardPage(WizardModel *model, WizardFlow *flow) : m_model(model), m_flow(flow) {}

    virtual QString question() const = 0;  // above it
    virtual QString goOn() const = 0;      // the button that leads to the next step: a verb and an object
    virtual bool mayGoOn() const { return true; }
    virtual void entered() {}              // shown: by now what it needs is there
    virtual void refresh() = 0;            // the model or the flow changed

signals:
    void modelChanged();
    void stepWanted(howdah::ui::WizardStep step);

protected:
    WizardModel *const m_model;
    WizardFlow *const m_flow;
};

// A line of prose: wraps, can be selected.
PlainLabel *prose(const QString &text = {}, const char *role = nullptr);
// A column for a page: no margins, the parts of a group apart.
QVBoxLayout *pageColumn(QWidget *page);
QString stepText(const ProgressStep &how); // "Replay: 12 of 40 segments"

} // namespace howdah::ui
