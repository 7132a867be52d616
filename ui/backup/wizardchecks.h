// SPDX-License-Identifier: GPL-3.0-or-later
// Findings in lines: a shape, what it is about, and words that wrap instead of being cut. Window's thread.
#pragma once

#include "ui/backup/wizardfacts.h"

#include <QScrollArea>

class QGridLayout;

namespace howdah::ui
{

class WizardChecks : public QScrollArea
{
    Q_OBJECT
public:
    explicit WizardChecks(const QString &name, QWidget *parent = nullptr);
    void show(const QVector<Finding> &findings);
    int count() const { return m_count; }

private:
    QWidget *m_lines = nullptr;
    int m_count = 0;
};

} // namespace howdah::ui
