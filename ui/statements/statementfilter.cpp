// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/statements/statementfilter.h"

#include "base/units.h"
#include "ui/widgets/icon.h"
#include "ui/widgets/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QSet>
#include <QSignalBlocker>

namespace howdah::ui
{

using namespace Qt::StringLiterals;

namespace
{

constexpr int pauseMs = 150; // thousands of texts are searched
const QString allDatabases = u"All databases"_s, allRoles = u"All roles"_s;

} // namespace

StatementFilter::StatementFilter(QWidget *parent)
    : QWidget(parent), m_row(new QHBoxLayout(this)), m_word(new QLineEdit), m_database(new QComboBox), m_role(new QComboBox),
      m_own(new QCheckBox(u"Howdah's own"_s))
{
    m_word->setPlaceholderText(u"Filter by text or query id"_s);
    m_word->setAccessibleName(m_word->placeholderText());
    m_word->setToolTip(u"A table, a column, any part of the statement's text, whatever the case (Ctrl+F)"_s);
    m_word->setClearButtonEnabled(true);
    m_word->addAction(icon(u"search"_s), QLineEdit::LeadingPosition);
    m_word->setMinimumWidth(160);
    m_database->setAccessibleName(u"Of which database"_s);
    m_role->setAccessibleName(u"Run by which role"_s);
    for (QComboBox *box : {m_database, m_role}) {
        box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon); // a name of 63 characters is elided
        box->setMinimumContentsLength(13);
        connect(box, &QComboBox::currentIndexChanged, this, &StatementFilter::changed);
    }
    fill(m_database, allDatabases, {});
    fill(m_role, allRoles, {});
    m_own->setToolTip(u"Show what this console itself asks the server"_s);
    m_row->setContentsMargins(0, 0, 0, 0);
    m_row->setSpacing(space::part);
    m_row->addWidget(m_word, 1);
    m_row->addWidget(m_database);
    m_row->addWidget(m_role);
    m_row->addWidget(m_own);
    m_pause.setSingleShot(true);
    m_pause.setInterval(pauseMs);
    connect(m_word, &QLineEdit::textChanged, &m_pause, qOverload<>(&QTimer::start));
    connect(&m_pause, &QTimer::timeout, this, &StatementFilter::changed);
    connect(m_own, &QCheckBox::toggled, this, &StatementFilter::changed);
}

statements::Filter StatementFilter::filter() const
{
    return {m_database->currentData().toString(), m_role->currentData().toString(), m_word->text().trimmed(), m_own->isChecked()};
}

void StatementFilter::fill(QComboBox *box, const QString &all, QStringList names)
{
    const QString chosen = box->currentData().toString();
    if (!chosen.isEmpty() && !names.contains(chosen))
        names.append(chosen);
    names.sort(Qt::CaseInsensitive);
    QStringList there;
    for (int i = 1; i < box->count(); ++i)
        there.append(box->itemData(i).toString());
    if (box->count() > 0 && names == there)
        return; // it may be open
    const QSignalBlocker quiet(box);
    box->clear();
    box->addItem(all, QString());
    for (const QString &name : std::as_const(names))
        box->addItem(units::oneLine(name), name);
    box->setCurrentIndex(qMax(0, box->findData(chosen)));
}

void StatementFilter::learn(const statements::TopList &list)
{
    QSet<QString> databases, roles;
    for (const statements::Total &total : list.totals) {
        databases.insert(list.names.databases.value(total.key.databaseId));
        roles.insert(list.names.roles.value(total.key.roleId));
    }
    databases.remove(QString()); // gone, and not to be asked for by a name
    roles.remove(QString());
    fill(m_database, allDatabases, databases.values());
    fill(m_role, allRoles, roles.values());
}

void StatementFilter::clear()
{
    const QSignalBlocker quiet(this);
    m_word->clear();
    m_database->setCurrentIndex(0);
    m_role->setCurrentIndex(0);
    m_pause.stop();
}

void StatementFilter::setOwn(bool own)
{
    m_own->setChecked(own);
}

} // namespace howdah::ui
