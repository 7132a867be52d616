// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/migrations/optionsdialog.h"

#include "ui/query/choosefile.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QFormLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;

OptionsDialog::OptionsDialog(const MigrationOptions &options, QWidget *parent)
    : QDialog(parent), m_options(options), m_folder(new QLineEdit(options.folder)), m_role(new QLineEdit(options.role)), m_searchPath(new QLineEdit(options.searchPath)), m_lockTimeout(new QSpinBox),
      m_tries(new QSpinBox)
{
    setWindowTitle(u"How migrations are run"_s);
    setAttribute(Qt::WA_DeleteOnClose);
    setMinimumWidth(560);
    m_folder->setAccessibleName(u"Folder of the migrations"_s);
    m_role->setAccessibleName(u"Role that they are run as"_s);
    m_role->setPlaceholderText(u"the profile's own"_s);
    m_searchPath->setAccessibleName(u"Search path"_s);
    m_lockTimeout->setRange(0, 3'600'000);
    m_lockTimeout->setSingleStep(500);
    m_lockTimeout->setSuffix(u" ms"_s);
    m_lockTimeout->setSpecialValueText(u"without end"_s);
    m_lockTimeout->setValue(options.lockTimeoutMs);
    m_lockTimeout->setToolTip(u"A statement that waits longer is given up and tried again, so that whoever comes behind it is let through in between"_s);
    m_tries->setRange(1, 1000);
    m_tries->setValue(options.tries);
    auto *choose = new QPushButton(u"Choose…"_s);
    auto *folder = new QHBoxLayout;
    folder->setSpacing(space::part);
    folder->addWidget(m_folder, 1);
    folder->addWidget(choose);
    auto *form = new QFormLayout;
    form->setHorizontalSpacing(space::group);
    form->setVerticalSpacing(space::part);
    form->addRow(u"Folder"_s, folder);
    form->addRow(u"As the role"_s, m_role);
    form->addRow(u"Search path"_s, m_searchPath);
    form->addRow(u"Wait for a lock"_s, m_lockTimeout);
    form->addRow(u"Tries"_s, m_tries);
    auto *keep = new QPushButton(u"Keep these settings"_s);
    setLook(keep, "primary");
    keep->setDefault(true);
    auto *cancel = new QPushButton(u"Cancel"_s);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(space::part);
    buttons->addStretch(1);
    buttons->addWidget(cancel);
    buttons->addWidget(keep);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(space::edge, space::group, space::edge, space::group);
    column->setSpacing(space::group);
    column->addLayout(form);
    column->addLayout(buttons);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(keep, &QPushButton::clicked, this, &QDialog::accept);
    connect(choose, &QPushButton::clicked, this, [this] {
        FileQuestion question;
        question.title = u"The folder of this project's migrations"_s;
        question.verb = u"Choose"_s;
        question.proposal = m_folder->text();
        question.folder = true;
        chooseFile(this, question, this, [this](const QString &path) { m_folder->setText(path); });
    });
}

MigrationOptions OptionsDialog::options() const
{
    MigrationOptions options = m_options;
    options.folder = m_folder->text().trimmed();
    options.role = m_role->text().trimmed();
    options.searchPath = m_searchPath->text().trimmed().isEmpty() ? u"public"_s : m_searchPath->text().trimmed();
    options.lockTimeoutMs = m_lockTimeout->value();
    options.tries = m_tries->value();
    return options;
}

} // namespace howdah::ui
