// SPDX-License-Identifier: GPL-3.0-or-later
// What can be done with the backups of a server, above them, and where they lie. What can't be done says why in its tooltip. Window's thread.
#pragma once

#include <QWidget>

class QPushButton;

namespace howdah::ui
{

class ElidedLabel;
struct BackupCan;

class BackupBar : public QWidget
{
    Q_OBJECT
public:
    explicit BackupBar(QWidget *parent = nullptr);
    void setPlace(const QString &text, const QString &tip);
    void setCan(const BackupCan &can, const QString &busyWith, bool canGiveUp);
    void setRecoverable(bool recoverable); // there is a place, and so something to look at
    QPushButton *placeButton() const { return m_place; }

signals:
    void backUp();
    void verify();
    void restoreDump();
    void drill();
    void prune();
    void schedule();
    void place();
    void giveUp();
    void recover();

private:
    ElidedLabel *m_where;
    QString m_placeText;
    QString m_placeTip;
    QString m_busy;
    QPushButton *m_backUp;
    QPushButton *m_verify;
    QPushButton *m_restore;
    QPushButton *m_drill;
    QPushButton *m_prune;
    QPushButton *m_schedule;
    QPushButton *m_cancel;
    QPushButton *m_place;
    QPushButton *m_recover;
};

} // namespace howdah::ui
