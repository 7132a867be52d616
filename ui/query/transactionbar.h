// SPDX-License-Identifier: GPL-3.0-or-later
// The line of a tab's own link: who and where, what its transaction is and for how long, which layer makes it read-only, Commit and Roll back.
// Shows what it is told. Window's thread.
#pragma once

#include "pg/session.h"
#include "session/guard.h"

#include <QTimer>
#include <QWidget>

class QCheckBox;
class QPushButton;

namespace howdah::ui
{

class ElidedLabel;
class PlainLabel;
class StateWord;

struct LinkView {
    QString role;
    QString database;
    pg::LinkState link = pg::LinkState::Closed;
    pg::TransactionState transaction = pg::TransactionState::Idle;
    qint64 sinceMs = 0;     // Unix time the transaction began
    int statements = 0;     // in it
    qint64 rows = 0;        // changed in it
    session::ReadOnlyLayer readOnly = session::ReadOnlyLayer::None;
    bool guarded = false;   // this profile's sessions begin read-only
    bool unlocked = false;  // and this one was unlocked
    bool newSession = false; // another backend than the one before: transaction, SET and temporary tables are gone
    bool busy = false;
};
QString transactionText(const LinkView &view, qint64 nowMs); // "in transaction 1 min 05 s · 2 statements · 12 rows changed"

class TransactionBar : public QWidget
{
    Q_OBJECT
public:
    explicit TransactionBar(QWidget *parent = nullptr);
    void setView(const LinkView &view);
    void setManualCommit(bool on);
    bool isManualCommit() const;

signals:
    void commit();
    void rollback();
    void unlockWanted();
    void lockWanted();
    void manualCommitChanged(bool on);

private:
    void refresh();

    LinkView m_view;
    StateWord *m_state;
    ElidedLabel *m_who;
    PlainLabel *m_new;
    ElidedLabel *m_badge;
    QPushButton *m_lock;
    QCheckBox *m_manual;
    QPushButton *m_commit;
    QPushButton *m_rollback;
    QTimer m_tick;
};

} // namespace howdah::ui
