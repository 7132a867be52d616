// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/backup/wizardsummary.h"

#include "ui/backup/wizardpage.h"
#include "ui/widgets/theme.h"

#include <QVBoxLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;

WizardSummary::WizardSummary(QWidget *parent) : QScrollArea(parent)
{
    setAccessibleName(u"What has been chosen, and what will happen"_s);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFrameShape(QFrame::NoFrame);
}

void WizardSummary::show(const WizardModel &model)
{
    const auto chosen = model.chosen();
    const QStringList happens = model.willHappen();
    if (widget() && chosen == m_chosen && happens == m_happens)
        return;
    m_chosen = chosen;
    m_happens = happens;
    auto *card = new QFrame;
    card->setProperty("card", true);
    auto *column = new QVBoxLayout(card);
    column->setContentsMargins(space::group, space::group, space::group, space::group);
    column->setSpacing(space::inside);
    column->addWidget(new PlainLabel(u"Chosen so far"_s, nullptr, "title"));
    if (chosen.isEmpty())
        column->addWidget(prose(u"Nothing yet"_s, "muted"));
    for (const auto &[name, value, exact] : chosen) {
        column->addSpacing(space::inside);
        column->addWidget(new PlainLabel(name, nullptr, "small"));
        // A word that is wider than the column would take all the others with it behind its edge.
        auto *words = prose();
        QStringList shown = value.split(u' ');
        for (QString &word : shown)
            word = words->fontMetrics().elidedText(word, Qt::ElideMiddle, width() - 2 * space::group - space::part);
        words->setText(shown.join(u' '));
        words->setAccessibleName(u"%1: %2"_s.arg(name, exact.isEmpty() ? value : exact));
        if (!exact.isEmpty() || words->text() != value)
            words->setToolTip(tooltipText(exact.isEmpty() ? value : exact));
        column->addWidget(words);
    }
    if (!happens.isEmpty()) {
        column->addSpacing(space::group);
        column->addWidget(new PlainLabel(model.hasHappened() ? u"What happened"_s : u"What will happen"_s, nullptr, "title"));
        for (const QString &one : happens) {
            column->addSpacing(space::inside);
            column->addWidget(prose(one));
        }
    }
    column->addStretch(1);
    setWidget(card);
}

} // namespace howdah::ui
