// SPDX-License-Identifier: GPL-3.0-or-later
// A dump back into a database: what of it, picked in a tree, and into which one. What comes of it is shown as a plan before anything starts. Window's thread.
#pragma once

#include "ui/backup/backupwork.h"

#include <QDialog>

class QCheckBox;
class QLineEdit;
class QPushButton;
class QRadioButton;
class QSpinBox;
class QTreeWidget;
class QTreeWidgetItem;

namespace howdah::ui
{

class PlainLabel;

class RestoreDialog : public QDialog
{
    Q_OBJECT
public:
    RestoreDialog(const QString &id, QWidget *parent = nullptr);
    void setContents(const Result<DumpContents> &contents);

    RestoreWish wish() const;
    QTreeWidget *tree() const { return m_tree; }
    QLineEdit *databaseField() const { return m_database; }
    QRadioButton *newButton() const { return m_new; }
    QRadioButton *existingButton() const { return m_existing; }
    QCheckBox *cleanBox() const { return m_clean; }
    QCheckBox *noOwnerBox() const { return m_noOwner; }
    QPushButton *planButton() const { return m_plan; }

private:
    void fill(const backup::DumpListing &listing);
    QStringList words() const; // empty: everything
    void check();
    void showChoice();

    QString m_id;
    QTreeWidget *m_tree;
    PlainLabel *m_what;
    QRadioButton *m_new;
    QRadioButton *m_existing;
    QLineEdit *m_database;
    QLineEdit *m_role;
    QSpinBox *m_jobs;
    QCheckBox *m_clean;
    QCheckBox *m_noOwner;
    QCheckBox *m_noPrivileges;
    PlainLabel *m_choice;
    QPushButton *m_plan;
    bool m_read = false;
};

} // namespace howdah::ui
