// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/panestack.h"

#include "ui/shell/workspace.h"
#include "ui/widgets/emptystate.h"

namespace howdah::ui
{

PaneStack::PaneStack(QWidget *parent) : QStackedWidget(parent)
{
    setAccessibleName(QStringLiteral("Pane"));
}

Pane *PaneStack::currentPane() const
{
    return qobject_cast<Pane *>(currentWidget());
}

void PaneStack::setWorkspace(Workspace *workspace)
{
    if (m_workspace)
        m_workspace->disconnect(this);
    m_workspace = workspace;
    if (workspace)
        connect(workspace, &Workspace::stateChanged, this, &PaneStack::rebuild);
    rebuild();
}

void PaneStack::rebuild()
{
    // Panes hold what the workspace before gave them: all go, at once, before it does.
    const QHash<QString, Pane *> gone = std::exchange(m_panes, {});
    for (Pane *pane : gone) {
        pane->deactivated();
        removeWidget(pane);
        delete pane;
    }
    if (m_workspace && !m_currentId.isEmpty())
        showPane(std::exchange(m_currentId, {}));
}

void PaneStack::showPane(const QString &id)
{
    const auto descriptor = std::find_if(allPanes().cbegin(), allPanes().cend(), [&](const PaneDescriptor &d) { return d.id == id; });
    if (descriptor == allPanes().cend() || (id == m_currentId && currentWidget() != m_page))
        return;
    if (Pane *before = currentPane())
        before->deactivated();
    m_currentId = id;
    const bool ready = m_workspace && (!descriptor->needsServer || m_workspace->state() == Workspace::State::Ready);
    QWidget *shown = nullptr;
    if (ready) {
        Pane *&pane = m_panes[id];
        if (!pane) {
            pane = descriptor->make(m_workspace->context(), this);
            addWidget(pane);
            connect(pane, &Pane::attention, this, [this, id](int count, const QString &word) { emit attention(id, count, word); });
        }
        shown = pane;
    } else {
        shown = makePage();
        addWidget(shown);
    }
    setCurrentWidget(shown);
    if (m_page && m_page != shown)
        m_page->deleteLater();
    m_page = ready ? nullptr : shown;
    if (isVisible() && currentPane())
        currentPane()->activated();
}

void PaneStack::hideEvent(QHideEvent *event)
{
    QStackedWidget::hideEvent(event);
    if (currentPane())
        currentPane()->deactivated();
}

void PaneStack::showEvent(QShowEvent *event)
{
    QStackedWidget::showEvent(event);
    if (currentPane())
        currentPane()->activated();
}

QWidget *PaneStack::makePage() const
{
    using State = Workspace::State;
    const State state = m_workspace ? m_workspace->state() : State::ReadingSecrets;
    auto *self = const_cast<PaneStack *>(this);
    if (state == State::Empty) {
        auto *page = new EmptyState(QStringLiteral("No server yet. Howdah can start a PostgreSQL 18 of its own on this machine, or connect to yours."),
                                    QStringLiteral("Start a PostgreSQL 18 stack"),
                                    QStringLiteral("A pane shows one server, and none is saved here. The stack runs in Docker, listens on 127.0.0.1 only, "
                                                   "speaks TLS only, and keeps its passwords in the keychain."),
                                    self);
        page->setSecondButton(QStringLiteral("Connect to a server…"));
        connect(page, &EmptyState::clicked, this, &PaneStack::startStackWanted);
        connect(page, &EmptyState::secondClicked, this, &PaneStack::connectWanted);
        return page;
    }
    if (state == State::NeedsSecret) {
        const Error &error = m_workspace->secretError();
        const store::SecretKey key = m_workspace->missingKey();
        const QString of = QStringLiteral("%1 on %2").arg(key.role, m_workspace->profile().spec.address());
        const QString line = error.reason == QLatin1StringView("absent") ? QStringLiteral("The keychain holds no password for %1.").arg(of)
                                                                         : QStringLiteral("No password for %1: %2").arg(of, error.text());
        auto *page = new EmptyState(line, QStringLiteral("Enter the password…"),
                                    QStringLiteral("Passwords are kept in this system's keychain and nowhere else. Each belongs to one host, port and role."), self);
        page->setSecondButton(QStringLiteral("Ask the keychain again"));
        connect(page, &EmptyState::clicked, this, &PaneStack::passwordWanted);
        connect(page, &EmptyState::secondClicked, this, &PaneStack::retryWanted);
        return page;
    }
    return new EmptyState(m_workspace ? QStringLiteral("Waiting for the keychain.") : QString(), {}, {}, self);
}

} // namespace howdah::ui
