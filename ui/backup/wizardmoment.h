// SPDX-License-Identifier: GPL-3.0-or-later
// Step 2: to which moment. By the transaction that did it, by a time that is typed or picked, by a restore point. Window's thread.
#pragma once

#include "ui/backup/wizardpage.h"

class QTabWidget;

namespace howdah::ui
{

class KeyedModel;
class KeyedView;
class WindowStrip;
class WizardFind;
class WizardTyped;

class WizardMoment : public WizardPage
{
    Q_OBJECT
public:
    WizardMoment(WizardModel *model, WizardFlow *flow);
    QString question() const override { return QStringLiteral("To which moment?"); }
    QString goOn() const override { return QStringLiteral("Check whether it can be reached"); }
    bool mayGoOn() const override { return m_model->target().has_value(); }
    void refresh() override;
    void showFacts(); // the backups and the archive were read
    void showFound(const Found &found);

private:
    void choose(const backup::PitrTarget &target, const QString &origin);
    void showPoints(const WizardFacts &facts);

    PlainLabel *m_window;  // why none is shown
    WindowStrip *m_strip;
    QWidget *m_stripArea;
    QTabWidget *m_tabs;
    WizardFind *m_find;
    WizardTyped *m_typed;
    KeyedModel *m_pointModel;
    KeyedView *m_points;
    PlainLabel *m_chosen;
};

} // namespace howdah::ui
