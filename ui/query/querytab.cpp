// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/query/querytab.h"

#include "base/units.h"
#include "ui/query/choosefile.h"
#include "ui/query/completer.h"
#include "ui/query/findbar.h"
#include "ui/query/resulttabs.h"
#include "ui/query/runbar.h"
#include "ui/query/rungate.h"
#include "ui/query/runwords.h"
#include "ui/query/transactionbar.h"
#include "ui/widgets/dialogs.h"
#include "ui/widgets/errorbar.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QFileInfo>
#include <QSplitter>
#include <QTimer>
#include <QVBoxLayout>

namespace howdah::ui
{

QueryTab::QueryTab(const PaneContext &context, Worker *worker, CatalogWords *words, const store::Draft &draft, QWidget *parent)
    : QWidget(parent), m_context(context), m_draft(draft), m_editor(new SqlEditor),
      m_statements(new Statements([this] { return m_editor->bytes(); }, worker, this)), m_file(new TabFile(worker, this)),
      m_runner(new Runner(context, context.profile.spec.database, this)), m_bar(new RunBar), m_transaction(new TransactionBar),
      m_trouble(new ErrorBar), m_lost(new ErrorBar), m_find(new FindBar(m_editor)), m_split(new QSplitter(Qt::Vertical)),
      m_results(new ResultTabs(worker)), m_completer(new Completer(m_editor, words, this))
{
    m_gate = new RunGate(context.profile, context.catalog, this,
                         {[this](const RunRequest &request) { request.file ? startExport(request) : m_runner->run(request); },
                          [this](std::function<void()> then) { m_runner->setUnlocked(true, std::move(then)); },
                          [this](const session::Guarding &guarding) { refuse(guarding); }});
    build();
    m_loading = true;
    m_editor->setBytes(draft.text);
    m_editor->setCursor(draft.cursor);
    m_loading = false;
    if (!draft.filePath.isEmpty())
        m_file->adopt(draft.filePath);
    m_transaction->setManualCommit(session::manualCommit(context.profile.environment));
    m_statements->textChanged(m_editor->size());
    connectParts();
    refresh();
}

void QueryTab::build()
{
    m_editor->setPlaceholder(QStringLiteral("Write SQL here. Ctrl+Enter runs the statement at the cursor, Ctrl+Shift+Enter all of it, Esc cancels."));
    auto *top = new QWidget;
    auto *topColumn = new QVBoxLayout(top);
    topColumn->setContentsMargins(0, 0, 0, 0);
    topColumn->setSpacing(0);
    topColumn->addWidget(m_editor, 1);
    topColumn->addWidget(m_find);
    m_split->addWidget(top);
    m_split->addWidget(m_results);
    m_split->setChildrenCollapsible(false);
    m_split->setSizes({450, 400});
    m_split->setStretchFactor(0, 1);
    m_split->setStretchFactor(1, 1);
    top->setMinimumHeight(90);
    m_results->setMinimumHeight(90);
    auto *bars = new QVBoxLayout;
    bars->setContentsMargins(space::group, 0, space::group, 0);
    bars->addWidget(m_lost);
    bars->addWidget(m_trouble);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_bar);
    column->addWidget(m_transaction);
    column->addLayout(bars);
    column->addWidget(m_split, 1);
    for (ErrorBar *bar : {m_lost, m_trouble})
        bar->setRetryVisible(false);
    m_lost->setAction(QStringLiteral("Dismiss"));
}

void QueryTab::connectParts()
{
    connect(m_editor, &SqlEditor::edited, this, [this] {
        ++m_version;
        m_statements->textChanged(m_editor->size());
        m_editor->setStatement({});
        if (m_loading)
            return;
        if (!m_draft.modified) {
            m_draft.modified = true;
            emit titleChanged();
        }
        emit draftChanged();
    });
    connect(m_editor, &SqlEditor::cursorMoved, this, [this] {
        outlineStatement();
        if (!m_loading)
            emit draftChanged();
    });
    connect(m_editor, &SqlEditor::escape, this, [this] { m_find->isVisible() ? m_find->leave() : cancel(); });
    connect(m_statements, &Statements::changed, this, &QueryTab::outlineStatement);
    connect(m_file, &TabFile::changedOnDisk, this, [this](bool gone) {
        Error error;
        error.kind = ErrorKind::Cancelled; // told in grey: nothing is lost here
        error.message = gone ? QStringLiteral("The text here is as it was; saving writes the file anew.")
                             : QStringLiteral("The text here is as it was. Save to keep it, or open the file again to have what was written.");
        m_trouble->setAction(gone ? QString() : QStringLiteral("Open it again"));
        m_trouble->setProperty("next", gone ? QByteArray() : QByteArray("reread"));
        m_trouble->showError((gone ? QStringLiteral("%1 is gone from the disk") : QStringLiteral("%1 was changed by another program"))
                                 .arg(QFileInfo(m_file->path()).fileName()), error);
    });
    connect(m_trouble, &ErrorBar::action, this, [this] {
        const QByteArray next = m_trouble->property("next").toByteArray();
        m_trouble->clear();
        if (next == "reread")
            openPath(m_file->path());
    });
    connect(m_lost, &ErrorBar::action, this, [this] {
        m_lost->clear();
        m_runner->forgetNewSession();
    });
    connect(m_bar, &RunBar::runStatement, this, &QueryTab::runStatement);
    connect(m_bar, &RunBar::runScript, this, &QueryTab::runScript);
    connect(m_bar, &RunBar::exportWanted, this, &QueryTab::exportQuery);
    connect(m_bar, &RunBar::cancel, this, &QueryTab::cancel);
    connect(m_bar, &RunBar::giveUp, m_runner, &Runner::giveUp);
    connect(m_transaction, &TransactionBar::commit, this, [this] { m_runner->end("COMMIT"); });
    connect(m_transaction, &TransactionBar::rollback, this, [this] { m_runner->end("ROLLBACK"); });
    connect(m_transaction, &TransactionBar::unlockWanted, this, &QueryTab::askToUnlock);
    connect(m_transaction, &TransactionBar::lockWanted, this, [this] { m_runner->setUnlocked(false); });
    connect(m_results, &ResultTabs::failed, this, &QueryTab::say);
    connect(m_results->messages(), &MessagesView::placeWanted, this, &QueryTab::goTo);
    connect(m_runner, &Runner::began, this, &QueryTab::began);
    connect(m_runner, &Runner::told, this, &QueryTab::told);
    connect(m_runner, &Runner::ended, this, &QueryTab::ended);
    connect(m_runner, &Runner::changed, this, &QueryTab::refresh);
    connect(m_runner, &Runner::linkLost, this, &QueryTab::linkLost);
    connect(m_runner, &Runner::cancelTold, this, [this](const pg::CancelOutcome &outcome) {
        const bool sure = outcome.what != pg::CancelOutcome::What::NotConfirmed;
        m_results->messages()->add({sure ? Message::Kind::Info : Message::Kind::Warning, 0, -1, 0, QStringLiteral("Cancel: ") + pg::cancelText(outcome)});
    });
    connect(m_runner, &Runner::historyFailed, this, [this](const Error &error) {
        m_results->messages()->add({Message::Kind::Warning, 0, -1, 0, QStringLiteral("Not in the history: ") + error.text()});
    });
    connect(m_runner, &Runner::unlockFailed, this, [this](const Error &error) { say(QStringLiteral("The session was not unlocked"), error); });
}

store::Draft QueryTab::draft() const
{
    store::Draft now = m_draft;
    now.profileId = m_context.profile.id;
    now.text = m_editor->bytes();
    now.cursor = int(m_editor->cursor());
    now.savedMs = QDateTime::currentMSecsSinceEpoch();
    return now;
}

void QueryTab::setTitle(const QString &title)
{
    m_draft.title = title;
    emit titleChanged();
    emit draftChanged();
}

void QueryTab::runStatement()
{
    withStatement([this](const std::vector<query::Piece> &pieces, const QByteArray &script, const std::optional<query::Source> &source) {
        start(pieces, script, source);
    });
}

void QueryTab::withStatement(TakeStatement then)
{
    const SqlEditor::Range selected = m_editor->selection();
    if (!selected.isEmpty()) {
        const QByteArray script = m_editor->bytes();
        query::Source source{script.sliced(selected.begin, selected.end - selected.begin), m_runner->standardStrings(), selected.begin};
        source.line += int(script.first(selected.begin).count('\n'));
        std::vector<query::Piece> pieces = query::split(source.script, source.standardStrings);
        query::shift(pieces, source.begin, source.line - 1);
        return then(pieces, script, source);
    }
    m_statements->setStandardStrings(m_runner->standardStrings(), m_editor->size()); // the link may have told since the outline was made
    m_statements->whenSplit([this, then = std::move(then)](const QByteArray &script, const Pieces &pieces) {
        const int at = query::pieceAt(*pieces, m_editor->cursor());
        if (at >= 0)
            then({pieces->at(size_t(at))}, script, {});
        else
            then({}, script, {});
    });
}

void QueryTab::runScript()
{
    m_statements->setStandardStrings(m_runner->standardStrings(), m_editor->size());
    m_statements->whenSplit([this](const QByteArray &script, const Pieces &pieces) { start(*pieces, script, query::Source{script, m_runner->standardStrings()}); });
}

void QueryTab::start(const std::vector<query::Piece> &pieces, const QByteArray &script, const std::optional<query::Source> &source)
{
    if (m_runner->isBusy())
        return;
    m_trouble->clear();
    if (pieces.empty()) {
        Error error;
        error.kind = ErrorKind::Cancelled;
        error.message = QStringLiteral("Place the cursor in a statement, or select what is to run.");
        return say(QStringLiteral("There is no statement here"), error);
    }
    if (!m_context.editorLink) {
        Error error;
        error.message = QStringLiteral("Choose one in the profile menu.");
        return say(QStringLiteral("No server is chosen"), error);
    }
    RunRequest request;
    request.script = script;
    request.pieces = pieces;
    request.standardStrings = m_runner->standardStrings();
    request.options.onError = m_bar->goesOn() ? query::OnError::Continue : query::OnError::Stop;
    // What can't write has nothing to commit, and a transaction left open by a look around holds vacuum back.
    const bool locked = m_runner->isGuarded() && !m_runner->isUnlocked();
    request.options.manualCommit = m_transaction->isManualCommit() && !locked;
    request.options.savepoints = request.options.manualCommit;
    request.options.variables = m_known;
    request.options.display = m_display;
    request.options.source = source;
    if (!m_draft.filePath.isEmpty())
        request.options.workingDirectory = QFileInfo(m_draft.filePath).absolutePath();
    m_gate->ask(std::move(request), m_known, locked);
}

void QueryTab::began()
{
    m_runVersion = m_version;
    m_failed = 0;
    m_resultRows = 0;
    m_editor->clearErrorMarks();
    m_results->clearResults();
    m_results->showMessages();
    emit titleChanged();
}

void QueryTab::told(const RunEvent &event)
{
    const RunRequest &request = m_runner->request();
    const query::Piece piece = event.index >= 0 && size_t(event.index) < request.pieces.size() ? request.pieces[size_t(event.index)] : query::Piece();
    MessagesView *messages = m_results->messages();
    switch (event.kind) {
    case RunEvent::Kind::StatementBegins:
        m_bar->setProgress(event.index + 1, int(request.pieces.size()), 0);
        break;
    case RunEvent::Kind::ResultBegins:
        m_results->begin(event.store, QString::fromUtf8(piece.text));
        if (m_results->results() == 1 || request.pieces.size() == 1)
            m_results->showFirstResult();
        break;
    case RunEvent::Kind::ResultEnds:
        if (event.store)
            m_results->end(event.store.get());
        if (!event.text.isEmpty())
            messages->add({Message::Kind::Warning, piece.line, piece.begin, 0, event.text});
        break;
    case RunEvent::Kind::Notice: messages->add(noticeMessage(event.notice, piece)); break;
    case RunEvent::Kind::CopyOut: m_results->addCopied(event.bytes, event.cut); break;
    case RunEvent::Kind::Message: messages->add({Message::Kind::Info, piece.line, piece.begin, 0, event.text}); break;
    case RunEvent::Kind::StatementEnds: statementEnded(event); break;
    case RunEvent::Kind::PiecesChanged: break;
    }
}

void QueryTab::statementEnded(const RunEvent &event)
{
    const RunRequest &request = m_runner->request();
    if (event.index < 0 || size_t(event.index) >= request.pieces.size())
        return;
    const query::Piece &piece = request.pieces[size_t(event.index)];
    // What showing cost: the first paint of what came, done now.
    m_results->repaintCurrent();
    const qint64 shownMs = qMax<qint64>(0, Clock().monotonicMs() - event.atMs);
    if (event.end.error) {
        ++m_failed;
        addError(*event.end.error, piece);
    }
    m_completer->ran(event.end.tag);
    if (const Message message = endMessage(event.end, piece, shownMs); !message.text.isEmpty())
        m_results->messages()->add(message);
}

void QueryTab::addError(const Error &error, const query::Piece &piece)
{
    const QByteArray &script = m_runner->request().script;
    const ErrorPlace place = placeOf(error, piece, script);
    Message message{Message::Kind::Error, place.line, place.begin, ++m_lastMark, errorText(error)};
    if (error.kind == ErrorKind::Cancelled)
        message.kind = Message::Kind::Warning;
    else if (m_runVersion == m_version && script.size() == m_editor->size())
        m_editor->addErrorMark(m_lastMark, {place.begin, place.end}, errorText(error));
    m_results->messages()->add(message);
}

void QueryTab::ended(const RunEnd &end)
{
    MessagesView *messages = m_results->messages();
    if (end.error)
        messages->add({end.outcome == RunEnd::Outcome::Cancelled ? Message::Kind::Warning : Message::Kind::Error, 0, -1, 0, errorText(*end.error)});
    const qsizetype total = qsizetype(m_runner->request().pieces.size());
    const int done = m_runner->done();
    if (end.summary.stopped && done < total)
        messages->add({Message::Kind::Warning, 0, -1, 0, QStringLiteral("Stopped: %1 of %2 statements were not run").arg(total - done).arg(total)});
    if (!end.filtered.isEmpty()) {
        const QString note = filterNote(end.filtered);
        m_results->setNote(note);
        messages->add({Message::Kind::Warning, 0, -1, 0, note});
    }
    m_known = m_runner->variables();
    if (!end.error)
        m_display = end.summary.display;
    // What the switches and the guard rail say anew for each run: a script's own \set of these holds for that script.
    for (const char *name : {"AUTOCOMMIT", "ON_ERROR_STOP", "ON_ERROR_ROLLBACK"})
        m_known.remove(QString::fromLatin1(name));
    m_bar->setResult(endText(end, int(total), m_failed), end.outcome != RunEnd::Outcome::Done);
    if (end.outcome == RunEnd::Outcome::Done && m_results->results() > 0)
        m_results->showFirstResult();
    else
        m_results->showMessages();
    emit titleChanged();
}

void QueryTab::cancel()
{
    m_runner->cancel();
}

void QueryTab::refresh()
{
    m_editor->setStandardStrings(m_runner->standardStrings());
    m_statements->setStandardStrings(m_runner->standardStrings(), m_editor->size());
    const pg::LinkStatus link = m_runner->link();
    LinkView view;
    view.role = m_context.profile.spec.role;
    view.database = m_runner->database();
    view.link = link.state;
    view.transaction = m_runner->transaction().state;
    view.sinceMs = m_runner->transaction().sinceMs;
    view.statements = m_runner->transaction().statements;
    view.rows = m_runner->transaction().rows;
    view.readOnly = m_runner->readOnlyLayer();
    view.guarded = m_runner->isGuarded();
    view.unlocked = m_runner->isUnlocked();
    view.newSession = m_runner->isNewSession();
    view.busy = m_runner->isBusy();
    m_transaction->setView(view);
    RunBar::Phase phase = RunBar::Phase::Idle;
    if (m_runner->state() == Runner::State::Cancelling)
        phase = RunBar::Phase::Cancelling;
    else if (m_runner->isBusy())
        phase = link.state == pg::LinkState::NoAnswer ? RunBar::Phase::NoAnswer
            : link.state == pg::LinkState::Connected  ? RunBar::Phase::Running
                                                      : RunBar::Phase::Connecting;
    m_bar->setPhase(phase, m_runner->elapsedMs());
}

void QueryTab::outlineStatement()
{
    const Pieces pieces = m_statements->pieces();
    const int at = pieces ? query::pieceAt(*pieces, m_editor->cursor()) : -1;
    m_editor->setStatement(at < 0 ? SqlEditor::Range() : SqlEditor::Range{pieces->at(size_t(at)).begin, pieces->at(size_t(at)).end});
}

void QueryTab::linkLost(const Error &reason, const Runner::Transaction &open)
{
    Error error = reason;
    if (error.message.isEmpty())
        error.message = QStringLiteral("The server gave no reason.");
    error.hint = lossText(open, QDateTime::currentMSecsSinceEpoch());
    const QString what = open.commitSent ? QStringLiteral("The link was lost during COMMIT")
        : open.isOpen()                  ? QStringLiteral("The link was lost in an open transaction")
                                         : QStringLiteral("The link was lost");
    m_lost->showError(what, error);
    m_results->messages()->add({Message::Kind::Error, 0, -1, 0, what + QStringLiteral(": ") + errorText(error)});
    emit titleChanged();
}

void QueryTab::refuse(const session::Guarding &guarding)
{
    m_results->messages()->add({Message::Kind::Warning, 0, -1, 0, QStringLiteral("Refused, nothing was sent: ") + guarding.why});
}

void QueryTab::askToUnlock()
{
    const session::Profile &profile = m_context.profile;
    Question question;
    question.title = QStringLiteral("Unlock this session");
    question.text = QStringLiteral("This tab's session on %1 (%2), %3, may then write as %4. Each change is still confirmed. The lock is back with the next session, "
                                   "or with Lock again.")
                        .arg(profile.name, profile.spec.address(), session::environmentName(profile.environment), profile.spec.role);
    question.verb = QStringLiteral("Unlock this session");
    question.dangerous = true;
    ask(this, question, this, [this](const Answer &answer) {
        if (answer.accepted)
            m_runner->setUnlocked(true);
    });
}

void QueryTab::say(const QString &what, const Error &error)
{
    m_trouble->setProperty("next", QByteArray());
    m_trouble->setAction(QStringLiteral("Dismiss"));
    m_trouble->showError(what, error);
}

void QueryTab::goTo(qsizetype offset, int mark)
{
    const qsizetype marked = mark > 0 ? m_editor->errorMark(mark) : -1;
    m_editor->setCursor(marked >= 0 ? marked : offset);
    m_editor->setFocus();
}

} // namespace howdah::ui
