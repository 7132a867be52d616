// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/query/paramdialog.h"

#include "base/units.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QCheckBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

namespace howdah::ui
{

namespace
{
constexpr int shownRows = 10;
}

QString parameterKey(const Parameter &parameter)
{
    return (parameter.positional ? QLatin1Char('$') : QLatin1Char(':')) + parameter.name;
}

ParamDialog::ParamDialog(const QVector<Parameter> &parameters, const ParameterValues &last, QWidget *parent) : QDialog(parent)
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(QStringLiteral("Values of the parameters"));
    setMinimumWidth(460);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(space::edge, space::edge, space::edge, space::group);
    column->setSpacing(space::part);
    column->addWidget(new PlainLabel(windowTitle(), this, "title"));
    auto *note = new PlainLabel(QStringLiteral("$1 goes to the server as a value apart from the text. :name is put into the text as it stands, as psql does."),
                                this, "muted");
    note->setWordWrap(true);
    column->addWidget(note);

    auto *area = new QWidget;
    auto *grid = new QGridLayout(area);
    grid->setContentsMargins(0, 0, space::part, 0);
    grid->setHorizontalSpacing(space::part);
    grid->setVerticalSpacing(space::inside);
    grid->setColumnStretch(1, 1);
    for (const Parameter &parameter : parameters) {
        const int row = int(m_rows.size());
        const QString key = parameterKey(parameter);
        const ParameterValue value = last.value(key);
        auto *name = new PlainLabel(units::oneLine(key), area, "fixed");
        auto *line = new QLineEdit(value.text, area);
        auto *null = new QCheckBox(QStringLiteral("NULL"), area);
        line->setFont(fixedFont());
        line->setAccessibleName(QStringLiteral("Value of %1").arg(key));
        null->setAccessibleName(QStringLiteral("%1 is NULL").arg(key));
        null->setEnabled(!parameter.quoted);
        connect(null, &QCheckBox::toggled, line, &QWidget::setDisabled);
        null->setChecked(value.null && !parameter.quoted);
        name->setBuddy(line);
        grid->addWidget(name, row, 0);
        grid->addWidget(line, row, 1);
        grid->addWidget(null, row, 2);
        m_rows.append({parameter, line, null});
    }
    if (m_rows.size() > shownRows) {
        auto *scroll = new QScrollArea(this);
        scroll->setWidget(area);
        scroll->setWidgetResizable(true);
        scroll->setFixedHeight(shownRows * 34);
        column->addWidget(scroll);
    } else {
        column->addWidget(area);
    }

    auto *cancel = new QPushButton(QStringLiteral("Cancel"), this);
    auto *go = new QPushButton(QStringLiteral("Run with these values"), this);
    setLook(go, "primary");
    go->setDefault(true);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(space::part);
    buttons->addStretch();
    buttons->addWidget(cancel);
    buttons->addWidget(go);
    column->addSpacing(space::part);
    column->addLayout(buttons);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(go, &QPushButton::clicked, this, &QDialog::accept);
    if (!m_rows.isEmpty()) {
        m_rows.constFirst().line->setFocus();
        m_rows.constFirst().line->selectAll();
    }
}

ParameterValues ParamDialog::values() const
{
    ParameterValues values;
    for (const Row &row : m_rows)
        values.insert(parameterKey(row.parameter), {row.null->isChecked(), row.line->text()});
    return values;
}

} // namespace howdah::ui
