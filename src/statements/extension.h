// SPDX-License-Identifier: GPL-3.0-or-later
// Where pg_stat_statements is installed in the database of a link, and which columns it really has: the extension is not upgraded with the
// server, so that the server's version says nothing of them. Any thread.
#pragma once

#include "base/canceltoken.h"
#include "base/result.h"
#include "pg/connection.h"

#include <QSet>

namespace howdah::statements
{

struct Extension {
    QString schema;
    QString version;        // "1.12"
    QSet<QString> columns;  // of pg_stat_statements(boolean)
    bool hasInfo = false;   // pg_stat_statements_info: since 1.9
};

// Errors: Client/not_installed (with the statement that does it); Permission where the schema may not be used.
Result<Extension> readExtension(pg::Connection &connection, const CancelToken &cancel = {});

} // namespace howdah::statements
