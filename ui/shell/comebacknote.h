// SPDX-License-Identifier: GPL-3.0-or-later
// One line below the connection bar when a link came back and what answers is not simply the same server: restarted, failed over, another one,
// a standby now, or not known. It stays until it is dismissed. Window's thread.
#pragma once

#include "pg/session.h"

#include <QFrame>
#include <QHash>
#include <QPointer>

class QPushButton;

namespace howdah::ui
{

class ElidedLabel;
class Workspace;

class ComebackNote : public QFrame
{
    Q_OBJECT
public:
    explicit ComebackNote(QWidget *parent = nullptr);
    void setWorkspace(Workspace *workspace);
    QString text() const; // empty: not shown

    // What a link's return has to say; empty: nothing. `lostIn`: of the state before; `wasStandby`: of the connection before.
    static QString textOf(const pg::LinkStatus &now, pg::TransactionState lostIn, bool wasStandby);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    struct Seen {
        quint64 generation = 0;
        pg::TransactionState lostIn = pg::TransactionState::Idle;
        bool standby = false;
    };
    void look();
    void dismiss();

    QPointer<Workspace> m_workspace;
    QHash<const pg::Session *, Seen> m_seen;
    ElidedLabel *m_label;
    QPushButton *m_dismiss;
    int m_weight = 0; // of what is shown: a lesser thing does not take its place
};

} // namespace howdah::ui
