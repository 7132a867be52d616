// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/backup/takedialog.h"

#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QSpinBox>
#include <QVBoxLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;

namespace
{

PlainLabel *wrapping(const QString &text)
{
    auto *label = new PlainLabel(text, nullptr, "muted");
    label->setWordWrap(true);
    return label;
}

QStringList words(const QLineEdit *field)
{
    QStringList all;
    for (const QString &word : field->text().split(u',', Qt::SkipEmptyParts))
        all << word.trimmed();
    all.removeAll(QString());
    return all;
}

} // namespace

TakeDialog::TakeDialog(const TakeFacts &facts, QWidget *parent)
    : QDialog(parent), m_full(new QRadioButton(u"Full base backup"_s)), m_incremental(new QRadioButton(u"Incremental base backup"_s)), m_dump(new QRadioButton(u"Dump of one database"_s)),
      m_compress(new QCheckBox(u"Compressed (tar files under zstd)"_s)), m_verify(new QCheckBox(u"Verified before it has its name"_s)), m_pageErrors(new QCheckBox(u"Take pages whose checksums are wrong as they are"_s)),
      m_database(new QLineEdit(facts.database)), m_format(new QComboBox), m_jobs(new QSpinBox), m_only(new QLineEdit), m_exclude(new QLineEdit), m_schemaOnly(new QCheckBox(u"Without rows"_s)),
      m_statistics(new QCheckBox(u"The planner's statistics too"_s)), m_globals(new QCheckBox(u"Roles and tablespaces beside it"_s)), m_label(new QLineEdit), m_plan(new QPushButton(u"Show the plan…"_s))
{
    setWindowTitle(u"Back up now"_s);
    setAttribute(Qt::WA_DeleteOnClose);
    setMinimumWidth(600);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(space::edge, space::group, space::edge, space::group);
    column->setSpacing(space::part);
    column->addWidget(kinds(facts));
    m_clusterPart = clusterOptions();
    m_dumpPart = dumpOptions(facts);
    column->addWidget(m_clusterPart);
    column->addWidget(m_dumpPart);
    auto *form = new QFormLayout;
    form->setHorizontalSpacing(space::group);
    m_label->setAccessibleName(u"Label"_s);
    m_label->setMaxLength(250);
    m_label->setPlaceholderText(u"kept in it: before release 7"_s);
    form->addRow(u"Label"_s, m_label);
    auto *place = new ElidedLabel(facts.place, nullptr, "", Qt::ElideMiddle);
    form->addRow(u"Into"_s, place);
    column->addLayout(form);
    setLook(m_plan, "primary");
    m_plan->setDefault(true);
    m_plan->setToolTip(u"The exact commands, before anything starts"_s);
    auto *cancel = new QPushButton(u"Cancel"_s);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(space::part);
    buttons->addStretch(1);
    buttons->addWidget(cancel);
    buttons->addWidget(m_plan);
    column->addSpacing(space::part);
    column->addLayout(buttons);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_plan, &QPushButton::clicked, this, &QDialog::accept);
    for (QRadioButton *each : {m_full, m_incremental, m_dump})
        connect(each, &QRadioButton::toggled, this, &TakeDialog::showKind);
    connect(m_database, &QLineEdit::textChanged, this, &TakeDialog::showKind);
    connect(m_format, &QComboBox::currentIndexChanged, this, &TakeDialog::showKind);
    (facts.noPhysical.isEmpty() ? m_full : m_dump)->setChecked(true);
    showKind();
}

QWidget *TakeDialog::kinds(const TakeFacts &facts)
{
    auto *part = new QWidget;
    auto *column = new QVBoxLayout(part);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::inside);
    const auto add = [&](QRadioButton *button, const QString &what, const QString &whyNot) {
        column->addWidget(button);
        button->setEnabled(whyNot.isEmpty());
        auto *words = wrapping(whyNot.isEmpty() ? what : u"Not now: "_s + whyNot);
        words->setContentsMargins(space::edge, 0, 0, 0);
        button->setAccessibleDescription(words->text());
        column->addWidget(words);
    };
    add(m_full, u"Every file of the cluster. With the WAL behind it any moment can be brought back."_s, facts.noPhysical);
    add(m_incremental, u"What has changed since the last full one; it is of use only with that. PostgreSQL 18.6 and later."_s, facts.noPhysical.isEmpty() ? facts.noIncremental : facts.noPhysical);
    add(m_dump, u"By pg_dump: can be restored into another version, whole or in parts; of one moment, and no other."_s, {});
    return part;
}

QWidget *TakeDialog::clusterOptions()
{
    auto *part = new QWidget;
    auto *column = new QVBoxLayout(part);
    column->setContentsMargins(0, space::part, 0, 0);
    column->setSpacing(space::inside);
    m_verify->setChecked(true);
    m_compress->setToolTip(u"Smaller, and unpacked before a rehearsal"_s);
    m_pageErrors->setToolTip(u"Without it a wrong checksum ends the backup and nothing is kept; with it the backup says so"_s);
    for (QCheckBox *each : {m_compress, m_verify, m_pageErrors})
        column->addWidget(each);
    return part;
}

QWidget *TakeDialog::dumpOptions(const TakeFacts &)
{
    auto *part = new QWidget;
    auto *form = new QFormLayout(part);
    form->setContentsMargins(0, space::part, 0, 0);
    form->setHorizontalSpacing(space::group);
    form->setVerticalSpacing(space::part);
    m_database->setAccessibleName(u"Database"_s);
    m_format->setAccessibleName(u"Format"_s);
    m_format->addItem(u"one file (custom)"_s);
    m_format->addItem(u"a directory, several tables at a time"_s);
    m_jobs->setAccessibleName(u"Tables at a time"_s);
    m_jobs->setRange(1, 64);
    m_jobs->setValue(2);
    m_only->setAccessibleName(u"Only"_s);
    m_only->setPlaceholderText(u"everything; or public.orders, audit.*"_s);
    m_exclude->setAccessibleName(u"Without"_s);
    m_exclude->setPlaceholderText(u"nothing; or public.sessions"_s);
    m_globals->setChecked(true);
    form->addRow(u"Database"_s, m_database);
    form->addRow(u"Format"_s, m_format);
    form->addRow(u"Tables at a time"_s, m_jobs);
    form->addRow(u"Only"_s, m_only);
    form->addRow(u"Without"_s, m_exclude);
    auto *checks = new QHBoxLayout;
    checks->setSpacing(space::group);
    for (QCheckBox *each : {m_globals, m_schemaOnly, m_statistics})
        checks->addWidget(each);
    checks->addStretch();
    form->addRow(checks);
    return part;
}

void TakeDialog::showKind()
{
    const bool dump = m_dump->isChecked();
    m_clusterPart->setVisible(!dump);
    m_dumpPart->setVisible(dump);
    m_jobs->setEnabled(m_format->currentIndex() == 1);
    m_plan->setEnabled(!dump || !m_database->text().trimmed().isEmpty());
    adjustSize();
}

BackupKind TakeDialog::kind() const
{
    return m_dump->isChecked() ? BackupKind::Dump : m_incremental->isChecked() ? BackupKind::Incremental : BackupKind::Full;
}

TakeOptions TakeDialog::takeOptions() const
{
    TakeOptions options;
    options.kind = kind();
    options.compress = m_compress->isChecked();
    options.verify = m_verify->isChecked();
    options.despitePageErrors = m_pageErrors->isChecked();
    options.label = m_label->text().trimmed();
    return options;
}

DumpWish TakeDialog::dumpWish() const
{
    DumpWish wish;
    wish.database = m_database->text().trimmed();
    wish.options.directory = m_format->currentIndex() == 1;
    wish.options.jobs = wish.options.directory ? m_jobs->value() : 1;
    wish.options.only = words(m_only);
    wish.options.exclude = words(m_exclude);
    wish.options.schemaOnly = m_schemaOnly->isChecked();
    wish.options.statistics = m_statistics->isChecked();
    wish.options.globals = m_globals->isChecked();
    wish.options.label = m_label->text().trimmed();
    return wish;
}

} // namespace howdah::ui
