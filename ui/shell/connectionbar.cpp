// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/connectionbar.h"

#include "base/units.h"
#include "ui/shell/comebacknote.h"
#include "ui/shell/linkfacts.h"
#include "ui/shell/readonlybadge.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/icon.h"
#include "ui/widgets/label.h"
#include "ui/widgets/stateword.h"
#include "ui/widgets/theme.h"

#include <QDateTime>
#include <QHBoxLayout>
#include <QPainter>
#include <QPushButton>
#include <QResizeEvent>
#include <QToolButton>
#include <QVBoxLayout>

namespace howdah::ui
{

namespace
{
constexpr int edgeHeight = 3;
constexpr int roomyWidth = 1360;

// The server went silent: either a statement still waits, or the link was given up for that reason and stands no more.
bool isSilent(const pg::LinkStatus &link)
{
    const bool again = link.state == pg::LinkState::Connecting || link.state == pg::LinkState::Lost;
    return link.state == pg::LinkState::NoAnswer || (again && link.generation > 0 && link.error.kind == ErrorKind::Timeout);
}
}

ConnectionBar::ConnectionBar(QWidget *parent)
    : QWidget(parent), m_environment(part(Part::Environment, "Environment")), m_name(part(Part::Environment, "Server")),
      m_address(part(Part::Address, "Address")), m_version(part(Part::Version, "Server version")), m_tls(part(Part::Tls, "Encryption")),
      m_role(part(Part::Role, "Role")), m_pooler(part(Part::Pooler, "Pooler")), m_readOnly(new ReadOnlyBadge(this)),
      m_comeback(new ComebackNote(this)), m_state(new StateWord(this)), m_action(new QPushButton(this)), m_search(new QPushButton(this)),
      m_range(new QToolButton(this))
{
    setAccessibleName(QStringLiteral("Connection"));
    disconnect(m_name, &QToolButton::clicked, nullptr, nullptr); // it has the menu of servers instead
    m_name->setPopupMode(QToolButton::InstantPopup);
    m_name->setAccessibleName(QStringLiteral("Choose a server"));
    m_name->setToolTip(QStringLiteral("Choose a server"));
    QFont strong = textFont();
    strong.setWeight(QFont::DemiBold);
    m_name->setFont(strong);
    m_name->setIcon(icon(QStringLiteral("chevron-down")));
    m_name->setLayoutDirection(Qt::RightToLeft); // the arrow stands behind the word
    m_address->setFont(fixedFont());
    m_role->setFont(fixedFont());
    m_search->setAccessibleName(QStringLiteral("Search or run a command"));
    m_search->setIcon(icon(QStringLiteral("search")));
    m_range->setIcon(icon(QStringLiteral("clock")));
    m_range->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_range->setPopupMode(QToolButton::InstantPopup);
    m_range->setAccessibleName(QStringLiteral("Time range"));
    m_range->setToolTip(QStringLiteral("Time range of every chart"));

    m_pooler->setText(QStringLiteral("pooler"));
    m_pooler->setToolTip(QStringLiteral("A pooler in transaction mode stands before the server: what can't be had there"));

    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto *row = new QHBoxLayout;
    column->addLayout(row);
    column->addWidget(m_comeback);
    row->setContentsMargins(space::part, edgeHeight + 6, space::part, 7);
    row->setSpacing(3);
    for (QWidget *widget : std::initializer_list<QWidget *>{m_environment, m_name, m_address, m_pooler, m_version, m_tls, m_role, m_readOnly})
        row->addWidget(widget);
    row->insertSpacing(1, space::inside);
    row->addSpacing(space::part);
    row->addWidget(m_state);
    m_separated = {m_address, m_pooler, m_version, m_tls, m_role, m_readOnly, m_state};
    row->addSpacing(space::part);
    row->addWidget(m_action);
    row->addStretch(1);
    row->addWidget(m_search);
    row->addSpacing(space::inside);
    row->addWidget(m_range);

    m_tick.setInterval(500);
    connect(&m_tick, &QTimer::timeout, this, &ConnectionBar::refreshState);
    connect(m_search, &QPushButton::clicked, this, &ConnectionBar::searchWanted);
    connect(m_action, &QPushButton::clicked, this, [this] {
        if (m_workspace && isSilent(m_workspace->link()) && m_workspace->link().state != pg::LinkState::Lost)
            emit cancelWanted();
        else
            emit reconnectWanted();
    });
    refresh();
}

QToolButton *ConnectionBar::part(Part which, const char *name)
{
    auto *button = new QToolButton(this);
    setLook(button, "part");
    button->setAccessibleName(QString::fromLatin1(name));
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button->setIconSize({14, 14});
    connect(button, &QToolButton::clicked, this, [this, which, button] { showFacts(which, button); });
    return button;
}

void ConnectionBar::setWorkspace(Workspace *workspace)
{
    if (m_workspace)
        m_workspace->disconnect(this);
    m_workspace = workspace;
    if (workspace) {
        connect(workspace, &Workspace::stateChanged, this, &ConnectionBar::refresh);
        connect(workspace, &Workspace::linkChanged, this, &ConnectionBar::refresh);
    }
    m_readOnly->setWorkspace(workspace);
    m_comeback->setWorkspace(workspace);
    refresh();
}

void ConnectionBar::refresh()
{
    const bool server = m_workspace && m_workspace->state() != Workspace::State::Empty;
    for (QWidget *widget : std::initializer_list<QWidget *>{m_environment, m_address, m_version, m_tls, m_role})
        widget->setVisible(server);
    m_name->setText(server ? units::oneLine(m_workspace->profile().name) : QStringLiteral("No server"));
    if (server) {
        const session::Profile &profile = m_workspace->profile();
        const pg::LinkFacts facts = m_workspace->link().facts;
        const EnvironmentColors environment = environmentColors(profile.environment);
        m_environment->setText(session::environmentName(profile.environment).toUpper());
        m_environment->setStyleSheet(QStringLiteral("QToolButton { background: %1; color: %2; border: 1px solid %1; border-radius: 4px;"
                                                    " padding: 3px 8px; font-weight: 700; } QToolButton:focus { border-color: %3; }")
                                         .arg(environment.block.name(), environment.ink.name(), colors().text.name()));
        m_environment->setToolTip(QStringLiteral("What this server is to you; kept in its profile"));
        m_address->setText(units::oneLine(profile.spec.address()));
        m_version->setVisible(!facts.serverVersion.isEmpty());
        m_version->setText((width() < roomyWidth ? QStringLiteral("PG ") : QStringLiteral("PostgreSQL ")) + facts.serverVersion);
        m_tls->setVisible(!facts.serverVersion.isEmpty());
        m_tls->setIcon(icon(facts.tls ? QStringLiteral("lock") : QStringLiteral("unlock")));
        QString tls = facts.tlsProtocol;
        m_tls->setText(facts.tls ? tls.replace(QLatin1StringView("TLSv"), QLatin1StringView("TLS ")) : QStringLiteral("not encrypted"));
        QString role = units::oneLine(profile.spec.role);
        if (facts.inRecovery)
            role += QStringLiteral(" · standby");
        // Where there is no room for it, the click and the tooltip say it.
        const QString kept = m_workspace->isSessionOnly() ? QStringLiteral("password for this session only") : QString();
        if (!kept.isEmpty() && width() >= roomyWidth)
            role += QStringLiteral(" · ") + kept;
        m_role->setToolTip(kept.isEmpty() ? QString() : tooltipText(kept));
        m_role->setText(role);
    }
    m_pooler->setVisible(server && m_workspace->profile().spec.pooler);
    m_readOnly->setShort(width() < roomyWidth);
    m_search->setText(width() < roomyWidth ? QStringLiteral("Ctrl+K") : QStringLiteral("Search or run…   Ctrl+K"));
    refreshState();
    update();
}

QString ConnectionBar::stateText() const
{
    if (!m_workspace || m_workspace->state() == Workspace::State::Empty)
        return {};
    if (m_workspace->state() == Workspace::State::ReadingSecrets)
        return QStringLiteral("waiting for the keychain");
    if (m_workspace->state() == Workspace::State::NeedsSecret)
        return QStringLiteral("no password");
    const pg::LinkStatus link = m_workspace->link();
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    switch (link.state) {
    case pg::LinkState::NoAnswer:
        return QStringLiteral("no answer for %1 s").arg(qMax<qint64>(0, now - link.sinceMs) / 1000);
    case pg::LinkState::Lost:
        if (isSilent(link) && link.retryAtMs > 0)
            return QStringLiteral("no answer · next try in %1 s").arg(qMax<qint64>(0, link.retryAtMs - now + 999) / 1000);
        if (link.retryAtMs > 0)
            return QStringLiteral("lost · next try in %1 s").arg(qMax<qint64>(0, link.retryAtMs - now + 999) / 1000);
        return link.generation > 0 ? QStringLiteral("lost") : QStringLiteral("not connected");
    case pg::LinkState::Closed: return QStringLiteral("closed");
    case pg::LinkState::Connecting:
        return isSilent(link) ? QStringLiteral("no answer · connecting") : QStringLiteral("connecting");
    case pg::LinkState::Connected: break;
    }
    return QStringLiteral("connected");
}

void ConnectionBar::refreshState()
{
    const QString text = stateText();
    const pg::LinkState link = m_workspace ? m_workspace->link().state : pg::LinkState::Closed;
    const bool ready = m_workspace && m_workspace->state() == Workspace::State::Ready;
    const bool silent = ready && isSilent(m_workspace->link());
    StateLook look = StateLook::Unknown;
    if (silent) {
        look = StateLook::Warning;
    } else if (ready) {
        switch (link) {
        case pg::LinkState::Connected: look = StateLook::Ok; break;
        case pg::LinkState::Connecting: look = StateLook::Busy; break;
        case pg::LinkState::NoAnswer: look = StateLook::Warning; break;
        case pg::LinkState::Lost: look = StateLook::Critical; break;
        case pg::LinkState::Closed: break;
        }
    }
    m_state->setState(look, text);
    m_state->setVisible(!text.isEmpty());
    m_state->setToolTip(ready && link != pg::LinkState::Connected ? tooltipText(m_workspace->link().error.text()) : QString());
    const bool waiting = silent && link != pg::LinkState::Lost;
    const bool broken = ready && (link == pg::LinkState::Lost || link == pg::LinkState::Closed);
    m_action->setVisible(waiting || broken);
    m_action->setText(waiting ? QStringLiteral("Cancel") : QStringLiteral("Reconnect"));
    m_action->setAccessibleName(waiting ? QStringLiteral("Stop waiting for the server") : QStringLiteral("Reconnect now"));
    waiting || broken ? m_tick.start() : m_tick.stop();
}

void ConnectionBar::showFacts(Part which, QWidget *below)
{
    if (!m_workspace)
        return;
    switch (which) {
    case Part::Environment:
    case Part::Address: return popupFacts(below, addressFacts(*m_workspace));
    case Part::Version: return popupFacts(below, versionFacts(*m_workspace));
    case Part::Tls: return popupFacts(below, tlsFacts(*m_workspace));
    case Part::Role: return popupFacts(below, roleFacts(*m_workspace));
    case Part::Pooler: return popupFacts(below, poolerFacts());
    }
}

void ConnectionBar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), colors().surface);
    painter.fillRect(0, height() - 1, width(), 1, colors().border);
    for (const QWidget *part : m_separated) {
        if (part->isVisible())
            painter.fillRect(part->x() - (part == m_state ? space::part : 1), part->geometry().center().y() - 6, 1, 13, colors().border);
    }
    const bool server = m_workspace && m_workspace->state() != Workspace::State::Empty;
    painter.fillRect(0, 0, width(), edgeHeight, server ? environmentColors(m_workspace->profile().environment).block : colors().border);
}

void ConnectionBar::resizeEvent(QResizeEvent *event)
{
    if ((event->oldSize().width() < roomyWidth) != (event->size().width() < roomyWidth))
        refresh();
    QWidget::resizeEvent(event);
}

} // namespace howdah::ui
