// SPDX-License-Identifier: GPL-3.0-or-later
// The badge that says what keeps a new query session of this profile from writing, and which layer of that is real: the role's rights, which
// it asks the server for once a connection, the session's setting, or only our warning. Its click shows each layer. Window's thread.
#pragma once

#include "session/guard.h"
#include "ui/shell/linkfacts.h"

#include <QPointer>
#include <QToolButton>

namespace howdah::ui
{

class Workspace;

class ReadOnlyBadge : public QToolButton
{
    Q_OBJECT
public:
    explicit ReadOnlyBadge(QWidget *parent = nullptr);
    void setWorkspace(Workspace *workspace);
    void setShort(bool isShort);
    session::ReadOnlyLayer layer() const;
    Facts facts() const;

private:
    session::ReadOnlyFacts known() const;
    void refresh();
    void askRights();

    QPointer<Workspace> m_workspace;
    std::optional<bool> m_roleMayWrite;
    QString m_whyUnknown;   // of the role's rights
    quint64 m_asked = 0;    // the connection whose rights were asked for; 0: none
    quint64 m_question = 0; // an answer to an older one is dropped
    bool m_short = false;
};

} // namespace howdah::ui
