// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/migrations/newdialog.h"

#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QFormLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QVBoxLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;

NewDialog::NewDialog(const QString &folder, QWidget *parent)
    : QDialog(parent), m_name(new QLineEdit), m_purpose(new QLineEdit), m_create(new QPushButton(u"Create the file"_s)), m_compare(new QPushButton(u"From changes made by hand…"_s))
{
    setWindowTitle(u"New migration"_s);
    setAttribute(Qt::WA_DeleteOnClose);
    setMinimumWidth(560);
    m_name->setPlaceholderText(u"add note to users"_s);
    m_name->setAccessibleName(u"What it does"_s);
    m_purpose->setPlaceholderText(u"support may leave a note on an account"_s);
    m_purpose->setAccessibleName(u"What it is for"_s);
    auto *form = new QFormLayout;
    form->setHorizontalSpacing(space::group);
    form->setVerticalSpacing(space::part);
    form->addRow(u"What it does"_s, m_name);
    form->addRow(u"What it is for"_s, m_purpose);
    auto *where = new PlainLabel(u"The file is named by the time in UTC and the first line, in %1. The purpose, three words at least, becomes its first line: whoever reads it in a year has nothing else."_s.arg(folder), this, "muted");
    where->setWordWrap(true);
    m_compare->setToolTip(u"Compare a database with what the migrations make, and write what differs"_s);
    auto *cancel = new QPushButton(u"Cancel"_s);
    setLook(m_create, "primary");
    m_create->setDefault(true);
    m_create->setEnabled(false);
    m_compare->setEnabled(false);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(space::part);
    buttons->addWidget(m_compare);
    buttons->addStretch(1);
    buttons->addWidget(cancel);
    buttons->addWidget(m_create);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(space::edge, space::group, space::edge, space::group);
    column->setSpacing(space::group);
    column->addLayout(form);
    column->addWidget(where);
    column->addLayout(buttons);
    const auto check = [this] {
        static const QRegularExpression letters(u"[A-Za-z0-9]"_s);
        const bool whole = name().contains(letters) && purpose().split(u' ', Qt::SkipEmptyParts).size() >= 3;
        m_create->setEnabled(whole);
        m_compare->setEnabled(whole);
    };
    connect(m_name, &QLineEdit::textChanged, this, check);
    connect(m_purpose, &QLineEdit::textChanged, this, check);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_create, &QPushButton::clicked, this, &QDialog::accept);
    connect(m_compare, &QPushButton::clicked, this, [this] {
        emit compareWanted();
        close();
    });
}

QString NewDialog::name() const
{
    return m_name->text().trimmed();
}

QString NewDialog::purpose() const
{
    return m_purpose->text().trimmed();
}

} // namespace howdah::ui
