// SPDX-License-Identifier: GPL-3.0-or-later
// The side panel: one session in full, what blocks it and whom it blocks, its statement, and the two ways to end it. Window's thread.
#pragma once

#include "activity/ending.h"
#include "activity/locktree.h"

#include <QFrame>

class QFormLayout;
class QPlainTextEdit;
class QPushButton;

namespace howdah::ui
{

class PlainLabel;
class SqlHighlighter;

class SessionDetail : public QFrame
{
    Q_OBJECT
public:
    explicit SessionDetail(QWidget *parent = nullptr);

    void show(const activity::LockTree &tree, int pid); // another pid: all anew; the same: figures change, the statement's selection stays
    void showNothing();
    void setEndingAllowed(bool allowed, const QString &why); // false while the past or a file is looked at
    int pid() const { return m_pid; }
    QPushButton *cancelButton() const { return m_cancel; }
    QPushButton *terminateButton() const { return m_terminate; }

signals:
    void endWanted(howdah::activity::End how, int pid);
    void blockerWanted(int pid); // the root that holds it up
    void closed();

private:
    void setFact(const QString &name, const QString &value, const QString &tip = {});

    int m_pid = 0;
    int m_root = 0;
    bool m_allowed = true;
    QString m_statement;
    PlainLabel *m_title;
    PlainLabel *m_does;
    QFormLayout *m_facts;
    QHash<QString, PlainLabel *> m_values;
    QPlainTextEdit *m_text;
    SqlHighlighter *m_highlighter;
    QPushButton *m_toRoot;
    QPushButton *m_cancel;
    QPushButton *m_terminate;
};

} // namespace howdah::ui
