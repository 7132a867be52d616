// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/migrations/findingsview.h"

#include "ui/widgets/label.h"
#include "ui/widgets/stateword.h"
#include "ui/widgets/theme.h"

#include <QFrame>
#include <QHBoxLayout>
#include <QPushButton>
#include <QVBoxLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::migrations;

namespace
{

StateLook lookOf(const Finding &finding)
{
    if (!finding.waived.isEmpty())
        return StateLook::Ok;
    switch (finding.level) {
    case Level::Error: return StateLook::Critical;
    case Level::Warning: return StateLook::Warning;
    case Level::Note: break;
    }
    return StateLook::Unknown;
}

QString levelText(const Finding &finding)
{
    if (!finding.waived.isEmpty())
        return u"waived"_s;
    switch (finding.level) {
    case Level::Error: return u"error"_s;
    case Level::Warning: return u"warning"_s;
    case Level::Note: break;
    }
    return u"note"_s;
}

PlainLabel *wrapped(const QString &text, const char *role = nullptr)
{
    auto *label = new PlainLabel(text, nullptr, role);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

} // namespace

FindingsView::FindingsView(QWidget *parent) : QScrollArea(parent), m_inside(new QWidget), m_column(new QVBoxLayout(m_inside))
{
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setAccessibleName(u"Findings of the linter"_s);
    m_column->setContentsMargins(0, space::part, 0, 0);
    m_column->setSpacing(space::part);
    setWidget(m_inside);
}

void FindingsView::clear()
{
    while (QLayoutItem *item = m_column->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    m_count = 0;
}

void FindingsView::show(const File &file, const QList<Finding> &findings, bool mayEdit)
{
    clear();
    // What stands first, then notes, then what was waived.
    for (const StateLook look : {StateLook::Critical, StateLook::Warning, StateLook::Unknown, StateLook::Ok}) {
        for (const Finding &finding : findings) {
            if (lookOf(finding) == look) {
                m_column->addWidget(card(file, finding, mayEdit));
                ++m_count;
            }
        }
    }
    if (findings.isEmpty())
        m_column->addWidget(wrapped(u"The linter finds nothing in it."_s, "muted"));
    m_column->addStretch(1);
}

void FindingsView::showError(const QString &text)
{
    clear();
    auto *row = new QFrame;
    row->setProperty("card", true);
    auto *column = new QVBoxLayout(row);
    column->addWidget(wrapped(text, "critical"));
    m_column->addWidget(row);
    m_column->addStretch(1);
}

QWidget *FindingsView::card(const File &file, const Finding &finding, bool mayEdit)
{
    auto *frame = new QFrame;
    frame->setProperty("card", true);
    frame->setAccessibleName(u"%1, %2: %3"_s.arg(levelText(finding), finding.rule, finding.reason));
    auto *state = new StateWord;
    state->setState(lookOf(finding), levelText(finding));
    const int line = migrations::lineOf(file, finding);
    auto *where = new QPushButton(u"line %1"_s.arg(line));
    setLook(where, "link");
    where->setToolTip(u"Go there"_s);
    connect(where, &QPushButton::clicked, this, [this, line] { emit lineWanted(line); });
    auto *head = new QHBoxLayout;
    head->setSpacing(space::part);
    head->addWidget(state);
    head->addWidget(new PlainLabel(finding.rule, nullptr, "fixed"));
    head->addWidget(where);
    head->addStretch(1);
    if (mayEdit && !finding.fixes.isEmpty() && finding.waived.isEmpty()) {
        auto *fix = new QPushButton(u"Apply safe form"_s);
        fix->setToolTip(u"Written into the text above; Ctrl+Z takes it back. Ctrl+. applies the first"_s);
        connect(fix, &QPushButton::clicked, this, [this, finding] { emit fixWanted(finding); });
        head->addWidget(fix);
    }
    if (mayEdit && migrations::withWaiver(file, finding, u"reason"_s) != file.text) {
        auto *waive = new QPushButton(u"Waive…"_s);
        waive->setToolTip(u"Asks for the reason and writes it above the statement, for whoever reads the file; Ctrl+Z takes it back"_s);
        setLook(waive, "flat");
        connect(waive, &QPushButton::clicked, this, [this, finding] { emit waiverWanted(finding); });
        head->addWidget(waive);
    }
    auto *column = new QVBoxLayout(frame);
    column->setContentsMargins(space::part, space::part, space::part, space::part);
    column->setSpacing(space::inside);
    column->addLayout(head);
    column->addWidget(wrapped(finding.reason));
    if (!finding.lock.isEmpty())
        column->addWidget(wrapped(u"Lock: "_s + finding.lock, "muted"));
    if (!finding.waived.isEmpty())
        column->addWidget(wrapped(u"Waived: "_s + finding.waived, "muted"));
    else if (!finding.safe.isEmpty())
        column->addWidget(wrapped(u"Safe: "_s + finding.safe, "muted"));
    return frame;
}

} // namespace howdah::ui
