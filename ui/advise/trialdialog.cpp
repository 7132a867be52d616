// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/advise/trialdialog.h"

#include "base/units.h"
#include "explain/shape.h"
#include "trial/loggedvalues.h"
#include "ui/advise/trialresult.h"
#include "ui/advise/trialscript.h"
#include "ui/catalog/sqlhighlighter.h"
#include "ui/plan/parameterform.h"
#include "ui/statements/periodtext.h"
#include "ui/widgets/errorbar.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QGridLayout>
#include <QGuiApplication>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using trial::HypoPg;
using trial::Trial;

namespace
{

const QString hypoPgData = u"hypopg"_s, labData = u"lab:"_s;
constexpr int usualLimitS = 60, mostLimitS = 86'400;

PlainLabel *caption(const QString &text, QWidget *of)
{
    auto *label = new PlainLabel(text, nullptr, "muted");
    label->setBuddy(of);
    return label;
}

bool isIndex(const QString &text)
{
    const auto remedy = trial::remedyOf(text);
    return remedy && remedy->kind == trial::Remedy::Kind::Index;
}

} // namespace

TrialDialog::TrialDialog(const PaneContext &context, const TrialAsked &asked, QWidget *parent)
    : QDialog(parent), m_context(context), m_asked(asked), m_flow(new TrialFlow(context, this)), m_pages(new QStackedWidget), m_where(new QComboBox),
      m_noWay(new PlainLabel), m_copyRecipe(new QPushButton(u"Copy how it is made"_s)), m_readAgain(new QPushButton(u"Look again"_s)),
      m_script(new QPlainTextEdit), m_values(new ParameterForm), m_valuesNote(new PlainLabel({}, nullptr, "muted")),
      m_useLogged(new QPushButton(u"Take the values of its slowest logged run"_s)), m_runs(new QSpinBox), m_limit(new QSpinBox),
      m_consent(new QCheckBox(u"It writes: run it on the lab all the same, and roll that back"_s)), m_result(new TrialResult),
      m_progress(new PlainLabel({}, nullptr, "muted")), m_error(new ErrorBar), m_draft(new QPushButton(u"Draft a migration…"_s)),
      m_again(new QPushButton(u"Try again…"_s)), m_cancel(new QPushButton(u"Cancel"_s)), m_close(new QPushButton(u"Close"_s)),
      m_try(new QPushButton(u"Try it"_s))
{
    setWindowTitle(u"Try it: %1"_s.arg(units::oneLine(asked.title)));
    setAttribute(Qt::WA_DeleteOnClose);
    resize(880, 640);
    const auto shape = explain::shapeOf(asked.statement);
    m_writes = shape && shape->writes;
    m_error->clear();
    m_error->setRetryVisible(false);
    m_progress->setWordWrap(true);
    m_pages->addWidget(question());
    m_pages->addWidget(m_result);
    m_cancel->setAccessibleName(u"Cancel the trial"_s);
    m_cancel->setToolTip(u"What the remedy made is taken back (Esc)"_s);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(space::part);
    buttons->addWidget(m_progress, 1);
    for (QPushButton *one : {m_again, m_draft, m_cancel, m_close, m_try})
        buttons->addWidget(one);
    // The Enter that begins it must not reach the button that the focus is led to.
    for (QPushButton *one : {m_again, m_draft, m_cancel, m_close, m_copyRecipe, m_readAgain, m_useLogged})
        one->setAutoDefault(false);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(space::edge, space::group, space::edge, space::group);
    column->setSpacing(space::part);
    column->addWidget(m_pages, 1);
    column->addWidget(m_error);
    column->addLayout(buttons);

    QVector<explain::Parameter> parameters;
    if (shape) {
        QList<int> numbers(shape->parameters.cbegin(), shape->parameters.cend());
        std::sort(numbers.begin(), numbers.end());
        for (const int number : std::as_const(numbers))
            parameters.append({number, {}, false, false, {}});
    }
    m_values->setParameters(parameters);
    m_useLogged->setVisible(!parameters.isEmpty() && !asked.loggedValues.isEmpty());
    m_valuesNote->setVisible(!parameters.isEmpty());
    m_consent->setVisible(m_writes);
    connect(m_flow, &TrialFlow::waysRead, this, [this](const trial::Ways &ways) { setWays(ways); });
    connect(m_flow, &TrialFlow::busyChanged, this, &TrialDialog::setBusy);
    connect(m_flow, &TrialFlow::stepped, this, [this](const ProgressStep &step) {
        const bool counts = step.total > 1;
        m_progress->setText(counts ? u"%1 (%2 of %3)"_s.arg(step.step).arg(std::min(step.done + 1, step.total)).arg(step.total) : step.step + u" …"_s);
    });
    connect(m_flow, &TrialFlow::tried, this, [this](const Trial &tried) { show(tried); });
    connect(m_flow, &TrialFlow::failed, this, [this](const Error &error) {
        if (m_closing)
            return QDialog::reject();
        m_progress->setText(error.kind == ErrorKind::Cancelled ? u"Cancelled."_s : QString());
        if (error.kind != ErrorKind::Cancelled || !error.detail.isEmpty()) // what stays is said in the detail
            m_error->showError(error.kind == ErrorKind::Cancelled ? u"It was cancelled"_s : u"It could not be tried"_s, error);
    });
    connect(m_try, &QPushButton::clicked, this, &TrialDialog::begin);
    connect(m_cancel, &QPushButton::clicked, this, [this] {
        m_progress->setText(u"Cancels, and takes back what was made …"_s);
        m_flow->cancel();
    });
    connect(m_close, &QPushButton::clicked, this, &TrialDialog::reject);
    connect(m_again, &QPushButton::clicked, this, [this] {
        m_pages->setCurrentIndex(0);
        updateButtons();
        m_try->setFocus(Qt::OtherFocusReason);
    });
    connect(m_draft, &QPushButton::clicked, this, &TrialDialog::draft);
    showScript();
    updateButtons();
    m_noWay->setText(u"Looks for labs …"_s);
    m_flow->readWays(m_asked.database);
}

QWidget *TrialDialog::question()
{
    m_where->setAccessibleName(u"Where it is tried"_s);
    m_where->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_noWay->setWordWrap(true);
    m_noWay->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_noWay->setFocusPolicy(Qt::NoFocus);
    m_script->setReadOnly(true);
    m_script->setFont(fixedFont());
    m_script->setTabChangesFocus(true);
    m_script->setAccessibleName(u"What will be run"_s);
    new SqlHighlighter(m_script->document());
    m_runs->setRange(1, trial::mostRuns);
    m_runs->setValue(3);
    m_runs->setAccessibleName(u"Runs that count"_s);
    m_runs->setToolTip(u"Besides the first, with a cold cache, which does not count; the median stands for them"_s);
    m_limit->setRange(1, mostLimitS);
    m_limit->setValue(usualLimitS);
    m_limit->setSuffix(u" s"_s);
    m_limit->setAccessibleName(u"Time limit of each run"_s);
    m_valuesNote->setWordWrap(true);
    m_valuesNote->setText(u"The values it is run with. Where one is not given it is not run, and only the planner's costs are compared."_s);
    setLook(m_useLogged, "link");
    auto *page = new QWidget;
    auto *where = new QHBoxLayout;
    where->setSpacing(space::part);
    where->addWidget(caption(u"Where"_s, m_where));
    where->addWidget(m_where, 1);
    where->addWidget(m_readAgain);
    auto *how = new QHBoxLayout;
    how->setSpacing(space::part);
    how->addWidget(caption(u"Runs"_s, m_runs));
    how->addWidget(m_runs);
    how->addSpacing(space::part);
    how->addWidget(caption(u"Each within"_s, m_limit));
    how->addWidget(m_limit);
    how->addSpacing(space::part);
    how->addWidget(m_consent);
    how->addStretch(1);
    auto *column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::part);
    column->addLayout(where);
    column->addWidget(m_noWay);
    column->addWidget(m_copyRecipe, 0, Qt::AlignLeft);
    column->addWidget(new PlainLabel(u"What will be run"_s, nullptr, "muted"));
    column->addWidget(m_script, 1);
    column->addWidget(m_valuesNote);
    column->addWidget(m_values);
    column->addWidget(m_useLogged, 0, Qt::AlignLeft);
    column->addLayout(how);
    m_copyRecipe->hide();
    connect(m_where, &QComboBox::currentIndexChanged, this, [this] {
        showScript();
        updateButtons();
    });
    connect(m_runs, &QSpinBox::valueChanged, this, &TrialDialog::showScript);
    connect(m_limit, &QSpinBox::valueChanged, this, &TrialDialog::showScript);
    connect(m_consent, &QCheckBox::toggled, this, &TrialDialog::showScript);
    connect(m_useLogged, &QPushButton::clicked, this, &TrialDialog::useLoggedValues);
    connect(m_copyRecipe, &QPushButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(trial::labRecipe()); });
    connect(m_values, &ParameterForm::accepted, this, &TrialDialog::begin);
    connect(m_readAgain, &QPushButton::clicked, this, [this] {
        m_noWay->setText(u"Looks for labs …"_s);
        m_noWay->show();
        m_flow->readWays(m_asked.database);
    });
    return page;
}

void TrialDialog::setWays(const trial::Ways &ways)
{
    const QVariant before = m_where->currentData();
    m_where->clear();
    const bool indexes = std::all_of(m_asked.remedies.cbegin(), m_asked.remedies.cend(), isIndex);
    QStringList said;
    for (const backup::Lab &lab : ways.labs.value_or(QVector<backup::Lab>())) {
        if (lab.running)
            m_where->addItem(u"The lab %1, copied %2"_s.arg(lab.name, momentText(lab.rehearsal.atMs)), QString(labData + lab.name));
        else
            said << u"The lab %1 does not run: docker start %2"_s.arg(lab.name, lab.rehearsal.id);
    }
    const bool hypoPg = ways.hypoPg && ways.hypoPg->state == HypoPg::State::Ready;
    if (hypoPg && indexes)
        m_where->addItem(u"HypoPG %1 on this server: an estimate, nothing is built or run"_s.arg(ways.hypoPg->version), hypoPgData);
    if (before.isValid())
        m_where->setCurrentIndex(std::max(0, m_where->findData(before)));
    const bool none = m_where->count() == 0;
    if (!ways.labs)
        said << u"Whether there are labs is not known: %1"_s.arg(ways.labsMissing);
    if (none) {
        said << u"A lab is a copy of the cluster from its last backup, with the true rows. It is made by: %1"_s.arg(trial::labRecipe());
        if (!indexes)
            said << u"HypoPG knows indexes alone, and this is none."_s;
        else if (!ways.hypoPg)
            said << u"HypoPG: not known (%1)."_s.arg(ways.hypoPgMissing);
        else if (!hypoPg)
            said << (ways.hypoPg->state == HypoPg::State::NotInstalled ? u"Without a lab an index can be estimated by HypoPG, which is not installed: %1"_s
                                                                       : u"Without a lab an index can be estimated by HypoPG, which is not permitted: %1"_s)
                        .arg(ways.hypoPg->todo);
        said.prepend(u"There is nothing to try it on."_s);
    }
    m_where->setEnabled(!none);
    m_where->setPlaceholderText(u"Nowhere yet"_s);
    m_noWay->setText(said.join(u'\n'));
    m_noWay->setVisible(!said.isEmpty());
    m_copyRecipe->setVisible(none);
    showScript();
    updateButtons();
}

QString TrialDialog::labName() const
{
    const QString place = m_where->currentData().toString();
    return place.startsWith(labData) ? place.mid(labData.size()) : QString();
}

bool TrialDialog::byHypoPg() const
{
    return m_where->currentData().toString() == hypoPgData;
}

trial::TrialRequest TrialDialog::request() const
{
    trial::TrialRequest request;
    request.statement.text = m_asked.statement;
    request.statement.values = m_values->values();
    request.statement.consent = m_writes && m_consent->isChecked();
    request.statement.statementTimeoutMs = m_limit->value() * 1000;
    request.remedies = m_asked.remedies;
    request.runs = m_runs->value();
    request.role = m_asked.role;
    return request;
}

void TrialDialog::useLoggedValues()
{
    const auto values = trial::valuesOf(m_asked.loggedValues);
    if (!values)
        return m_error->showError(u"The logged values can't be taken"_s, values.error());
    for (auto one = values->cbegin(); one != values->cend(); ++one) {
        QLineEdit *line = m_values->valueLine(one.key());
        if (!line)
            continue;
        m_values->nullBox(one.key())->setChecked(!one->text);
        m_values->emptyBox(one.key())->setChecked(one->text && one->text->isEmpty());
        line->setText(one->text.value_or(QString()));
    }
}

void TrialDialog::showScript()
{
    m_script->setPlainText(trialScript(request(), byHypoPg() ? TrialPlace{TrialPlace::HypoPg, {}} : TrialPlace{TrialPlace::Lab, labName()}));
}

void TrialDialog::updateButtons()
{
    const bool busy = m_flow->isBusy(), asking = m_pages->currentIndex() == 0;
    const QString lab = labName();
    m_try->setText(byHypoPg() ? u"Estimate it by HypoPG"_s : lab.isEmpty() ? u"Try it"_s : u"Try it on the lab %1"_s.arg(lab));
    m_try->setVisible(asking && !busy);
    m_try->setEnabled(m_asked.isWhole && !m_asked.database.isEmpty() && m_where->currentIndex() >= 0);
    m_try->setToolTip(tooltipText(!m_asked.isWhole               ? u"Of this statement only a part is kept, or its literals are not"_s
                                  : m_asked.database.isEmpty() ? u"Its database is not known any more"_s
                                                               : QString()));
    m_try->setDefault(m_try->isEnabled() && asking);
    setLook(m_try, m_try->isEnabled() ? "primary" : "");
    m_cancel->setVisible(busy);
    m_close->setVisible(!busy);
    m_again->setVisible(!asking && !busy);
    m_draft->setVisible(!asking && !busy);
    m_runs->setEnabled(!byHypoPg());
    m_limit->setEnabled(!byHypoPg());
    m_consent->setEnabled(!byHypoPg());
}

void TrialDialog::setBusy(bool busy)
{
    m_pages->widget(0)->setEnabled(!busy);
    updateButtons();
    if (busy)
        m_cancel->setFocus(Qt::OtherFocusReason);
}

void TrialDialog::begin()
{
    if (!m_try->isEnabled() || m_flow->isBusy() || m_pages->currentIndex() != 0)
        return;
    m_error->clear();
    m_progress->clear();
    if (byHypoPg())
        m_flow->tryHypothetical(m_asked.database, request());
    else
        m_flow->tryOnLab(labName(), m_asked.database, request());
}

void TrialDialog::show(const Trial &trial)
{
    if (m_closing)
        return QDialog::reject();
    m_trial = trial;
    m_progress->clear();
    m_result->show(trial);
    m_pages->setCurrentIndex(1);
    updateButtons();
    const bool helps = trial.judgement.verdict == trial::Judgement::Verdict::Faster;
    setLook(m_draft, helps ? "primary" : "");
    m_draft->setToolTip(tooltipText(helps ? QString() : u"The trial did not show that it helps"_s));
    (helps ? m_draft : m_close)->setFocus(Qt::OtherFocusReason);
}

void TrialDialog::draft()
{
    if (!m_trial)
        return;
    const auto drafted = trial::draftOf(*m_trial);
    if (!drafted)
        return m_error->showError(u"A migration can't be drafted of it"_s, drafted.error());
    accept();
    emit draftWanted(*drafted);
}

void TrialDialog::reject()
{
    if (!m_flow->isBusy())
        return QDialog::reject();
    m_closing = true; // once what was made is taken back
    m_progress->setText(u"Cancels, and takes back what was made …"_s);
    m_flow->cancel();
}

} // namespace howdah::ui
