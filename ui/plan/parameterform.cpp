// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plan/parameterform.h"

#include "base/units.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QCheckBox>
#include <QGridLayout>
#include <QLineEdit>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>

namespace howdah::ui
{

using namespace Qt::StringLiterals;

namespace
{

constexpr qsizetype mostRows = 100; // more are no form
constexpr int rowHeight = 32;
constexpr int shownRows = 5;

} // namespace

ParameterForm::ParameterForm(QWidget *parent) : QWidget(parent)
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    hide();
}

const ParameterForm::Row *ParameterForm::row(int number) const
{
    const auto found = std::find_if(m_rows.cbegin(), m_rows.cend(), [number](const Row &row) { return row.parameter.number == number; });
    return found == m_rows.cend() ? nullptr : &*found;
}

QLineEdit *ParameterForm::valueLine(int number) const
{
    const Row *found = row(number);
    return found ? found->value : nullptr;
}

QLineEdit *ParameterForm::typeLine(int number) const
{
    const Row *found = row(number);
    return found ? found->type : nullptr;
}

QCheckBox *ParameterForm::nullBox(int number) const
{
    const Row *found = row(number);
    return found ? found->null : nullptr;
}

QCheckBox *ParameterForm::emptyBox(int number) const
{
    const Row *found = row(number);
    return found ? found->empty : nullptr;
}

void ParameterForm::add(const explain::Parameter &parameter, const Row *before, QGridLayout *grid)
{
    const QString name = u"$%1"_s.arg(parameter.number);
    Row row{parameter, new QLineEdit, new QLineEdit, new QCheckBox(u"empty"_s), new QCheckBox(u"NULL"_s)};
    auto *caption = new PlainLabel(name, nullptr, "fixed");
    caption->setFont(fixedFont());
    caption->setBuddy(row.value);
    row.type->setPlaceholderText(parameter.isWord ? u"a word"_s : parameter.type.isEmpty() ? u"type, not known"_s : parameter.type);
    row.type->setEnabled(!parameter.isWord);
    row.type->setFont(fixedFont());
    row.type->setAccessibleName(u"Type of %1"_s.arg(name));
    row.type->setToolTip(tooltipText(parameter.why.isEmpty() ? u"The type as the server infers it; write another to use that"_s : parameter.why));
    row.type->setMinimumWidth(76);
    row.value->setMinimumWidth(80);
    row.value->setFont(fixedFont());
    row.value->setPlaceholderText(u"not given"_s);
    row.value->setAccessibleName(u"Value of %1"_s.arg(name));
    if (!parameter.why.isEmpty())
        row.value->setToolTip(tooltipText(parameter.why));
    row.empty->setAccessibleName(u"%1 is the empty text"_s.arg(name));
    row.empty->setToolTip(u"The empty text is a value; a line that is left empty gives none"_s);
    row.null->setAccessibleName(u"%1 is NULL"_s.arg(name));
    row.null->setToolTip(u"A plan for NULL is another plan: only where the statement is run with NULL"_s);
    row.null->setEnabled(!parameter.isWord);
    row.empty->setEnabled(!parameter.isWord);
    const auto update = [row] {
        row.value->setDisabled(row.null->isChecked() || row.empty->isChecked());
        row.empty->setDisabled(row.parameter.isWord || row.null->isChecked());
        row.null->setDisabled(row.parameter.isWord || row.empty->isChecked());
    };
    connect(row.null, &QCheckBox::toggled, this, update);
    connect(row.empty, &QCheckBox::toggled, this, update);
    connect(row.value, &QLineEdit::returnPressed, this, &ParameterForm::accepted);
    connect(row.type, &QLineEdit::returnPressed, this, &ParameterForm::accepted);
    if (before) {
        row.type->setText(before->type->text());
        row.value->setText(before->value->text());
        row.null->setChecked(before->null->isChecked());
        row.empty->setChecked(before->empty->isChecked());
    }
    const int at = int(m_rows.size());
    grid->addWidget(caption, at, 0);
    grid->addWidget(row.type, at, 1);
    grid->addWidget(row.value, at, 2);
    grid->addWidget(row.empty, at, 3);
    grid->addWidget(row.null, at, 4);
    m_rows.append(row);
}

void ParameterForm::setParameters(const QVector<explain::Parameter> &parameters)
{
    const QVector<Row> before = m_rows;
    m_rows.clear();
    auto *inside = new QWidget;
    auto *grid = new QGridLayout(inside);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(space::inside);
    grid->setVerticalSpacing(space::inside);
    grid->setColumnStretch(1, 2);
    grid->setColumnStretch(2, 3);
    for (const explain::Parameter &parameter : parameters.first(std::min(parameters.size(), mostRows))) {
        const auto old = std::find_if(before.cbegin(), before.cend(), [&](const Row &row) { return row.parameter.number == parameter.number; });
        add(parameter, old == before.cend() ? nullptr : &*old, grid);
    }
    if (parameters.size() > mostRows) {
        auto *rest = new PlainLabel(u"The statement has %1 parameters; a form takes %2. howdahctl plan --param takes all of them"_s.arg(parameters.size()).arg(mostRows),
                                    nullptr, "warning");
        rest->setWordWrap(true);
        grid->addWidget(rest, int(m_rows.size()), 0, 1, 5);
    }
    QWidget *shown = inside;
    if (m_rows.size() > shownRows) {
        auto *area = new QScrollArea;
        area->setWidget(inside);
        area->setWidgetResizable(true);
        area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        area->setFixedHeight(shownRows * rowHeight);
        shown = area;
    }
    // Not deleted at once: it may be in one of its lines that Enter was pressed.
    if (m_inside) {
        m_inside->hide();
        layout()->removeWidget(m_inside);
        m_inside->deleteLater();
    }
    m_inside = shown;
    layout()->addWidget(shown);
    setVisible(!m_rows.isEmpty());
}

QMap<int, explain::Value> ParameterForm::values() const
{
    QMap<int, explain::Value> values;
    for (const Row &row : m_rows) {
        const QString type = row.type->text().trimmed();
        if (row.null->isChecked())
            values.insert(row.parameter.number, {std::nullopt, type});
        else if (row.empty->isChecked() || !row.value->text().isEmpty())
            values.insert(row.parameter.number, {row.empty->isChecked() ? u""_s : row.value->text(), type});
    }
    return values;
}

void ParameterForm::focusFirst()
{
    if (!m_rows.isEmpty())
        m_rows.constFirst().value->setFocus(Qt::OtherFocusReason);
}

} // namespace howdah::ui
