// SPDX-License-Identifier: GPL-3.0-or-later
// Which locks on relations a link has while a statement runs that can't stand in a transaction, looked for from a second link without a pause: what it
// has for less than one look may be missed. Made, begun and taken on the caller's thread; looks on its own.
#pragma once

#include "base/worker.h"
#include "pg/connection.h"

#include <QSet>

#include <memory>

namespace howdah::migrations
{

class LockSampler
{
public:
    static Result<std::unique_ptr<LockSampler>> make(const pg::Connection &watched, const CancelToken &cancel = {});
    ~LockSampler();

    using Lock = std::pair<qint64, QString>; // the relation's OID, the server's word for the mode
    void begin();        // returns once the first look is done
    QSet<Lock> take();   // ends the looking
    bool failed() const; // the second link was lost on the way: what was taken is not all. After take()
private:
    struct Core;
    explicit LockSampler(std::shared_ptr<Core> core) : m_core(std::move(core)), m_worker(QStringLiteral("locksampler")) {}
    std::shared_ptr<Core> m_core;
    Worker m_worker;
};

} // namespace howdah::migrations
