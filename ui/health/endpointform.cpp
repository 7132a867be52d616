// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/health/endpointform.h"

#include "ui/widgets/errorbar.h"
#include "ui/widgets/label.h"
#include "ui/widgets/stateword.h"
#include "ui/widgets/theme.h"

#include <QCheckBox>
#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;

EndpointForm::EndpointForm(HealthEndpoint *endpoint, QWidget *parent)
    : QWidget(parent), m_endpoint(endpoint), m_on(new QCheckBox(u"Answer health checks over HTTP"_s, this)), m_port(new QSpinBox(this)),
      m_takePort(new QPushButton(u"Use this port"_s, this)), m_state(new StateWord(this)), m_token(new PlainLabel({}, this, "muted")),
      m_make(new QPushButton(this)), m_remove(new QPushButton(u"Remove the token"_s, this)), m_once(new QWidget(this)), m_onceText(new QLineEdit(m_once)),
      m_error(new ErrorBar(this)), m_tokenError(new ErrorBar(this))
{
    m_on->setObjectName(u"answerHealthChecks"_s);
    m_on->setToolTip(u"/health, /health/database, /health/database/metrics and /metrics, from the samples that this window takes anyway"_s);
    m_port->setRange(1, 65535);
    m_port->setValue(endpoint->port());
    m_port->setButtonSymbols(QAbstractSpinBox::NoButtons);
    m_port->setFixedWidth(80);
    m_port->setAccessibleName(u"Port of the health checks"_s);
    m_port->setKeyboardTracking(true);
    for (QPushButton *button : {m_takePort, m_make, m_remove})
        button->setAutoDefault(false);
    m_onceText->setReadOnly(true);
    m_onceText->setFont(fixedFont());
    m_onceText->setAccessibleName(u"The token, shown this once"_s);
    m_once->hide();
    m_error->setAction(u"Leave it off"_s);
    m_tokenError->setRetryVisible(false);
    layOut();

    connect(m_on, &QCheckBox::clicked, this, [this](bool on) {
        if (on)
            m_endpoint->switchOn(quint16(m_port->value()));
        else
            m_endpoint->switchOff();
    });
    connect(m_takePort, &QPushButton::clicked, this, [this] { m_endpoint->switchOn(quint16(m_port->value())); });
    connect(m_port, &QSpinBox::valueChanged, this, &EndpointForm::tell);
    connect(m_make, &QPushButton::clicked, m_endpoint, &HealthEndpoint::makeToken);
    connect(m_remove, &QPushButton::clicked, m_endpoint, &HealthEndpoint::removeToken);
    connect(m_error, &ErrorBar::retry, this, [this] { m_endpoint->switchOn(quint16(m_port->value())); });
    connect(m_error, &ErrorBar::action, m_endpoint, &HealthEndpoint::switchOff);
    connect(m_endpoint, &HealthEndpoint::changed, this, &EndpointForm::tell);
    connect(m_endpoint, &HealthEndpoint::tokenMade, this, &EndpointForm::showToken);
    connect(m_endpoint, &HealthEndpoint::tokenFailed, this, [this](const Error &error) { m_tokenError->showError(u"The token was not changed as asked"_s, error); });
    tell();
}

void EndpointForm::layOut()
{
    auto *what = new PlainLabel(u"Of this program, whatever server it is connected to; only to this machine, on 127.0.0.1 and ::1. Without a name, a host or a statement of the database in any answer."_s,
                                this, "small");
    what->setWordWrap(true);
    auto *row = new QHBoxLayout;
    row->setSpacing(space::part);
    row->addWidget(m_on);
    row->addSpacing(space::part);
    auto *port = new PlainLabel(u"on port"_s, this, "muted");
    port->setBuddy(m_port);
    row->addWidget(port);
    row->addWidget(m_port);
    row->addWidget(m_takePort);
    row->addStretch();
    row->addWidget(m_state);
    auto *token = new QHBoxLayout;
    token->setSpacing(space::part);
    token->addWidget(m_token, 1);
    token->addWidget(m_remove);
    token->addWidget(m_make);
    auto *once = new QHBoxLayout(m_once);
    once->setContentsMargins(0, 0, 0, 0);
    once->setSpacing(space::part);
    auto *copy = new QPushButton(u"Copy the token"_s, m_once);
    copy->setAutoDefault(false);
    connect(copy, &QPushButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(m_onceText->text()); });
    once->addWidget(new PlainLabel(u"Shown this once:"_s, m_once, "warning"));
    once->addWidget(m_onceText, 1);
    once->addWidget(copy);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::part);
    column->addLayout(row);
    column->addWidget(what);
    column->addWidget(m_error);
    column->addLayout(token);
    column->addWidget(m_once);
    column->addWidget(m_tokenError);
}

void EndpointForm::tell()
{
    using State = HealthEndpoint::State;
    const State state = m_endpoint->state();
    const bool answering = state == State::Answering;
    m_on->setChecked(answering || state == State::Beginning); // what is, not what was wished
    m_takePort->setVisible(answering && m_port->value() != m_endpoint->port());
    switch (state) {
    case State::Off: m_state->setState(StateLook::Unknown, u"Off"_s); break;
    case State::Beginning: m_state->setState(StateLook::Busy, u"Beginning"_s); break;
    case State::Answering: m_state->setState(StateLook::Ok, u"Answering on port %1"_s.arg(m_endpoint->port())); break;
    case State::Failed: m_state->setState(StateLook::Critical, u"Not answering"_s); break;
    }
    m_state->setAccessibleName(m_state->word());
    if (state == State::Failed)
        m_error->showError(u"Health checks are not answered"_s, m_endpoint->error());
    else
        m_error->clear();
    const bool asks = m_endpoint->asksForToken();
    m_token->setText(asks ? u"A token is asked for, of each request but /livez"_s : u"No token: whoever is on this machine may ask"_s);
    m_make->setText(asks ? u"Make another token"_s : u"Make a token"_s);
    m_make->setToolTip(u"Kept in the keychain, and asked for by howdahctl serve too"_s);
    m_make->setEnabled(!m_endpoint->isTokenChanging());
    m_remove->setVisible(asks);
    m_remove->setEnabled(!m_endpoint->isTokenChanging());
    if (m_endpoint->isTokenChanging())
        m_tokenError->clear();
    if (!asks) {
        m_onceText->clear();
        m_once->hide();
    }
}

void EndpointForm::showToken(const QByteArray &token)
{
    m_onceText->setText(QString::fromLatin1(token));
    m_onceText->setCursorPosition(0);
    m_once->show();
}

} // namespace howdah::ui
