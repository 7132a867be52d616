// SPDX-License-Identifier: GPL-3.0-or-later
// "Connect to a server": fields or a pasted URL, tested step by step before anything is saved; then the profile goes to the store, the
// password to the keychain, and the profile is opened. Non-modal to the loop (open()). Window's thread.
#pragma once

#include "session/checksteps.h"
#include "ui/shell/pane.h"

#include <QDialog>
#include <QPointer>

class QLineEdit;
class QProgressBar;
class QPushButton;

namespace howdah::ui
{

class CheckView;
class ConnectForm;
class ErrorBar;
class PlainLabel;

class ConnectDialog : public QDialog
{
    Q_OBJECT
public:
    ConnectDialog(const PaneContext &context, QWidget *parent);
    ~ConnectDialog() override;
    void reject() override; // while it is busy: stops that, and stays

signals:
    void importWanted(); // in place of this dialog

private:
    void layOut();
    void pasteUrl(const QString &url);
    void test(bool thenSave);
    void tested(const session::CheckReport &report, const session::Profile &profile, bool thenSave);
    void pin();
    void save(const session::Profile &profile);
    void finish(const session::Profile &saved);
    void setBusy(const QString &what); // empty: not busy
    void showError(const QString &what, const Error &error);

    PaneContext m_context;
    Worker m_worker; // its own: a stack that is being built must not hold a connection up
    CancelToken m_cancel;
    int m_attempt = 0; // an answer of an earlier one is not shown
    bool m_busy = false;
    QPointer<QWidget> m_focus; // from before it was busy
    std::optional<pg::Certificate> m_authority;
    QLineEdit *m_url;
    ConnectForm *m_form;
    CheckView *m_steps;
    PlainLabel *m_note;
    ErrorBar *m_error;
    QProgressBar *m_progress;
    QPushButton *m_import;
    QPushButton *m_test;
    QPushButton *m_stop;
    QPushButton *m_connect;
};

} // namespace howdah::ui
