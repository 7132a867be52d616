// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/stack/stackpane.h"

#include "ui/shell/connectdialog.h"
#include "ui/shell/jobmodel.h"
#include "ui/stack/logview.h"
#include "ui/stack/stackactions.h"
#include "ui/stack/stackfacts.h"
#include "ui/widgets/emptystate.h"
#include "ui/widgets/errorbar.h"
#include "ui/widgets/icon.h"
#include "ui/widgets/label.h"
#include "ui/widgets/stateword.h"
#include "ui/widgets/theme.h"

#include <QClipboard>
#include <QGridLayout>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QPushButton>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace howdah::ui
{

namespace
{

constexpr int pollMs = 10'000;

// What an error's button offers, by the error's reason.
StackNext nextStepFor(const Error &error)
{
    StackStart how;
    if (error.reason == QLatin1StringView("port_taken"))
        return how.takeNextFreePort = true, StackNext{QStringLiteral("Start on the next free port"), how, false};
    if (error.reason == QLatin1StringView("no_docker") || error.reason == QLatin1StringView("docker_permission")
        || error.reason == QLatin1StringView("no_compose") || error.reason == QLatin1StringView("image_failed"))
        return how.localCluster = true, StackNext{QStringLiteral("Start without Docker"), how, false};
    if (error.kind == ErrorKind::Keychain)
        return how.sessionOnly = true, StackNext{QStringLiteral("Start, passwords for this session only"), how, false};
    if (error.reason == QLatin1StringView("unhealthy"))
        return {QStringLiteral("Show the log"), how, true};
    return {};
}

QPushButton *button(QWidget *parent, const char *text, const char *iconName)
{
    auto *made = new QPushButton(QString::fromUtf8(text), parent);
    made->setIcon(icon(QString::fromLatin1(iconName)));
    return made;
}

} // namespace

StackPane::StackPane(const PaneContext &context, QWidget *parent)
    : Pane(parent), m_context(context), m_name(stackNameOf(context)), m_reader(QStringLiteral("stack reader")), m_state(new StateWord(this)),
      m_error(new ErrorBar(this)), m_readError(new ErrorBar(this)), m_pages(new QStackedWidget(this)),
      m_empty(new EmptyState(QStringLiteral("Reading the stack's state"), {},
                             QStringLiteral("The stack is a PostgreSQL 18 with verified TLS, SCRAM passwords kept in the keychain, WAL archiving from "
                                            "its first start and the extensions Howdah works with. It listens on 127.0.0.1 only. Where there is "
                                            "no Docker, the same runs as a private local cluster."),
                             this)),
      m_facts(new StackFacts(this)), m_log(new LogView(this)), m_start(button(this, "Start", "play")), m_stop(button(this, "Stop", "stop")),
      m_demo(button(this, "Fill with demo data", "database")), m_rotate(button(this, "Rotate certificates…", "lock")), m_logs(button(this, "Log", "logs")),
      m_destroy(button(this, "Destroy…", "trash"))
{
    m_start->setAccessibleName(QStringLiteral("Start the stack"));
    m_stop->setAccessibleName(QStringLiteral("Stop the stack"));
    m_logs->setAccessibleName(QStringLiteral("Show the stack's log"));
    m_logs->setCheckable(true);
    m_destroy->setAccessibleName(QStringLiteral("Destroy the stack"));
    setLook(m_destroy, "danger");
    m_destroy->setIcon({});
    m_error->setRetryVisible(false);

    auto *bar = new QHBoxLayout;
    bar->setSpacing(space::part);
    bar->addWidget(new PlainLabel(QStringLiteral("Stack ") + m_name, this, "title"));
    bar->addSpacing(space::part);
    bar->addWidget(m_state);
    bar->addStretch();
    for (QPushButton *each : {m_start, m_stop, m_demo, m_rotate, m_logs})
        bar->addWidget(each);
    bar->addSpacing(space::edge);
    bar->addWidget(m_destroy);

    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(space::edge, space::group, space::edge, space::group);
    column->setSpacing(space::group);
    column->addLayout(bar);
    column->addWidget(m_error);
    column->addWidget(m_readError);
    column->addWidget(m_pages, 1);
    m_pages->addWidget(m_empty);
    m_pages->addWidget(buildDetail());

    const auto on = [this](QPushButton *which, auto fn) { connect(which, &QPushButton::clicked, this, fn); };
    on(m_start, [this] { startStack(m_context, window()); });
    on(m_stop, [this] { stopStack(m_context, window()); });
    on(m_demo, [this] { fillWithDemoData(m_context, window()); });
    on(m_rotate, [this] { rotateStackCertificates(m_context, window()); });
    on(m_destroy, [this] { destroyStack(m_context, window()); });
    m_logs->setChecked(true);
    connect(m_logs, &QPushButton::toggled, this, [this](bool shown) {
        m_log->setVisible(shown);
        if (shown)
            readLog();
    });
    connect(m_empty, &EmptyState::clicked, this, [this] { startStack(m_context, window()); });
    connect(m_empty, &EmptyState::secondClicked, this, [this] { (new ConnectDialog(m_context, window()))->open(); });
    connect(m_error, &ErrorBar::action, this, [this] {
        if (m_nextStep.showsLog)
            return m_logs->setChecked(true);
        startStack(m_context, window(), m_nextStep.how);
    });
    connect(m_readError, &ErrorBar::retry, this, &StackPane::refresh);
    if (m_context.jobs) {
        connect(m_context.jobs, &JobModel::changed, this, &StackPane::showStatus);
        connect(m_context.jobs, &JobModel::ended, this, &StackPane::jobEnded);
    }
    m_poll.setInterval(pollMs);
    connect(&m_poll, &QTimer::timeout, this, &StackPane::readStatus);
    showStatus();
}

StackPane::~StackPane()
{
    m_cancel.cancel();
}

QWidget *StackPane::buildDetail()
{
    auto *detail = new QWidget(this);
    auto *cards = new QHBoxLayout;
    cards->setSpacing(space::group);
    cards->addWidget(m_facts, 4, Qt::AlignTop);
    cards->addWidget(buildCommands(), 7, Qt::AlignTop);
    auto *column = new QVBoxLayout(detail);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::group);
    column->addLayout(cards);
    column->addWidget(m_log, 1);
    return detail;
}

QWidget *StackPane::buildCommands()
{
    auto *card = new QFrame(this);
    card->setProperty("card", true);
    card->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    auto *grid = new QGridLayout(card);
    grid->setContentsMargins(space::group, space::part, space::part, space::part);
    grid->setVerticalSpacing(0);
    grid->setHorizontalSpacing(space::edge);
    grid->setColumnStretch(1, 1);
    const auto command = [this](const char *verb) { return stackCommand(m_context, QString::fromLatin1(verb)); };
    const QString psql = QStringLiteral("docker compose exec postgres psql -U jeex_user -d jeex_idea");
    const std::pair<const char *, QString> lines[] = {{"Start", command("up")},       {"State", command("status --json")}, {"Log", command("logs")},
                                                      {"Demo data", command("demo")}, {"Stop", command("down")},           {"psql", psql}};
    int row = 0;
    for (const auto &[name, text] : lines) {
        auto *copy = new QPushButton(card);
        copy->setIcon(icon(QStringLiteral("copy")));
        copy->setIconSize({14, 14});
        setLook(copy, "icon");
        copy->setAccessibleName(QStringLiteral("Copy: ") + text);
        copy->setToolTip(QStringLiteral("Copy as a command line"));
        connect(copy, &QPushButton::clicked, this, [text = text] { QGuiApplication::clipboard()->setText(text); });
        grid->setRowMinimumHeight(row, space::row);
        grid->addWidget(new PlainLabel(QString::fromLatin1(name), card, "muted"), row, 0);
        grid->addWidget(new ElidedLabel(text, card, "fixed"), row, 1);
        grid->addWidget(copy, row++, 2);
    }
    return card;
}

QString StackPane::crumb() const
{
    return m_name;
}

void StackPane::activated()
{
    readStatus();
    m_poll.start();
}

void StackPane::deactivated()
{
    m_poll.stop();
}

void StackPane::refresh()
{
    readStatus();
}

session::Job *StackPane::runningJob() const
{
    if (!m_context.jobs)
        return nullptr;
    for (session::Job *job : m_context.jobs->running()) {
        if (job->spec().target == stackTarget(m_name))
            return job;
    }
    return nullptr;
}

void StackPane::readStatus()
{
    if (m_reading || !m_context.tools) // no tools: a window without a machine under it (tests)
        return settle();
    m_reading = true;
    async::onFinished(m_reader.run([name = m_name, cancel = m_cancel] { return stack::status(name, cancel); }), this,
                      [this](const Result<stack::StackStatus> &status) {
                          m_reading = false;
                          m_stateTrouble.reset();
                          if (status)
                              m_status = *status;
                          else if (!runningJob())
                              m_stateTrouble = status.error();
                          showReadTrouble();
                          showStatus();
                          refreshLog();
                          m_settled = true;
                          emit settled();
                      });
}

void StackPane::settle()
{
    if (!m_context.tools && !m_settled) {
        m_settled = true;
        emit settled();
    }
}

// Unknown without an address: not the stack is in doubt, but whether there is anything to run one with.
bool StackPane::isThere() const
{
    return m_status && m_status->state != stack::StackState::Absent && (m_status->state != stack::StackState::Unknown || m_status->port != 0);
}

void StackPane::refreshLog()
{
    if (isThere() && m_logs->isChecked())
        readLog();
}

void StackPane::readLog()
{
    if (m_readingLog)
        return;
    m_readingLog = true;
    async::onFinished(m_reader.run([name = m_name, cancel = m_cancel] { return stack::logs(name, LogView::maxLines, cancel); }), this,
                      [this](const Result<QByteArray> &log) {
                          m_readingLog = false;
                          m_logTrouble.reset();
                          if (log)
                              m_log->setLog(*log);
                          else
                              m_logTrouble = log.error();
                          showReadTrouble();
                      });
}

void StackPane::showReadTrouble()
{
    if (m_stateTrouble)
        m_readError->showError(QStringLiteral("The stack's state could not be read"), *m_stateTrouble);
    else if (m_logTrouble)
        m_readError->showError(QStringLiteral("The log could not be read"), *m_logTrouble);
    else
        m_readError->clear();
}

void StackPane::showStatus()
{
    const session::Job *job = runningJob();
    const stack::StackState state = m_status ? m_status->state : stack::StackState::Unknown;
    const bool there = isThere();
    const bool up = state == stack::StackState::Healthy || state == stack::StackState::Unhealthy || state == stack::StackState::Starting;
    if (job)
        m_state->setState(StateLook::Busy, QStringLiteral("working"));
    else if (m_status)
        m_state->setState(stackLook(state), there ? stack::stateName(state) : stack::stateName(stack::StackState::Absent));
    else
        m_state->setState(StateLook::Unknown, QStringLiteral("reading"));
    if (m_status)
        m_facts->setStatus(*m_status);
    m_pages->setCurrentIndex(there ? 1 : 0);
    if (job)
        m_empty->setLine(job->spec().title + QStringLiteral(": its step is shown below."));
    else if (m_status)
        m_empty->setLine(QStringLiteral("No stack on this machine yet. One button makes a PostgreSQL 18, ready and connected.")
                         + (m_status->reason.isEmpty() ? QString() : QLatin1Char('\n') + m_status->reason + QLatin1Char('.')));
    m_empty->setButton(m_status && !there && !job ? QStringLiteral("Start a PostgreSQL 18 stack") : QString());
    m_empty->setSecondButton(m_status && !there && !job ? QStringLiteral("Connect to a server…") : QString());
    for (QPushButton *each : {m_start, m_stop, m_demo, m_rotate, m_logs, m_destroy})
        each->setVisible(there);
    m_start->setEnabled(there && !up && !job);
    setLook(m_start, there && !up ? "primary" : "");
    m_stop->setEnabled(up && !job);
    m_demo->setEnabled(state == stack::StackState::Healthy && !job);
    m_rotate->setEnabled(state == stack::StackState::Healthy && !job);
    m_destroy->setEnabled(there && !job);
    emit attention(m_status && m_status->archiveWarning ? 1 : 0, QStringLiteral("warning: the WAL archive is over 5 GB"));
}

void StackPane::jobEnded(session::Job *job)
{
    if (job->spec().target != stackTarget(m_name))
        return;
    if (job->state() == session::Job::State::Failed) {
        m_nextStep = nextStepFor(job->error());
        m_error->setAction(m_nextStep.text);
        m_error->showError(job->spec().title + QStringLiteral(": failed"), job->error());
    } else {
        m_error->clear();
    }
    readStatus();
}

Pane *makeStackPane(const PaneContext &context, QWidget *parent)
{
    return new StackPane(context, parent);
}

} // namespace howdah::ui
