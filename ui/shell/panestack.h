// SPDX-License-Identifier: GPL-3.0-or-later
// The panes of one workspace, each made when it is first shown; where a pane can't be yet, a page that says what is missing and offers it.
// Window's thread.
#pragma once

#include "ui/shell/pane.h"

#include <QHash>
#include <QPointer>
#include <QStackedWidget>

namespace howdah::ui
{

class Workspace;

class PaneStack : public QStackedWidget
{
    Q_OBJECT
public:
    explicit PaneStack(QWidget *parent = nullptr);
    void setWorkspace(Workspace *workspace); // drops the panes of the one before
    void showPane(const QString &id);
    QString currentId() const { return m_currentId; }
    Pane *currentPane() const; // null while a page stands in for it

signals:
    void attention(const QString &id, int count, const QString &word);
    void startStackWanted();
    void connectWanted();
    void passwordWanted();
    void retryWanted();

protected:
    void hideEvent(QHideEvent *event) override;
    void showEvent(QShowEvent *event) override;

private:
    void rebuild();
    QWidget *makePage() const;

    QPointer<Workspace> m_workspace;
    QHash<QString, Pane *> m_panes;
    QWidget *m_page = nullptr;
    QString m_currentId;
};

} // namespace howdah::ui
