// SPDX-License-Identifier: GPL-3.0-or-later
#include "statements/extension.h"

namespace howdah::statements
{

using namespace Qt::StringLiterals;

Result<Extension> readExtension(pg::Connection &connection, const CancelToken &cancel)
{
    pg::RunOptions options;
    options.prepared = true;
    const auto rows = connection.runFile(u"statements/extension"_s, {}, options, cancel);
    if (!rows)
        return fail(Error(rows.error()).during(u"look for pg_stat_statements"_s));
    if (rows->isEmpty())
        return fail(
            ErrorKind::Client, u"not_installed"_s, u"pg_stat_statements is not installed in the database %1"_s.arg(connection.facts().database),
            u"CREATE EXTENSION pg_stat_statements, with shared_preload_libraries = 'pg_stat_statements' at the server's start"_s); // sql-ok: a hint, not run
    Extension extension;
    extension.schema = rows->text(0, "schema"_L1);
    extension.version = rows->text(0, "version"_L1);
    const QStringList columns = rows->text(0, "columns"_L1).split(u' ', Qt::SkipEmptyParts);
    extension.columns = QSet<QString>(columns.cbegin(), columns.cend());
    extension.hasInfo = rows->boolean(0, "has_info"_L1).value_or(false);
    return extension;
}

} // namespace howdah::statements
