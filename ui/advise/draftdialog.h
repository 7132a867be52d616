// SPDX-License-Identifier: GPL-3.0-or-later
// A remedy as files of migrations: shown whole, with what each is for, and written into the folder that this server's pane Migrations has, on a worker; then
// that pane shows the first. Nothing is run. Window's thread; what the context points to outlives it.
#pragma once

#include "trial/draft.h"
#include "ui/shell/pane.h"

#include <QDialog>

class QLineEdit;
class QPlainTextEdit;
class QPushButton;

namespace howdah::ui
{

class ErrorBar;
class PlainLabel;

// Of remedies that were not tried: an index's name is the usual one. Pure. Errors: those of trial::remediesOf() and trial::draftOf().
Result<trial::Draft> untriedDraft(const QStringList &remedies, const QString &purpose);

class DraftDialog : public QDialog
{
    Q_OBJECT
public:
    DraftDialog(const PaneContext &context, const trial::Draft &draft, QWidget *parent = nullptr);

    QLineEdit *purpose() const { return m_purpose; }
    QPlainTextEdit *text() const { return m_text; }
    QPushButton *writeButton() const { return m_write; }

private:
    void setFolder(const QString &folder);
    void showText();
    void write();

    PaneContext m_context;
    trial::Draft m_draft;
    QString m_folder; // empty: none is chosen yet
    Worker m_worker;
    QLineEdit *m_purpose;
    QPlainTextEdit *m_text;
    PlainLabel *m_where;
    ErrorBar *m_error;
    QPushButton *m_choose;
    QPushButton *m_cancel;
    QPushButton *m_write;
};

} // namespace howdah::ui
