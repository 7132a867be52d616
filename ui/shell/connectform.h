// SPDX-License-Identifier: GPL-3.0-or-later
// The fields of a profile: where, as whom, how it is proven, by which way. Values alone; it asks nobody. Window's thread.
#pragma once

#include "base/error.h"
#include "base/secret.h"
#include "session/profile.h"

#include <QHash>
#include <QWidget>

class QCheckBox;
class QComboBox;
class QFormLayout;
class QLineEdit;
class QSpinBox;

namespace howdah::ui
{

class PlainLabel;

class ConnectForm : public QWidget
{
    Q_OBJECT
public:
    explicit ConnectForm(QWidget *parent);

    void take(const pg::ParsedUrl &url); // a password in it too
    void setCaFile(const QString &path);
    // What is wrong with a field as it is typed is told at the field, and makes this null.
    std::optional<session::Profile> entered();
    Secret password() const;
    bool keepsPassword() const;
    // At the field that it is about; false where it is about none.
    bool showError(const Error &error);
    void clearErrors();

private:
    void addPlace();
    void addProof();
    void addWay();
    void add(const char *label, QWidget *field, QLayout *row = nullptr, QWidget *below = nullptr);
    QLayout *withChoose(QLineEdit *edit, const QString &what, const QString &filter);
    void follow(); // what the choices make of the other fields
    bool complain(QWidget *field, const QString &text);

    QFormLayout *m_form;
    QLineEdit *m_name, *m_host, *m_otherHosts, *m_database, *m_role, *m_password, *m_command, *m_certFile, *m_keyFile, *m_caFile, *m_ssh;
    QSpinBox *m_port, *m_expiry;
    QComboBox *m_target, *m_auth, *m_sslMode, *m_environment;
    QCheckBox *m_keep, *m_pooler;
    PlainLabel *m_authNote, *m_poolerNote;
    QHash<QWidget *, PlainLabel *> m_errors;
    QHash<QWidget *, QWidget *> m_rows;
};

} // namespace howdah::ui
