// SPDX-License-Identifier: GPL-3.0-or-later
// libpq as this room uses it: owners for its objects, and what a newer library at run time offers beyond the one compiled against.
// Only src/pg includes this. Any thread.
#pragma once

#include "pg/connection.h"

#include <QByteArray>

#include <memory>

#include <libpq-fe.h>

namespace howdah::pg
{

struct FinishConnection {
    void operator()(PGconn *connection) const { ::PQfinish(connection); }
};
using ConnectionPtr = std::unique_ptr<PGconn, FinishConnection>;

struct ClearResult {
    void operator()(PGresult *result) const { ::PQclear(result); }
};
using ResultPtr = std::unique_ptr<PGresult, ClearResult>;

// PGRES_TUPLES_CHUNK of libpq 17, which older headers lack; the number is part of its ABI.
inline constexpr int tuplesChunk = 12;

// Functions of libpq 17, found at run time: null where the library is older. PGcancelConn is opaque, hence void.
struct NewerLibpq {
    void *(*cancelCreate)(PGconn *) = nullptr;
    int (*cancelBlocking)(void *) = nullptr;
    void (*cancelReset)(void *) = nullptr;
    void (*cancelFinish)(void *) = nullptr;
    int (*setChunkedRowsMode)(PGconn *, int) = nullptr;
};
const NewerLibpq &newerLibpq();

bool hasKeyword(const char *keyword); // of a connection string: an unknown one is a hard error, so it is looked up first

} // namespace howdah::pg
