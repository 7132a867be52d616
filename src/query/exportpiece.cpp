// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/export.h"

#include "query/hazards.h"

#include <algorithm>

namespace howdah::query
{

namespace
{

// Characters of what was sent, as characters of the piece's own text.
int ownPosition(int position, const Piece &piece, const Interpolated &sent)
{
    if (position <= 0)
        return 0;
    Piece whole;
    whole.text = sent.text;
    const qsizetype byte = scriptOffset(sent.text, whole, position);
    const QByteArrayView before = QByteArrayView(piece.text).first(qMin(sent.stretches.empty() ? byte : sent.origin(byte), piece.text.size()));
    return 1 + int(std::count_if(before.begin(), before.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

} // namespace

Result<Exported> exportPiece(const QString &path, pg::Connection &connection, const Piece &piece, const Variables &variables, const pg::Params &params,
                             Format format, const WriteOptions &options, const CancelToken &cancel, const Progress &progress)
{
    const auto sent = interpolate(piece, variables, connection.facts().standardStrings);
    if (!sent)
        return fail(sent.error());
    // Looked at with its values in it: a variable may hold anything.
    if (!returnsRows(sent->text))
        return fail(ErrorKind::Client, QStringLiteral("not_a_query"), QStringLiteral("This is not one statement that returns rows, so there is nothing to export"));
    const bool open = connection.transactionState() == pg::TransactionState::Open;
    if (open) {
        if (const Done set = connection.command("SAVEPOINT howdah_export"); !set)
            return fail(set.error());
    }
    auto exported = exportQuery(path, connection, sent->text, params, format, options, cancel, progress);
    if (open && connection.isAlive()) {
        if (!exported)
            connection.command("ROLLBACK TO SAVEPOINT howdah_export");
        connection.command("RELEASE SAVEPOINT howdah_export");
    }
    if (exported)
        return exported;
    Error error = exported.error();
    error.position = ownPosition(error.position, piece, *sent);
    return fail(std::move(error));
}

} // namespace howdah::query
