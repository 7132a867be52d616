// SPDX-License-Identifier: GPL-3.0-or-later
// Whether a cloud manages this server: then base backups and WAL are the cloud's own, and of ours only dumps are left. A service, on the link's thread.
#pragma once

#include "pg/connection.h"

namespace howdah::backup
{

// "Amazon RDS"; empty: none that is known, or we are superuser, which no such cloud gives. Errors: those of the link.
Result<QString> managingCloud(pg::Connection &connection, const CancelToken &cancel = {});

} // namespace howdah::backup
