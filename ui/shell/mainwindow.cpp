// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/mainwindow.h"

#include "ui/health/healthendpoint.h"
#include "ui/health/monitoringdialog.h"
#include "ui/session/exportdialog.h"
#include "ui/session/importdialog.h"
#include "ui/shell/connectdialog.h"
#include "ui/shell/connectionbar.h"
#include "ui/shell/jobmodel.h"
#include "ui/shell/jobstrip.h"
#include "ui/shell/panestack.h"
#include "ui/shell/rail.h"
#include "ui/stack/stackactions.h"
#include "ui/widgets/dialogs.h"
#include "ui/widgets/errorbar.h"
#include "ui/widgets/label.h"
#include "ui/widgets/timerange.h"

#include <QCloseEvent>
#include <QCoreApplication>
#include <QHBoxLayout>
#include <QShortcut>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace howdah::ui
{

namespace
{

constexpr QSize defaultSize(1280, 800);
constexpr QSize smallestSize(900, 560);
constexpr int quitDeadlineMs = 3000;

bool asksForPassword(const Error &error)
{
    return error.kind == ErrorKind::Authentication
        && (error.reason == QLatin1StringView("wrong_password") || error.reason == QLatin1StringView("no_password"));
}

} // namespace

MainWindow::MainWindow(const Services &services, const WindowOptions &options, QWidget *parent)
    : QMainWindow(parent), m_services(services), m_options(options), m_range(new TimeRange(this)),
      m_jobs(new JobModel(services.store, this)), m_endpoint(new HealthEndpoint(services.store, services.keychain, this)), m_memory(new LayoutMemory(services.store, options.remember, this)),
      m_bar(new ConnectionBar(this)), m_rail(new Rail(this)), m_panes(new PaneStack(this)), m_strip(new JobStrip(m_jobs, this)),
      m_palette(nullptr)
{
    setWindowTitle(QStringLiteral("Howdah"));
    setMinimumSize(smallestSize);
    resize(defaultSize);
    m_shared.store = services.store;
    m_shared.keychain = services.keychain;
    m_shared.tools = services.tools;
    m_shared.clock = services.clock;
    m_shared.range = m_range;
    m_shared.jobs = m_jobs;
    m_shared.endpoint = m_endpoint;
    m_shared.openProfile = [self = QPointer(this)](const QString &name) {
        if (self)
            self->openProfile(name);
    };
    m_shared.showPlace = [self = QPointer(this)](const QString &pane, const QString &place) {
        if (!self)
            return;
        self->m_rail->select(pane);
        if (Pane *shown = self->m_panes->currentPane())
            shown->showPlace(place);
    };
    m_quitDeadline.setSingleShot(true);
    m_quitDeadline.setInterval(quitDeadlineMs);
    connect(&m_quitDeadline, &QTimer::timeout, this, &QWidget::close);
    buildFrame();
    m_palette = new CommandPalette(this);
    buildMenus();
    buildShortcuts();
    const QString pane = !options.pane.isEmpty() ? options.pane : allPanes().isEmpty() ? QString() : allPanes().constFirst().id;
    m_rail->select(pane);
}

MainWindow::~MainWindow()
{
    m_bar->setWorkspace(nullptr);
    m_panes->setWorkspace(nullptr);
    delete m_workspace;
}

void MainWindow::buildFrame()
{
    auto *frame = new QWidget(this);
    auto *right = new QVBoxLayout;
    right->setContentsMargins(0, 0, 0, 0);
    right->setSpacing(0);
    auto *trouble = new QVBoxLayout;
    trouble->setContentsMargins(space::group, 0, space::group, 0);
    m_storeTrouble = addErrorBar(trouble, [this] { m_memory->load(); });
    m_profileTrouble = addErrorBar(trouble, [this] { openProfile(m_failedProfile); });
    m_linkTrouble = addErrorBar(trouble, [this] { m_workspace->reconnect(); });
    for (ErrorBar *bar : {m_storeTrouble, m_profileTrouble}) {
        bar->setAction(QStringLiteral("Dismiss"));
        connect(bar, &ErrorBar::action, bar, &ErrorBar::clear);
    }
    right->addLayout(trouble);
    right->addWidget(m_panes, 1);
    auto *middle = new QHBoxLayout;
    middle->setSpacing(0);
    middle->addWidget(m_rail);
    middle->addLayout(right, 1);
    auto *column = new QVBoxLayout(frame);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_bar);
    column->addLayout(middle, 1);
    column->addWidget(m_strip);
    setCentralWidget(frame);

    connect(m_rail, &Rail::selected, this, &MainWindow::showPane);
    connect(m_bar, &ConnectionBar::searchWanted, this, [this] { m_palette->open(commands()); });
    connect(m_bar, &ConnectionBar::reconnectWanted, this, [this] { m_workspace->reconnect(); });
    connect(m_bar, &ConnectionBar::cancelWanted, this, [this] { m_workspace->giveUpWaiting(); });
    connect(m_linkTrouble, &ErrorBar::action, this, [this] {
        const auto asked = m_workspace ? m_workspace->trouble() : std::nullopt;
        if (asked && asksForPassword(asked->error))
            enterPassword();
        else
            startStack();
    });
    connect(m_panes, &PaneStack::attention, this, [this](const QString &id, int count, const QString &word) {
        if (RailButton *button = m_rail->button(id))
            button->setAttention(count, word);
    });
    connect(m_panes, &PaneStack::startStackWanted, this, &MainWindow::startStack);
    connect(m_panes, &PaneStack::connectWanted, this, &MainWindow::connectToServer);
    connect(m_panes, &PaneStack::passwordWanted, this, &MainWindow::enterPassword);
    connect(m_panes, &PaneStack::retryWanted, this, [this] { openProfile(m_workspace->profile().name); });
    connect(m_strip, &JobStrip::expandedChanged, this, [this](bool open) { m_memory->set(QStringLiteral("activity_open"), open); });
    connect(m_memory, &LayoutMemory::loaded, this, &MainWindow::restore);
    connect(m_memory, &LayoutMemory::notCopied, this, [this](const Error &error) {
        m_storeTrouble->setRetryVisible(false);
        m_storeTrouble->showError(QStringLiteral("Today's copy of Howdah's own store could not be made"), error);
    });
    connect(m_memory, &LayoutMemory::failed, this, [this](const Error &error) {
        m_storeTrouble->setRetryVisible(true);
        m_storeTrouble->showError(QStringLiteral("Howdah's own store could not be read; nothing is remembered until it can"), error);
        if (!m_workspace)
            setWorkspace({});
    });
    connect(m_range, &TimeRange::changed, this, [this] {
        m_bar->rangeButton()->setText(m_range->text());
        if (m_range->isFollowing())
            m_memory->set(QStringLiteral("range_ms"), m_range->spanMs());
    });
}

ErrorBar *MainWindow::addErrorBar(QLayout *column, const std::function<void()> &retry)
{
    auto *bar = new ErrorBar(this);
    column->addWidget(bar);
    connect(bar, &ErrorBar::retry, this, retry);
    return bar;
}

void MainWindow::start()
{
    // Nothing is chosen yet: the first Tab begins at the frame's start.
    centralWidget()->setFocus();
    m_memory->load();
    if (m_options.remember)
        m_endpoint->load();
}

void MainWindow::restore(const Remembered &remembered)
{
    m_profiles = remembered.profiles;
    m_storeTrouble->clear();
    const QJsonObject &layout = remembered.layout;
    const QSize size(layout.value(QStringLiteral("width")).toInt(), layout.value(QStringLiteral("height")).toInt());
    if (size.width() >= smallestSize.width() && size.height() >= smallestSize.height())
        resize(size);
    // After the size, which is what the window comes back to.
    if (layout.value(QStringLiteral("maximized")).toBool())
        setWindowState(windowState() | Qt::WindowMaximized);
    if (const qint64 span = layout.value(QStringLiteral("range_ms")).toInteger(); span > 0)
        m_range->setLast(span);
    if (!m_options.theme && layout.contains(QStringLiteral("theme")))
        theme().setChoice(Theme::choiceFromName(layout.value(QStringLiteral("theme")).toString()));
    if (m_options.pane.isEmpty())
        m_rail->select(layout.value(QStringLiteral("pane")).toString());
    m_strip->setExpanded(layout.value(QStringLiteral("activity_open")).toBool());
    if (!remembered.repaired.isEmpty()) {
        Error error;
        error.kind = ErrorKind::Io;
        error.message = remembered.repaired;
        m_storeTrouble->setRetryVisible(false);
        m_storeTrouble->showError(QStringLiteral("Howdah's own store was damaged"), error);
    }
    // A name that was asked for and does not exist is an error of openProfile's; a remembered one that is gone is not.
    QString name = m_options.profile;
    for (const QString &candidate : {layout.value(QStringLiteral("profile")).toString(), QStringLiteral("local")}) {
        const auto has = [&](const session::Profile &profile) { return profile.name == candidate; };
        if (name.isEmpty() && std::any_of(m_profiles.cbegin(), m_profiles.cend(), has))
            name = candidate;
    }
    if (!name.isEmpty())
        return openProfile(name);
    if (!m_profiles.isEmpty())
        return openProfile(m_profiles.constFirst().name);
    setWorkspace({});
    if (m_options.pane.isEmpty() && !layout.contains(QStringLiteral("pane")))
        m_rail->select(QStringLiteral("stack"));
}

void MainWindow::reloadProfiles()
{
    async::onFinished(m_services.store->run([](store::Store &store) { return session::readProfiles(store); }), this,
                      [this](const Result<QVector<session::Profile>> &profiles) {
                          if (profiles)
                              m_profiles = *profiles;
                      });
}

void MainWindow::openProfile(const QString &name)
{
    async::onFinished(m_services.store->run([name](store::Store &store) { return session::readProfile(store, name); }), this,
                      [this, name](const Result<session::Profile> &profile) {
                          if (profile)
                              return setWorkspace(*profile);
                          if (!m_workspace)
                              setWorkspace({});
                          m_failedProfile = name;
                          m_profileTrouble->showError(QStringLiteral("The profile %1 could not be opened").arg(name), profile.error());
                      });
    reloadProfiles();
}

void MainWindow::setWorkspace(const session::Profile &profile)
{
    Workspace *before = m_workspace;
    m_workspace = new Workspace(profile, m_shared, this);
    m_bar->setWorkspace(m_workspace);
    m_panes->setWorkspace(m_workspace);
    delete before; // after its panes
    for (const PaneDescriptor &pane : allPanes()) {
        if (RailButton *button = m_rail->button(pane.id))
            button->setAttention(0, {});
    }
    connect(m_workspace, &Workspace::linkChanged, this, &MainWindow::showTrouble);
    if (!profile.id.isEmpty())
        m_memory->set(QStringLiteral("profile"), profile.name);
    setWindowTitle(profile.id.isEmpty() ? QStringLiteral("Howdah")
                                        : QStringLiteral("%1 · %2 · Howdah").arg(profile.name, session::environmentName(profile.environment)));
    m_profileTrouble->clear();
    m_linkTrouble->clear();
    m_workspace->start();
}

void MainWindow::showPane(const QString &id)
{
    m_panes->showPane(id);
    m_memory->set(QStringLiteral("pane"), id);
}

void MainWindow::showTrouble()
{
    m_escape->setEnabled(m_workspace->link().state == pg::LinkState::NoAnswer);
    const auto trouble = m_workspace->trouble();
    if (!trouble)
        return m_linkTrouble->clear();
    const session::Profile &profile = m_workspace->profile();
    const bool password = asksForPassword(trouble->error);
    const bool stack = !profile.stack.isEmpty() && trouble->error.kind == ErrorKind::Connection;
    m_linkTrouble->setAction(password ? QStringLiteral("Enter the password…") : stack ? QStringLiteral("Start the stack") : QString());
    m_linkTrouble->showError(QStringLiteral("No connection to %1 as %2").arg(profile.name, trouble->key.role), trouble->error);
}

void MainWindow::enterPassword()
{
    if (!m_workspace)
        return;
    const auto trouble = m_workspace->trouble();
    const store::SecretKey key = trouble ? trouble->key : m_workspace->missingKey();
    Question question;
    question.title = QStringLiteral("Enter the password");
    question.text = QStringLiteral("For the role %1 on %2.").arg(key.role, m_workspace->profile().spec.address());
    question.field = QStringLiteral("Password");
    question.fieldIsSecret = true;
    question.choice = QStringLiteral("Keep it in the keychain");
    question.choiceDefault = true;
    question.verb = QStringLiteral("Connect");
    ask(this, question, this, [this, key, name = m_workspace->profile().name](const Answer &answer) {
        // An empty one that is held would stand before what the keychain has.
        if (!answer.accepted || answer.secret.isEmpty())
            return;
        if (!answer.choice) {
            m_services.keychain->holdForSession(key, answer.secret);
            return openProfile(name);
        }
        async::onFinished(m_services.keychain->write(key, answer.secret), this, [this, key, name, secret = answer.secret](const Done &written) {
            // Without a keychain it lives as long as this program; the bar says "session only".
            if (!written)
                m_services.keychain->holdForSession(key, secret);
            openProfile(name);
        });
    });
}

void MainWindow::connectToServer()
{
    auto *dialog = new ConnectDialog(m_shared, this);
    connect(dialog, &ConnectDialog::importWanted, this, &MainWindow::importServers);
    dialog->open();
}

void MainWindow::setUpMonitoring()
{
    (new MonitoringDialog(m_workspace ? m_workspace->context() : m_shared, this))->open();
}

void MainWindow::importServers()
{
    auto *dialog = new ImportDialog(m_shared, this);
    connect(dialog, &ImportDialog::imported, this, &MainWindow::reloadProfiles);
    dialog->open();
}

void MainWindow::exportProfiles()
{
    (new ExportDialog(m_shared, this))->open();
}

void MainWindow::startStack()
{
    m_rail->select(QStringLiteral("stack"));
    ui::startStack(m_workspace ? m_workspace->context() : m_shared, this);
}

void MainWindow::setThemeChoice(Theme::Choice choice)
{
    theme().setChoice(choice);
    m_memory->set(QStringLiteral("theme"), Theme::choiceName(choice));
}

void MainWindow::refreshPane()
{
    if (Pane *pane = m_panes->currentPane())
        pane->refresh();
}

void MainWindow::escape()
{
    if (m_workspace && m_workspace->link().state == pg::LinkState::NoAnswer)
        m_workspace->giveUpWaiting();
}

void MainWindow::resizeEvent(QResizeEvent *event)
{
    QMainWindow::resizeEvent(event);
    if (isMaximized())
        return;
    m_memory->set(QStringLiteral("width"), width());
    m_memory->set(QStringLiteral("height"), height());
}

void MainWindow::changeEvent(QEvent *event)
{
    QMainWindow::changeEvent(event);
    if (event->type() == QEvent::WindowStateChange)
        m_memory->set(QStringLiteral("maximized"), isMaximized());
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    const QVector<session::Job *> running = m_jobs->running();
    if (running.isEmpty() || (m_quitting && !m_quitDeadline.isActive())) {
        m_memory->saveNow();
        return QMainWindow::closeEvent(event);
    }
    event->ignore();
    if (m_quitting || m_asksToQuit)
        return;
    m_asksToQuit = true;
    Question question;
    question.title = running.size() == 1 ? QStringLiteral("Quit while a job runs") : QStringLiteral("Quit while %1 jobs run").arg(running.size());
    const auto stuck = std::find_if(running.cbegin(), running.cend(), [](const session::Job *job) { return !job->spec().canBeCancelled; });
    if (stuck == running.cend()) {
        question.text = running.constLast()->spec().title + QStringLiteral(" will be cancelled; what it has done so far stays.");
        question.verb = QStringLiteral("Cancel and quit");
    } else {
        question.text = (*stuck)->spec().title + QStringLiteral(" can't be given up midway: better wait for its end. Left as it is now, it has to be gone on with from here before anybody is let in.");
        question.verb = QStringLiteral("Quit midway");
    }
    question.dangerous = true;
    ask(this, question, this, [this](const Answer &answer) {
        m_asksToQuit = false;
        if (!answer.accepted)
            return;
        // Each job is seen to its end, so that its line in the journal has one.
        m_quitting = true;
        m_quitDeadline.start();
        connect(m_jobs, &JobModel::changed, this, &QWidget::close);
        m_jobs->cancelAll();
        close();
    });
}

} // namespace howdah::ui
