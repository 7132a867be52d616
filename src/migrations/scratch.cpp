// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/scratch.h"

#include "base/units.h"
#include "migrations/clusterwide.h"
#include "migrations/ddl.h"
#include "migrations/piecesink.h"
#include "session/changeplan.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>
#include <QMap>
#include <QRandomGenerator>

#include <unistd.h>

namespace howdah::migrations
{

using namespace Qt::StringLiterals;

namespace
{

QByteArray jsonOf(const QStringList &names)
{
    return QJsonDocument(QJsonArray::fromStringList(names)).toJson(QJsonDocument::Compact);
}

void dropLeft(pg::Connection &server, const CancelToken &cancel)
{
    const auto left = server.runFile(u"migrations/scratch_left"_s, {}, {}, cancel);
    for (qsizetype row = 0; left && row < left->size(); ++row)
        (void)server.run({left->text(row, "drop"_L1).toUtf8(), {}}, {}, {}, cancel); // somebody else's turn may have come first
}

} // namespace

Result<std::unique_ptr<Scratch>> Scratch::make(const pg::ConnectionSpec &server, const Secret &password, bool ours, const CancelToken &cancel, const QString &copyOf)
{
    auto link = pg::Connection::open(server, password, cancel);
    if (!link)
        return fail(std::move(link.error()));
    dropLeft(**link, cancel);
    std::unique_ptr<Scratch> made(new Scratch);
    made->m_server = *std::move(link);
    made->m_ours = ours;
    const QString database = u"howdah_scratch_%1"_s.arg(qulonglong(QRandomGenerator::system()->generate64()), 16, 16, QLatin1Char('0'));
    const QString mark = u"howdah scratch, %1 by %2, process %3"_s.arg(QDateTime::currentSecsSinceEpoch()).arg(thisClient()).arg(::getpid());
    const auto texts = made->m_server->runFile(u"migrations/scratch_statements"_s, {database, mark, copyOf}, {}, cancel);
    if (!texts)
        return fail(texts.error());
    if (auto created = made->m_server->run({texts->text(0, "make"_L1).toUtf8(), {}}, {}, {}, cancel); !created) {
        Error error = created.error();
        if (error.sqlstate == "42501"_L1) {
            error.kind = ErrorKind::Permission;
            error.hint = u"To permit it: ALTER ROLE %1 CREATEDB, or name another sandbox"_s.arg(server.role); // sql-ok: a hint for people
        }
        return fail(std::move(error).during(u"make a scratch database"_s));
    }
    made->m_database = database;
    made->m_drop = texts->text(0, "drop"_L1).toUtf8();
    if (auto marked = made->m_server->run({texts->text(0, "mark"_L1).toUtf8(), {}}, {}, {}, cancel); !marked)
        return fail(std::move(marked.error()));
    auto connection = pg::Connection::open(server.withDatabase(database), password, cancel);
    if (connection && !copyOf.isEmpty()) {
        // What the original's event triggers stand on need not be there, and a preview's own are to fire, from a session's first statement on.
        const auto changes = (*connection)->runFile(u"migrations/scratch_event_triggers"_s, {}, {}, cancel);
        if (!changes)
            return fail(changes.error());
        for (qsizetype row = 0; row < changes->size(); ++row) {
            if (auto done = (*connection)->run({changes->text(row, 0).toUtf8(), {}}, {}, {}, cancel); !done)
                return fail(std::move(done.error()));
        }
        connection = pg::Connection::open(server.withDatabase(database), password, cancel);
    }
    if (!connection)
        return fail(std::move(connection.error()));
    made->m_connection = *std::move(connection);
    return made;
}

Scratch::~Scratch()
{
    m_connection.reset();
    if (!m_drop.isEmpty() && m_server && m_server->isAlive())
        (void)m_server->run({m_drop, {}});
}

Done Scratch::enter(const QString &searchPath, const QString &role, const CancelToken &cancel)
{
    m_entered.emplace();
    m_entered->searchPath = searchPath;
    m_entered->role = role;
    return migrations::enter(*m_connection, *m_entered, cancel);
}

Done Scratch::settle(const CancelToken &cancel)
{
    for (const auto *text : {"RESET SESSION AUTHORIZATION", "RESET ALL"}) {
        if (Done reset = m_connection->command(text); !reset)
            return reset;
    }
    return m_entered ? migrations::enter(*m_connection, *m_entered, cancel) : Done();
}

Result<QStringList> Scratch::makeRoles(const QStringList &names, const CancelToken &cancel)
{
    const auto missing = m_server->runFile(u"migrations/scratch_roles"_s, {jsonOf(names)}, {}, cancel);
    if (!missing)
        return fail(missing.error());
    QStringList left;
    for (qsizetype row = 0; row < missing->size(); ++row) {
        const auto made = m_ours ? m_server->run({missing->text(row, "make"_L1).toUtf8(), {}}, {}, {}, cancel) : Result<pg::Rows>();
        if (!m_ours || !made)
            left << missing->text(row, "role"_L1);
    }
    return left;
}

Done Scratch::makeVersions(const CancelToken &cancel)
{
    const auto made = m_connection->runFile(u"migrations/create_versions"_s, {}, {}, cancel);
    return made ? Done() : Done(fail(made.error()));
}

Result<Loaded> Scratch::load(const QByteArray &script, const CancelToken &cancel)
{
    Loaded loaded;
    for (const query::Piece &piece : query::split(script)) {
        const QString shown = units::oneLine(session::masked(QString::fromUtf8(piece.text))).left(120);
        if (piece.kind == query::Piece::Kind::Command) {
            static const QList<QByteArray> harmless{"\\set", "\\restrict", "\\unrestrict", "\\echo", "\\timing", "\\pset", "\\encoding"};
            const QByteArray word = piece.text.trimmed().split(' ').constFirst();
            if (!harmless.contains(word))
                loaded.left << u"line %1, %2: psql's own"_s.arg(piece.line).arg(shown);
            continue;
        }
        if (const QString why = whyNot(piece.text); !why.isEmpty()) {
            loaded.left << u"line %1, %2: %3"_s.arg(piece.line).arg(shown, why);
            continue;
        }
        ++loaded.statements;
        PieceSink sink(piece, {});
        pg::ExecuteOptions options;
        options.several = piece.several;
        Done done = guarded(piece.text, [&] { return m_connection->execute({piece.text, {}}, {}, sink, options, cancel); }, cancel);
        if (done)
            continue;
        if (done.error().kind == ErrorKind::Cancelled || !m_connection->isAlive())
            return fail(std::move(done.error()));
        // On a server of ours a role or database is there from an earlier scratch.
        if (!m_ours || (done.error().sqlstate != "42710"_L1 && done.error().sqlstate != "42P04"_L1))
            loaded.left << u"line %1, %2: %3"_s.arg(piece.line).arg(shown, done.error().message);
        if (m_connection->transactionState() == pg::TransactionState::Failed || (m_connection->transactionState() != pg::TransactionState::Idle && done.error().reason == "whole_server"_L1))
            (void)m_connection->command("ROLLBACK");
    }
    if (m_connection->transactionState() != pg::TransactionState::Idle) {
        (void)m_connection->command("ROLLBACK");
        loaded.left << u"the last transaction, which it does not end"_s;
    }
    if (Done settled = settle(cancel); !settled)
        return fail(std::move(settled.error()));
    return loaded;
}

QString Scratch::whyNot(const QByteArray &statement) const
{
    switch (reachOf(statement)) {
    case Reach::Elsewhere: return u"it would reach another server"_s;
    case Reach::Server: return m_ours ? QString() : u"it would change the whole server, which is others' too"_s;
    case Reach::Database: break;
    }
    return {};
}

Done Scratch::untouched(const CancelToken &cancel)
{
    if (m_ours)
        return {};
    const auto shared = m_connection->runFile(u"migrations/scratch_shared"_s, {}, {}, cancel);
    if (!shared)
        return fail(shared.error());
    if (shared->text(0, 0).isEmpty())
        return {};
    return fail(ErrorKind::Client, u"whole_server"_s, u"It changes what all databases of the sandbox's server share (%1), and was rolled back: the server is others' too"_s.arg(shared->text(0, 0)),
                u"Leave --sandbox out for a server of its own."_s);
}

Done Scratch::guarded(const QByteArray &statement, const std::function<Done()> &run, const CancelToken &cancel)
{
    const auto kind = recognise(statement).kind;
    if (m_ours || kind == Ddl::Kind::Begin || kind == Ddl::Kind::End || kind == Ddl::Kind::Savepoint)
        return run();
    const bool within = m_connection->transactionState() != pg::TransactionState::Idle;
    if (Done begun = within ? Done() : m_connection->command("BEGIN"); !begun)
        return begun;
    Done done = run();
    if (done)
        done = untouched(cancel);
    if (within)
        return done;
    if (done)
        return m_connection->command("COMMIT");
    if (m_connection->isAlive())
        (void)m_connection->command("ROLLBACK");
    // What can't stand in a transaction does no more than its words say; what runs code may.
    if (done.error().sqlstate == "25001"_L1 && !runsCode(statement))
        return run();
    if (done.error().sqlstate == "2D000"_L1)
        done.error().hint = u"What ends transactions itself is not run on a server that is others' too: leave --sandbox out for one of its own."_s;
    return done;
}

Done Scratch::apply(const File &file, Direction direction, const CancelToken &cancel)
{
    const Section &section = direction == Direction::Up ? file.up : file.down;
    if (Done begun = section.transaction ? m_connection->command("BEGIN") : Done(); !begun)
        return begun;
    for (int i = 0; i < int(section.statements.size()); ++i) {
        const QByteArray &text = section.statements.at(size_t(i)).text;
        if (const QString why = whyNot(text); !why.isEmpty()) {
            m_left << leftWords(file, section, i, why);
            continue;
        }
        Done done = guarded(text, [&] { return runPiece(*m_connection, file, section, i, cancel); }, cancel);
        if (done)
            continue;
        if (section.transaction && m_connection->isAlive())
            (void)m_connection->command("ROLLBACK");
        Error error = std::move(done.error());
        if (error.reason == "whole_server"_L1)
            error.context = leftWords(file, section, i, {});
        if (!m_left.isEmpty())
            error.detail += (error.detail.isEmpty() ? u""_s : u" "_s) + u"Left out before: %1"_s.arg(m_left.join(u"; "_s));
        return fail(std::move(error));
    }
    return section.transaction ? m_connection->command("COMMIT") : Done();
}

Done Scratch::replay(const QVector<File> &files, const Progress &progress, const CancelToken &cancel)
{
    if (Done made = makeVersions(cancel); !made)
        return made;
    for (qsizetype i = 0; i < files.size(); ++i) {
        if (progress)
            progress({u"Replay what is applied"_s, files.at(i).name, i, files.size(), {}});
        if (Done done = apply(files.at(i), Direction::Up, cancel); !done)
            return done;
        // What it has set is not the next one's.
        if (Done settled = settle(cancel); !settled)
            return settled;
    }
    return {};
}

QString Applied::text() const
{
    const qsizetype repeatables = files.size() - migrations;
    return (migrations == 1 ? u"1 applied migration"_s : u"%1 applied migrations"_s.arg(migrations))
        + (repeatables == 0 ? QString() : repeatables == 1 ? u" and 1 repeatable file"_s : u" and %1 repeatable files"_s.arg(repeatables));
}

// As it was last run, which need not be what its file says by now.
static std::optional<File> repeatableFile(const Folder &folder, const Event &by)
{
    const File *file = folder.find(by.version);
    if (file && (file->sha256 == by.sha256 || file->meaning == by.meaning))
        return *file;
    auto kept = by.file.isEmpty() ? Result<File>(fail(Error())) : parsePlain(by.name, by.version, by.file);
    return kept ? std::optional(*std::move(kept)) : std::nullopt;
}

Applied appliedFiles(const Folder &folder, const Ledger &ledger)
{
    Applied applied;
    QStringList versions = wayBack(ledger);
    std::reverse(versions.begin(), versions.end());
    for (const QString &version : std::as_const(versions)) {
        if (auto file = fileToUndo(folder, ledger, version, false))
            applied.files.append(*std::move(file));
        else
            applied.missing << version;
    }
    applied.migrations = int(applied.files.size());
    QMap<QString, const Event *> repeatables; // also those whose file is gone: what they made stands
    for (const Event &event : ledger.events) {
        if (event.version.startsWith(QLatin1StringView(repeatablePrefix)))
            repeatables.insert(event.version, ledger.appliedBy(event.version));
    }
    for (auto one = repeatables.cbegin(); one != repeatables.cend(); ++one) {
        if (!one.value())
            continue; // it never went through
        if (auto file = repeatableFile(folder, *one.value()))
            applied.files.append(*std::move(file));
        else
            applied.missing << one.key();
    }
    return applied;
}

Result<QStringList> roleNames(pg::Connection &connection, const CancelToken &cancel)
{
    const auto rows = connection.runFile(u"migrations/role_names"_s, {}, {}, cancel);
    if (!rows)
        return fail(rows.error());
    QStringList names;
    for (qsizetype row = 0; row < rows->size(); ++row)
        names << rows->text(row, 0);
    return names;
}

QString leftWords(const File &file, const Section &section, int index, const QString &why)
{
    const query::Piece &piece = section.statements.at(size_t(index));
    const QString shown = units::oneLine(session::masked(QString::fromUtf8(piece.text))).left(120);
    return u"%1, line %2, %3"_s.arg(file.name).arg(file.lineAt(section.begin + piece.begin)).arg(shown) + (why.isEmpty() ? QString() : u": "_s + why);
}

Done runPiece(pg::Connection &connection, const File &file, const Section &section, int index, const CancelToken &cancel)
{
    const query::Piece &piece = section.statements.at(size_t(index));
    PieceSink sink(piece, {});
    Done done = connection.execute({piece.text, {}}, {}, sink, {}, cancel);
    if (done)
        return done;
    Error error = std::move(done.error());
    const qsizetype in = error.position > 0 ? query::scriptOffset(section.text, piece, error.position) : piece.begin;
    error.context = u"%1, line %2, statement %3 of %4"_s.arg(file.name).arg(file.lineAt(section.begin + in)).arg(index + 1).arg(section.statements.size());
    return fail(std::move(error));
}

} // namespace howdah::migrations
