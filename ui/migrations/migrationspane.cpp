// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/migrations/migrationspane.h"

#include "ui/activity/rows.h"
#include "ui/migrations/foreignview.h"
#include "ui/migrations/keptoptions.h"
#include "ui/migrations/lockpreviews.h"
#include "ui/migrations/lockpreviewview.h"
#include "ui/migrations/migrationsbar.h"
#include "ui/migrations/migrationview.h"
#include "ui/migrations/optionsdialog.h"
#include "ui/migrations/questions.h"
#include "ui/migrations/rowactions.h"
#include "ui/migrations/runflow.h"
#include "ui/migrations/runprogress.h"
#include "ui/migrations/runview.h"
#include "ui/migrations/timeline.h"
#include "ui/migrations/writing.h"
#include "ui/widgets/emptystate.h"
#include "ui/widgets/errorbar.h"
#include "ui/widgets/theme.h"

#include <QDir>
#include <QMenu>
#include <QShortcut>
#include <QSplitter>
#include <QStackedLayout>
#include <QVBoxLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::migrations;
using What = MigrationRequest::What;

namespace
{

class MigrationsPane : public Pane
{
public:
    MigrationsPane(const PaneContext &context, QWidget *parent)
        : Pane(parent), m_context(context), m_source(new ProjectSource(context, this)), m_runs(new RunFlow(context, this)), m_compares(new CompareFlow(context, this)),
          m_model(new KeyedModel(timelineColumns(), this)), m_line(new KeyedView(m_model, u"Migrations, the newest on top"_s)), m_view(new MigrationView), m_locks(new LockPreviews(context, m_source, m_view, this)),
          m_writing(new Writing(context, m_source, m_compares, m_view, this)), m_runView(new RunView), m_foreign(new ForeignView), m_kept(new KeptOptions(context, [this] { return m_line->state(); }, this)), m_error(new ErrorBar), m_bar(new MigrationsBar), m_progress(new RunProgress(context.monitor, this)),
          m_empty(new EmptyState(u"No folder of migrations is chosen for this server"_s, u"Choose the folder…"_s,
                                 u"Migrations are files in dbmate's format, one a change, with the way forth and the way back: db/migrations of your project. What is applied stands in the table "
                                 "schema_migrations, who ran it and when in the schema howdah."_s))
    {
        connectBar();
        m_view->setOtherTab(m_locks->view(), u"Locks"_s);
        m_split = new QSplitter(Qt::Horizontal);
        m_split->setChildrenCollapsible(false);
        m_split->setHandleWidth(space::part);
        m_split->setStyleSheet(u"QSplitter::handle { background: transparent; }"_s);
        m_split->addWidget(m_line);
        m_split->addWidget(m_view);
        m_split->setStretchFactor(0, 2);
        m_split->setStretchFactor(1, 3);
        m_split->setSizes({600, 900});
        auto *pages = new QWidget;
        m_pages = new QStackedLayout(pages);
        m_pages->addWidget(m_empty);
        m_pages->addWidget(m_split);
        m_pages->addWidget(m_runView);
        m_pages->addWidget(m_foreign);
        auto *column = new QVBoxLayout(this);
        column->setContentsMargins(space::group, space::part, space::group, space::group);
        column->setSpacing(space::part);
        column->addWidget(m_bar);
        column->addWidget(m_error);
        column->addWidget(pages, 1);
        m_error->clear();
        m_line->setContextMenuPolicy(Qt::CustomContextMenu);

        connect(m_source, &ProjectSource::read, this, [this](const Project &project) { projectRead(project); });
        connect(m_source, &ProjectSource::foreignRead, this, [this](const QVector<ForeignProject> &projects) { foreignRead(projects); });
        connect(m_source, &ProjectSource::failed, this, [this](const QString &what, const Error &error) {
            m_wantedRun.reset(); // not some time later, when nobody expects it any more
            m_error->showError(what, error);
            settle();
        });
        connect(m_error, &ErrorBar::retry, this, [this] { refresh(); });
        connect(m_line, &KeyedView::currentKeyChanged, this, [this](const QString &key) { choose(key); });
        connect(m_line, &QWidget::customContextMenuRequested, this, [this](const QPoint &at) { rowMenu(at); });
        connect(m_empty, &EmptyState::clicked, this, [this] { chooseFolder(); });
        connect(m_writing, &Writing::stays, this, [this] { m_line->select(m_view->version()); });
        connect(m_writing, &Writing::made, this, [this](const QString &version) { m_wanted = version; });
        connect(m_writing, &Writing::failed, m_error, [this](const QString &what, const Error &error) { m_error->showError(what, error); });
        connectRuns();
        connect(m_line, &KeyedView::stateChanged, m_kept, &KeptOptions::columnsChanged);
        connect(m_kept, &KeptOptions::columnsRead, m_line, &KeyedView::restore);
        connect(m_kept, &KeptOptions::read, this, [this](const MigrationOptions &options) {
            setOptions(options);
            if (options.folder.isEmpty())
                settle();
        });
        buildKeys();
        m_kept->readAll();
        showButtons();
    }

    void activated() override { m_source->setShown(true); }
    void deactivated() override { m_source->setShown(false); }
    void refresh() override
    {
        m_error->clear();
        m_source->readNow();
    }
    bool isSettled() const override { return m_settled; }
    QString crumb() const override
    {
        return nameOf(m_view->version());
    }
    // A version: also one whose file was just written, as soon as it is read.
    void showPlace(const QString &place) override
    {
        m_line->select(place);
        m_wanted = place;
        m_source->readNow();
    }
    QVector<Command> commands() const override
    {
        auto *self = const_cast<MigrationsPane *>(this);
        QVector<Command> all{{u"New migration"_s, u"command"_s, u"Ctrl+N"_s, [self] { self->make(); }},
                             {u"Preview locks of the migration"_s, u"command"_s, u"Ctrl+L"_s, [self] { self->previewLocks(); }},
                             {u"Settings of the migrations"_s, u"command"_s, {}, [self] { self->askSettings(); }}};
        if (m_bar->mayRun())
            all.append({u"Run pending migrations"_s, u"command"_s, u"Ctrl+R"_s, [self] { self->beginRun({}); }});
        return all;
    }

private:
    void connectBar()
    {
        connect(m_bar, &MigrationsBar::make, this, [this] { make(); });
        connect(m_bar, &MigrationsBar::run, this, [this] { beginRun({}); });
        connect(m_bar, &MigrationsBar::revert, this, [this] {
            MigrationRequest request;
            request.what = What::Down;
            beginRun(request);
        });
        connect(m_bar, &MigrationsBar::redo, this, [this] {
            MigrationRequest request;
            request.what = What::Redo;
            beginRun(request);
        });
        connect(m_bar, &MigrationsBar::settings, this, [this] { askSettings(); });
    }

    void buildKeys()
    {
        const auto on = [this](const QKeySequence &keys, auto fn) {
            auto *shortcut = new QShortcut(keys, this);
            shortcut->setContext(Qt::WidgetWithChildrenShortcut);
            connect(shortcut, &QShortcut::activated, this, fn);
        };
        on(QKeySequence::New, [this] { make(); });
        on(QKeySequence::Save, [this] { m_writing->save(); });
        on(QKeySequence(Qt::CTRL | Qt::Key_R), [this] {
            if (m_bar->mayRun())
                beginRun({});
        });
        on(QKeySequence(Qt::CTRL | Qt::Key_L), [this] { previewLocks(); });
        on(QKeySequence(Qt::Key_Escape), [this] {
            if (m_runs->isRunning())
                m_runs->giveUp();
            else if (m_pages->currentWidget() == m_runView)
                takeWay(WayOn::Back);
        });
    }

    void connectRuns()
    {
        connect(m_runs, &RunFlow::refused, this, [this](const QString &what, const Error &error) {
            if (error.reason != "edited"_L1 && error.reason != "out_of_order"_L1)
                return m_error->showError(what, error);
            Run ran; // with its ways on
            ran.error = error;
            m_runView->begin(what, {});
            m_runView->end(ran);
            m_pages->setCurrentWidget(m_runView);
        });
        connect(m_runs, &RunFlow::began, this, [this](const QString &title, const QStringList &names) {
            m_error->clear();
            m_runView->begin(title, names);
            m_pages->setCurrentWidget(m_runView);
            m_progress->start([this] { return m_runs->backendPid(); });
            showButtons();
        });
        connect(m_runs, &RunFlow::told, m_runView, &RunView::take);
        connect(m_runs, &RunFlow::ended, this, [this](const Run &run) {
            m_progress->stop();
            m_runView->end(run);
            showButtons();
            m_source->readNow();
        });
        connect(m_runView, &RunView::giveUp, m_runs, &RunFlow::giveUp);
        connect(m_runView, &RunView::wayChosen, this, [this](WayOn way) { takeWay(way); });
        connect(m_progress, &RunProgress::seen, m_runView, &RunView::setServerProgress);
    }

    QString nameOf(const QString &version) const
    {
        const Entry *entry = m_project.entry(version);
        return entry ? entry->name : version;
    }
    void setOptions(const MigrationOptions &options)
    {
        m_locks->forget();
        m_pages->setCurrentWidget(options.folder.isEmpty() ? static_cast<QWidget *>(m_empty) : m_split);
        m_source->setOptions(options);
        showButtons();
    }

    void chooseFolder()
    {
        askFolder(this, QDir::homePath(), this, [this](const QString &path) {
            MigrationOptions options = m_source->options();
            options.folder = path;
            m_kept->keep(options);
            setOptions(options);
        });
    }

    void askSettings()
    {
        auto *dialog = new OptionsDialog(m_source->options(), this);
        connect(dialog, &QDialog::accepted, this, [this, dialog] {
            m_writing->leave([this, options = dialog->options()] {
                m_kept->keep(options);
                setOptions(options);
            });
        });
        dialog->open();
    }

    void projectRead(const Project &project)
    {
        m_project = project;
        m_writing->setProject(project);
        m_locks->setProject(project);
        m_error->clear();
        if (m_pages->currentWidget() == m_foreign)
            m_pages->setCurrentWidget(m_split);
        m_reading = true;
        m_model->setRows(timelineRows(project));
        m_line->expandAll();
        if (m_view->isDirty() && !project.entry(m_view->version()))
            m_line->setCurrentIndex({}); // its row has gone, and the text is still here
        m_reading = false;
        const int waits = project.state.pending();
        emit attention(waits, waits ? u"pending"_s : QString());
        if (m_view->isDirty()) {
            m_view->update(project);
            m_locks->show();
        } else if (m_view->version().isEmpty() || !project.entry(m_view->version())) {
            const QStringList pending = project.pending();
            const QString first = !m_wanted.isEmpty() ? m_wanted : pending.isEmpty() ? wayBack(project.ledger).value(0) : pending.constFirst();
            if (!first.isEmpty())
                m_line->select(first);
        } else if (!m_wanted.isEmpty() && project.entry(m_wanted)) {
            m_line->select(m_wanted);
        } else {
            m_view->update(project);
            m_locks->show();
        }
        if (project.entry(m_wanted))
            m_wanted.clear();
        m_view->setVisible(!m_view->version().isEmpty());
        showButtons();
        settle();
    }

    void foreignRead(const QVector<ForeignProject> &projects)
    {
        m_error->clear();
        m_foreign->show(projects);
        if (!m_view->isDirty()) { // else what is written stays in sight
            m_project = {};
            m_writing->setProject({});
            m_locks->setProject({});
            m_model->setRows({});
            m_pages->setCurrentWidget(m_foreign);
        }
        emit attention(0, {});
        m_bar->showForeign(m_source->options().folder);
        settle();
    }

    void settle()
    {
        if (!std::exchange(m_settled, true))
            emit settled();
    }

    void showButtons() { m_bar->show(m_project, m_source->options().folder, m_runs->isRunning()); }

    void choose(const QString &key)
    {
        // What the line does by itself while rows go is no wish to leave what is being written.
        if (key == m_view->version() || !m_project.entry(key) || (m_reading && m_view->isDirty()))
            return;
        m_writing->leave([this, key] {
            m_view->show(m_project, key);
            m_view->setVisible(true);
            m_locks->show();
        });
    }

    void make()
    {
        if (m_bar->mayMake())
            m_writing->make();
    }

    void previewLocks()
    {
        if (m_pages->currentWidget() == m_split)
            m_locks->preview();
    }

    void beginRun(const MigrationRequest &request)
    {
        m_request = request;
        m_error->clear();
        // What is run is what lies in the file: saved first.
        if (m_view->isDirty()) {
            return m_writing->leave([this, request] {
                m_wantedRun = request;
                m_source->readNow();
                connect(m_source, &ProjectSource::read, this, [this](const Project &project) {
                    if (const auto wanted = std::exchange(m_wantedRun, std::nullopt))
                        m_runs->begin(project, m_source->options(), *wanted);
                }, Qt::SingleShotConnection);
            });
        }
        m_runs->begin(m_project, m_source->options(), request);
    }

    void takeWay(WayOn way)
    {
        const Run run = m_runView->run();
        const auto back = [this] { m_pages->setCurrentWidget(m_split); };
        const auto resolve = [&](Resolved how) {
            MigrationRequest request;
            request.what = What::Resolve;
            request.version = run.failedAt ? run.failedAt->version : QString();
            request.how = how;
            beginRun(request);
        };
        switch (way) {
        case WayOn::Back: back(); break;
        case WayOn::RunAgain: beginRun(m_request); break;
        case WayOn::OpenFile: {
            back();
            QString version = run.failedAt ? run.failedAt->version : QString();
            for (const Entry &entry : m_project.state.entries) {
                if (version.isEmpty() && entry.standing == Standing::Edited)
                    version = entry.version;
            }
            m_line->select(version);
            if (run.failedAt && run.failedAt->line > 0)
                m_view->showLine(run.failedAt->line);
            break;
        }
        case WayOn::ShowBlocker:
            if (m_context.showPlace && m_runView->blockerPid() != 0)
                m_context.showPlace(u"activity"_s, pidKey(m_runView->blockerPid()));
            break;
        case WayOn::OutOfOrder: {
            MigrationRequest request = m_request;
            request.allowOutOfOrder = true;
            beginRun(request);
            break;
        }
        case WayOn::Adopt:
            for (const Entry &entry : m_project.state.entries) {
                if (entry.standing == Standing::Edited)
                    return askAdopt(entry.version);
            }
            break;
        case WayOn::StatementDone: resolve(Resolved::StatementDone); break;
        case WayOn::StatementNotDone: resolve(Resolved::StatementNotDone); break;
        case WayOn::Applied: resolve(Resolved::Applied); break;
        case WayOn::NotApplied: resolve(Resolved::NotApplied); break;
        }
    }

    void askAdopt(const QString &version)
    {
        askReason(this, nameOf(version), this, [this, version](const QString &reason) {
            MigrationRequest request;
            request.what = What::Adopt;
            request.version = version;
            request.reason = reason;
            beginRun(request);
        });
    }

    void rowMenu(const QPoint &at)
    {
        const QString version = m_line->currentKey();
        const QVector<RowAction> actions = m_runs->isRunning() ? QVector<RowAction>() : rowActions(m_project, version);
        if (actions.isEmpty())
            return;
        auto *menu = new QMenu(this);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        for (const RowAction &action : actions) {
            menu->addAction(action.text, this, [this, action, version] {
                switch (action.kind) {
                case RowAction::Kind::Run: beginRun(action.request); break;
                case RowAction::Kind::Preview: previewLocks(); break;
                case RowAction::Kind::Adopt: askAdopt(version); break;
                }
            });
        }
        menu->popup(m_line->viewport()->mapToGlobal(at));
    }

    PaneContext m_context;
    ProjectSource *m_source;
    RunFlow *m_runs;
    CompareFlow *m_compares;
    KeyedModel *m_model;
    KeyedView *m_line;
    MigrationView *m_view;
    LockPreviews *m_locks;
    Writing *m_writing;
    RunView *m_runView;
    ForeignView *m_foreign;
    KeptOptions *m_kept;
    ErrorBar *m_error;
    MigrationsBar *m_bar;
    RunProgress *m_progress;
    EmptyState *m_empty;
    QSplitter *m_split = nullptr;
    QStackedLayout *m_pages = nullptr;
    Project m_project;
    MigrationRequest m_request; // the last that was begun
    std::optional<MigrationRequest> m_wantedRun; // as soon as what was saved is read
    QString m_wanted;               // a version that was just made
    bool m_reading = false;
    bool m_settled = false;
};

} // namespace

Pane *makeMigrationsPane(const PaneContext &context, QWidget *parent)
{
    return new MigrationsPane(context, parent);
}

} // namespace howdah::ui
