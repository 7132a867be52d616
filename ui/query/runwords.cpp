// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/query/runwords.h"

#include "base/units.h"

#include <QDir>

namespace howdah::ui
{

namespace
{

bool isWordByte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

QString rowsText(qint64 rows)
{
    return units::exact(double(rows)) + (rows == 1 ? QStringLiteral(" row") : QStringLiteral(" rows"));
}

} // namespace

QString errorText(const Error &error)
{
    QString text;
    if (error.kind == ErrorKind::Cancelled)
        text = error.sqlstate.isEmpty() ? QStringLiteral("Cancelled: ") : QStringLiteral("Cancelled, confirmed by the server (%1): ").arg(error.sqlstate);
    else
        text = error.sqlstate.isEmpty() ? QStringLiteral("ERROR: ") : QStringLiteral("ERROR %1: ").arg(error.sqlstate);
    text += error.message;
    if (!error.detail.isEmpty())
        text += QStringLiteral("\nDETAIL: ") + error.detail;
    if (!error.hint.isEmpty())
        text += QStringLiteral("\nHINT: ") + error.hint;
    return text;
}

Message endMessage(const query::StatementEnd &end, const query::Piece &piece, qint64 shownMs)
{
    Message message{Message::Kind::Done, piece.line, piece.begin, 0, {}};
    if (end.error && end.outcome.isEmpty() && !end.incomplete && !end.outcomeUnknown)
        return message;
    QStringList parts;
    if (end.outcomeUnknown) {
        message.kind = Message::Kind::Error;
        if (end.commitSent) {
            parts << QStringLiteral("Outcome unknown: the link was lost during COMMIT. Look before running anything again");
            if (!end.outcome.isEmpty())
                parts << QStringLiteral("Transaction: ") + end.outcome;
        } else {
            parts << QStringLiteral("Outcome unknown: the link was lost while it ran. Whether it changed anything is ") + end.outcome;
        }
    } else if (!end.outcome.isEmpty()) {
        message.kind = Message::Kind::Warning;
        parts << QStringLiteral("Transaction: ") + end.outcome;
    }
    if (end.incomplete) {
        message.kind = Message::Kind::Warning;
        parts << QStringLiteral("The result is incomplete");
    }
    if (!end.error) {
        parts << (end.tag.isEmpty() ? QStringLiteral("Done") : QString::fromUtf8(end.tag));
        const qint64 total = end.timing.serverMs + end.timing.transferMs + shownMs;
        parts << QStringLiteral("%1 (server %2, transfer %3, display %4)")
                     .arg(units::duration(total), units::duration(end.timing.serverMs), units::duration(end.timing.transferMs), units::duration(shownMs));
    }
    message.text = parts.join(QStringLiteral(" · "));
    if (piece.kind == query::Piece::Kind::Command && !end.error)
        message.text.clear(); // it has said what it had to say
    return message;
}

Message noticeMessage(const pg::Notice &notice, const query::Piece &piece)
{
    Message message;
    message.kind = notice.severity == QLatin1StringView("WARNING") ? Message::Kind::Warning : Message::Kind::Notice;
    message.line = piece.line;
    message.offset = piece.begin;
    message.text = notice.severity + QStringLiteral(": ") + notice.message;
    if (!notice.detail.isEmpty())
        message.text += QStringLiteral("\nDETAIL: ") + notice.detail;
    if (!notice.hint.isEmpty())
        message.text += QStringLiteral("\nHINT: ") + notice.hint;
    return message;
}

QString endText(const RunEnd &end, int statements, int failed)
{
    QString text;
    switch (end.outcome) {
    case RunEnd::Outcome::Done: text = statements > 1 ? QStringLiteral("%1 statements done").arg(statements) : QString::fromUtf8(end.lastTag); break;
    case RunEnd::Outcome::Failed:
        text = statements > 1 && failed > 0 ? QStringLiteral("%1 of %2 statements failed").arg(failed).arg(statements) : QStringLiteral("failed");
        break;
    case RunEnd::Outcome::Cancelled: {
        const std::optional<Error> &error = end.error ? end.error : end.first;
        text = error && !error->sqlstate.isEmpty() ? QStringLiteral("cancelled, confirmed by the server") : QStringLiteral("cancelled");
        break;
    }
    case RunEnd::Outcome::Unknown: text = QStringLiteral("outcome unknown"); break;
    }
    if (!end.fate.isEmpty())
        text = QStringLiteral("link lost at COMMIT · ") + end.fate;
    return (text.isEmpty() ? QString() : text + QStringLiteral(" · ")) + units::duration(end.elapsedMs);
}

// %1: the relations, %2: the role.
static QString withFiltered(const QString &words, const QVector<query::FilteredRelation> &filtered)
{
    QStringList names;
    for (const query::FilteredRelation &one : filtered)
        names << units::oneLine(one.relation);
    return words.arg(names.join(QStringLiteral(", ")), filtered.isEmpty() ? QString() : units::oneLine(filtered.constFirst().role));
}

QString filterNote(const QVector<query::FilteredRelation> &filtered)
{
    return withFiltered(QStringLiteral("Row security filters %1 for the role %2: rows that its policies hide are not here"), filtered);
}

QString withheldHint(const QVector<query::FilteredRelation> &filtered)
{
    return withFiltered(QStringLiteral("Row security would hide rows of %1 from the role %2, so this file would lack them. Run the query and export its result to have "
                                       "what the role may see."),
                        filtered);
}

QString exportText(const query::Exported &exported, const QString &path)
{
    return QStringLiteral("%1, %2, to %3").arg(rowsText(exported.rows), units::bytes(double(exported.bytes)), QDir::toNativeSeparators(path));
}

QString lossText(const Runner::Transaction &open, qint64 nowMs)
{
    const QString gone = QStringLiteral("Nothing was run again. The next run is in a new session: SET and temporary tables are gone. The text and the results here stay.");
    if (open.commitSent)
        return QStringLiteral("COMMIT was sent and no answer came. Transaction: %1. ").arg(open.fate.isEmpty() ? QStringLiteral("not known") : open.fate) + gone;
    if (!open.isOpen())
        return QStringLiteral("No transaction was open. ") + gone;
    return QStringLiteral("The transaction had been open for %1 with %2 statements and %3 changed; no COMMIT was sent, so the server rolls it back. ")
               .arg(units::duration(qMax<qint64>(0, nowMs - open.sinceMs) / 1000 * 1000))
               .arg(open.statements)
               .arg(rowsText(open.rows))
        + gone;
}

ErrorPlace placeOf(const Error &error, const query::Piece &piece, const QByteArray &script)
{
    ErrorPlace place;
    place.begin = error.position > 0 ? query::scriptOffset(script, piece, error.position) : piece.begin;
    place.begin = qBound<qsizetype>(0, place.begin, script.size());
    place.end = place.begin;
    while (place.end < script.size() && isWordByte(script.at(place.end)))
        ++place.end;
    if (place.end == place.begin)
        place.end = qMin(script.size(), place.begin + 1);
    place.line = int(script.first(place.begin).count('\n')) + 1;
    return place;
}

} // namespace howdah::ui
