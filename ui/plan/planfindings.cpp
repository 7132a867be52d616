// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plan/planfindings.h"

#include "base/units.h"
#include "ui/catalog/sqlhighlighter.h"
#include "ui/widgets/label.h"
#include "ui/widgets/stateword.h"
#include "ui/widgets/theme.h"

#include <QClipboard>
#include <QFrame>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace howdah::ui
{

using namespace Qt::StringLiterals;

namespace
{

constexpr qsizetype mostCards = 100;
constexpr qsizetype mostShown = 4000; // characters of a text

PlainLabel *wrapped(const QString &text, const char *role = nullptr)
{
    auto *label = new PlainLabel(text.left(mostShown), nullptr, role);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

StateLook lookOf(const plan::Finding &finding)
{
    return finding.share.value_or(0) >= heavyShare ? StateLook::Warning : StateLook::Unknown;
}

QString headOf(const plan::Finding &finding)
{
    QString text = findingText(finding.kind);
    text[0] = text[0].toUpper();
    return text;
}

} // namespace

PlanFindings::PlanFindings(QWidget *parent) : QScrollArea(parent)
{
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setAccessibleName(u"Findings"_s);
}

void PlanFindings::show(const SharedPlan &plan)
{
    auto *inside = new QWidget;
    auto *column = new QVBoxLayout(inside);
    column->setContentsMargins(0, space::part, space::part, 0);
    column->setSpacing(space::part);
    m_count = plan ? int(plan->findings.size()) : 0;
    if (!m_note.isEmpty())
        column->addWidget(wrapped(m_note, "muted"));
    if (plan) {
        for (const plan::Finding &finding : plan->findings.first(std::min(plan->findings.size(), mostCards)))
            column->addWidget(card(*plan, finding));
        if (plan->findings.size() > mostCards)
            column->addWidget(wrapped(u"%1 findings of less weight are not shown."_s.arg(plan->findings.size() - mostCards), "muted"));
        if (plan->findings.isEmpty())
            column->addWidget(wrapped(plan->measured ? u"Nothing that the rules know stands out."_s
                                                     : u"Nothing stands out in the estimates. What was measured tells more: EXPLAIN (ANALYZE, BUFFERS)."_s,
                                      "muted"));
    }
    column->addStretch(1);
    setWidget(inside);
}

QWidget *PlanFindings::card(const PlanFigures &all, const plan::Finding &finding)
{
    auto *frame = new QFrame;
    frame->setProperty("card", true);
    frame->setAccessibleName(u"%1: %2"_s.arg(headOf(finding), finding.evidence.left(400)));
    auto *state = new StateWord;
    state->setState(lookOf(finding), headOf(finding));
    auto *head = new QHBoxLayout;
    head->setSpacing(space::part);
    head->addWidget(state);
    if (const QString of = finding.index.isEmpty() ? finding.relation : finding.index; !of.isEmpty())
        head->addWidget(new ElidedLabel(units::oneLine(of), nullptr, "fixed", Qt::ElideMiddle), 1);
    else
        head->addStretch(1);
    if (finding.share)
        head->addWidget(new PlainLabel(u"%1 of the time"_s.arg(units::ratio(*finding.share)), nullptr, "muted"));
    if (finding.node >= 0 && finding.node < all.nodes.size()) {
        auto *where = new QPushButton(u"Show node"_s);
        setLook(where, "link");
        where->setToolTip(tooltipText(all.nodes[finding.node].head));
        connect(where, &QPushButton::clicked, this, [this, node = finding.node] { emit nodeWanted(node); });
        head->addWidget(where);
    }
    auto *column = new QVBoxLayout(frame);
    column->setContentsMargins(space::group, space::part, space::part, space::part);
    column->setSpacing(space::inside);
    column->addLayout(head);
    column->addWidget(wrapped(finding.evidence));
    if (!finding.remedy.isEmpty())
        column->addWidget(wrapped(finding.remedy));
    if (!finding.cost.isEmpty())
        column->addWidget(wrapped(u"Cost: "_s + finding.cost, "muted"));
    if (!finding.statements.isEmpty()) {
        const QString text = finding.statements.join(u";\n"_s) + u';';
        auto *sql = new QPlainTextEdit(text.left(mostShown));
        sql->setReadOnly(true);
        sql->setFont(fixedFont());
        sql->setTabChangesFocus(true);
        sql->setAccessibleName(u"Drafted statements"_s);
        new SqlHighlighter(sql->document());
        sql->setFixedHeight(QFontMetrics(fixedFont()).lineSpacing() * int(std::min<qsizetype>(finding.statements.size() + 1, 5)) + 16);
        auto *copy = new QPushButton(finding.statements.size() == 1 ? u"Copy statement"_s : u"Copy statements"_s);
        connect(copy, &QPushButton::clicked, this, [text] { QGuiApplication::clipboard()->setText(text); });
        column->addWidget(sql);
        column->addWidget(copy, 0, Qt::AlignLeft);
    }
    return frame;
}

} // namespace howdah::ui
