// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/migrations/migrationsbar.h"

#include "ui/migrations/projectsource.h"
#include "ui/widgets/icon.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QHBoxLayout>
#include <QPushButton>

namespace howdah::ui
{

using namespace Qt::StringLiterals;

MigrationsBar::MigrationsBar(QWidget *parent)
    : QWidget(parent), m_run(new QPushButton(u"Run…"_s)), m_revert(new QPushButton(u"Revert…"_s)), m_redo(new QPushButton(u"Redo…"_s)), m_new(new QPushButton(u"New migration…"_s)),
      m_folder(new ElidedLabel({}, nullptr, "muted", Qt::ElideMiddle)), m_settings(new QPushButton(u"Settings…"_s))
{
    setLook(m_run, "primary");
    m_run->setToolTip(u"Shows every statement and what it blocks first (Ctrl+R)"_s);
    m_revert->setToolTip(u"The way back of what was applied last; shown first"_s);
    m_redo->setToolTip(u"Back and forth again with what was applied last; shown first"_s);
    m_new->setIcon(icon(u"plus"_s));
    m_new->setToolTip(u"A file with both sections (Ctrl+N)"_s);
    m_settings->setToolTip(u"Folder, role, search path, lock timeout"_s);
    for (QPushButton *flat : {m_new, m_revert, m_redo, m_settings})
        setLook(flat, "flat");
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(space::part);
    for (QPushButton *button : {m_run, m_revert, m_redo, m_new})
        row->addWidget(button);
    row->addWidget(m_folder, 1);
    row->addWidget(m_settings);
    connect(m_run, &QPushButton::clicked, this, &MigrationsBar::run);
    connect(m_revert, &QPushButton::clicked, this, &MigrationsBar::revert);
    connect(m_redo, &QPushButton::clicked, this, &MigrationsBar::redo);
    connect(m_new, &QPushButton::clicked, this, &MigrationsBar::make);
    connect(m_settings, &QPushButton::clicked, this, &MigrationsBar::settings);
}

void MigrationsBar::show(const Project &project, const QString &folder, bool running)
{
    const bool has = !folder.isEmpty() && !running;
    const qsizetype waits = project.pending().size();
    m_run->setText(waits == 0 ? u"Run…"_s : waits == 1 ? u"Run 1 migration…"_s : u"Run %1 migrations…"_s.arg(waits));
    m_run->setEnabled(has && (waits > 0 || project.state.count(migrations::Standing::Edited) > 0));
    m_revert->setEnabled(has && !project.ledger.versions.isEmpty());
    m_redo->setEnabled(has && !project.ledger.versions.isEmpty());
    m_new->setEnabled(has);
    m_settings->setEnabled(!running);
    m_folder->setText(folder);
}

void MigrationsBar::showForeign(const QString &folder)
{
    show({}, folder, false);
    for (QPushButton *button : {m_run, m_revert, m_redo, m_new})
        button->setEnabled(false);
}

bool MigrationsBar::mayRun() const
{
    return m_run->isEnabled();
}

bool MigrationsBar::mayMake() const
{
    return m_new->isEnabled();
}

} // namespace howdah::ui
