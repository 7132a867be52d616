// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/scratch.h"

#include "base/units.h"
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

Result<std::unique_ptr<Scratch>> Scratch::make(const pg::ConnectionSpec &server, const Secret &password, bool ours, const CancelToken &cancel)
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
    const auto texts = made->m_server->runFile(u"migrations/scratch_statements"_s, {database, mark}, {}, cancel);
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
        // A server that others use too keeps its roles, databases and settings.
        const Ddl ddl = m_ours ? Ddl() : recognise(piece.text);
        static const QStringList ofAll{u"role"_s, u"user"_s, u"group"_s, u"database"_s, u"tablespace"_s, u"system"_s};
        if (!m_ours && (ddl.kind == Ddl::Kind::Create || ddl.kind == Ddl::Kind::Alter || ddl.kind == Ddl::Kind::Drop) && ofAll.contains(ddl.object)) {
            loaded.left << u"line %1, %2: it would change the whole server"_s.arg(piece.line).arg(shown);
            continue;
        }
        ++loaded.statements;
        PieceSink sink(piece, {});
        pg::ExecuteOptions options;
        options.several = piece.several;
        Done done = m_connection->execute({piece.text, {}}, {}, sink, options, cancel);
        if (done)
            continue;
        if (done.error().kind == ErrorKind::Cancelled || !m_connection->isAlive())
            return fail(std::move(done.error()));
        // On a server of ours a role or database is there from an earlier scratch.
        if (!m_ours || (done.error().sqlstate != "42710"_L1 && done.error().sqlstate != "42P04"_L1))
            loaded.left << u"line %1, %2: %3"_s.arg(piece.line).arg(shown, done.error().message);
        if (m_connection->transactionState() == pg::TransactionState::Failed)
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

Done Scratch::apply(const File &file, Direction direction, const CancelToken &cancel)
{
    const Section &section = direction == Direction::Up ? file.up : file.down;
    if (Done begun = section.transaction ? m_connection->command("BEGIN") : Done(); !begun)
        return begun;
    for (int i = 0; i < int(section.statements.size()); ++i) {
        Done done = runPiece(*m_connection, file, section, i, cancel);
        if (!done) {
            if (section.transaction && m_connection->isAlive())
                (void)m_connection->command("ROLLBACK");
            return done;
        }
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
