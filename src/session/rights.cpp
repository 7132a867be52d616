// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/rights.h"

namespace howdah::session
{

Result<bool> roleMayWrite(pg::Connection &connection, const CancelToken &cancel)
{
    auto rows = connection.runFile(QStringLiteral("session/may_write"), {}, {}, cancel);
    if (!rows)
        return fail(std::move(rows.error()));
    const auto may = rows->boolean(0, QLatin1StringView("may_write"));
    if (!may)
        return fail(ErrorKind::Protocol, QStringLiteral("unexpected_answer"), QStringLiteral("The server did not say what the role may do"));
    return *may;
}

} // namespace howdah::session
