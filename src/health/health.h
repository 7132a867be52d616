// SPDX-License-Identifier: GPL-3.0-or-later
// Is the server well: by the owner's functions where the database has them (simple_health_check, detailed_health_check,
// get_database_metrics), else by the same questions asked directly. Functions from a Connection to a value.
#pragma once

#include "base/canceltoken.h"
#include "base/result.h"
#include "pg/connection.h"

#include <QJsonObject>
#include <QStringList>

namespace howdah::health
{

enum class Verdict { Ok, Warning, Critical, Unknown };
QString verdictName(Verdict verdict); // "ok", "warning", …

struct Report {
    Verdict verdict = Verdict::Unknown;
    QStringList errors;
    QStringList warnings;
    QStringList notPermitted; // questions whose answer this role may not have, each with the GRANT
    QString source;           // "detailed_health_check()" or "direct"
    QJsonObject details;
    QJsonObject toJson() const;
};

Result<Report> readHealth(pg::Connection &connection, bool detailed, const CancelToken &cancel = {});
// `howdahctl verify`: TLS only, roles, extensions, functions, archive, health; each check {"name", "ok" (true, false or null: not permitted), "found", "expected"}.
Result<QJsonObject> verify(pg::Connection &connection, const CancelToken &cancel = {});

} // namespace howdah::health
