// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plan/planpage.h"

#include "base/async.h"
#include "ui/plan/compareview.h"
#include "ui/plan/planask.h"
#include "ui/plan/planview.h"
#include "ui/widgets/dialogs.h"
#include "ui/widgets/errorbar.h"
#include "ui/widgets/keyedview.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QComboBox>
#include <QDateTime>
#include <QHBoxLayout>
#include <QShortcut>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;

namespace
{

constexpr int narrow = 760; // pixels: below it the question stands above the plan
constexpr int leftWidth = 330; // pixels: with parameters and without, so that nothing jumps
constexpr int mostKeptOfPasted = 20;

QString wordOf(explain::Rung rung)
{
    switch (rung) {
    case explain::Rung::AsItIs: return u"The plan of the statement as it stands"_s;
    case explain::Rung::AnyValues: return u"The generic plan: for any values"_s;
    case explain::Rung::Values: return u"The plan for these values"_s;
    case explain::Rung::AnyValuesPrepared: return u"The generic plan of the prepared statement: for any values"_s;
    }
    return {};
}

QString howText(const FoundPlans &found)
{
    if (!found.answer)
        return u"As it was pasted"_s;
    const explain::Answer &answer = *found.answer;
    QStringList words{wordOf(answer.rung) + (answer.ran ? answer.writes ? u", run and rolled back"_s : u", run"_s : u", not run"_s),
                      u"search_path %1"_s.arg(answer.searchPath)};
    words += answer.warnings;
    return words.join(u". "_s) + u'.';
}

QString nameOf(const explain::KeptPlan &plan)
{
    return u"%1, %2"_s.arg(QDateTime::fromMSecsSinceEpoch(plan.atMs).toString(u"yyyy-MM-dd HH:mm:ss"_s), explain::originName(plan.origin));
}

QSplitter *splitter(Qt::Orientation orientation)
{
    auto *split = new QSplitter(orientation);
    split->setChildrenCollapsible(false);
    split->setHandleWidth(space::part);
    split->setStyleSheet(u"QSplitter::handle { background: transparent; }"_s);
    return split;
}

} // namespace

PlanPage::PlanPage(const PaneContext &context, QWidget *parent)
    : QWidget(parent), m_context(context), m_flow(new PlanFlow(context, this)), m_ask(new PlanAsk(m_flow->mayAsk())), m_kept(new KeptPlansView(context)),
      m_split(splitter(Qt::Horizontal)), m_left(splitter(Qt::Vertical)), m_error(new ErrorBar), m_how(new PlainLabel({}, nullptr, "muted")),
      m_which(new QComboBox), m_stack(new QStackedWidget), m_view(new PlanView), m_compare(new CompareView)
{
    m_how->setWordWrap(true);
    m_which->setAccessibleName(u"Which of the plans"_s);
    m_which->hide();
    m_error->clear();
    m_error->setRetryVisible(false);
    auto *note =
        new PlainLabel(u"A plan's conditions hold the statement's values. What is kept here has them masked; nothing is sent anywhere."_s, nullptr, "muted");
    note->setFont(smallFont());
    note->setWordWrap(true);
    auto *lower = new QWidget;
    auto *lowerColumn = new QVBoxLayout(lower);
    lowerColumn->setContentsMargins(0, 0, 0, 0);
    lowerColumn->setSpacing(space::inside);
    lowerColumn->addWidget(new PlainLabel(u"Kept plans"_s, nullptr, "title"));
    lowerColumn->addWidget(m_kept, 1);
    lowerColumn->addWidget(note);
    m_left->addWidget(m_ask);
    m_left->addWidget(lower);
    m_left->setMinimumWidth(leftWidth);
    auto *head = new QHBoxLayout;
    head->setSpacing(space::part);
    head->addWidget(m_how, 1);
    head->addWidget(m_which);
    auto *one = new QWidget;
    auto *oneColumn = new QVBoxLayout(one);
    oneColumn->setContentsMargins(0, 0, 0, 0);
    oneColumn->setSpacing(space::inside);
    oneColumn->addLayout(head);
    oneColumn->addWidget(m_view, 1);
    auto *empty = new QWidget;
    auto *emptyColumn = new QVBoxLayout(empty);
    auto *line = new PlainLabel(u"No plan is shown. Paste one, ask for a statement's, or choose a kept one."_s, nullptr, "muted");
    line->setAlignment(Qt::AlignCenter);
    line->setWordWrap(true);
    emptyColumn->addWidget(line);
    m_stack->addWidget(empty);
    m_stack->addWidget(one);
    m_stack->addWidget(m_compare);
    auto *right = new QWidget;
    auto *rightColumn = new QVBoxLayout(right);
    rightColumn->setContentsMargins(0, 0, 0, 0);
    rightColumn->setSpacing(space::part);
    rightColumn->addWidget(m_error);
    rightColumn->addWidget(m_stack, 1);
    m_split->addWidget(m_left);
    m_split->addWidget(right);
    m_split->setStretchFactor(0, 1);
    m_split->setStretchFactor(1, 3);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_split);
    m_ask->setDatabases({context.profile.spec.database});

    connect(m_ask, &PlanAsk::readWanted, this, [this](const QString &text, bool askServer) {
        m_error->clear();
        m_request = {};
        m_flow->read(text, askServer, m_ask->database());
    });
    connect(m_ask, &PlanAsk::explainWanted, this, [this](const explain::Request &request) {
        m_error->clear();
        m_request = request;
        m_database = m_ask->database();
        m_flow->explain(m_database, request);
    });
    connect(m_ask, &PlanAsk::cancelWanted, this, &PlanPage::cancel);
    connect(m_flow, &PlanFlow::busyChanged, m_ask, &PlanAsk::setBusy);
    connect(m_flow, &PlanFlow::found, this, &PlanPage::found);
    connect(m_flow, &PlanFlow::failed, this,
            [this](const Error &error) { failed(m_ask->mode() == PlanAsk::Pasted ? u"The plan could not be read"_s : u"There is no plan"_s, error); });
    connect(m_flow, &PlanFlow::valuesWanted, this, [this](const explain::Answer &answer) { m_ask->showParameters(answer.parameters, answer.reason, true); });
    connect(m_flow, &PlanFlow::consentWanted, this, &PlanPage::askConsent);
    connect(m_which, &QComboBox::activated, this, &PlanPage::showOne);
    connect(m_kept, &KeptPlansView::shown, this, &PlanPage::showKept);
    connect(m_kept, &KeptPlansView::compared, this, [this](const KeptPlansView::Kept &before, const KeptPlansView::Kept &after) {
        m_error->clear();
        m_compare->show(before.plan, nameOf(before.about), after.plan, nameOf(after.about));
        m_stack->setCurrentWidget(m_compare);
    });
    connect(m_kept, &KeptPlansView::failed, this, &PlanPage::failed);
    connect(m_compare, &CompareView::closed, this, [this] { m_stack->setCurrentIndex(m_view->plan() ? 1 : 0); });
    auto *escape = new QShortcut(QKeySequence(Qt::Key_Escape), this);
    escape->setContext(Qt::WidgetWithChildrenShortcut);
    for (const auto signal : {&QShortcut::activated, &QShortcut::activatedAmbiguously})
        connect(escape, signal, this, [this] {
            if (m_flow->isBusy())
                cancel();
            else if (m_stack->currentWidget() == m_compare)
                emit m_compare->closed();
        });
    // Only while there is something to give up: two shortcuts of one key cancel each other, and the window has one too.
    const auto updateEscape = [this, escape] { escape->setEnabled(m_flow->isBusy() || m_stack->currentWidget() == m_compare); };
    connect(m_flow, &PlanFlow::busyChanged, escape, updateEscape);
    connect(m_stack, &QStackedWidget::currentChanged, escape, updateEscape);
    updateEscape();
}

void PlanPage::setStatement(const PlannedStatement &statement)
{
    if (statement == m_chosen)
        return;
    m_flow->cancel();
    m_error->clear();
    m_chosen = statement;
    m_ask->setStatementOnly();
    m_ask->setStatement(statement.text, statement.database.isEmpty() ? m_context.profile.spec.database : statement.database);
    m_ask->showParameters({}, {}, false);
    m_view->clear();
    m_stack->setCurrentIndex(0);
    m_kept->setStatement(explain::statementKeyOf(statement.queryId, statement.text, {}));
}

void PlanPage::offerStatement(const QString &text, const QString &database)
{
    m_ask->setMode(PlanAsk::Statement);
    m_ask->setStatement(text, database);
}

void PlanPage::readDatabases()
{
    if (!m_context.monitor)
        return;
    const auto names = m_context.monitor->run([](pg::Connection &connection, const CancelToken &cancel) -> Result<QStringList> {
        const auto rows = connection.runFile(u"catalog/databases"_s, {}, {}, cancel);
        if (!rows)
            return fail(rows.error());
        QStringList all;
        const int permitted = rows->columnIndex("permitted"_L1);
        for (qsizetype row = 0; row < rows->size(); ++row)
            if (rows->boolean(row, permitted).value_or(false))
                all.append(rows->text(row, "name"_L1));
        return all;
    });
    // Where they can't be read, the name can be typed all the same.
    async::onFinished(names, this, [this](const Result<QStringList> &all) {
        if (all && !all->isEmpty())
            m_ask->setDatabases(*all);
    });
}

void PlanPage::cancel()
{
    m_flow->cancel();
}

void PlanPage::failed(const QString &what, const Error &error)
{
    m_error->showError(what, error);
}

void PlanPage::found(const FoundPlans &plans)
{
    m_kept->dropOpening();
    m_found = plans;
    m_which->clear();
    for (qsizetype i = 0; i < plans.plans.size(); ++i)
        m_which->addItem(u"Plan %1 of %2"_s.arg(i + 1).arg(plans.plans.size()));
    m_which->setVisible(plans.plans.size() > 1);
    if (plans.answer)
        m_ask->showParameters(plans.answer->parameters, {}, false);
    showOne(0);
    for (qsizetype i = std::min<qsizetype>(plans.plans.size(), mostKeptOfPasted) - 1; i >= 0; --i) // the first is the one that is shown
        keep(plans.plans.at(i));
}

void PlanPage::showOne(int index)
{
    if (index < 0 || index >= m_found.plans.size())
        return;
    m_how->setText(howText(m_found));
    m_view->setPlan(m_found.plans.at(index).plan, m_found.plans.at(index).raw, m_found.note);
    m_stack->setCurrentIndex(1);
}

void PlanPage::keep(const FoundPlan &plan)
{
    explain::PlanToKeep kept;
    kept.plan = plan.plan->plan;
    if (m_found.answer) {
        kept.text = m_request.text;
        kept.database = m_database;
        kept.queryId = m_chosen.queryId;
        kept.origin = m_found.answer->ran ? explain::PlanOrigin::Measured : explain::PlanOrigin::Explained;
        // With $1 in it the statement has another id than with values: by its own words it is the same.
        if (kept.queryId.isEmpty())
            kept.plan.queryId.clear();
    } else {
        kept.origin = explain::PlanOrigin::Pasted;
    }
    m_kept->setCurrent(explain::statementKeyOf(kept.queryId, kept.text, kept.plan));
    m_kept->keep(kept);
}

void PlanPage::showKept(const KeptPlansView::Kept &kept)
{
    m_error->clear();
    m_found = {};
    m_which->hide();
    m_kept->setCurrent(kept.about.statement);
    QStringList words{u"Kept: seen %1"_s.arg(nameOf(kept.about))};
    if (!kept.about.database.isEmpty())
        words << u"in %1"_s.arg(kept.about.database);
    words << u"its values are masked"_s;
    m_how->setText(words.join(u", "_s) + u'.');
    m_view->setPlan(kept.plan, {}, u"Of a kept plan the server is not asked: which indexes there are is not known here."_s);
    m_stack->setCurrentIndex(1);
}

void PlanPage::askConsent(const explain::Answer &answer)
{
    Question question;
    question.title = u"Run the statement and roll it back"_s;
    QStringList lasting;
    for (const explain::Effect &effect : answer.lasting)
        lasting << explain::effectText(effect);
    question.text = answer.reason +
                    u" In %1 it is run in a transaction that is rolled back, within %2 s, and waits for a lock %3 s at most; meanwhile it holds its locks."_s
                        .arg(m_database.isEmpty() ? u"this database"_s : m_database, QString::number(m_request.statementTimeoutMs / 1000),
                             QString::number(m_request.lockTimeoutMs / 1000)) +
                    (lasting.isEmpty()
                         ? u" Nothing that outlives the rollback is seen in the catalog; what triggers and functions do outside of the database is not seen."_s
                         : u" Not rolled back:"_s);
    question.detail = lasting.join(u'\n');
    question.verb = u"Run and roll back"_s;
    question.dangerous = true;
    // What was asked about is run, and nothing else.
    ask(this, question, this, [this, request = m_request, database = m_database, chosen = m_chosen](const Answer &given) {
        if (!given.accepted || chosen != m_chosen)
            return;
        m_error->clear();
        m_request = request;
        m_request.consent = true;
        m_database = database;
        m_flow->explain(m_database, m_request);
    });
}

void PlanPage::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    const auto wanted = width() < narrow ? Qt::Vertical : Qt::Horizontal;
    if (m_split->orientation() == wanted)
        return;
    m_split->setOrientation(wanted);
    m_split->setSizes(wanted == Qt::Vertical ? QList<int>{height() * 2 / 5, height() * 3 / 5} : QList<int>{width() / 4, width() * 3 / 4});
}

} // namespace howdah::ui
