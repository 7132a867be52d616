// SPDX-License-Identifier: GPL-3.0-or-later
// What a run has to say, in words a DBA could paste into a ticket. Pure functions of values.
#pragma once

#include "ui/query/messages.h"
#include "ui/query/runner.h"

namespace howdah::ui
{

// "ERROR 42P01: relation "x" does not exist", then DETAIL and HINT on lines of their own.
QString errorText(const Error &error);
// "UPDATE 5 · 12 ms (server 11 ms, transfer 1 ms)"; empty where the error has said it.
Message endMessage(const query::StatementEnd &end, const query::Piece &piece, qint64 shownMs);
Message noticeMessage(const pg::Notice &notice, const query::Piece &piece);
// "3 statements, 1 failed · 1.2 s"
QString endText(const RunEnd &end, int statements, int failed);
// "Row security filters public.orders for the role app: rows of others are not shown"
QString filterNote(const QVector<query::FilteredRelation> &filtered);
// Why a query was not exported: a file has all rows or is not written.
QString withheldHint(const QVector<query::FilteredRelation> &filtered);
// "1,204 rows, 38 kB, to /home/a/orders.csv"
QString exportText(const query::Exported &exported, const QString &path);
// What is known of the transaction that was open on a lost link.
QString lossText(const Runner::Transaction &open, qint64 nowMs);

struct ErrorPlace {
    qsizetype begin = 0; // bytes of the script: the word the server pointed at, else the statement's first
    qsizetype end = 0;
    int line = 0;
};
ErrorPlace placeOf(const Error &error, const query::Piece &piece, const QByteArray &script);

} // namespace howdah::ui
