// SPDX-License-Identifier: GPL-3.0-or-later
// A tab's statement, run for a file: asked where to, guarded as a run is, then a job like any other.
#include "query/hazards.h"
#include "session/changeplan.h"
#include "ui/query/choosefile.h"
#include "ui/query/querytab.h"
#include "ui/query/resulttabs.h"
#include "ui/query/runbar.h"
#include "ui/query/rungate.h"
#include "ui/query/runwords.h"
#include "ui/shell/jobmodel.h"
#include "ui/widgets/errorbar.h"

#include <QDir>
#include <QFileInfo>

namespace howdah::ui
{

namespace
{

Error notice(const QString &message)
{
    Error error;
    error.kind = ErrorKind::Cancelled; // in grey: nothing was done and nothing is lost
    error.message = message;
    return error;
}

QString filterOf(query::Format format)
{
    switch (format) {
    case query::Format::Tsv: return QStringLiteral("Tab-separated (*.tsv);;All files (*)");
    case query::Format::Json: return QStringLiteral("JSON (*.json);;All files (*)");
    case query::Format::Ndjson: return QStringLiteral("JSON lines (*.ndjson);;All files (*)");
    default: return QStringLiteral("CSV (*.csv);;All files (*)");
    }
}

} // namespace

void QueryTab::chooseExport()
{
    m_bar->openExportMenu();
}

void QueryTab::exportQuery(query::Format format, bool forSpreadsheets)
{
    withStatement([this, format, forSpreadsheets](const std::vector<query::Piece> &pieces, const QByteArray &script, const auto &) {
        const QString what = QStringLiteral("Nothing was exported");
        m_trouble->clear();
        if (pieces.size() != 1)
            return say(what, notice(QStringLiteral("Place the cursor in a statement, or select one.")));
        const query::Piece &piece = pieces.front();
        // A variable may be all of it: then it is told once its value is known.
        if (piece.kind != query::Piece::Kind::Statement || (!query::returnsRows(piece.text) && query::variablesOf(pieces).isEmpty()))
            return say(what, notice(QStringLiteral("The statement at the cursor is not one that returns rows.")));
        if (m_context.profile.environment == session::Environment::Production && query::natureOf(piece.text).writes)
            return say(what, notice(QStringLiteral("On production only what reads is exported; this statement may change something. Run it, then export its result.")));
        if (!m_context.editorLink || !m_context.jobs)
            return say(what, notice(QStringLiteral("No server is chosen.")));
        const QString folder = m_draft.filePath.isEmpty() ? QDir::homePath() : QFileInfo(m_draft.filePath).absolutePath();
        const QString proposal = QDir(folder).filePath(QStringLiteral("query.") + query::formatName(format));
        chooseFile(this, {QStringLiteral("Export the query"), QStringLiteral("Export"), proposal, filterOf(format), true}, this,
                   [this, piece, script, format, forSpreadsheets](const QString &path) { exportPiece(piece, script, {path, format, forSpreadsheets}); });
    });
}

void QueryTab::exportPiece(const query::Piece &piece, const QByteArray &script, const FileTarget &target)
{
    RunRequest request;
    request.script = script;
    request.pieces = {piece};
    request.standardStrings = m_runner->standardStrings();
    request.options.variables = m_known;
    request.file = target;
    m_gate->ask(std::move(request), m_known, m_runner->isGuarded() && !m_runner->isUnlocked());
}

void QueryTab::startExport(const RunRequest &request)
{
    const QString path = request.file->path;
    session::JobSpec spec;
    spec.title = QStringLiteral("Export a query to %1").arg(QFileInfo(path).fileName());
    spec.target = QStringLiteral("%1 / %2").arg(m_context.profile.name, m_runner->database());
    spec.commands = session::masked(QString::fromUtf8(request.pieces.front().text));
    session::Job *job = m_context.jobs->start(spec, [runner = QPointer<Runner>(m_runner), request](const Progress &progress, const CancelToken &cancel) {
        if (runner)
            return runner->exportTo(request, progress, cancel);
        return QtFuture::makeReadyFuture(Result<QString>(fail(ErrorKind::Cancelled, QStringLiteral("closed"), QStringLiteral("Its tab was closed"))));
    });
    connect(job, &session::Job::finished, this, [this, job, path, request] {
        exportEnded(path, job->state() == session::Job::State::Done ? Result<QString>(job->resultText()) : Result<QString>(fail(job->error())), request);
    });
}

void QueryTab::exportEnded(const QString &path, const Result<QString> &done, const RunRequest &request)
{
    const query::Piece &piece = request.pieces.front();
    if (done) {
        m_results->messages()->add({Message::Kind::Done, piece.line, piece.begin, 0, QStringLiteral("Exported ") + *done});
        m_bar->setResult(QStringLiteral("exported to %1").arg(QFileInfo(path).fileName()), false);
    } else {
        const Error &error = done.error();
        const ErrorPlace place = placeOf(error, piece, request.script);
        const bool cancelled = error.kind == ErrorKind::Cancelled;
        m_results->messages()->add({cancelled ? Message::Kind::Warning : Message::Kind::Error, place.line, place.begin, 0,
                                    QStringLiteral("Not exported, no file was written. ") + errorText(error)});
        m_bar->setResult(cancelled ? QStringLiteral("export cancelled") : QStringLiteral("not exported"), true);
    }
    m_results->showMessages();
}

} // namespace howdah::ui
