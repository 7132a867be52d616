// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/backup/placedialog.h"

#include "ui/query/choosefile.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QDir>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QVBoxLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;

PlaceDialog::PlaceDialog(const backup::StandChoice &choice, QWidget *parent)
    : QDialog(parent), m_choice(choice), m_inFolder(new QRadioButton(u"A folder of this machine"_s)), m_folder(new QLineEdit(choice.folder)), m_archive(new QLineEdit(choice.archive)),
      m_use(new QPushButton(u"Use this place"_s))
{
    setWindowTitle(u"Where the backups lie"_s);
    setAttribute(Qt::WA_DeleteOnClose);
    setMinimumWidth(600);
    m_folder->setAccessibleName(u"Folder of the backups"_s);
    m_folder->setPlaceholderText(u"/mnt/disk/backups"_s);
    m_archive->setAccessibleName(u"Folder of the WAL"_s);
    m_archive->setPlaceholderText(u"wal in the same folder, or the folder itself"_s);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(space::edge, space::group, space::edge, space::group);
    column->setSpacing(space::part);
    if (!choice.profile.stack.isEmpty()) {
        m_stack = new QRadioButton(u"The archive of the stack %1"_s.arg(choice.profile.stack));
        m_stack->setToolTip(tooltipText(u"The volume %1_archive: it lies on the same disk as the data unless Docker's folder is elsewhere"_s.arg(choice.profile.stack)));
        column->addWidget(m_stack);
        m_stack->setChecked(choice.folder.isEmpty());
        connect(m_stack, &QRadioButton::toggled, this, &PlaceDialog::check);
    }
    m_inFolder->setChecked(!m_stack || !choice.folder.isEmpty());
    column->addWidget(m_inFolder);
    auto *form = new QFormLayout;
    form->setContentsMargins(space::edge, 0, 0, 0);
    form->setHorizontalSpacing(space::group);
    form->setVerticalSpacing(space::part);
    const auto row = [&](const QString &name, QLineEdit *field, const QString &title) {
        auto *choose = new QPushButton(u"Choose…"_s);
        choose->setAccessibleName(u"Choose: "_s + title);
        auto *line = new QHBoxLayout;
        line->setSpacing(space::part);
        line->addWidget(field, 1);
        line->addWidget(choose);
        form->addRow(name, line);
        connect(choose, &QPushButton::clicked, this, [this, field, title] { chooseInto(field, title); });
        connect(field, &QLineEdit::textChanged, this, &PlaceDialog::check);
        connect(field, &QLineEdit::textEdited, m_inFolder, [this] { m_inFolder->setChecked(true); });
    };
    row(u"Folder"_s, m_folder, u"The folder of the backups"_s);
    row(u"Its WAL"_s, m_archive, u"The folder of the WAL"_s);
    column->addLayout(form);
    auto *why = new PlainLabel(u"A folder on another disk survives the one that the data lies on. It is not made where it is missing: a disk that is not mounted would be filled up where it is mounted."_s, nullptr, "muted");
    why->setWordWrap(true);
    column->addWidget(why);
    setLook(m_use, "primary");
    m_use->setDefault(true);
    auto *cancel = new QPushButton(u"Cancel"_s);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(space::part);
    buttons->addStretch(1);
    buttons->addWidget(cancel);
    buttons->addWidget(m_use);
    column->addSpacing(space::part);
    column->addLayout(buttons);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_use, &QPushButton::clicked, this, &QDialog::accept);
    check();
}

void PlaceDialog::chooseInto(QLineEdit *field, const QString &title)
{
    FileQuestion question;
    question.title = title;
    question.verb = u"Choose"_s;
    question.proposal = field->text().isEmpty() ? QDir::homePath() : field->text();
    question.folder = true;
    chooseFile(this, question, this, [this, field](const QString &path) {
        field->setText(path);
        m_inFolder->setChecked(true);
    });
}

void PlaceDialog::check()
{
    // Whether it is there is seen by who reads it: the window's thread looks at no disk.
    m_use->setEnabled(!m_inFolder->isChecked() || QDir::isAbsolutePath(m_folder->text().trimmed()));
}

backup::StandChoice PlaceDialog::choice() const
{
    backup::StandChoice choice = m_choice;
    const bool folder = m_inFolder->isChecked();
    choice.folder = folder ? QDir::cleanPath(m_folder->text().trimmed()) : QString();
    choice.archive = folder ? m_archive->text().trimmed() : QString();
    return choice;
}

} // namespace howdah::ui
