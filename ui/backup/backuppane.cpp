// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/backup/backuppane.h"

#include "base/async.h"
#include "base/units.h"
#include "ui/backup/backupactions.h"
#include "ui/backup/backupbar.h"
#include "ui/backup/backupdetail.h"
#include "ui/backup/backuprows.h"
#include "ui/backup/backupsource.h"
#include "ui/backup/keptplace.h"
#include "ui/backup/placedialog.h"
#include "ui/backup/readinessbar.h"
#include "ui/backup/swapnotice.h"
#include "ui/backup/windowstrip.h"
#include "ui/backup/wizard.h"
#include "ui/widgets/emptystate.h"
#include "ui/widgets/errorbar.h"
#include "ui/widgets/keyedview.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QClipboard>
#include <QDesktopServices>
#include <QGuiApplication>
#include <QMenu>
#include <QPointer>
#include <QScrollArea>
#include <QShortcut>
#include <QSplitter>
#include <QStackedLayout>
#include <QUrl>
#include <QVBoxLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;

namespace
{

class BackupPane : public Pane
{
public:
    BackupPane(const PaneContext &context, QWidget *parent)
        : Pane(parent), m_context(context), m_source(new BackupSource(context, this)), m_actions(new BackupActions(context, this)), m_model(new KeyedModel(backupColumns(), this)), m_table(new KeyedView(m_model, u"Backups, the newest on top"_s)),
          m_kept(new KeptPlace(context, [this] { return m_table->state(); }, this)), m_bar(new BackupBar), m_error(new ErrorBar), m_notice(new SwapNotice(context.profile.stack)), m_readiness(new ReadinessBar), m_strip(new WindowStrip), m_detail(new BackupDetail),
          m_empty(new EmptyState({}, {},
                                 u"A base backup and the WAL behind it bring a whole cluster back to any moment; a dump brings one database back to the moment it was taken. What was never restored is not proven: a drill "
                                 "rehearses the newest, and says what would be lost and how long it would take."_s))
    {
        m_split = new QSplitter(Qt::Horizontal);
        m_split->setChildrenCollapsible(false);
        m_split->setHandleWidth(space::part);
        m_split->setStyleSheet(u"QSplitter::handle { background: transparent; }"_s);
        m_split->addWidget(m_table);
        m_split->addWidget(m_detail);
        m_split->setStretchFactor(0, 3);
        m_split->setStretchFactor(1, 1);
        m_split->setSizes({1000, 400});
        // Many branches scroll instead of pushing the table out.
        auto *scroll = new QScrollArea;
        scroll->setWidgetResizable(true);
        scroll->setFrameShape(QFrame::NoFrame);
        scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        scroll->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
        scroll->setFocusPolicy(Qt::NoFocus);
        scroll->setWidget(m_strip);
        m_stripArea = scroll;
        auto *shown = new QWidget;
        auto *column = new QVBoxLayout(shown);
        column->setContentsMargins(0, 0, 0, 0);
        column->setSpacing(space::part);
        column->addWidget(m_readiness);
        column->addWidget(m_stripArea);
        column->addWidget(m_split, 1);
        auto *pages = new QWidget;
        m_pages = new QStackedLayout(pages);
        m_pages->addWidget(m_empty);
        m_pages->addWidget(shown);
        m_all = new QStackedLayout(this);
        auto *usual = new QWidget;
        m_all->addWidget(usual);
        auto *all = new QVBoxLayout(usual);
        all->setContentsMargins(space::group, space::part, space::group, space::group);
        all->setSpacing(space::part);
        all->addWidget(m_bar);
        all->addWidget(m_error);
        all->addWidget(m_notice);
        all->addWidget(pages, 1);
        m_notice->look();
        connect(m_notice, &SwapNotice::wanted, this, [this](const Swap &swap) {
            recover();
            m_wizard->takeUp(swap);
        });
        m_error->clear();
        m_shown = shown;
        showPlaceOf({m_context.profile, {}, {}});

        connect(m_source, &BackupSource::began, this, [this] { showReading(); });
        connect(m_source, &BackupSource::listed, this, [this](const BackupReading &reading) {
            if (!m_reading || !m_reading->isWhole) // else what is known stays until all of it is read again
                take(reading);
        });
        connect(m_source, &BackupSource::read, this, [this](const BackupReading &reading) {
            if (std::exchange(m_readFailed, false))
                m_error->clear();
            take(reading);
            settle();
        });
        connect(m_source, &BackupSource::failed, this, [this](const Error &error) {
            m_error->setRetryVisible(true);
            m_error->showError(u"The backups could not be read"_s, error);
            m_readFailed = true; // what a job said stays when the next reading is good
            m_readiness->setUnknown(u"the backups could not be read"_s);
            emit attention(0, {});
            settle();
        });
        connect(m_error, &ErrorBar::retry, this, [this] { refresh(); });
        connectActions();
        connect(m_empty, &EmptyState::clicked, this, [this] { m_source->hasPlace() ? m_actions->backUp() : askPlace(); });
        connect(m_empty, &EmptyState::secondClicked, this, [this] { askPlace(); });
        connect(m_table, &QWidget::customContextMenuRequested, this, [this](const QPoint &at) { rowMenu(at); });
        m_table->setContextMenuPolicy(Qt::CustomContextMenu);
        connect(m_bar, &BackupBar::recover, this, [this] { recover(); });
        connect(m_table, &KeyedView::currentKeyChanged, this, [this](const QString &key) { choose(key); });
        connect(m_table, &KeyedView::stateChanged, m_kept, &KeptPlace::columnsChanged);
        connect(m_kept, &KeptPlace::columnsRead, m_table, &KeyedView::restore);
        connect(m_kept, &KeptPlace::read, this, [this](const StandChoice &choice) { usePlace(choice); });
        connect(m_strip, &WindowStrip::markPicked, this, [this](const QString &id) { m_table->select(id); });
        connect(m_detail, &BackupDetail::idChosen, this, [this](const QString &id) { m_table->select(id); });
        const auto copy = [](const QString &text) { QGuiApplication::clipboard()->setText(text); };
        connect(m_detail, &BackupDetail::copyWanted, this, copy);
        connect(m_readiness, &ReadinessBar::copyWanted, this, copy);
        connect(m_detail, &BackupDetail::folderWanted, this, [](const QString &path) { QDesktopServices::openUrl(QUrl::fromLocalFile(path)); });
        m_kept->readAll();
    }

    void activated() override { m_source->setShown(true); }
    void deactivated() override { m_source->setShown(false); }
    void refresh() override
    {
        if (isRecovering())
            return m_wizard->readAgain();
        m_error->clear();
        m_notice->look();
        m_source->readNow();
    }
    bool isSettled() const override { return m_settled; }
    QString crumb() const override { return m_detail->id(); }
    void showPlace(const QString &place) override { m_table->select(place); }
    QVector<Command> commands() const override
    {
        if (isRecovering())
            return m_wizard->commands();
        auto *self = const_cast<BackupPane *>(this);
        const BackupCan can = m_actions->can();
        QVector<Command> all{{u"Choose where the backups lie"_s, u"command"_s, {}, [self] { self->askPlace(); }}, {u"Show all of the recoverable window"_s, u"command"_s, {}, [self] { self->m_strip->showAll(); }}};
        const auto add = [&](const QString &whyNot, const QString &text, const QString &keys, void (BackupActions::*what)()) {
            if (whyNot.isEmpty())
                all.append({text, u"command"_s, keys, [self, what] { (self->m_actions->*what)(); }});
        };
        add(can.noTake, u"Back up now"_s, u"Ctrl+B"_s, &BackupActions::backUp);
        add(can.noVerify, u"Verify the backup that is chosen"_s, u"Ctrl+Shift+V"_s, &BackupActions::verify);
        add(can.noPrune, u"Verify every backup"_s, {}, &BackupActions::verifyAll);
        add(can.noRestore, u"Restore the dump that is chosen"_s, {}, &BackupActions::restoreDump);
        add(can.noDrill, u"Run a recovery drill"_s, {}, &BackupActions::drill);
        add(can.noPrune, u"Remove old backups"_s, {}, &BackupActions::prune);
        add(can.noSchedule, u"Schedule of the backups"_s, {}, &BackupActions::schedule);
        if (m_source->hasPlace())
            all.append({u"Recover to a moment"_s, u"command"_s, {}, [self] { self->recover(); }});
        return all;
    }

private:
    void connectActions()
    {
        connect(m_bar, &BackupBar::backUp, m_actions, &BackupActions::backUp);
        connect(m_bar, &BackupBar::verify, m_actions, &BackupActions::verify);
        connect(m_bar, &BackupBar::restoreDump, m_actions, &BackupActions::restoreDump);
        connect(m_bar, &BackupBar::drill, m_actions, &BackupActions::drill);
        connect(m_bar, &BackupBar::prune, m_actions, &BackupActions::prune);
        connect(m_bar, &BackupBar::schedule, m_actions, &BackupActions::schedule);
        connect(m_actions, &BackupActions::scheduled, m_source, &BackupSource::readNow);
        connect(m_actions, &BackupActions::failed, this, [this](const QString &what, const Error &error) { m_error->showError(what, error); });
        connect(m_bar, &BackupBar::place, this, [this] { askPlace(); });
        connect(m_bar, &BackupBar::giveUp, m_actions->flow(), &BackupFlow::giveUp);
        connect(m_actions->flow(), &BackupFlow::changed, this, [this] { showButtons(); });
        connect(m_actions->flow(), &BackupFlow::refused, this, [this](const QString &what, const Error &error) {
            m_error->setRetryVisible(false);
            m_error->showError(what, error);
        });
        connect(m_actions->flow(), &BackupFlow::ended, this, [this](session::Job *job) {
            if (job->state() == session::Job::State::Failed) {
                m_error->setRetryVisible(false);
                m_error->showError(job->spec().title + u": failed"_s, job->error());
            } else {
                m_error->clear();
            }
            m_source->readNow();
        });
        const auto on = [this](const QKeySequence &keys, auto fn) {
            auto *shortcut = new QShortcut(keys, this);
            shortcut->setContext(Qt::WidgetWithChildrenShortcut);
            connect(shortcut, &QShortcut::activated, this, fn);
        };
        on(QKeySequence(Qt::CTRL | Qt::Key_B), [this] { m_actions->backUp(); });
        on(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_V), [this] { m_actions->verify(); });
        on(QKeySequence(Qt::Key_Escape), [this] {
            if (m_actions->flow()->isPlanning())
                m_actions->flow()->giveUp();
        });
        showButtons();
    }

    void showButtons() { m_bar->setCan(m_actions->can(), m_actions->flow()->busyWith(), m_actions->flow()->isPlanning()); }

    void rowMenu(const QPoint &at)
    {
        const Backup *backup = m_reading ? m_reading->catalogue.find(m_table->currentKey()) : nullptr;
        if (!backup)
            return;
        const BackupCan can = m_actions->can();
        auto *menu = new QMenu(this);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        menu->addAction(u"Verify"_s, m_actions, &BackupActions::verify)->setEnabled(can.noVerify.isEmpty());
        if (backup->kind == BackupKind::Dump)
            menu->addAction(u"Restore…"_s, m_actions, &BackupActions::restoreDump)->setEnabled(can.noRestore.isEmpty());
        menu->addSeparator();
        menu->addAction(u"Copy the path"_s, this, [path = backup->folder] { QGuiApplication::clipboard()->setText(path); });
        menu->addAction(u"Copy the id"_s, this, [id = backup->id] { QGuiApplication::clipboard()->setText(id); });
        menu->popup(m_table->viewport()->mapToGlobal(at));
    }

    qint64 nowMs() const { return m_context.clock ? m_context.clock->wallMs() : 0; }

    void usePlace(const StandChoice &choice)
    {
        m_reading.reset();
        m_error->clear();
        showPlaceOf(choice);
        m_actions->setChoice(choice);
        m_actions->setReading({});
        showButtons();
        m_source->setChoice(choice);
        m_bar->setRecoverable(m_source->hasPlace());
        if (m_wizard && !m_wizard->isBusy()) // it was of another place
            delete std::exchange(m_wizardPage, nullptr);
        if (!m_source->hasPlace() || !m_context.tools)
            settle();
    }

    bool isRecovering() const { return m_wizard && m_all->currentWidget() == m_wizardPage; }

    // At the moment that was picked on the strip, where one was; else where it was left.
    void recover()
    {
        // One of another place stays while it works; then it goes.
        if (m_wizard && !m_wizard->isBusy() && (m_wizard->choice().folder != m_source->choice().folder || m_wizard->choice().archive != m_source->choice().archive))
            delete std::exchange(m_wizardPage, nullptr);
        if (!m_wizard) {
            m_wizard = new RecoveryWizard(m_context, m_source->choice());
            m_wizardPage = new QWidget;
            auto *column = new QVBoxLayout(m_wizardPage);
            column->setContentsMargins(space::group, space::part, space::group, space::group);
            column->addWidget(m_wizard);
            m_all->addWidget(m_wizardPage);
            connect(m_wizard, &RecoveryWizard::left, this, [this] {
                m_all->setCurrentIndex(0);
                m_notice->look();
                m_source->setShown(true);
            });
        }
        m_source->setShown(false);
        m_all->setCurrentWidget(m_wizardPage);
        if (const auto picked = m_strip->picked())
            m_wizard->chooseMoment(*picked, m_strip->pickedTimeline());
        m_strip->clearPicked();
        m_wizard->setFocus();
    }

    void showPlaceOf(const StandChoice &choice)
    {
        const bool has = !choice.folder.isEmpty() || !choice.profile.stack.isEmpty();
        if (!has) {
            m_empty->setLine(u"No place for backups of this server is chosen"_s);
            m_empty->setButton(u"Choose the folder…"_s);
            m_empty->setSecondButton({});
            m_bar->setPlace(u"no place chosen"_s, {});
            m_pages->setCurrentWidget(m_empty);
            return;
        }
        m_bar->setPlace(choice.folder.isEmpty() ? u"archive of the stack %1"_s.arg(choice.profile.stack) : choice.folder, {});
        if (!m_reading) {
            m_empty->setLine(u"Reading the backups"_s);
            m_empty->setButton({});
            m_empty->setSecondButton({});
            m_pages->setCurrentWidget(m_empty);
        }
    }

    void askPlace()
    {
        auto *dialog = new PlaceDialog(m_source->choice().profile.id.isEmpty() ? StandChoice{m_context.profile, {}, {}} : m_source->choice(), this);
        connect(dialog, &QDialog::accepted, this, [this, dialog] {
            m_kept->keep(dialog->choice());
            usePlace(dialog->choice());
        });
        dialog->open();
    }

    void showReading()
    {
        if (!m_reading)
            m_readiness->setUnknown(u"the backups are being read"_s);
    }

    void take(const BackupReading &reading)
    {
        m_reading = reading;
        m_actions->setReading(reading);
        const QString free = reading.freeBytes ? units::bytes(double(*reading.freeBytes)) + u" free"_s : u"free space not known"_s;
        m_bar->setPlace(u"%1 · %2"_s.arg(reading.repository, free), u"%1\nread by %2\nWAL: %3"_s.arg(reading.repository, reading.tools, reading.archive.isEmpty() ? u"not read"_s : reading.archive));
        if (reading.catalogue.backups.isEmpty() && reading.isWhole) {
            m_empty->setLine(u"There is no backup in %1 yet"_s.arg(reading.repository));
            m_empty->setButton(u"Back up now…"_s);
            m_empty->setSecondButton(u"Choose another place…"_s);
            m_pages->setCurrentWidget(m_empty);
        } else {
            m_pages->setCurrentWidget(m_shown);
        }
        StripValues values = stripOf(reading.catalogue, reading.inventory ? &*reading.inventory : nullptr, reading.points, nowMs() * 1000, reading.migrations);
        if (!reading.isWhole)
            values.unknown = u"the archive is being read"_s;
        else if (reading.noInventory)
            values.unknown = reading.noInventory->message;
        m_strip->setValues(values);
        m_stripArea->setFixedHeight(std::min(m_strip->sizeHint().height(), 240));
        showReadiness();
        m_model->setRows(backupRows(reading, nowMs()));
        if (m_table->currentKey().isEmpty() && !reading.catalogue.backups.isEmpty())
            m_table->select(reading.catalogue.backups.constLast().id);
        choose(m_table->currentKey());
    }

    void showReadiness()
    {
        if (!m_reading->readiness)
            return m_readiness->setUnknown(u"the archive is being read"_s);
        const Readiness &readiness = *m_reading->readiness;
        m_readiness->setReadiness(readiness);
        const bool red = readiness.worst() == Light::Red;
        emit attention(red ? int(std::count_if(readiness.lines.cbegin(), readiness.lines.cend(), [](const ReadinessLine &line) { return line.light == Light::Red; })) : 0, red ? readiness.headline() : QString());
    }

    void choose(const QString &id)
    {
        if (!m_reading)
            return;
        m_detail->show(*m_reading, id, nowMs());
        m_actions->setChosen(m_detail->id());
        showButtons();
    }

    void settle()
    {
        if (!std::exchange(m_settled, true))
            emit settled();
    }

    PaneContext m_context;
    BackupSource *m_source;
    BackupActions *m_actions;
    KeyedModel *m_model;
    KeyedView *m_table;
    KeptPlace *m_kept;
    BackupBar *m_bar;
    ErrorBar *m_error;
    SwapNotice *m_notice;
    ReadinessBar *m_readiness;
    WindowStrip *m_strip;
    QWidget *m_stripArea = nullptr;
    BackupDetail *m_detail;
    EmptyState *m_empty;
    QSplitter *m_split;
    QWidget *m_shown = nullptr;
    QStackedLayout *m_pages;
    QStackedLayout *m_all = nullptr;     // the pane as it is, and the recovery in its place
    QPointer<RecoveryWizard> m_wizard;   // as it was left; goes with its page
    QWidget *m_wizardPage = nullptr;
    std::optional<BackupReading> m_reading;
    bool m_readFailed = false;
    bool m_settled = false;
};

} // namespace

Pane *makeBackupPane(const PaneContext &context, QWidget *parent)
{
    return new BackupPane(context, parent);
}

} // namespace howdah::ui
