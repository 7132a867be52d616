// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/units.h"
#include "ui/backup/wizardpage.h"
#include "ui/widgets/theme.h"

#include <QVBoxLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;

PlainLabel *prose(const QString &text, const char *role)
{
    auto *label = new PlainLabel(text, nullptr, role);
    label->setWordWrap(true);
    label->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    label->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Minimum);
    return label;
}

QVBoxLayout *pageColumn(QWidget *page)
{
    auto *column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::part);
    return column;
}

QString stepText(const ProgressStep &how)
{
    QString text = units::oneLine(how.step);
    if (!how.note.isEmpty())
        return text + u": "_s + units::oneLine(how.note);
    if (how.unit == "B"_L1)
        return text + u": "_s + units::bytes(double(how.done)) + (how.total > 0 ? u" of "_s + units::bytes(double(how.total)) : QString());
    if (how.total > 0)
        text += u": %1 of %2 %3"_s.arg(units::exact(double(how.done)), units::exact(double(how.total)), how.unit).trimmed();
    return text;
}

} // namespace howdah::ui
