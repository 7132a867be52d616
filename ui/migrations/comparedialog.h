// SPDX-License-Identifier: GPL-3.0-or-later
// Migrations worked out from what was changed by hand: from which database, what may have been renamed, and the files as they would be written. Window's thread.
#pragma once

#include "ui/migrations/compareflow.h"

#include <QDialog>

class QCheckBox;
class QComboBox;
class QPushButton;
class QVBoxLayout;

namespace howdah::ui
{

class ErrorBar;
class PlainLabel;
class SqlEditor;

class CompareDialog : public QDialog
{
    Q_OBJECT
public:
    // `flow` outlives the dialog, since what it has begun on its thread does.
    CompareDialog(CompareFlow *flow, const Project &project, const MigrationOptions &options, const QString &name, const QString &purpose, QWidget *parent);

    QComboBox *source() const { return m_source; }
    QPushButton *compareButton() const { return m_compare; }
    QPushButton *writeButton() const { return m_write; }
    QByteArray shownText() const;

signals:
    void writeWanted(const howdah::migrations::Generated &generated, const QString &purpose);

private:
    void begin();
    void forget(); // what was compared is of another database
    void show(const Compared &compared);

    Project m_project;
    MigrationOptions m_options;
    QString m_name;
    QString m_purpose;
    CompareFlow *m_flow;
    QVector<CompareSource> m_sources;
    Compared m_compared;
    QComboBox *m_source;
    QPushButton *m_compare;
    PlainLabel *m_said;
    ErrorBar *m_error;
    QVBoxLayout *m_questions;
    QVector<QCheckBox *> m_renamed;
    SqlEditor *m_text;
    QPushButton *m_write;
    quint64 m_number = 0; // of what was asked last
};

} // namespace howdah::ui
