// SPDX-License-Identifier: GPL-3.0-or-later
// Between the linter, which knows no server and no file system, and the files and servers that there are.
#pragma once

#include "migrations/file.h"
#include "migrations/lint.h"
#include "pg/connection.h"

namespace howdah::migrations
{

LintFile lintFileOf(const File &file);
// What the server's statistics and catalogs say of the tables that these files name. A service on the link's thread.
Result<LintFacts> readLintFacts(pg::Connection &connection, const QVector<const File *> &files, const CancelToken &cancel = {});
int lineOf(const File &file, const Finding &finding); // in the file
// The file's text with every mechanical fix of a finding that is not waived; as it is where there is none.
QByteArray withFixes(const File &file, const QList<Finding> &findings);

// The file's text with a waiver of that finding before its statement; as it is where none can hold: what is of the file and of no statement, what is waived.
QByteArray withWaiver(const File &file, const Finding &finding, const QString &reason);

} // namespace howdah::migrations
