// SPDX-License-Identifier: GPL-3.0-or-later
// "Monitoring": the program's health checks over HTTP, which are switched at once, and the profile's export of metrics by OTLP, which is saved with it.
// Non-modal to the loop (open()). Window's thread.
#pragma once

#include "ui/health/exportform.h"
#include "ui/shell/pane.h"

#include <QDialog>
#include <QPointer>

class QPushButton;

namespace howdah::ui
{

class EndpointForm;
class ErrorBar;
class PlainLabel;

class MonitoringDialog : public QDialog
{
    Q_OBJECT
public:
    MonitoringDialog(const PaneContext &context, QWidget *parent);

private:
    void layOut();
    void save();
    void write(const session::OtlpExport &otlp);
    void setBusy(bool busy);

    PaneContext m_context;
    QPointer<HealthFeed> m_feed; // goes when another server is opened, and this dialog with it
    EndpointForm *m_checks;
    ExportForm *m_export; // null: no server is open
    PlainLabel *m_note;
    ErrorBar *m_error;
    QPushButton *m_close;
    QPushButton *m_save;
};

} // namespace howdah::ui
