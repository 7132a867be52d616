// SPDX-License-Identifier: GPL-3.0-or-later
// The part of the monitoring dialog that is the whole program's: the switch of the health checks, its port, its token. What is switched acts at once, and the
// switch shows what is. Window's thread.
#pragma once

#include "ui/health/healthendpoint.h"

#include <QWidget>

class QCheckBox;
class QLineEdit;
class QPushButton;
class QSpinBox;

namespace howdah::ui
{

class ErrorBar;
class PlainLabel;
class StateWord;

class EndpointForm : public QWidget
{
    Q_OBJECT
public:
    EndpointForm(HealthEndpoint *endpoint, QWidget *parent);

private:
    void layOut();
    void tell();
    void showToken(const QByteArray &token);

    HealthEndpoint *m_endpoint;
    QCheckBox *m_on;
    QSpinBox *m_port;
    QPushButton *m_takePort;
    StateWord *m_state;
    PlainLabel *m_token;
    QPushButton *m_make;
    QPushButton *m_remove;
    QWidget *m_once; // the token, the one time that it is shown
    QLineEdit *m_onceText;
    ErrorBar *m_error;
    ErrorBar *m_tokenError;
};

} // namespace howdah::ui
