// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/backup/backupactions.h"

#include "backup/schedulekeeping.h"
#include "base/async.h"
#include "ui/backup/prunedialog.h"
#include "ui/backup/restoredialog.h"
#include "ui/backup/scheduledialog.h"
#include "ui/backup/takedialog.h"

#include <QTimeZone>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;

BackupActions::BackupActions(const PaneContext &context, QWidget *window) : QObject(window), m_context(context), m_window(window), m_flow(new BackupFlow(context, window)), m_reader(u"backup contents"_s) {}

void BackupActions::setChoice(const StandChoice &choice)
{
    m_flow->setChoice(choice);
}

void BackupActions::setReading(const std::optional<BackupReading> &reading)
{
    m_reading = reading;
    m_noPhysical = reading && !reading->managedBy.isEmpty() ? u"%1 manages this server and gives out neither base backups nor its WAL; a dump is what can be had"_s.arg(reading->managedBy) : QString();
}

const Backup *BackupActions::chosen() const
{
    return m_reading ? m_reading->catalogue.find(m_chosen) : nullptr;
}

QString BackupActions::systemIdentifier() const
{
    if (!m_reading)
        return {};
    if (m_reading->inventory)
        return m_reading->inventory->systemIdentifier;
    for (auto it = m_reading->catalogue.backups.crbegin(); it != m_reading->catalogue.backups.crend(); ++it) {
        if (it->kind == BackupKind::Full && it->isUsable())
            return it->systemIdentifier;
    }
    return {};
}

BackupCan BackupActions::can() const
{
    BackupCan can;
    const QString busy = m_flow->busyWith();
    const QString notNow = !m_reading ? u"the backups were not read"_s : busy;
    can.noTake = busy.isEmpty() && !m_reading ? notNow : busy;
    can.noVerify = !notNow.isEmpty() ? notNow : !chosen() ? u"no backup is chosen"_s : chosen()->state == BackupState::BeingWritten || chosen()->state == BackupState::Left ? u"it is not finished"_s : QString();
    can.noRestore = !notNow.isEmpty() ? notNow : !chosen() || chosen()->kind != BackupKind::Dump ? u"a dump is to be chosen"_s : !chosen()->isUsable() ? u"this dump is not sound"_s : QString();
    can.noPrune = !notNow.isEmpty() ? notNow : m_reading->catalogue.backups.isEmpty() ? u"there is no backup"_s : QString();
    can.noDrill = !notNow.isEmpty() ? notNow : !m_reading->inventory ? u"there is no base backup to rehearse, or its WAL was not read"_s : QString();
    can.noSchedule = !m_reading || !m_reading->isWhole || !m_context.store ? u"the backups were not read"_s : m_reading->scheduleWhy.isEmpty() ? QString() : u"the schedule that is kept can't be read: "_s + m_reading->scheduleWhy;
    return can;
}

void BackupActions::backUp()
{
    if (!can().noTake.isEmpty())
        return;
    TakeFacts facts;
    facts.place = m_reading->repository;
    facts.database = m_context.profile.spec.database;
    facts.noPhysical = m_noPhysical;
    const QString cluster = systemIdentifier();
    if (cluster.isEmpty() || !m_reading->catalogue.lastFull(cluster))
        facts.noIncremental = u"there is no sound full backup that it could build on"_s;
    auto *dialog = new TakeDialog(facts, m_window);
    connect(dialog, &QDialog::accepted, this, [this, dialog] {
        if (dialog->kind() == BackupKind::Dump)
            return m_flow->begin(u"The dump"_s, [wish = dialog->dumpWish()](const BackupWork &work, const Progress &progress, const CancelToken &cancel) { return planToDump(work, wish, progress, cancel); });
        m_flow->begin(u"The backup"_s, [options = dialog->takeOptions()](const BackupWork &work, const Progress &progress, const CancelToken &cancel) { return planToTake(work, options, progress, cancel); });
    });
    dialog->open();
}

void BackupActions::verify()
{
    if (can().noVerify.isEmpty())
        m_flow->run(workOfVerifying(m_flow->work(), m_chosen));
}

void BackupActions::verifyAll()
{
    if (can().noPrune.isEmpty()) // there is one
        m_flow->run(workOfVerifying(m_flow->work(), {}));
}

void BackupActions::restoreDump()
{
    if (!can().noRestore.isEmpty())
        return;
    auto *dialog = new RestoreDialog(m_chosen, m_window);
    connect(dialog, &QDialog::accepted, this, [this, dialog] {
        m_flow->begin(u"The restore"_s, [wish = dialog->wish()](const BackupWork &work, const Progress &progress, const CancelToken &cancel) { return planToRestore(work, wish, progress, cancel); });
    });
    const CancelToken cancel;
    connect(dialog, &QObject::destroyed, this, [cancel] { cancel.cancel(); });
    async::onFinished(m_reader.run([work = m_flow->work(), id = m_chosen, cancel] { return readContents(work, id, {}, cancel); }), dialog, [dialog](const Result<DumpContents> &contents) { dialog->setContents(contents); });
    dialog->open();
}

void BackupActions::prune()
{
    if (!can().noPrune.isEmpty())
        return;
    auto *dialog = new PruneDialog(m_reading->catalogue, systemIdentifier(), m_reading->choice.ofStack(), m_context.clock->wallMs(), m_window);
    connect(dialog, &QDialog::accepted, this, [this, dialog] {
        m_flow->begin(u"The removal"_s, [retention = dialog->retention(), wal = dialog->wal()](const BackupWork &work, const Progress &progress, const CancelToken &cancel) { return planToPrune(work, retention, wal, progress, cancel); });
    });
    dialog->open();
}

void BackupActions::drill()
{
    if (can().noDrill.isEmpty())
        m_flow->begin(u"The drill"_s, [](const BackupWork &work, const Progress &progress, const CancelToken &cancel) { return planToDrill(work, progress, cancel); });
}

void BackupActions::schedule()
{
    if (!can().noSchedule.isEmpty())
        return;
    ScheduleFacts facts;
    facts.nowMs = m_context.clock->wallMs();
    facts.isKept = m_reading->schedule.has_value();
    facts.schedule = m_reading->schedule.value_or(usualSchedule(QTimeZone::systemTimeZoneId(), facts.nowMs));
    facts.schedule.on = facts.schedule.on && facts.isKept; // a proposal is switched on by who wants it
    facts.runs = m_reading->runs;
    // Where it goes to is where the pane looks.
    facts.schedule.folder = m_reading->choice.folder;
    facts.schedule.archive = m_reading->choice.archive;
    facts.place = m_reading->repository;
    auto *dialog = new ScheduleDialog(facts, m_window);
    connect(dialog, &QDialog::accepted, this, [this, dialog] {
        const auto service = [id = m_context.profile.id, schedule = dialog->schedule()](store::Store &store) { return keepSchedule(store, id, schedule); };
        async::onFinished(m_context.store->run(service), this, [this](const Done &kept) {
            if (kept)
                emit scheduled();
            else
                emit failed(u"The schedule could not be kept"_s, kept.error());
        });
    });
    dialog->open();
}

} // namespace howdah::ui
