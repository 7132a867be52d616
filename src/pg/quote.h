// SPDX-License-Identifier: GPL-3.0-or-later
// The only way a name or a literal becomes part of a statement's text. Pure functions, any thread; UTF-8 only, standard_conforming_strings
// is on for every connection of ours.
#pragma once

#include "base/result.h"

namespace howdah::pg
{

// Always quoted: "Order"; a double quote is doubled. Errors: Client/bad_identifier (empty, NUL, longer than 63 bytes, invalid UTF-16).
Result<QByteArray> quoteIdentifier(const QString &name);
// 'it''s'; with a backslash E'…'. Errors: Client/bad_literal (NUL, invalid UTF-16).
Result<QByteArray> quoteLiteral(const QString &text);
// For display and for psql users: quoted only where the name needs it.
QString displayIdentifier(const QString &name);
// "-- text" on one line, whatever the text holds: a line break in a name would end the comment, and what follows it would be run.
QString commentLine(const QString &text);

} // namespace howdah::pg
