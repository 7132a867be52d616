// SPDX-License-Identifier: GPL-3.0-or-later
// Where a server's backups lie: the archive of its stack, or a folder of this machine (with its WAL, where that is in another one). Window's thread.
#pragma once

#include "backup/stand.h"

#include <QDialog>

class QLineEdit;
class QPushButton;
class QRadioButton;

namespace howdah::ui
{

class PlaceDialog : public QDialog
{
    Q_OBJECT
public:
    explicit PlaceDialog(const backup::StandChoice &choice, QWidget *parent = nullptr);
    backup::StandChoice choice() const;
    QRadioButton *stackButton() const { return m_stack; } // null where the profile has none
    QRadioButton *folderButton() const { return m_inFolder; }
    QLineEdit *folderField() const { return m_folder; }
    QLineEdit *archiveField() const { return m_archive; }
    QPushButton *useButton() const { return m_use; }

private:
    void chooseInto(QLineEdit *field, const QString &title);
    void check();

    backup::StandChoice m_choice;
    QRadioButton *m_stack = nullptr;
    QRadioButton *m_inFolder;
    QLineEdit *m_folder;
    QLineEdit *m_archive;
    QPushButton *m_use;
};

} // namespace howdah::ui
