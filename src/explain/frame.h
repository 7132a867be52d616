// SPDX-License-Identifier: GPL-3.0-or-later
// The transaction that a plan is asked for in: with limits of its own, read-only unless that is said, and rolled back whatever comes. What was
// prepared in it is deallocated. On the link's thread; the link must outlive it.
#pragma once

#include "base/canceltoken.h"
#include "base/result.h"
#include "pg/connection.h"

namespace howdah::explain
{

struct Limits {
    int statementTimeoutMs = 30'000; // 0: none
    int lockTimeoutMs = 2'000;       // 0: none
    bool genericPlans = false;       // of what is prepared: plan_cache_mode
    QString searchPath;              // as the setting has it
};

class Frame
{
public:
    explicit Frame(pg::Connection &connection) : m_connection(connection) {}
    ~Frame();
    Frame(const Frame &) = delete;
    Frame &operator=(const Frame &) = delete;

    // Ends the transaction before it, where there is one. Errors: Client/transaction_open where somebody else's is; the server's.
    Done begin(bool readOnly, const Limits &limits, const CancelToken &cancel);
    // Done only when the server said so: a change that may stand is told.
    Done rollBack();

    // PREPARE under a name of our own, in place of what was prepared before. `types` from the server's mouth.
    Done prepare(const QByteArray &text, const QStringList &types, const CancelToken &cancel);
    static QByteArray preparedName();
    // How long "PREPARE … AS " is, before the text: for the server's positions.
    static int preparePrefix(const QStringList &types);

private:
    Done forget();

    pg::Connection &m_connection;
    bool m_begun = false;
    bool m_prepared = false;
};

} // namespace howdah::explain
