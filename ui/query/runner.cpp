// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/query/runner.h"

#include "base/async.h"
#include "query/hazards.h"
#include "session/changeplan.h"
#include "session/rights.h"
#include "ui/query/runwords.h"

#include <algorithm>

namespace howdah::ui
{

namespace
{

constexpr qsizetype longestHistory = 1 << 20;

struct Ran {
    query::RunSummary summary;
    QVector<query::FilteredRelation> filtered;
    bool standardStrings = true; // afterwards
};

// What a policy may have filtered: the names in statements that only read.
QVector<std::pair<QString, QString>> namesRead(const std::vector<query::Piece> &pieces)
{
    constexpr size_t mostLooked = 50;
    QVector<std::pair<QString, QString>> names;
    if (pieces.size() > mostLooked)
        return names;
    for (const query::Piece &piece : pieces) {
        if (piece.kind == query::Piece::Kind::Statement && query::natureOf(piece.text).kind == query::Nature::Kind::Select)
            names += query::relationNames(piece.text);
    }
    return names;
}

QString outcomeWord(RunEnd::Outcome outcome)
{
    switch (outcome) {
    case RunEnd::Outcome::Done: return QStringLiteral("done");
    case RunEnd::Outcome::Failed: return QStringLiteral("failed");
    case RunEnd::Outcome::Cancelled: return QStringLiteral("cancelled");
    case RunEnd::Outcome::Unknown: break;
    }
    return QStringLiteral("unknown");
}

bool changesRows(const QByteArray &tag)
{
    for (const char *verb : {"INSERT", "UPDATE", "DELETE", "MERGE", "COPY"}) {
        if (tag.startsWith(verb))
            return true;
    }
    return false;
}

// The statement at the cursor was cut by what this tab took the session's setting to be: a link that has only now come up may read strings otherwise,
// and what would then be sent is not what was outlined and guarded. A script is cut anew instead (RunOptions::source).
std::optional<Error> cutOtherwise(const RunRequest &request, bool standardStrings)
{
    if (request.options.source || request.standardStrings == standardStrings)
        return {};
    const query::Piece &piece = request.pieces.front();
    const auto anew = query::split(request.script, standardStrings);
    if (std::any_of(anew.cbegin(), anew.cend(), [&](const query::Piece &one) { return one.begin == piece.begin && one.end == piece.end; }))
        return {};
    Error error{ErrorKind::Client, QStringLiteral("cut_otherwise"), {}, {}, {}, {}, {}, 0};
    error.message = QStringLiteral("standard_conforming_strings is %1 in this session, so its strings, and this statement with them, end elsewhere than in the outline. "
                                   "Nothing was sent")
                        .arg(standardStrings ? QStringLiteral("on") : QStringLiteral("off"));
    error.hint = QStringLiteral("Look where the outline is now, and run it again. A SET in the text counts once it has run.");
    return error;
}

} // namespace

Runner::Runner(const PaneContext &context, const QString &database, QObject *parent) : QObject(parent), m_context(context), m_database(database)
{
    // What it tells of the server holds until this tab's own link does.
    if (m_context.catalog)
        connect(m_context.catalog, &pg::Session::statusChanged, this, [this] {
            if (!m_session)
                emit changed();
        });
}

Runner::~Runner()
{
    if (m_output)
        m_output->leave();
    m_cancel.cancel();
    delete m_session;
}

bool Runner::isGuarded() const
{
    return m_context.profile.editorSpec().readOnly;
}

session::ReadOnlyLayer Runner::readOnlyLayer() const
{
    const pg::LinkStatus status = link();
    session::ReadOnlyFacts facts;
    facts.wanted = isGuarded() && !m_unlocked;
    // Before the first connect: what its session will begin as.
    facts.defaultReadOnly = status.generation > 0 ? status.facts.defaultReadOnly : isGuarded() && !m_context.profile.spec.pooler;
    facts.inRecovery = status.facts.inRecovery;
    facts.roleMayWrite = m_roleMayWrite;
    return session::readOnlyLayer(facts);
}

pg::LinkStatus Runner::link() const
{
    return m_session ? m_session->status() : pg::LinkStatus();
}

bool Runner::standardStrings() const
{
    return m_standardStrings.value_or(!m_context.catalog || m_context.catalog->status().facts.standardStrings);
}

void Runner::openLink()
{
    if (m_session || !m_context.editorLink)
        return;
    m_session = m_context.editorLink(m_database, this);
    connect(m_session, &pg::Session::statusChanged, this, &Runner::linkChanged);
    askRights();
}

void Runner::askRights()
{
    if (m_rightsAsked || !m_context.catalog)
        return;
    m_rightsAsked = true;
    const auto answer = m_context.catalog->run([](pg::Connection &connection, const CancelToken &cancel) { return session::roleMayWrite(connection, cancel); });
    async::onFinished(answer, this, [this](const Result<bool> &may) {
        if (may)
            m_roleMayWrite = *may;
        emit changed();
    });
}

// Of the request, as it begins.
store::HistoryEntry Runner::historyLine() const
{
    store::HistoryEntry entry;
    entry.startedMs = m_startedMs;
    entry.profileId = m_context.profile.id;
    entry.database = m_database;
    entry.role = m_context.profile.spec.role;
    QByteArray text;
    for (const query::Piece &piece : m_request.pieces) {
        text += (text.isEmpty() ? QByteArray() : QByteArray("\n")) + piece.text + (piece.kind == query::Piece::Kind::Statement ? ";" : "");
        if (text.size() > longestHistory)
            break;
    }
    entry.text = session::masked(QString::fromUtf8(text.left(longestHistory)));
    return entry;
}

void Runner::run(RunRequest request)
{
    if (isBusy() || !m_context.editorLink)
        return;
    m_request = std::move(request);
    m_state = State::Running;
    m_cancel = CancelToken();
    m_end = RunEnd();
    m_done = 0;
    m_historyId = 0;
    m_startedMs = QDateTime::currentMSecsSinceEpoch();
    m_elapsed.start();
    openLink();
    emit began();
    emit changed();
    if (!m_context.store)
        return start();
    // The line stands before anything is sent; a store that can't write it is told, and does not keep the user from the server.
    const store::HistoryEntry entry = historyLine();
    async::onFinished(m_context.store->run([entry](store::Store &store) { return store::beginHistory(store, entry); }), this,
                      [this](const Result<qint64> &id) {
                          if (id)
                              m_historyId = *id;
                          else
                              emit historyFailed(id.error());
                          start();
                      });
}

void Runner::start()
{
    m_output = std::make_shared<RunOutput>(query::ResultBudget(), m_cancel, [self = this] {
        QMetaObject::invokeMethod(self, [self] { self->take(); }, Qt::QueuedConnection);
    });
    query::RunOptions options = m_request.options;
    options.manualCommit = options.manualCommit || m_request.inTransaction;
    options.savepoints = options.manualCommit;
    const auto service = [request = m_request, output = m_output, options, names = namesRead(m_request.pieces)](
                             pg::Connection &connection, const CancelToken &cancel) -> Result<Ran> {
        if (auto wrong = cutOtherwise(request, connection.facts().standardStrings))
            return fail(std::move(*wrong));
        auto summary = query::runPieces(connection, request.pieces, *output, options, cancel);
        if (!summary)
            return fail(std::move(summary.error()));
        Ran ran{std::move(*summary), {}, connection.facts().standardStrings};
        if (!cancel.isCancelled() && connection.transactionState() != pg::TransactionState::Failed) {
            if (auto filtered = query::filteredRelations(connection, names, cancel))
                ran.filtered = std::move(*filtered);
        }
        return ran;
    };
    async::onFinished(m_session->run(service, m_cancel), this, [this](const Result<Ran> &ran) {
        if (ran) {
            m_standardStrings = ran->standardStrings;
            finish(ran->summary, ran->filtered);
        } else
            finish(fail(ran.error()), {});
    });
}

// In the journal as a job; the history has its line once it ended.
QFuture<Result<QString>> Runner::exportTo(RunRequest request, const Progress &progress, const CancelToken &cancel)
{
    if (isBusy() || !m_context.editorLink || request.pieces.size() != 1 || !request.file)
        return QtFuture::makeReadyFuture(Result<QString>(fail(ErrorKind::Client, QStringLiteral("busy"), QStringLiteral("This tab runs something else now"))));
    m_request = std::move(request);
    m_state = State::Running;
    m_cancel = cancel;
    m_startedMs = QDateTime::currentMSecsSinceEpoch();
    m_elapsed.start();
    openLink();
    emit changed();
    const auto service = [request = m_request, names = namesRead(m_request.pieces), progress](pg::Connection &connection,
                                                                                              const CancelToken &stop) -> Result<QString> {
        if (auto wrong = cutOtherwise(request, connection.facts().standardStrings))
            return fail(std::move(*wrong));
        query::WriteOptions options;
        options.forSpreadsheets = request.file->forSpreadsheets;
        const auto exported = query::exportPiece(request.file->path, connection, request.pieces.front(), request.options.variables, request.options.params,
                                                 request.file->format, options, stop, progress);
        if (exported)
            return exportText(*exported, request.file->path);
        Error error = exported.error();
        // Permission denied has many reasons: that it is a policy's is told where one filters what was read.
        if (error.sqlstate == QStringLiteral("42501")) {
            if (const auto filtered = query::filteredRelations(connection, names, stop); filtered && !filtered->isEmpty())
                error.hint = withheldHint(*filtered);
        }
        return fail(std::move(error));
    };
    const auto future = m_session->run(service, cancel);
    async::onFinished(future, this, [this](const Result<QString> &done) { exportEnded(done); });
    return future;
}

void Runner::exportEnded(const Result<QString> &done)
{
    m_state = State::Idle;
    if (m_context.store) {
        store::HistoryEntry entry = historyLine();
        entry.durationMs = m_elapsed.elapsed();
        entry.outcome = outcomeWord(done ? RunEnd::Outcome::Done : done.error().kind == ErrorKind::Cancelled ? RunEnd::Outcome::Cancelled : RunEnd::Outcome::Failed);
        entry.message = session::masked(done ? *done : done.error().text());
        m_context.store->run([entry](store::Store &store) -> Result<qint64> {
            const Result<qint64> id = store::beginHistory(store, entry);
            if (id)
                store::endHistory(store, *id, entry);
            return id;
        });
    }
    emit changed();
    if (std::exchange(m_lostInRun, false))
        tellLoss();
    linkChanged(link());
}

void Runner::take()
{
    if (!m_output)
        return;
    for (const RunEvent &event : m_output->take()) {
        note(event);
        emit told(event);
    }
}

void Runner::note(const RunEvent &event)
{
    if (event.kind == RunEvent::Kind::PiecesChanged)
        m_request.pieces = event.pieces; // those that ended keep their places
    if (event.kind != RunEvent::Kind::StatementEnds)
        return;
    ++m_done;
    const query::StatementEnd &end = event.end;
    if (end.error && !m_end.first)
        m_end.first = end.error;
    if (end.outcomeUnknown)
        m_end.outcome = RunEnd::Outcome::Unknown;
    m_end.lastTag = end.tag;
    if (end.commitSent) {
        m_end.fate = end.outcome;
        m_transaction.commitSent = true;
        m_transaction.fate = end.outcome;
    }
    if (end.rows >= 0)
        m_end.rows = qMax<qint64>(0, m_end.rows) + end.rows;
    const bool was = m_transaction.isOpen();
    const bool is = end.transaction == pg::TransactionState::Open || end.transaction == pg::TransactionState::Failed;
    if (is && !was)
        m_transaction = {end.transaction, QDateTime::currentMSecsSinceEpoch() - end.timing.serverMs - end.timing.transferMs, 0, 0, false, {}};
    if (is) {
        ++m_transaction.statements;
        if (!end.error && changesRows(end.tag) && end.rows > 0)
            m_transaction.rows += end.rows;
        m_transaction.state = end.transaction;
    } else if (end.transaction == pg::TransactionState::Idle) {
        m_transaction = {}; // a link that was just killed may still say that it runs: what was open is told with the loss
    }
    emit changed();
}

void Runner::finish(const Result<query::RunSummary> &summary, const QVector<query::FilteredRelation> &filtered)
{
    take();
    m_output.reset();
    m_end.elapsedMs = m_elapsed.elapsed();
    m_end.filtered = filtered;
    if (summary) {
        m_end.summary = *summary;
        m_variables = summary->variables;
    } else {
        m_end.error = summary.error();
    }
    const std::optional<Error> &error = m_end.error ? m_end.error : m_end.first;
    if (m_end.outcome != RunEnd::Outcome::Unknown && error)
        m_end.outcome = error->kind == ErrorKind::Cancelled ? RunEnd::Outcome::Cancelled : RunEnd::Outcome::Failed;
    m_state = State::Idle;
    if (m_historyId > 0) {
        store::HistoryEntry entry;
        entry.durationMs = m_end.elapsedMs;
        entry.outcome = outcomeWord(m_end.outcome);
        entry.message = session::masked(error ? error->text() : QString::fromUtf8(m_end.lastTag));
        if (!m_end.fate.isEmpty())
            entry.message += QStringLiteral(" · Transaction: ") + m_end.fate;
        entry.rows = m_end.rows;
        m_context.store->run([id = m_historyId, entry](store::Store &store) { return store::endHistory(store, id, entry); });
    }
    emit changed();
    emit ended(m_end);
    // A link that went while this ran, and may be back by now: what was open on it is told once the run has told its own.
    if (std::exchange(m_lostInRun, false))
        tellLoss();
    linkChanged(link());
}

void Runner::cancel()
{
    if (m_state != State::Running || !m_session)
        return;
    m_state = State::Cancelling;
    if (m_output)
        m_output->endAfterThisStatement();
    // Nothing runs on a server yet: the wait itself is what ends.
    if (m_session->status().state != pg::LinkState::Connected && m_session->status().state != pg::LinkState::NoAnswer)
        m_cancel.cancel();
    else
        async::onFinished(m_session->cancelRunning(m_context.control), this, [this](const Result<pg::CancelOutcome> &outcome) {
            if (!outcome)
                return;
            // What is waited for then is only the answer to what became of a lost COMMIT.
            if (outcome->what == pg::CancelOutcome::What::LinkLost)
                m_cancel.cancel();
            emit cancelTold(*outcome);
        });
    emit changed();
}

void Runner::giveUp()
{
    if (!m_session)
        return;
    if (m_output)
        m_output->endAfterThisStatement();
    m_session->close();
    m_session->open();
    emit changed();
}

void Runner::end(const QByteArray &verb)
{
    query::Piece piece;
    piece.text = verb;
    piece.end = verb.size();
    RunRequest request;
    request.script = verb;
    request.pieces.push_back(piece);
    run(std::move(request));
}

void Runner::setUnlocked(bool unlocked, std::function<void()> then)
{
    if (isBusy())
        return;
    openLink();
    if (!m_session)
        return;
    if (unlocked && m_transaction.isOpen()) {
        Error error;
        error.reason = QStringLiteral("transaction_open");
        error.message = QStringLiteral("A transaction is open, and what it may do was settled when it began");
        error.hint = QStringLiteral("Commit it or roll it back, then unlock: the next one may write.");
        return emit unlockFailed(error);
    }
    const QString file = unlocked ? QStringLiteral("query/unlock") : QStringLiteral("query/lock");
    const auto answer = m_session->run([file](pg::Connection &connection, const CancelToken &cancel) { return connection.runFile(file, {}, {}, cancel); });
    async::onFinished(answer, this, [this, unlocked, then = std::move(then)](const Result<pg::Rows> &done) {
        if (!done)
            return emit unlockFailed(done.error());
        m_unlocked = unlocked;
        m_generation = link().generation;
        emit changed();
        if (then)
            then();
    });
}

void Runner::forgetNewSession()
{
    m_newSession = false;
    emit changed();
}

void Runner::reconnect()
{
    if (m_session && m_session->status().state != pg::LinkState::Connected)
        m_session->open();
}

// Whatever stood on that backend is gone with it, an unlocked session too.
void Runner::tellLoss()
{
    const Transaction open = std::exchange(m_transaction, {});
    m_unlocked = false;
    m_newSession = true;
    m_generation = 0;
    m_toldOf = link().lostGeneration;
    emit linkLost(m_lostReason, open);
}

void Runner::linkChanged(const pg::LinkStatus &status)
{
    if (status.state == pg::LinkState::Lost)
        m_lostReason = status.error;
    // A connect that failed is the run's own error, and nothing was lost with it. A link that came and went unseen was lost all the same.
    const bool isOther = m_generation > 0 && (status.state == pg::LinkState::Lost || status.generation > m_generation);
    if (isOther || status.lostGeneration > m_toldOf) {
        if (isBusy())
            m_lostInRun = true;
        else
            tellLoss();
    }
    if (status.state == pg::LinkState::Connected) {
        m_generation = status.generation;
        if (std::exchange(m_stringsOf, status.generation) != status.generation)
            m_standardStrings = status.facts.standardStrings;
    }
    emit changed();
}

} // namespace howdah::ui
