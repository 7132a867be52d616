// SPDX-License-Identifier: GPL-3.0-or-later
// "Connect to a server": fields or a pasted URL, tried before anything is saved; then the profile goes to the store, the password to the
// keychain, and the profile is opened. Non-modal to the loop (open()). Window's thread.
#pragma once

#include "ui/shell/pane.h"

#include <QDialog>

class QCheckBox;
class QComboBox;
class QFormLayout;
class QLineEdit;
class QPushButton;
class QSpinBox;

namespace howdah::ui
{

class ErrorBar;
class PlainLabel;

class ConnectDialog : public QDialog
{
    Q_OBJECT
public:
    ConnectDialog(const PaneContext &context, QWidget *parent);
    ~ConnectDialog() override;

private:
    void addFields(QFormLayout *form);
    void pasteUrl(const QString &url);
    session::Profile entered() const;
    void tryConnect();
    void save();
    void finish(const session::Profile &saved);
    void setBusy(const QString &what); // empty: not busy
    void showError(const QString &what, const Error &error);

    PaneContext m_context;
    Worker m_worker; // its own: a stack that is being built must not hold a connection up
    CancelToken m_cancel;
    QLineEdit *m_url;
    QLineEdit *m_name;
    QLineEdit *m_host;
    QSpinBox *m_port;
    QLineEdit *m_database;
    QLineEdit *m_role;
    QLineEdit *m_password;
    QComboBox *m_sslMode;
    QLineEdit *m_caFile;
    QComboBox *m_environment;
    QCheckBox *m_keep;
    QCheckBox *m_binding;
    PlainLabel *m_note;
    ErrorBar *m_error;
    QPushButton *m_connect;
    QWidget *m_fields;
};

} // namespace howdah::ui
