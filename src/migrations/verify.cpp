// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/verify.h"

namespace howdah::migrations
{

using namespace Qt::StringLiterals;

namespace
{

constexpr quint32 booleanOid = 16;

Done holds(const pg::Rows &rows)
{
    if (rows.columns().size() != 1 || rows.columns().front().typeOid != booleanOid)
        return {};
    if (rows.isEmpty())
        return fail(ErrorKind::Client, u"not_verified"_s, u"it answers with no row"_s);
    for (qsizetype row = 0; row < rows.size(); ++row) {
        const auto value = rows.boolean(row, 0);
        if (!value.value_or(false))
            return fail(ErrorKind::Client, u"not_verified"_s, value ? u"it answers false"_s : u"it answers NULL"_s);
    }
    return {};
}

Done statements(pg::Connection &connection, const File &check, const CancelToken &cancel)
{
    if (const auto set = connection.runFile(u"migrations/read_only"_s, {}, {}, cancel); !set)
        return fail(set.error());
    for (const query::Piece &piece : check.up.statements) {
        const auto rows = connection.run({piece.text, {}}, {}, {}, cancel);
        Done held = rows ? holds(*rows) : Done(fail(rows.error()));
        if (held)
            continue;
        Error error = std::move(held.error());
        const qsizetype in = error.position > 0 ? query::scriptOffset(check.text, piece, error.position) : piece.begin;
        error.context = u"%1/%2, line %3"_s.arg(QLatin1StringView(verifyFolder), check.name).arg(check.lineAt(in));
        return fail(std::move(error));
    }
    return {};
}

} // namespace

Done runCheck(pg::Connection &connection, const File &check, const CancelToken &cancel)
{
    const bool within = connection.transactionState() != pg::TransactionState::Idle;
    if (Done begun = connection.command(within ? "SAVEPOINT howdah_verify" : "BEGIN"); !begun)
        return begun;
    Done done = statements(connection, check, cancel);
    if (!connection.isAlive())
        return done;
    Done back = connection.command(within ? "ROLLBACK TO SAVEPOINT howdah_verify" : "ROLLBACK");
    if (back && within)
        back = connection.command("RELEASE SAVEPOINT howdah_verify");
    return done ? back : done;
}

Result<QVector<Verified>> verify(pg::Connection &connection, const Folder &folder, const QStringList &versions, const CancelToken &cancel)
{
    QVector<Verified> all;
    for (const QString &version : versions) {
        const File *check = folder.check(version);
        if (!check)
            continue;
        Done held = runCheck(connection, *check, cancel);
        if (!held && (!connection.isAlive() || held.error().kind == ErrorKind::Cancelled))
            return fail(std::move(held.error()));
        all.append({version, check->name, held ? std::nullopt : std::optional(std::move(held.error()))});
    }
    return all;
}

} // namespace howdah::migrations
