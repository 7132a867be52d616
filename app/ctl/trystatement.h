// SPDX-License-Identifier: GPL-3.0-or-later
// Which statement `statements try` is of: its text, its database and its role by its key, or a text alone; and its values, from options or a log.
// The worker's thread.
#pragma once

#include "ctl/ctl.h"
#include "explain/explain.h"

#include <QMap>

namespace howdah::ctl
{

struct TriedStatement {
    QString text;
    QString database; // empty: not known
    QString role;     // likewise
    QString queryId;  // likewise
};
// As the server has it now; where it does not answer or has it no longer, as the history has it. Errors: Client/usage, no_such_statement, text_cut.
Result<TriedStatement> statementOfKey(Ctl &ctl, const QString &key);
// A file, or "-". Errors: Io, Client/text_too_long.
Result<QString> textOfFile(const std::string &name, const CancelToken &cancel);
// Of the last plan of that statement in a log of auto_explain's (.csv, .json, else text). Errors: Io; Client/no_logged_plan; those of trial::valuesOf().
Result<QMap<int, explain::Value>> valuesFromLog(const QString &file, const TriedStatement &statement, const CancelToken &cancel);

} // namespace howdah::ctl
