// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/advise/causespage.h"

#include "base/units.h"
#include "ui/advise/causecard.h"
#include "ui/advise/draftdialog.h"
#include "ui/advise/trialdialog.h"
#include "ui/statements/periodtext.h"
#include "ui/statements/statementrows.h"
#include "ui/widgets/errorbar.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/timerange.h"

#include <QHBoxLayout>
#include <QPushButton>
#include <QScrollArea>
#include <QShortcut>
#include <QVBoxLayout>

#include <algorithm>

namespace howdah::ui
{

using namespace Qt::StringLiterals;

namespace
{

constexpr qsizetype mostCards = 50;

PlainLabel *wrapped(const QString &text, const char *role)
{
    auto *label = new PlainLabel(shownText(text), nullptr, role);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

// What the answer is of, which is of whole readings.
QString timeText(const Causes &causes)
{
    return causes.asked.isLifetime() ? u"All since the statistics began"_s : u"%1 to %2"_s.arg(momentText(causes.list.fromMs), momentText(causes.list.toMs));
}

QString planText(const advise::Looked &looked)
{
    if (looked.plans.isEmpty())
        return {};
    const qsizetype count = looked.plans.size();
    switch (looked.plans.constFirst().source) {
    case advise::Source::MeasuredPlan: return count == 1 ? u"1 plan that ran, measured"_s : u"%1 plans that ran, measured"_s.arg(count);
    case advise::Source::LoggedPlan: return count == 1 ? u"1 plan that ran"_s : u"%1 plans that ran"_s.arg(count);
    default: return u"its plan as the server would make it now"_s;
    }
}

// What was looked at, so that "nothing" means something.
QString lookedAt(const Causes &causes)
{
    QStringList at{u"its figures"_s};
    if (causes.looked && !causes.looked->plans.isEmpty())
        at << planText(*causes.looked);
    if (causes.waitsKnown)
        at << u"what it waited for"_s;
    if (causes.logRead)
        at << u"auto_explain's log"_s;
    return u"Looked at: %1."_s.arg(at.join(u", "_s));
}

QString headOf(const Causes &causes)
{
    const qsizetype count = causes.advised.advice.size();
    if (!causes.looked)
        return u"It did nothing in this time, as far as was recorded."_s;
    if (count > 0)
        return count == 1 ? u"1 cause was found."_s : u"%1 causes were found, the most at stake first."_s.arg(count);
    return causes.looked->plans.isEmpty() ? u"No plan could be had: only its figures and waits were looked at, and they show no cause."_s
                                          : u"Nothing was found that is worth mending."_s;
}

} // namespace

CausesPage::CausesPage(const PaneContext &context, QWidget *parent)
    : QWidget(parent), m_context(context), m_flow(new CauseFlow(context, this)), m_look(new QPushButton(u"Look for causes"_s)),
      m_cancel(new QPushButton(u"Cancel"_s)), m_said(new PlainLabel({}, nullptr, "muted")), m_error(new ErrorBar), m_area(new QScrollArea)
{
    setLook(m_look, "primary");
    m_look->setToolTip(u"Its figures, its plan and what it waited for in the time that is shown; nothing is run or changed (Ctrl+Enter)"_s);
    m_cancel->setAccessibleName(u"Cancel looking for causes"_s);
    m_cancel->hide();
    m_said->setWordWrap(true);
    m_error->clear();
    m_error->setRetryVisible(true);
    m_area->setWidgetResizable(true);
    m_area->setFrameShape(QFrame::NoFrame);
    m_area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_area->setAccessibleName(u"Causes and remedies"_s);
    m_area->viewport()->setAutoFillBackground(false); // it lies on the panel
    auto *bar = new QHBoxLayout;
    bar->setSpacing(space::part);
    bar->addWidget(m_look);
    bar->addWidget(m_cancel);
    bar->addWidget(m_said, 1);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, space::part, 0, 0);
    column->setSpacing(space::part);
    column->addLayout(bar);
    column->addWidget(m_error);
    column->addWidget(m_area, 1);

    for (const Qt::Key key : {Qt::Key_Return, Qt::Key_Enter}) {
        auto *keys = new QShortcut(QKeySequence(Qt::CTRL | key), this);
        keys->setContext(Qt::WidgetWithChildrenShortcut);
        connect(keys, &QShortcut::activated, this, &CausesPage::look);
    }
    connect(m_look, &QPushButton::clicked, this, &CausesPage::look);
    connect(m_error, &ErrorBar::retry, this, &CausesPage::look);
    connect(m_cancel, &QPushButton::clicked, this, [this] {
        m_flow->cancel();
        say(u"Cancelled."_s);
    });
    connect(m_flow, &CauseFlow::busyChanged, this, &CausesPage::setBusy);
    connect(m_flow, &CauseFlow::stepped, this, [this](const ProgressStep &step) {
        say(step.total > 1 ? u"%1 (%2 of %3)"_s.arg(step.step).arg(step.done + 1).arg(step.total) : step.step + u" …"_s);
    });
    connect(m_flow, &CauseFlow::found, this, [this](const Causes &causes) { show(causes); });
    connect(m_flow, &CauseFlow::failed, this, [this](const Error &error) {
        say({});
        if (error.kind == ErrorKind::Cancelled)
            say(u"Cancelled."_s);
        else
            m_error->showError(u"Its causes could not be looked for"_s, error);
    });
    leave();
}

void CausesPage::say(const QString &text)
{
    m_said->setText(text);
}

void CausesPage::setBusy(bool busy)
{
    m_cancel->setVisible(busy);
    m_look->setVisible(!busy);
    m_look->setEnabled(m_chosen && m_flow->mayLook());
}

void CausesPage::clear()
{
    m_flow->cancel();
    m_cards.clear();
    m_area->setWidget(new QWidget);
    m_area->widget()->setAutoFillBackground(false);
    m_error->clear();
    setBusy(false);
}

void CausesPage::setStatement(const ChosenStatement &chosen)
{
    if (m_chosen && m_chosen->key == chosen.key) {
        m_chosen = chosen; // its text has come
        return;
    }
    m_chosen = chosen;
    clear();
    say(u"Why it is slow in the time that is shown, and what would mend it."_s);
}

void CausesPage::setLifetime(bool lifetime)
{
    m_lifetime = lifetime;
}

void CausesPage::leave()
{
    m_chosen.reset();
    clear();
    say({});
}

void CausesPage::look()
{
    if (!m_chosen || !m_flow->mayLook() || m_flow->isBusy())
        return;
    clear();
    CausesAsked asked{m_chosen->key, m_chosen->database, 0, 0};
    if (!m_lifetime) {
        const TimeRange::Interval now = m_context.range->at(m_context.clock->wallMs());
        asked.fromMs = now.fromMs;
        asked.toMs = now.toMs;
    }
    const bool hadFocus = m_look->hasFocus();
    m_flow->look(asked);
    if (hadFocus)
        m_cancel->setFocus(Qt::OtherFocusReason);
}

void CausesPage::show(const Causes &causes)
{
    if (m_cancel->hasFocus())
        m_look->setFocus(Qt::OtherFocusReason);
    m_look->setText(u"Look again"_s);
    say(timeText(causes));
    auto *inside = new QWidget;
    auto *column = new QVBoxLayout(inside);
    column->setContentsMargins(0, 0, space::part, 0);
    column->setSpacing(space::part);
    column->addWidget(wrapped(headOf(causes), causes.advised.advice.isEmpty() ? "" : "title"));
    for (const advise::Advice &advice : causes.advised.advice.first(std::min(causes.advised.advice.size(), mostCards))) {
        auto *card = new CauseCard(advice, causes.list);
        connect(card, &CauseCard::tryWanted, this, [this, card, values = causes.loggedValues] { tryIt(card->advice(), values); });
        connect(card, &CauseCard::draftWanted, this, [this, card] { draft(card->advice()); });
        m_cards.append(card);
        column->addWidget(card);
    }
    if (const qsizetype more = causes.advised.advice.size() - m_cards.size(); more > 0)
        column->addWidget(wrapped(u"%1 more causes are not shown; howdahctl statements advise names all of them"_s.arg(more), "warning"));
    if (causes.looked)
        column->addWidget(wrapped(lookedAt(causes), "muted"));
    QStringList notKnown;
    for (const advise::NotLooked &one : causes.advised.notLooked)
        notKnown << u"There is no plan of it: %1."_s.arg(one.why);
    for (const QString &note : causes.advised.notes)
        notKnown << (note.endsWith(u'.') ? note : QString(note + u'.'));
    if (!notKnown.isEmpty())
        column->addWidget(wrapped(u"Not known:\n– "_s + notKnown.join(u"\n– "_s), "muted"));
    column->addStretch(1);
    m_area->setWidget(inside);
    inside->setAutoFillBackground(false);
}

void CausesPage::tryIt(const advise::Advice &advice, const QString &loggedValues)
{
    if (!m_chosen)
        return;
    TrialAsked asked;
    asked.title = u"%1%2"_s.arg(causeText(advice.kind), advice.object.isEmpty() ? QString() : u" on "_s + units::oneLine(advice.object));
    asked.statement = advice.key == m_chosen->key ? m_chosen->text : advice.query;
    asked.isWhole = advice.key != m_chosen->key || m_chosen->isWhole;
    asked.database = m_chosen->database;
    asked.role = m_chosen->role;
    asked.remedies = advice.statements;
    asked.loggedValues = loggedValues;
    auto *dialog = new TrialDialog(m_context, asked, window());
    connect(dialog, &TrialDialog::draftWanted, this, [this](const trial::Draft &draft) { (new DraftDialog(m_context, draft, window()))->open(); });
    dialog->open();
}

void CausesPage::draft(const advise::Advice &advice)
{
    const QString object = advice.object.isEmpty() ? QString() : u" on "_s + units::oneLine(advice.object);
    const auto made = untriedDraft(advice.statements, u"%1%2. Not tried: %3"_s.arg(causeText(advice.kind), object, units::oneLine(advice.evidence)));
    if (!made)
        return m_error->showError(u"A migration can't be drafted of it"_s, made.error());
    (new DraftDialog(m_context, *made, window()))->open();
}

} // namespace howdah::ui
