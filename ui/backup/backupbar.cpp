// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/backup/backupbar.h"

#include "ui/widgets/icon.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QHBoxLayout>
#include <QPushButton>

namespace howdah::ui
{

using namespace Qt::StringLiterals;

BackupBar::BackupBar(QWidget *parent) : QWidget(parent), m_where(new ElidedLabel({}, nullptr, "muted", Qt::ElideMiddle)), m_place(new QPushButton(u"Place…"_s))
{
    m_place->setIcon(icon(u"folder"_s));
    m_place->setToolTip(u"Where the backups lie: the stack's archive, or a folder"_s);
    setLook(m_place, "flat");
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(space::part);
    row->addWidget(m_where, 1);
    row->addWidget(m_place);
    connect(m_place, &QPushButton::clicked, this, &BackupBar::place);
}

void BackupBar::setPlace(const QString &text, const QString &tip)
{
    m_where->setText(text);
    m_where->setToolTip(tooltipText(tip));
}

} // namespace howdah::ui
