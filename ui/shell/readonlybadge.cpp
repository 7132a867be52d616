// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/readonlybadge.h"

#include "base/async.h"
#include "session/rights.h"
#include "ui/shell/workspace.h"
#include "ui/widgets/icon.h"
#include "ui/widgets/label.h"

namespace howdah::ui
{

using session::ReadOnlyLayer;

ReadOnlyBadge::ReadOnlyBadge(QWidget *parent) : QToolButton(parent)
{
    setLook(this, "part");
    setAccessibleName(QStringLiteral("What keeps it from writing"));
    setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    setIconSize({14, 14});
    connect(this, &QToolButton::clicked, this, [this] {
        if (m_workspace)
            popupFacts(this, facts());
    });
}

void ReadOnlyBadge::setWorkspace(Workspace *workspace)
{
    if (m_workspace)
        m_workspace->disconnect(this);
    m_workspace = workspace;
    m_roleMayWrite.reset();
    m_whyUnknown.clear();
    m_asked = 0;
    ++m_question;
    if (workspace) {
        connect(workspace, &Workspace::stateChanged, this, &ReadOnlyBadge::refresh);
        connect(workspace, &Workspace::linkChanged, this, &ReadOnlyBadge::refresh);
    }
    refresh();
}

void ReadOnlyBadge::setShort(bool isShort)
{
    m_short = isShort;
    refresh();
}

session::ReadOnlyFacts ReadOnlyBadge::known() const
{
    session::ReadOnlyFacts facts;
    if (!m_workspace)
        return facts;
    const session::Profile &profile = m_workspace->profile();
    const pg::Session *catalog = m_workspace->context().catalog;
    const pg::LinkFacts link = catalog ? catalog->status().facts : pg::LinkFacts();
    facts.wanted = profile.editorSpec().readOnly;
    // A pooler takes no settings at the login: there it is our warning alone.
    facts.defaultReadOnly = link.defaultReadOnly || (facts.wanted && !profile.spec.pooler);
    facts.inRecovery = link.inRecovery;
    facts.roleMayWrite = m_roleMayWrite;
    return facts;
}

ReadOnlyLayer ReadOnlyBadge::layer() const
{
    return session::readOnlyLayer(known());
}

void ReadOnlyBadge::refresh()
{
    const pg::Session *catalog = m_workspace ? m_workspace->context().catalog : nullptr;
    const bool once = catalog && catalog->status().generation > 0;
    setVisible(once);
    if (!once)
        return;
    askRights();
    const ReadOnlyLayer now = layer();
    QString text;
    switch (now) {
    // That nothing holds it is said only where the role's rights are known.
    case ReadOnlyLayer::None: text = !m_roleMayWrite ? QStringLiteral("rights not known") : m_short ? QStringLiteral("writes") : QStringLiteral("reads and writes"); break;
    case ReadOnlyLayer::Warning: text = m_short ? QStringLiteral("read-only: warning") : QStringLiteral("read-only by our warning alone"); break;
    case ReadOnlyLayer::SessionSetting: text = m_short ? QStringLiteral("read-only: setting") : QStringLiteral("read-only by session setting"); break;
    case ReadOnlyLayer::Recovery: text = m_short ? QStringLiteral("read-only: standby") : QStringLiteral("read-only by recovery"); break;
    case ReadOnlyLayer::RoleRights: text = m_short ? QStringLiteral("read-only: rights") : QStringLiteral("read-only by the role's rights"); break;
    }
    setText(text);
    setIcon(now == ReadOnlyLayer::None ? QIcon() : ui::icon(QStringLiteral("policy")));
    setToolTip(tooltipText(QStringLiteral("A new query tab: ") + session::readOnlyText(now)));
}

void ReadOnlyBadge::askRights()
{
    pg::Session *catalog = m_workspace->context().catalog;
    const pg::LinkStatus status = catalog->status();
    if (status.state != pg::LinkState::Connected || status.generation == m_asked)
        return;
    m_asked = status.generation;
    const quint64 question = ++m_question;
    const auto answer = catalog->run([](pg::Connection &connection, const CancelToken &cancel) { return session::roleMayWrite(connection, cancel); });
    async::onFinished(answer, this, [this, question](const Result<bool> &may) {
        if (question != m_question)
            return;
        m_roleMayWrite = may ? std::optional(*may) : std::nullopt;
        m_whyUnknown = may ? QString() : may.error().text();
        refresh();
    });
}

Facts ReadOnlyBadge::facts() const
{
    const session::ReadOnlyFacts now = known();
    const bool pooler = m_workspace->profile().spec.pooler;
    QString rights = QStringLiteral("not known") + (m_whyUnknown.isEmpty() ? QString() : QStringLiteral(": ") + m_whyUnknown);
    if (now.roleMayWrite)
        rights = *now.roleMayWrite ? QStringLiteral("may write") : QStringLiteral("may write to no table");
    QString setting = QStringLiteral("off: transactions begin read-write");
    if (now.wanted && !pooler)
        setting = QStringLiteral("on, by the profile; a session can undo it");
    else if (now.defaultReadOnly)
        setting = QStringLiteral("on, by the server, database or role; a session can undo it");
    else if (pooler)
        setting += QStringLiteral(", by the backend last met");
    return {QStringLiteral("A new query tab: ") + session::readOnlyText(layer()),
            {{QStringLiteral("Role's rights (the server's word)"), rights},
             {QStringLiteral("Recovery (the server's state)"), now.inRecovery ? QStringLiteral("standby: no writes") : QStringLiteral("no: a primary")},
             {QStringLiteral("Session setting (a guard rail)"), setting},
             {QStringLiteral("Our warning"), now.wanted ? QStringLiteral("on: production opens read-only") : QStringLiteral("off")}},
            QStringLiteral("A query tab that was unlocked says so itself.")};
}

} // namespace howdah::ui
