// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/backup/restoredialog.h"

#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QCheckBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QMap>
#include <QPushButton>
#include <QRadioButton>
#include <QSpinBox>
#include <QTreeWidget>
#include <QVBoxLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;

namespace
{

constexpr int wordRole = Qt::UserRole;

bool isRelation(const QString &kind)
{
    return kind == "TABLE"_L1 || kind == "VIEW"_L1 || kind == "MATERIALIZED VIEW"_L1 || kind == "SEQUENCE"_L1 || kind == "FOREIGN TABLE"_L1;
}

QString wordOf(const QString &schema, const QString &name)
{
    DumpRelation relation;
    relation.schema = schema;
    relation.name = name;
    return relation.text();
}

// "schema.*", quoted where the name needs it.
QString wordOf(const QString &schema)
{
    return wordOf(schema, u"a"_s).chopped(1) + u'*';
}

} // namespace

RestoreDialog::RestoreDialog(const QString &id, QWidget *parent)
    : QDialog(parent), m_id(id), m_tree(new QTreeWidget), m_what(new PlainLabel(u"Reading what is in it"_s, nullptr, "muted")), m_new(new QRadioButton(u"A new database"_s)),
      m_existing(new QRadioButton(u"One that is there"_s)), m_database(new QLineEdit), m_role(new QLineEdit), m_jobs(new QSpinBox), m_clean(new QCheckBox(u"Drop what has these names there already"_s)),
      m_noOwner(new QCheckBox(u"Everything is the restoring role's"_s)), m_noPrivileges(new QCheckBox(u"Without grants"_s)), m_choice(new PlainLabel({}, nullptr, "muted")),
      m_plan(new QPushButton(u"Show the plan…"_s))
{
    setWindowTitle(u"Restore %1"_s.arg(id));
    setAttribute(Qt::WA_DeleteOnClose);
    resize(820, 560);
    m_tree->setHeaderHidden(true);
    m_tree->setAccessibleName(u"What is in the dump"_s);
    m_tree->setUniformRowHeights(true);
    m_what->setWordWrap(true);
    m_choice->setWordWrap(true);
    auto *left = new QVBoxLayout;
    left->setSpacing(space::part);
    left->addWidget(m_what);
    left->addWidget(m_tree, 1);
    left->addWidget(m_choice);
    auto *form = new QFormLayout;
    form->setHorizontalSpacing(space::group);
    form->setVerticalSpacing(space::part);
    form->setRowWrapPolicy(QFormLayout::WrapAllRows);
    m_new->setChecked(true);
    m_new->setToolTip(u"Made for it, with the encoding and the locale of the dump: nothing that is there is touched"_s);
    m_database->setAccessibleName(u"Database"_s);
    m_database->setPlaceholderText(u"orders_restored"_s);
    m_role->setAccessibleName(u"As the role"_s);
    m_role->setPlaceholderText(u"the stack's superuser, else the profile's own"_s);
    m_jobs->setAccessibleName(u"Entries at a time"_s);
    m_jobs->setRange(1, 64);
    m_jobs->setToolTip(u"With one alone it is one transaction: an error takes all of it back"_s);
    m_clean->setToolTip(u"Only into a database that is there; what is dropped is gone"_s);
    form->addRow(m_new);
    form->addRow(m_existing);
    form->addRow(u"Database"_s, m_database);
    form->addRow(u"As the role"_s, m_role);
    form->addRow(u"Entries at a time"_s, m_jobs);
    form->addRow(m_clean);
    form->addRow(m_noOwner);
    form->addRow(m_noPrivileges);
    auto *right = new QVBoxLayout;
    right->addLayout(form);
    right->addStretch();
    auto *both = new QHBoxLayout;
    both->setSpacing(space::edge);
    both->addLayout(left, 3);
    both->addLayout(right, 2);
    setLook(m_plan, "primary");
    m_plan->setDefault(true);
    auto *cancel = new QPushButton(u"Cancel"_s);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(space::part);
    buttons->addStretch(1);
    buttons->addWidget(cancel);
    buttons->addWidget(m_plan);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(space::edge, space::group, space::edge, space::group);
    column->setSpacing(space::group);
    column->addLayout(both, 1);
    column->addLayout(buttons);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_plan, &QPushButton::clicked, this, &QDialog::accept);
    connect(m_database, &QLineEdit::textChanged, this, &RestoreDialog::check);
    connect(m_new, &QRadioButton::toggled, this, &RestoreDialog::check);
    connect(m_tree, &QTreeWidget::itemChanged, this, &RestoreDialog::showChoice);
    m_database->setFocus();
    check();
}

void RestoreDialog::setContents(const Result<DumpContents> &contents)
{
    if (!contents) {
        m_what->setText(u"What is in it can't be read: %1"_s.arg(contents.error().text()));
        setRole(m_what, "critical");
        return;
    }
    m_read = true;
    const DumpListing &listing = contents->listing;
    QString text = u"%1 of PostgreSQL %2, %3"_s.arg(listedName(listing.database), listing.serverVersion, contents->whole ? u"the whole database"_s : u"a part of the database"_s);
    if (!contents->role.isEmpty())
        text += u", read by %1"_s.arg(contents->role);
    if (!contents->recorded)
        text += u". There is no record of ours with it: names with spaces are as pg_restore's list has them"_s;
    m_what->setText(text);
    if (m_database->text().isEmpty())
        m_database->setText(listing.database + u"_restored"_s);
    fill(listing);
    check();
}

// By schema; what is in none and what no table owns comes with everything alone.
void RestoreDialog::fill(const DumpListing &listing)
{
    const QSignalBlocker quiet(m_tree);
    m_tree->clear();
    auto *all = new QTreeWidgetItem(m_tree, {u"Everything: %1 entries"_s.arg(listing.entries.size())});
    all->setFlags(all->flags() | Qt::ItemIsUserCheckable | Qt::ItemIsAutoTristate);
    QMap<QString, QTreeWidgetItem *> schemas;
    QMap<QString, int> others;
    for (const DumpEntry &entry : listing.entries) {
        if (entry.schema.isEmpty() || !isRelation(entry.kind)) {
            if (!entry.schema.isEmpty() || entry.oid != 0)
                ++others[entry.kind.toLower()];
            continue;
        }
        QTreeWidgetItem *&schema = schemas[entry.schema];
        if (!schema) {
            schema = new QTreeWidgetItem(all, {listedName(entry.schema)});
            schema->setFlags(schema->flags() | Qt::ItemIsUserCheckable | Qt::ItemIsAutoTristate);
            schema->setData(0, wordRole, wordOf(entry.schema));
        }
        auto *relation = new QTreeWidgetItem(schema, {u"%1  (%2)"_s.arg(listedName(entry.name), entry.kind.toLower())});
        relation->setFlags(relation->flags() | Qt::ItemIsUserCheckable);
        relation->setData(0, wordRole, wordOf(entry.schema, entry.name));
        relation->setCheckState(0, Qt::Checked);
        relation->setToolTip(0, tooltipText(u"%1 of %2"_s.arg(relation->data(0, wordRole).toString(), entry.owner.isEmpty() ? u"nobody"_s : entry.owner)));
    }
    if (schemas.isEmpty())
        all->setCheckState(0, Qt::Checked);
    QStringList rest;
    for (auto it = others.cbegin(); it != others.cend(); ++it)
        rest << u"%1 %2"_s.arg(it.value()).arg(it.key());
    all->setToolTip(0, tooltipText(rest.join(u", "_s)));
    m_tree->expandItem(all);
    if (schemas.size() <= 4) {
        for (QTreeWidgetItem *schema : std::as_const(schemas))
            m_tree->expandItem(schema);
    }
    m_tree->setCurrentItem(all);
    showChoice();
}

QStringList RestoreDialog::words() const
{
    QStringList all;
    const QTreeWidgetItem *top = m_tree->topLevelItem(0);
    if (!top || top->checkState(0) == Qt::Checked)
        return {};
    for (int i = 0; i < top->childCount(); ++i) {
        const QTreeWidgetItem *schema = top->child(i);
        if (schema->checkState(0) == Qt::Checked) {
            all << schema->data(0, wordRole).toString();
            continue;
        }
        for (int j = 0; j < schema->childCount(); ++j) {
            if (schema->child(j)->checkState(0) == Qt::Checked)
                all << schema->child(j)->data(0, wordRole).toString();
        }
    }
    return all;
}

void RestoreDialog::showChoice()
{
    const QTreeWidgetItem *top = m_tree->topLevelItem(0);
    const QStringList chosen = words();
    m_choice->setText(!top ? QString() : top->checkState(0) == Qt::Checked ? u"Everything is restored"_s : chosen.isEmpty() ? u"Nothing is chosen"_s
                                                                                  : u"Restored, with all that belongs to them: %1"_s.arg(chosen.size() > 6 ? chosen.first(6).join(u", "_s) + u" and %1 more"_s.arg(chosen.size() - 6) : chosen.join(u", "_s)));
    check();
}

void RestoreDialog::check()
{
    const QTreeWidgetItem *top = m_tree->topLevelItem(0);
    const bool any = top && (top->checkState(0) == Qt::Checked || !words().isEmpty());
    m_clean->setEnabled(m_existing->isChecked());
    if (m_new->isChecked())
        m_clean->setChecked(false);
    m_plan->setEnabled(m_read && any && !m_database->text().trimmed().isEmpty());
}

RestoreWish RestoreDialog::wish() const
{
    RestoreWish wish;
    wish.id = m_id;
    wish.role = m_role->text().trimmed();
    wish.options.database = m_database->text().trimmed();
    wish.options.create = m_new->isChecked();
    wish.options.clean = m_clean->isChecked();
    wish.options.only = words();
    wish.options.jobs = m_jobs->value();
    wish.options.noOwner = m_noOwner->isChecked();
    wish.options.noPrivileges = m_noPrivileges->isChecked();
    return wish;
}

} // namespace howdah::ui
