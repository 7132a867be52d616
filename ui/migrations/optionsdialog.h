// SPDX-License-Identifier: GPL-3.0-or-later
// How this project's migrations are run on this server: as whom, in which schema, how long a lock is waited for. Kept with the profile. Window's thread.
#pragma once

#include "ui/migrations/projectsource.h"

#include <QDialog>

class QLineEdit;
class QPushButton;
class QSpinBox;

namespace howdah::ui
{

class OptionsDialog : public QDialog
{
    Q_OBJECT
public:
    explicit OptionsDialog(const MigrationOptions &options, QWidget *parent = nullptr);
    MigrationOptions options() const;

private:
    MigrationOptions m_options;
    QLineEdit *m_folder;
    QLineEdit *m_role;
    QLineEdit *m_searchPath;
    QSpinBox *m_lockTimeout;
    QSpinBox *m_tries;
};

} // namespace howdah::ui
