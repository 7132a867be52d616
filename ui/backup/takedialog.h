// SPDX-License-Identifier: GPL-3.0-or-later
// Which backup is to be taken: of the whole cluster, or of one database. What comes of it is shown as a plan before anything starts. Window's thread.
#pragma once

#include "ui/backup/backupwork.h"

#include <QDialog>

class QCheckBox;
class QComboBox;
class QLineEdit;
class QPushButton;
class QRadioButton;
class QSpinBox;

namespace howdah::ui
{

struct TakeFacts {
    QString place;       // for people
    QString database;    // the profile's
    QString noPhysical;  // why no base backup can be taken; empty: it can
    QString noIncremental; // why none can build on the last full one, as far as that is known; empty: it may
};

class TakeDialog : public QDialog
{
    Q_OBJECT
public:
    explicit TakeDialog(const TakeFacts &facts, QWidget *parent = nullptr);

    backup::BackupKind kind() const;
    backup::TakeOptions takeOptions() const; // of full and incremental
    DumpWish dumpWish() const;

    QRadioButton *fullButton() const { return m_full; }
    QRadioButton *incrementalButton() const { return m_incremental; }
    QRadioButton *dumpButton() const { return m_dump; }
    QLineEdit *labelField() const { return m_label; }
    QLineEdit *databaseField() const { return m_database; }
    QLineEdit *onlyField() const { return m_only; }
    QPushButton *planButton() const { return m_plan; }

private:
    QWidget *kinds(const TakeFacts &facts);
    QWidget *clusterOptions();
    QWidget *dumpOptions(const TakeFacts &facts);
    void showKind();

    QRadioButton *m_full;
    QRadioButton *m_incremental;
    QRadioButton *m_dump;
    QCheckBox *m_compress;
    QCheckBox *m_verify;
    QCheckBox *m_pageErrors;
    QLineEdit *m_database;
    QComboBox *m_format;
    QSpinBox *m_jobs;
    QLineEdit *m_only;
    QLineEdit *m_exclude;
    QCheckBox *m_schemaOnly;
    QCheckBox *m_statistics;
    QCheckBox *m_globals;
    QLineEdit *m_label;
    QPushButton *m_plan;
    QWidget *m_clusterPart = nullptr;
    QWidget *m_dumpPart = nullptr;
};

} // namespace howdah::ui
