// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/backup/backupbar.h"

#include "ui/backup/backupactions.h"
#include "ui/widgets/icon.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QHBoxLayout>
#include <QPushButton>

namespace howdah::ui
{

using namespace Qt::StringLiterals;

BackupBar::BackupBar(QWidget *parent)
    : QWidget(parent), m_where(new ElidedLabel({}, nullptr, "muted", Qt::ElideMiddle)), m_backUp(new QPushButton(u"Back up now…"_s)), m_verify(new QPushButton(u"Verify"_s)),
      m_restore(new QPushButton(u"Restore a dump…"_s)), m_drill(new QPushButton(u"Run a drill…"_s)), m_prune(new QPushButton(u"Remove old…"_s)), m_schedule(new QPushButton(u"Schedule…"_s)), m_cancel(new QPushButton(u"Cancel"_s)),
      m_place(new QPushButton(u"Place…"_s)), m_recover(new QPushButton(u"Recover…"_s))
{
    setLook(m_backUp, "primary");
    m_verify->setAccessibleName(u"Verify the backup that is chosen"_s);
    m_prune->setAccessibleName(u"Remove old backups"_s);
    m_schedule->setIcon(icon(u"clock"_s));
    m_schedule->setToolTip(u"When backups are taken, verified, rehearsed and removed without being asked: what is due, and how the last ones ended"_s);
    m_cancel->setAccessibleName(u"Cancel what is being planned"_s);
    m_cancel->hide();
    m_place->setIcon(icon(u"folder"_s));
    m_place->setToolTip(u"Where the backups lie: the stack's archive, or a folder"_s);
    for (QPushButton *flat : {m_verify, m_restore, m_drill, m_prune, m_schedule, m_cancel, m_place})
        setLook(flat, "flat");
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(space::part);
    for (QPushButton *button : {m_backUp, m_recover, m_verify, m_restore, m_drill, m_prune})
        row->addWidget(button);
    row->addWidget(m_where, 1);
    row->addWidget(m_cancel);
    row->addWidget(m_schedule);
    row->addWidget(m_place);
    connect(m_backUp, &QPushButton::clicked, this, &BackupBar::backUp);
    connect(m_verify, &QPushButton::clicked, this, &BackupBar::verify);
    connect(m_restore, &QPushButton::clicked, this, &BackupBar::restoreDump);
    connect(m_drill, &QPushButton::clicked, this, &BackupBar::drill);
    connect(m_prune, &QPushButton::clicked, this, &BackupBar::prune);
    connect(m_schedule, &QPushButton::clicked, this, &BackupBar::schedule);
    m_recover->setEnabled(false);
    m_recover->setToolTip(u"Back to a moment: found, rehearsed, compared, and only then written"_s);
    connect(m_recover, &QPushButton::clicked, this, &BackupBar::recover);
    connect(m_place, &QPushButton::clicked, this, &BackupBar::place);
    connect(m_cancel, &QPushButton::clicked, this, &BackupBar::giveUp);
    setCan({}, {}, false);
}

void BackupBar::setPlace(const QString &text, const QString &tip)
{
    m_placeText = text;
    m_placeTip = tip;
    if (m_busy.isEmpty()) {
        m_where->setText(text);
        m_where->setToolTip(tooltipText(tip));
    }
}

void BackupBar::setCan(const BackupCan &can, const QString &busyWith, bool canGiveUp)
{
    const auto show = [](QPushButton *button, const QString &why, const QString &what) {
        button->setEnabled(why.isEmpty());
        button->setToolTip(tooltipText(why.isEmpty() ? what : u"Not now: "_s + why));
    };
    show(m_backUp, can.noTake, u"Full, incremental, or a dump of one database; the plan is shown first (Ctrl+B)"_s);
    show(m_verify, can.noVerify, u"Every file of what is chosen against what was taken, and of what it builds on (Ctrl+Shift+V)"_s);
    show(m_restore, can.noRestore, u"Into a new or an existing database, all of it or what is picked"_s);
    show(m_drill, can.noDrill, u"Rehearses the newest that can be had in a container and keeps what came of it"_s);
    show(m_prune, can.noPrune, u"What would go is shown first, and why the others stay"_s);
    m_busy = busyWith;
    m_where->setText(busyWith.isEmpty() ? m_placeText : busyWith);
    m_where->setToolTip(busyWith.isEmpty() ? tooltipText(m_placeTip) : QString());
    m_cancel->setVisible(canGiveUp);
    m_place->setEnabled(busyWith.isEmpty());
    m_schedule->setEnabled(can.noSchedule.isEmpty());
}

void BackupBar::setRecoverable(bool recoverable)
{
    m_recover->setEnabled(recoverable);
}

} // namespace howdah::ui
