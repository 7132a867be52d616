// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/run.h"

#include "query/hazards.h"
#include "query/lexer.h"
#include "query/runresults.h"

#include <algorithm>

namespace howdah::query
{

namespace
{
// The count that a tag names: "INSERT 0 5", "SELECT 3"; -1: none.
qint64 countOf(const QByteArray &tag)
{
    bool ok = false;
    const qint64 count = tag.mid(tag.lastIndexOf(' ') + 1).toLongLong(&ok);
    return ok ? count : -1;
}

bool hasPlaceholders(const QByteArray &text, bool standardStrings)
{
    const std::vector<Token> tokens = lex(text, standardStrings);
    return std::any_of(tokens.begin(), tokens.end(), [](const Token &token) { return token.kind == Token::Kind::Parameter; });
}

// Behind these the savepoint of ours is gone.
bool endsSavepoint(const QByteArray &tag)
{
    return tag == "COMMIT" || tag == "SAVEPOINT" || tag == "RELEASE" || tag == "ROLLBACK" || tag == "PREPARE TRANSACTION";
}
constexpr int commitAskedForMs = 20'000;
const QString rolledBackByLoss = QStringLiteral("rolled back by the server: the link was lost while it was open");
// A server does not notice that nobody waits any more: what is not in a transaction goes on and commits.
const QString commitsByItself = QStringLiteral("not known: outside of a transaction it commits by itself, and may still be running (pg_stat_activity shows it). "
                                               "Look at what it was to change before you run it again");

} // namespace

Error refusal(const QString &why, const QString &hint)
{
    return fail(ErrorKind::Client, QStringLiteral("refused_command"), why, hint).value();
}

QString psqlHasIt()
{
    return QStringLiteral("psql has it (for a stack of this machine: howdahctl shell)");
}

Runner::Runner(pg::Connection &connection, Output &output, const RunOptions &options, const CancelToken &cancel)
    : m_connection(connection), m_output(output), m_options(options), m_cancel(cancel)
{
    m_summary.variables = options.variables;
    m_summary.display = options.display;
    m_folder = options.workingDirectory;
    const pg::LinkFacts &facts = connection.facts();
    const auto known = [this](const char *name, const QString &value) {
        if (const QString key = QString::fromLatin1(name); !m_summary.variables.contains(key))
            m_summary.variables.insert(key, value);
    };
    known("DBNAME", facts.database);
    known("USER", facts.role);
    known("HOST", connection.spec().host);
    known("PORT", QString::number(connection.spec().port));
    known("ENCODING", QStringLiteral("UTF8"));
    known("SERVER_VERSION_NUM", QString::number(facts.serverVersionNum));
    known("SERVER_VERSION_NAME", facts.serverVersion);
    known("AUTOCOMMIT", options.manualCommit ? QStringLiteral("off") : QStringLiteral("on"));
    known("ON_ERROR_STOP", options.onError == OnError::Stop ? QStringLiteral("on") : QStringLiteral("off"));
    known("ON_ERROR_ROLLBACK", options.savepoints ? QStringLiteral("on") : QStringLiteral("off"));
}

bool Runner::active() const
{
    return m_branches.empty() || m_branches.back().runs;
}

bool Runner::truthy(const QString &name) const
{
    return switchValue(variable(name)).value_or(false);
}

Result<RunSummary> Runner::run(const std::vector<Piece> &pieces)
{
    const Next next = all(pieces, m_options.source);
    if (!m_echo.isEmpty())
        m_output.message(m_index, std::exchange(m_echo, {}));
    if (m_lost)
        return fail(std::move(*m_lost));
    m_summary.stopped = next == Next::Stop;
    m_summary.quit = next == Next::Quit;
    return m_summary;
}

Runner::Next Runner::all(std::vector<Piece> pieces, const std::optional<Source> &source)
{
    const bool top = m_files.empty();
    StringSettings known;
    const auto splitAnew = [&](qsizetype behind) {
        const qsizetype newline = source->script.indexOf('\n', behind);
        known.emplace_back(behind < 0 ? 0 : newline < 0 ? source->script.size() : newline + 1, m_connection.facts().standardStrings);
        pieces = split(source->script, source->standardStrings, known);
        shift(pieces, source->begin, source->line - 1);
        if (top)
            m_output.piecesChanged(pieces);
    };
    if (source && source->standardStrings != m_connection.facts().standardStrings)
        splitAnew(-1);
    const size_t outerBase = std::exchange(m_branchBase, m_branches.size());
    for (size_t i = 0; i < pieces.size(); ++i) {
        if (top)
            m_index = int(i);
        if (m_cancel.isCancelled())
            return Next::Stop;
        const Next next = one(pieces[i]);
        if (next == Next::Lost && top && i + 1 < pieces.size())
            m_lost->detail += (m_lost->detail.isEmpty() ? QString() : QStringLiteral(". "))
                + QStringLiteral("%1 of the script's pieces were not run").arg(pieces.size() - i - 1);
        if (next != Next::Go)
            return next;
        if (source && pieces[i].standardStrings != m_connection.facts().standardStrings)
            splitAnew(pieces[i].end - source->begin);
    }
    // An \if ends with the file it stands in.
    if (m_branches.size() > m_branchBase)
        m_output.warning(m_index, QStringLiteral("reached EOF without finding closing \\endif(s)"));
    m_branches.resize(m_branchBase);
    m_branchBase = outerBase;
    return Next::Go;
}

Runner::Next Runner::one(const Piece &piece)
{
    if (piece.kind == Piece::Kind::Command)
        return command(piece);
    return active() ? statement(piece) : Next::Go;
}

// Tells how a piece ended; what follows from that for the pieces after it.
Runner::Next Runner::end(StatementEnd end, What what)
{
    end.transaction = m_connection.transactionState();
    const bool failed = end.error.has_value();
    const auto set = [this](const char *name, const QString &value) { m_summary.variables.insert(QString::fromLatin1(name), value); };
    // Of statements alone: an \echo between two of them changes nothing.
    if (what == What::Statement || !end.tag.isEmpty() || (failed && !end.error->sqlstate.isEmpty())) {
        set("ERROR", failed ? QStringLiteral("true") : QStringLiteral("false"));
        set("SQLSTATE", failed ? (end.error->sqlstate.isEmpty() ? QStringLiteral("XX000") : end.error->sqlstate) : QStringLiteral("00000"));
        set("ROW_COUNT", QString::number(failed ? 0 : qMax(qint64(0), end.rows)));
        if (failed) {
            set("LAST_ERROR_MESSAGE", end.error->message);
            set("LAST_ERROR_SQLSTATE", variable(QStringLiteral("SQLSTATE")));
        }
    }
    const bool lost = !m_connection.isAlive();
    if (failed && lost)
        m_lost = end.error;
    ++(failed ? m_summary.failed : m_summary.done);
    const bool cancelled = failed && end.error->kind == ErrorKind::Cancelled;
    m_output.statementEnds(m_index, end);
    for (const pg::Notification &heard : m_connection.takeNotifications()) {
        m_output.message(m_index, QStringLiteral("Asynchronous notification \"%1\" %2received from server process with PID %3.")
                                      .arg(heard.channel, heard.payload.isEmpty() ? QString() : QStringLiteral("with payload \"%1\" ").arg(heard.payload))
                                      .arg(heard.backendPid));
    }
    if (lost && failed)
        return Next::Lost;
    return failed && (cancelled || truthy(QStringLiteral("ON_ERROR_STOP"))) ? Next::Stop : Next::Go;
}

// The server counts characters of what was sent; told are those of the piece's own text.
void Runner::placeError(StatementEnd &end, const Piece &piece, const Interpolated &sent, const Piece *part) const
{
    Error &error = *end.error;
    if (!m_files.empty())
        error.context = QStringLiteral("%1, line %2").arg(m_files.back().name).arg(piece.line);
    if (error.position <= 0)
        return;
    Piece whole;
    whole.text = sent.text;
    const qsizetype inText = scriptOffset(sent.text, part ? *part : whole, error.position);
    const QByteArrayView before = QByteArrayView(piece.text).first(qMin(sent.stretches.empty() ? inText : sent.origin(inText), piece.text.size()));
    error.position = 1 + int(std::count_if(before.begin(), before.end(), [](char c) { return (c & 0xC0) != 0x80; }));
    if (!m_files.empty())
        end.filePosition = std::exchange(error.position, 0);
}

Runner::Next Runner::statement(const Piece &piece)
{
    m_output.statementBegins(m_index, piece);
    const bool standard = m_connection.facts().standardStrings;
    auto sent = interpolate(piece, m_summary.variables, standard);
    auto sending = piece.sender.isEmpty() ? Result<Sending>(Sending{}) : sendingOf(piece.sender);
    if (!sent || !sending) {
        StatementEnd failed;
        failed.error = !sent ? sent.error() : sending.error();
        return end(failed);
    }
    // A variable may hold several statements: each goes by itself, as psql sends them.
    std::vector<Piece> parts;
    if (sent->raw && !piece.several) {
        parts = split(sent->text, standard);
        parts.erase(std::remove_if(parts.begin(), parts.end(), [](const Piece &part) { return part.kind == Piece::Kind::Command; }), parts.end());
    }
    const QByteArray closing = piece.terminated && piece.sender.isEmpty() ? ";" : "";
    if (parts.size() < 2) {
        StatementEnd last = send({sent->text + closing, piece.several, piece.copyData, piece.hasCopyData}, *sending);
        if (last.error)
            placeError(last, piece, *sent, nullptr);
        return end(std::move(last));
    }
    StatementEnd last;
    for (const Piece &part : parts) {
        const bool final = &part == &parts.back();
        last = send({part.text + (final ? closing : QByteArray(";")), part.several, piece.copyData, piece.hasCopyData}, final ? *sending : Sending{});
        if (last.error) {
            placeError(last, piece, *sent, &part);
            break;
        }
    }
    return end(std::move(last));
}

Result<Runner::Sending> Runner::sendingOf(const QByteArray &sender)
{
    auto command = parseMetacommand(sender, m_summary.variables);
    if (!command)
        return fail(std::move(command.error()));
    Sending sending;
    const QString &name = command->name;
    if (name == QLatin1StringView("watch") || name == QLatin1StringView("crosstabview"))
        return fail(refusal(QStringLiteral("\\%1 is not part of Howdah").arg(name), psqlHasIt()));
    if (name == QLatin1StringView("gset")) {
        sending.as = Sending::As::Gset;
        sending.prefix = command->arguments.value(0);
    } else if (name == QLatin1StringView("gexec")) {
        sending.as = Sending::As::Gexec;
    } else if (name == QLatin1StringView("gdesc")) {
        sending.as = Sending::As::Gdesc;
    } else {
        Display display = m_summary.display;
        if (name == QLatin1StringView("gx"))
            display.expanded = Display::Expanded::On;
        QString file = command->arguments.value(0);
        if (file.startsWith(QLatin1Char('(')))
            return fail(refusal(QStringLiteral("\\g: options in parentheses are not part of Howdah")));
        if (file.startsWith(QLatin1Char('|')))
            return fail(refusal(QStringLiteral("\\g: Howdah starts no program from a script")));
        if (!file.isEmpty()) {
            if (Done allowed = filesAllowed(name); !allowed)
                return fail(std::move(allowed.error()));
            display.outputFile = absolute(file, false);
        }
        if (display != m_summary.display)
            sending.display = display;
    }
    return sending;
}

Done Runner::beginIfNeeded(const QByteArray &text)
{
    const bool automatic = switchValue(variable(QStringLiteral("AUTOCOMMIT"))).value_or(true);
    if (automatic || m_connection.transactionState() != pg::TransactionState::Idle || needsNoBegin(text))
        return {};
    return m_connection.command("BEGIN");
}

StatementEnd Runner::send(const Text &text, const Sending &sending)
{
    StatementEnd end;
    if (sending.as == Sending::As::Gdesc) {
        describeResult(text.text, end);
        return end;
    }
    m_last = text;
    if (sending.display && !m_output.display(m_index, *sending.display)) {
        end.error = refusal(QStringLiteral("\\g: no file is written here"), QStringLiteral("Export the result"));
        return end;
    }
    Results results(m_output, m_index);
    if (sending.as != Sending::As::Plain)
        results.keepRows();
    QByteArray waiting = text.copyData;
    if (text.hasCopyData) {
        results.copyFrom([&waiting, given = false]() mutable -> Result<QByteArray> {
            if (std::exchange(given, !given))
                return QByteArray(); // the end of one COPY's data
            const qsizetype next = waiting.startsWith("\\.\n") ? 0 : waiting.indexOf("\n\\.\n") + 1;
            if (next == 0 && !waiting.startsWith("\\.\n"))
                return std::exchange(waiting, {});
            const QByteArray block = waiting.left(next);
            waiting = waiting.mid(next + 3);
            return block;
        });
    } else if (m_options.copyInput) {
        results.copyFrom(m_options.copyInput);
    }
    end = execute(text, results);
    if (sending.display)
        m_output.display(m_index, m_summary.display);
    if (!end.error && sending.as == Sending::As::Gset)
        gset(results.kept(), sending.prefix, end);
    else if (!end.error && sending.as == Sending::As::Gexec)
        gexec(results.kept(), end);
    return end;
}

// With BEGIN and savepoint where these are wanted. Whatever fails is told; nothing is sent again.
StatementEnd Runner::execute(const Text &text, Results &results)
{
    StatementEnd end;
    if (m_options.keepsReadOnly && takesReadOnlyOff(text.text, m_connection.facts().standardStrings)) {
        end.error = Error{ErrorKind::Client, QStringLiteral("read_only_kept"), QStringLiteral("Not sent: it takes the session's read-only setting off"), {}, {}, {}, {}, 0};
        return end;
    }
    if (Done begun = beginIfNeeded(text.text); !begun) {
        end.error = std::move(begun.error());
        return end;
    }
    const QByteArray savepoint = "howdah_statement";
    bool saved = false;
    if (truthy(QStringLiteral("ON_ERROR_ROLLBACK")) && m_connection.transactionState() == pg::TransactionState::Open) {
        if (Done set = m_connection.command("SAVEPOINT " + savepoint); !set) {
            end.error = std::move(set.error());
            return end;
        }
        saved = true;
    }
    pg::ExecuteOptions options;
    options.timeoutMs = m_options.statementTimeoutMs;
    options.chunkRows = m_options.chunkRows;
    // Without values the server is to say what it thinks of $1: only a message of its own kind carries none.
    options.several = text.several || (m_options.params.empty() && !m_hasBound && hasPlaceholders(text.text, m_connection.facts().standardStrings));
    const Nature nature = natureOf(text.text);
    const pg::TransactionState before = m_connection.transactionState();
    // Its number, by which it can be asked for should the answer not come.
    std::optional<session::CommitTicket> ticket;
    if (nature.kind == Nature::Kind::Commit && before == pg::TransactionState::Open && !text.several) {
        auto noted = session::noteBeforeCommit(m_connection, m_cancel);
        if (noted) {
            ticket = std::move(*noted);
        } else if (!m_connection.isAlive()) { // COMMIT was never sent
            end.error = std::move(noted.error());
            end.outcome = rolledBackByLoss;
            return end;
        }
    }
    const pg::Params params = options.several ? pg::Params() : std::exchange(m_hasBound, false) ? std::exchange(m_bound, {}) : m_options.params;
    const Done done = m_connection.execute({text.text, {}}, params, results, options, m_cancel);
    end.timing = results.timing();
    end.tag = results.tag();
    end.shown = results.shown();
    end.rows = countOf(end.tag);
    if (!done) {
        results.failed();
        end.error = done.error();
        end.incomplete = results.rowsOpen();
        if (!m_connection.isAlive())
            tellFate(nature, ticket, before, text.several, end);
    }
    if (!saved || !m_connection.isAlive())
        return end;
    Done undone;
    if (m_connection.transactionState() == pg::TransactionState::Failed)
        undone = m_connection.command("ROLLBACK TO " + savepoint);
    if (undone && m_connection.transactionState() == pg::TransactionState::Open && !endsSavepoint(end.tag))
        undone = m_connection.command("RELEASE " + savepoint);
    if (!undone && !end.error)
        end.error = std::move(undone.error());
    return end;
}

// The link is lost: what became of what it had begun, as far as that is known.
void Runner::tellFate(const Nature &nature, const std::optional<session::CommitTicket> &ticket, pg::TransactionState before, bool several, StatementEnd &end)
{
    const bool inTransaction = before == pg::TransactionState::Open || before == pg::TransactionState::Failed;
    if (ticket) {
        const session::CommitFate fate = session::resolveCommit(m_connection, *ticket, commitAskedForMs, m_cancel);
        end.commitSent = true;
        end.outcome = session::fateText(fate);
        end.outcomeUnknown = fate.what == session::CommitFate::What::Unknown || fate.what == session::CommitFate::What::InProgress;
    } else if (before == pg::TransactionState::Failed && !several) {
        end.outcome = rolledBackByLoss; // by COMMIT too
    } else if (nature.kind == Nature::Kind::Commit && inTransaction) {
        end.commitSent = true;
        end.outcomeUnknown = true;
    } else if (inTransaction && !several) {
        end.outcome = rolledBackByLoss;
    } else if (inTransaction || nature.writes) { // a message of several may have held its COMMIT anywhere
        end.outcome = commitsByItself;
        end.outcomeUnknown = true;
    }
}

void Runner::describeResult(const QByteArray &text, StatementEnd &end)
{
    const auto described = m_connection.describe({text, {}}, {}, m_cancel);
    if (!described) {
        end.error = described.error();
        return;
    }
    if (described->columns().empty()) {
        m_output.message(m_index, QStringLiteral("The command has no result, or the result has no columns."));
        return;
    }
    const auto array = [&](auto cell) {
        QByteArrayList cells;
        for (const pg::Column &column : described->columns())
            cells << cell(column);
        return QByteArray('{' + cells.join(',') + '}');
    };
    const QByteArray names = array([](const pg::Column &column) {
        QByteArray name = column.name.toUtf8();
        name.replace('\\', "\\\\").replace('"', "\\\"");
        return QByteArray('"' + name + '"');
    });
    const QByteArray types = array([](const pg::Column &column) { return QByteArray::number(column.typeOid); });
    auto shown = show(QStringLiteral("query/describe_result"), {names, types}, {});
    if (!shown)
        end.error = std::move(shown.error());
}

void Runner::gset(const std::vector<pg::Rows> &rows, const QString &prefix, StatementEnd &end)
{
    qsizetype count = 0;
    const pg::Rows *row = nullptr;
    for (const pg::Rows &chunk : rows) {
        count += chunk.size();
        if (!row && !chunk.isEmpty())
            row = &chunk;
    }
    const auto refuse = [&](const QString &why) { end.error = refusal(why); };
    if (count == 0)
        return refuse(QStringLiteral("no rows returned for \\gset"));
    if (count > 1)
        return refuse(QStringLiteral("more than one row returned for \\gset"));
    for (int column = 0; column < int(row->columns().size()); ++column) {
        const QString name = prefix + row->columns()[size_t(column)].name;
        if (row->isNull(0, column))
            m_summary.variables.remove(name);
        else
            m_summary.variables.insert(name, row->text(0, column));
    }
}

// Each cell is a statement of its own; the first that fails ends it unless the script goes on at errors.
void Runner::gexec(const std::vector<pg::Rows> &rows, StatementEnd &end)
{
    for (const pg::Rows &chunk : rows) {
        for (qsizetype row = 0; row < chunk.size(); ++row) {
            for (int column = 0; column < int(chunk.columns().size()); ++column) {
                if (chunk.isNull(row, column))
                    continue;
                Results results(m_output, m_index);
                StatementEnd inner = execute({chunk.bytes(row, column).toByteArray(), false, {}, false}, results);
                if (inner.error) {
                    inner.error->position = 0; // of a text that stands in no script
                    end = std::move(inner);
                    if (end.error->kind == ErrorKind::Cancelled || !m_connection.isAlive() || truthy(QStringLiteral("ON_ERROR_STOP")))
                        return;
                } else if (!inner.shown) {
                    m_output.tagged(m_index, inner.tag);
                }
            }
        }
    }
}

Result<RunSummary> runPieces(pg::Connection &connection, const std::vector<Piece> &pieces, Output &output, const RunOptions &options,
                             const CancelToken &cancel)
{
    if (!connection.isAlive())
        return fail(connection.lostReason());
    if (!connection.identity().isKnown() && connection.transactionState() == pg::TransactionState::Idle)
        (void)connection.readIdentity(cancel); // not known then, which only matters where a COMMIT is to be asked for
    return Runner(connection, output, options, cancel).run(pieces);
}

} // namespace howdah::query
