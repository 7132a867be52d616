// SPDX-License-Identifier: GPL-3.0-or-later
// The one place where libpq's answers become an Error. Decides by SQLSTATE and by state, never by a message's words. Any thread.
#pragma once

#include "pg/libpq.h"

namespace howdah::pg
{

Error errorFromResult(const PGresult *result);
Notice noticeFromResult(const PGresult *result);

// True for a SQLSTATE by which the server says that it ends the session.
bool endsSession(const QString &sqlstate);
// The error of a link that is gone: by the server's last words where it gave any.
Error lostError(const Notice &lastWords);
Error lostError();
// The link was ended by libpq and not by the other side: what came was no message, or larger than can be held.
Error unreadableError();

// What a server that answered at connect said: its verbose message holds "FATAL:  28P01: …" and "LOCATION:  function, file:line".
struct ServerRefusal {
    QString sqlstate; // empty: there was none in it
    QString words;    // the message's own text
    QString function; // where in the server: not translated, so it tells apart what shares one SQLSTATE
};
ServerRefusal readRefusal(const QString &verboseText);
Error connectError(const ServerRefusal &refusal, const ConnectionSpec &spec);

} // namespace howdah::pg
