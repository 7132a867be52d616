// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/managedcloud.h"

namespace howdah::backup
{

using namespace Qt::StringLiterals;

Result<QString> managingCloud(pg::Connection &connection, const CancelToken &cancel)
{
    // Each makes a role of its own in the place of a superuser.
    static constexpr std::pair<const char *, const char *> clouds[] = {
        {"rds_superuser", "Amazon RDS"}, {"azure_pg_admin", "Azure Database"}, {"cloudsqlsuperuser", "Google Cloud SQL"}, {"alloydbsuperuser", "Google AlloyDB"}, {"neon_superuser", "Neon"}};
    const auto rows = connection.runFile(u"backup/managed"_s, {}, {}, cancel);
    if (!rows)
        return fail(rows.error());
    if (rows->isEmpty())
        return QString();
    for (const auto &[role, cloud] : clouds) {
        if (rows->text(0, 0) == QLatin1StringView(role))
            return QString::fromLatin1(cloud);
    }
    return QString();
}

} // namespace howdah::backup
