// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/backup/wizardchecks.h"

#include "base/units.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QGridLayout>

#include <algorithm>

namespace howdah::ui
{

using namespace Qt::StringLiterals;

static QString wordOf(StateLook look)
{
    switch (look) {
    case StateLook::Ok: return u"good"_s;
    case StateLook::Warning: return u"warning"_s;
    case StateLook::Critical: return u"stops it"_s;
    case StateLook::Busy: return u"under way"_s;
    case StateLook::Unknown: break;
    }
    return u"not known"_s;
}

WizardChecks::WizardChecks(const QString &name, QWidget *parent) : QScrollArea(parent)
{
    setAccessibleName(name);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFrameShape(QFrame::NoFrame);
}

void WizardChecks::show(const QVector<Finding> &findings)
{
    m_count = int(findings.size());
    m_lines = new QWidget; // the one before goes with it
    auto *grid = new QGridLayout(m_lines);
    grid->setContentsMargins(0, 0, space::part, 0);
    grid->setHorizontalSpacing(space::group);
    grid->setVerticalSpacing(space::part);
    grid->setColumnStretch(2, 1);
    // As wide as its longest name where that is short, so that a short one is not broken.
    int nameWidth = 0;
    for (const Finding &finding : findings)
        nameWidth = std::max(nameWidth, QFontMetrics(textFont()).horizontalAdvance(finding.name));
    grid->setColumnMinimumWidth(1, std::min(nameWidth + space::inside, 144));
    int row = 0;
    for (const Finding &finding : findings) {
        auto *state = new StateWord;
        const QString word = finding.word.isEmpty() ? wordOf(finding.look) : finding.word;
        state->setState(finding.look, word);
        state->setAccessibleName(word);
        auto *words = new PlainLabel(finding.words);
        words->setWordWrap(true);
        words->setTextInteractionFlags(Qt::TextSelectableByMouse);
        words->setAccessibleName(u"%1, %2: %3"_s.arg(word, finding.name, finding.words));
        auto *name = new PlainLabel(units::oneLine(finding.name), nullptr, "muted");
        name->setWordWrap(true);
        name->setMaximumWidth(200);
        grid->addWidget(state, row, 0, Qt::AlignTop);
        grid->addWidget(name, row, 1, Qt::AlignTop);
        grid->addWidget(words, row, 2, Qt::AlignTop);
        ++row;
    }
    grid->setRowStretch(row, 1);
    setWidget(m_lines);
}

} // namespace howdah::ui
