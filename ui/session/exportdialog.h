// SPDX-License-Identifier: GPL-3.0-or-later
// "Export profiles": which of them go into a file for another Howdah, never with a secret. Written on a worker. Window's thread.
#pragma once

#include "ui/shell/pane.h"

#include <QDialog>

class QPushButton;
class QTreeWidget;

namespace howdah::ui
{

class ErrorBar;
class PlainLabel;

class ExportDialog : public QDialog
{
    Q_OBJECT
public:
    ExportDialog(const PaneContext &context, QWidget *parent);

signals:
    void exported(const QString &path);

private:
    void fill(const QVector<session::Profile> &profiles);
    QVector<session::Profile> chosen() const;
    void tell();
    void write(const QString &path);

    PaneContext m_context;
    Worker m_worker;
    QVector<session::Profile> m_profiles;
    QTreeWidget *m_list;
    PlainLabel *m_said;
    ErrorBar *m_error;
    QPushButton *m_export;
};

} // namespace howdah::ui
