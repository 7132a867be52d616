// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/advise/causecard.h"

#include "base/units.h"
#include "plan/finding.h"
#include "ui/catalog/sqlhighlighter.h"
#include "ui/plan/planfigures.h"
#include "ui/statements/statementrows.h"
#include "ui/widgets/label.h"
#include "ui/widgets/stateword.h"
#include "ui/widgets/theme.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using advise::Advice;

namespace
{

constexpr qsizetype mostShown = 4000; // characters of a text
constexpr int mostLines = 8;

PlainLabel *wrapped(const QString &text, const char *role = nullptr)
{
    auto *label = new PlainLabel(shownText(text.left(mostShown)), nullptr, role);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

} // namespace

QString causeText(const QString &kind)
{
    QString text;
    for (const plan::Finding::Kind one : plan::findingKinds()) {
        if (plan::findingName(one) == kind)
            text = findingText(one);
    }
    if (kind == "n_plus_one"_L1)
        text = u"called once for each row of another (N+1)"_s;
    else if (kind == "lock_wait"_L1)
        text = u"waits for locks"_s;
    if (text.isEmpty())
        text = QString(kind).replace(u'_', u' ');
    text[0] = text[0].toUpper();
    return text;
}

QString stakeWords(const Advice &advice, const statements::TopList &list)
{
    QString text = nanosecondsText(qint64(advice.ns));
    if (advice.stake == advise::Stake::AtMost)
        text = u"at most "_s + text;
    else if (advice.stake == advise::Stake::ByCost)
        text = u"by the planner's costs "_s + text;
    text += u" at stake"_s;
    if (const auto share = advise::shareOf(advice, list))
        text += u", %1 of what all statements took"_s.arg(units::ratio(*share));
    return text;
}

QString sourceWords(advise::Source source)
{
    switch (source) {
    case advise::Source::MeasuredPlan: return u"seen in plans that ran and were measured"_s;
    case advise::Source::LoggedPlan: return u"seen in plans that ran"_s;
    case advise::Source::EstimatedPlan: return u"seen in the plan as the server would make it now"_s;
    case advise::Source::Counters: return u"seen in what was counted"_s;
    case advise::Source::Samples: return u"seen in what sessions waited for"_s;
    }
    return {};
}

CauseCard::CauseCard(const Advice &advice, const statements::TopList &list, QWidget *parent) : QFrame(parent), m_advice(advice)
{
    setProperty("card", true);
    const QString cause = causeText(advice.kind);
    const QString object = advice.index.isEmpty() ? advice.object : advice.index;
    setAccessibleName(object.isEmpty() ? cause : u"%1: %2"_s.arg(cause, units::oneLine(object)));
    setAccessibleDescription(units::oneLine(advice.evidence.left(400)));
    auto *state = new StateWord;
    state->setState(advise::shareOf(advice, list).value_or(0) >= heavyShare ? StateLook::Warning : StateLook::Unknown, cause);
    auto *head = new QHBoxLayout;
    head->setSpacing(space::part);
    head->addWidget(state);
    if (object.isEmpty())
        head->addStretch(1);
    else
        head->addWidget(new ElidedLabel(units::oneLine(object), nullptr, "fixed", Qt::ElideMiddle), 1);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(space::group, space::part, space::part, space::part);
    column->setSpacing(space::inside);
    column->addLayout(head);
    QString stake = stakeWords(advice, list);
    stake[0] = stake[0].toUpper();
    column->addWidget(wrapped(u"%1; %2."_s.arg(stake, sourceWords(advice.source)), "muted"));
    column->addWidget(wrapped(advice.evidence));
    if (!advice.remedy.isEmpty())
        column->addWidget(wrapped(advice.remedy));
    if (!advice.cost.isEmpty())
        column->addWidget(wrapped(u"Cost: "_s + advice.cost, "muted"));
    if (!advice.statements.isEmpty())
        addStatements(column);
}

void CauseCard::addStatements(QVBoxLayout *column)
{
    const QString text = m_advice.statements.join(u";\n"_s) + u';';
    auto *sql = new QPlainTextEdit(shownText(text.left(mostShown)));
    sql->setReadOnly(true);
    sql->setFont(fixedFont());
    sql->setTabChangesFocus(true);
    sql->setAccessibleName(u"Statements that would mend it"_s);
    new SqlHighlighter(sql->document());
    // A long index is wrapped in a narrow panel.
    const int lines = int(std::clamp<qsizetype>(text.size() / 44 + m_advice.statements.size(), 2, mostLines));
    sql->setFixedHeight(QFontMetrics(fixedFont()).lineSpacing() * lines + 16);
    auto *tryIt = new QPushButton(u"Try it…"_s), *draft = new QPushButton(u"Draft a migration…"_s);
    auto *copy = new QPushButton(u"Copy"_s); // the panel may be narrow
    copy->setAccessibleName(m_advice.statements.size() == 1 ? u"Copy the statement"_s : u"Copy the statements"_s);
    tryIt->setToolTip(u"On a lab made from a backup, or as an estimate: measured before and after"_s);
    draft->setToolTip(u"As a file in this server's folder of migrations; nothing is run"_s);
    setLook(copy, "flat");
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(space::part);
    buttons->addWidget(tryIt);
    buttons->addWidget(draft);
    buttons->addWidget(copy);
    buttons->addStretch(1);
    column->addWidget(sql);
    column->addLayout(buttons);
    connect(copy, &QPushButton::clicked, this, [text] { QGuiApplication::clipboard()->setText(text); });
    connect(tryIt, &QPushButton::clicked, this, &CauseCard::tryWanted);
    connect(draft, &QPushButton::clicked, this, &CauseCard::draftWanted);
}

} // namespace howdah::ui
