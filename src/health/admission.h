// SPDX-License-Identifier: GPL-3.0-or-later
// Who may ask the health endpoints, and what: judged by the head of the request alone, before anything is looked up. Pure; any thread.
// A page of the web can send requests to 127.0.0.1 from its reader's browser; by a name that it lets point here (DNS rebinding) it could read
// the answers too. So the Host must be one of ours, and no page may read an answer unless its origin is listed.
#pragma once

#include "base/result.h"
#include "base/secret.h"
#include "health/httpanswer.h"
#include "health/httprequest.h"

#include <optional>

namespace howdah::health
{

struct Admission {
    QByteArrayList hosts;   // beside 127.0.0.1, localhost and [::1]; lower case, no port
    QByteArrayList origins; // pages that may read answers: "http://localhost:3000"; none unless said
    Secret token;           // empty: none is asked for; /livez, which tells nothing of a database, never asks for it
};

// Null: it may. Else 403 of a foreign Host, 405 of other methods than GET and HEAD, 413 of a body, 401 without the token.
std::optional<HttpAnswer> refusalOf(const HttpRequest &request, const Admission &admission);
// Lets the page read it that asked, where its origin is listed.
void addOrigin(HttpAnswer &answer, const HttpRequest &request, const Admission &admission);

// CORS_ORIGINS: origins with commas between them. Errors: Client/bad_origins; a * would let every page read, and is none.
Result<QByteArrayList> originsFrom(const QString &words);
// --allow-host: a name or an address. Errors: Client/bad_host.
Result<QByteArray> hostFrom(const QString &word);

} // namespace howdah::health
