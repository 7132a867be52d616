// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/backup/wizardflow.h"

#include "base/async.h"
#include "base/savefile.h"
#include "base/units.h"
#include "ui/shell/jobmodel.h"

#include <QDateTime>
#include <QElapsedTimer>
#include <QJsonDocument>

#include <utility>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;

namespace
{

constexpr int lostTransactions = 20'000; // that are looked at for what is left out; more are said to be more
constexpr int progressMs = 50;

class Relay : public QObject
{
public:
    std::function<void(WizardStep, const ProgressStep &)> tell; // window's thread; empty: nobody listens any more
    std::function<void(const Swap &)> wrote;
};

// Which database is meant, and where the named tables lie.
struct Place {
    quint32 database = 0;
    QVector<RelationFile> files;
};

} // namespace

struct WizardFlow::Held {
    PhysicalPlace place;
    Stand stand;
};

struct WizardFlow::Seen {
    Judged judged;
    Changes changes; // behind the moment
    bool isLooked = false;
};

WizardFlow::WizardFlow(const PaneContext &context, const StandChoice &choice, QObject *parent)
    : QObject(parent), m_context(context), m_choice(choice), m_held(std::make_shared<Held>()), m_worker(u"recovery"_s), m_copies(u"rehearsed copies"_s)
{
    auto *relay = new Relay;
    relay->tell = [this](WizardStep step, const ProgressStep &how) { emit progressed(step, how); };
    relay->wrote = [this](const Swap &swap) { emit swapWritten(swap); };
    m_relay = std::shared_ptr<QObject>(relay, [](QObject *gone) { gone->deleteLater(); });
    // Its toolbox is a container that is removed there.
    m_worker.atEnd([held = m_held] {
        held->stand = {};
        held->place = {};
    });
}

WizardFlow::~WizardFlow()
{
    static_cast<Relay *>(m_relay.get())->tell = {};
    static_cast<Relay *>(m_relay.get())->wrote = {};
    m_cancel.cancel();
}

QString WizardFlow::database() const
{
    return m_context.profile.spec.database;
}

bool WizardFlow::begin(WizardStep step)
{
    if (m_busy)
        return false;
    m_busy = true;
    m_cancel = CancelToken();
    emit began(step);
    return true;
}

void WizardFlow::end(WizardStep step, const QString &what, const Error &error)
{
    m_busy = false;
    emit failed(step, what, error);
}

void WizardFlow::cancel()
{
    m_cancel.cancel();
    if (m_job)
        m_job->cancel();
}

Progress WizardFlow::progressOf(WizardStep step)
{
    const auto since = std::make_shared<QElapsedTimer>();
    return [relay = m_relay, step, since](const ProgressStep &how) {
        if (since->isValid() && since->elapsed() < progressMs)
            return;
        since->start();
        QMetaObject::invokeMethod(relay.get(), [relay, step, how] {
            if (const auto &tell = static_cast<Relay *>(relay.get())->tell)
                tell(step, how);
        }, Qt::QueuedConnection);
    };
}

std::function<void(const Swap &)> WizardFlow::lineSink()
{
    return [relay = m_relay](const Swap &swap) {
        QMetaObject::invokeMethod(relay.get(), [relay, swap] {
            if (const auto &wrote = static_cast<Relay *>(relay.get())->wrote)
                wrote(swap);
        }, Qt::QueuedConnection);
    };
}

void WizardFlow::forgetPlace()
{
    m_worker.run([held = m_held] {
        held->stand = {};
        held->place = {};
        return true;
    });
    if (m_live)
        m_live->deleteLater();
    m_live = nullptr;
}

pg::Session *WizardFlow::live()
{
    if (!m_live && m_context.catalogLink)
        m_live = m_context.catalogLink(database(), this);
    return m_live;
}

void WizardFlow::read()
{
    readSwaps();
    if (!begin(WizardStep::Moment))
        return;
    struct Read {
        WizardFacts facts;
        QVector<Standing> standing;
    };
    const auto service = [held = m_held, choice = m_choice, nowMs = m_context.clock->wallMs(), progress = progressOf(WizardStep::Moment), cancel = m_cancel]() -> Result<Read> {
        if (!held->place.repository) {
            auto place = openPlace(choice, false, {}, progress, cancel);
            if (!place)
                return fail(std::move(place.error()));
            held->place = *std::move(place);
        }
        auto stand = readStand(choice, held->place, progress, cancel);
        if (!stand) {
            held->place = {}; // it may be the way there that is gone
            return fail(std::move(stand.error()));
        }
        held->stand = *std::move(stand);
        Read read;
        read.facts = factsOf(held->stand, held->place, nowMs);
        const auto standing = standingRehearsals(cancel);
        if (!standing)
            return fail(standing.error());
        read.standing = *standing;
        return read;
    };
    async::onFinished(m_worker.run(service), this, [this](const Result<Read> &read) {
        if (!read)
            return end(WizardStep::Moment, u"The backups and the archive could not be read"_s, read.error());
        m_busy = false;
        m_facts = read->facts;
        emit readDone(read->standing);
    });
}

void WizardFlow::find(const FindWanted &wanted)
{
    if (!m_facts || !begin(WizardStep::Moment))
        return;
    pg::Session *link = live();
    if (!link)
        return changes(wanted, {}, 0);
    const auto service = [table = wanted.table](pg::Connection &connection, const CancelToken &cancel) -> Result<Place> {
        const auto number = databaseOf(connection, cancel);
        if (!number)
            return fail(number.error());
        Place place{*number, {}};
        if (!table.isEmpty()) {
            auto files = filesOf(connection, {table}, cancel);
            if (!files)
                return fail(std::move(files.error()));
            place.files = *std::move(files);
        }
        return place;
    };
    async::onFinished(link->run(service, m_cancel), this, [this, wanted](const Result<Place> &place) {
        // Without the server files have no names; but then no table can be asked for.
        if (!place && (!wanted.table.isEmpty() || place.error().kind == ErrorKind::Cancelled))
            return end(WizardStep::Moment, u"The transactions could not be searched"_s, place.error());
        changes(wanted, place ? place->files : QVector<RelationFile>(), place ? place->database : 0);
    });
}

void WizardFlow::changes(const FindWanted &wanted, const QVector<RelationFile> &only, quint32 database)
{
    ChangesWanted asked;
    asked.fromUs = wanted.fromUs;
    asked.toUs = wanted.toUs;
    asked.only = only;
    asked.database = database;
    asked.most = wanted.most;
    struct Told {
        Changes changes;
        Timeline timeline = 1;
    };
    const auto service = [held = m_held, asked, timeline = wanted.timeline, progress = progressOf(WizardStep::Moment), cancel = m_cancel]() -> Result<Told> {
        ChangesWanted now = asked;
        const Branches branches = branchesOf(held->stand.inventory);
        if (timeline == 0 && !branches.chosen)
            return fail(ErrorKind::Client, u"ambiguous"_s, branches.text(), u"Choose the branch beside the search"_s);
        now.timeline = timeline ? timeline : *branches.chosen;
        auto all = changesOf(held->stand.archive, held->stand.inventory, now, progress, cancel);
        return all ? Result<Told>(Told{*std::move(all), now.timeline}) : fail(std::move(all.error()));
    };
    async::onFinished(m_worker.run(service), this, [this, kind = wanted.kind](const Result<Told> &told) {
        if (!told)
            return end(WizardStep::Moment, u"The transactions could not be searched"_s, told.error());
        const auto tell = [this, kind, told = *told](const Result<RelationNames> &names) {
            m_busy = false;
            emit found(foundOf(told.changes, names.value_or(RelationNames()), names.has_value(), told.timeline, kind));
        };
        QVector<RelationFile> files;
        for (const TransactionChanges &one : told->changes.transactions)
            files << one.tables.keys() << one.dropped;
        if (!live())
            return tell(fail(ErrorKind::Connection, u"no_link"_s, u"There is no link to the server"_s));
        async::onFinished(live()->run([files](pg::Connection &connection, const CancelToken &cancel) { return namesOf(connection, files, cancel); }, m_cancel), this, tell);
    });
}

void WizardFlow::judge(const PitrTarget &target)
{
    if (!m_facts || !begin(WizardStep::Preflight))
        return;
    const auto service = [held = m_held, facts = *m_facts, target, nowMs = m_context.clock->wallMs(), progress = progressOf(WizardStep::Preflight), cancel = m_cancel]() -> Result<std::shared_ptr<Seen>> {
        const Stand &stand = held->stand;
        auto seen = std::make_shared<Seen>();
        Judged &judged = seen->judged;
        judged.target = target;
        auto verdict = verdictOf(stand.archive, stand.inventory, stand.points, target, {}, cancel);
        if (!verdict)
            return fail(std::move(verdict.error()));
        judged.verdict = *std::move(verdict);
        if (judged.verdict.isGood()) {
            auto plan = planRehearsal(rehearsalChoiceOf(stand, held->place, judged.verdict), nowMs);
            if (!plan)
                return fail(std::move(plan.error()));
            judged.plan = *std::move(plan);
        }
        // What would refuse the rehearsal is known before it is asked for.
        QVector<PreflightCheck> checks;
        if (judged.plan) {
            auto looked = preflight(judged.plan->choice, progress, cancel);
            if (!looked && cancel.isCancelled())
                return fail(std::move(looked.error()));
            if (looked)
                checks = *std::move(looked);
            else
                checks.append({u"looked"_s, {}, u"Backup and image could not be held against each other: "_s + looked.error().text()});
        }
        judged.findings = preflightOf(facts, judged.verdict, judged.plan ? &*judged.plan : nullptr, checks);
        if (judged.verdict.isGood() && judged.verdict.lost > 0) {
            ChangesWanted wanted;
            wanted.timeline = judged.verdict.timeline;
            wanted.fromUs = judged.verdict.lostEarlier == 0 ? judged.verdict.lastCommitUs.value_or(0) : 0;
            wanted.most = lostTransactions;
            auto behind = changesOf(stand.archive, stand.inventory, wanted, progress, cancel);
            if (!behind)
                return fail(std::move(behind.error()));
            seen->changes = *std::move(behind);
            seen->isLooked = seen->changes.isComplete && seen->changes.transactions.size() < lostTransactions;
            const Verdict &found = judged.verdict;
            seen->changes.transactions.removeIf([&](const TransactionChanges &one) { return found.stopsBefore.isNone() ? one.commit <= found.stopsAfter : one.commit < found.stopsBefore; });
        } else {
            seen->isLooked = true;
        }
        return seen;
    };
    async::onFinished(m_worker.run(service), this, [this](const Result<std::shared_ptr<Seen>> &seen) {
        if (!seen)
            return end(WizardStep::Preflight, u"It could not be told whether the moment can be reached"_s, seen.error());
        nameLost(*seen);
    });
}

// Which tables what is left out was of: as far as the server says.
void WizardFlow::nameLost(std::shared_ptr<Seen> seen)
{
    QVector<RelationFile> files;
    for (const TransactionChanges &one : std::as_const(seen->changes.transactions))
        files << one.tables.keys() << one.dropped;
    const auto tell = [this, seen](const Result<RelationNames> &names) {
        Judged &judged = seen->judged;
        judged.lostKnown = seen->isLooked && names.has_value();
        QMap<QString, RowCounts> tables;
        for (const FoundTransaction &one : foundOf(seen->changes, names.value_or(RelationNames()), names.has_value(), judged.verdict.timeline, FindWanted::Kind::Any).transactions) {
            for (const FoundTable &table : one.tables) {
                RowCounts &sum = tables[table.name];
                sum.deleted += table.rows.deleted;
                sum.updated += table.rows.updated;
                sum.inserted += table.rows.inserted;
            }
            judged.lostFiles << one.dropped;
        }
        for (auto table = tables.cbegin(); table != tables.cend(); ++table)
            judged.lost.append({table.key(), *table});
        judged.lostFiles.removeDuplicates();
        m_busy = false;
        emit this->judged(judged);
    };
    if (files.isEmpty())
        return tell(RelationNames());
    if (!live())
        return tell(fail(ErrorKind::Connection, u"no_link"_s, u"There is no link to the server"_s));
    async::onFinished(live()->run([files](pg::Connection &connection, const CancelToken &cancel) { return namesOf(connection, files, cancel); }, m_cancel), this, tell);
}

void WizardFlow::rehearse(const RehearsalPlan &plan, const PitrTarget &target)
{
    if (!m_context.jobs || !begin(WizardStep::Rehearse))
        return;
    // The id is of the second it begins in: one that was tried before has another.
    auto fresh = planRehearsal(plan.choice, m_context.clock->wallMs());
    if (!fresh)
        return end(WizardStep::Rehearse, u"The recovery could not be rehearsed"_s, fresh.error());
    // All that it will be made from, recorded before it begins.
    const auto service = [held = m_held, plan = *fresh, words = target.text(), nowMs = m_context.clock->wallMs()]() -> Result<Evidence> { return evidenceOf(held->stand, held->place, words, plan.choice.verdict, plan.id, nowMs); };
    async::onFinished(m_worker.run(service), this, [this, plan = *fresh, target](const Result<Evidence> &evidence) {
        if (evidence)
            beginRehearsal(plan, target, *evidence);
        else
            end(WizardStep::Rehearse, u"The recovery could not be rehearsed"_s, evidence.error());
    });
}

void WizardFlow::beginRehearsal(const RehearsalPlan &plan, const PitrTarget &target, const Evidence &evidence)
{
    session::JobSpec spec;
    spec.title = u"Rehearse the recovery to %1"_s.arg(target.text());
    spec.target = plan.id;
    spec.commands = plan.text();
    spec.undo = u"howdahctl pitr drop "_s + plan.id;
    const auto made = std::make_shared<Result<Rehearsal>>(fail(ErrorKind::Cancelled, u"cancelled"_s, u"Given up"_s));
    m_job = m_context.jobs->start(spec, m_copies, [plan, made, evidence](const Progress &progress, const CancelToken &cancel) -> Result<QString> {
        *made = backup::rehearse(plan, progress, cancel);
        Evidence kept = evidence;
        conclude(kept, *made);
        const Done written = keepEvidence(kept);
        if (!*made)
            return fail(made->error());
        return u"%1: %2, a recovery takes %3%4"_s.arg((*made)->id, (*made)->isGood() ? u"good"_s : u"NOT good"_s, units::duration((*made)->recoveryMs()), written ? QString() : u"; no evidence is kept of it: "_s + written.error().text());
    });
    connect(m_job, &session::Job::progressed, this, [this](const ProgressStep &how) { emit progressed(WizardStep::Rehearse, how); });
    connect(m_job, &session::Job::finished, this, [this, made, target, job = m_job] {
        if (!*made)
            return end(WizardStep::Rehearse, u"The recovery could not be rehearsed"_s, job && job->state() == session::Job::State::Failed ? job->error() : made->error());
        m_busy = false;
        emit rehearsed(**made, target);
    });
}

void WizardFlow::readEvidence(const QString &rehearsal)
{
    async::onFinished(m_copies.run([rehearsal] { return backup::readEvidence(rehearsal); }), this, [this](const Result<Evidence> &evidence) {
        if (evidence)
            emit evidenceRead(*evidence);
        else
            emit failed(WizardStep::Report, u"What is kept of it could not be read"_s, evidence.error());
    });
}

void WizardFlow::writeReport(const QString &rehearsal, const QString &file)
{
    const auto service = [rehearsal, file]() -> Done {
        const auto evidence = backup::readEvidence(rehearsal);
        if (!evidence)
            return fail(evidence.error());
        return saveFile(file, file.endsWith(".json"_L1) ? QJsonDocument(evidence->toJson()).toJson() : evidence->toMarkdown().toUtf8());
    };
    async::onFinished(m_copies.run(service), this, [this, file](const Done &written) {
        if (written)
            emit reportWritten(file);
        else
            emit failed(WizardStep::Report, u"The report could not be written"_s, written.error());
    });
}

void WizardFlow::saveText(const QString &file, const QString &text)
{
    async::onFinished(m_copies.run([file, text] { return saveFile(file, text.toUtf8()); }), this, [this](const Done &saved) {
        if (!saved)
            emit failed(WizardStep::Apply, u"The runbook could not be saved"_s, saved.error());
    });
}

void WizardFlow::drop(const QString &rehearsal)
{
    if (!m_context.jobs || !begin(WizardStep::Return))
        return;
    session::JobSpec spec;
    spec.title = u"Remove the copy %1"_s.arg(rehearsal);
    spec.target = rehearsal;
    spec.commands = u"howdahctl pitr drop "_s + rehearsal;
    spec.undo = u"The same recovery can be rehearsed again"_s;
    m_job = m_context.jobs->start(spec, m_copies, [rehearsal](const Progress &, const CancelToken &cancel) -> Result<QString> {
        Done gone = dropRehearsal(rehearsal, cancel);
        if (!gone)
            return fail(std::move(gone.error()));
        return u"its container, its volume and its record are gone"_s;
    });
    connect(m_job, &session::Job::finished, this, [this, rehearsal, job = m_job] {
        if (job && job->state() != session::Job::State::Done)
            return end(WizardStep::Return, u"The copy could not be removed"_s, job->error());
        m_busy = false;
        emit droppedCopy(rehearsal);
    });
}

} // namespace howdah::ui
