// SPDX-License-Identifier: GPL-3.0-or-later
// Who stands in the way of a link while it works, and how many wait for it, read on a link of its own. Made and ended on the caller's thread; what it
// tells comes on its own.
#pragma once

#include "base/worker.h"
#include "pg/connection.h"

#include <QVector>

#include <functional>
#include <memory>
#include <mutex>

namespace howdah::migrations
{

struct Blocker {
    int pid = 0; // 0: a prepared transaction
    QString role;
    QString application;
    QString state; // empty: may not be seen
    std::optional<qint64> transactionMs;
    QString query;
    QString text() const; // "backend 4711 of app (checkout), idle in transaction for 4 min: UPDATE …"
};
struct Blocked {
    QVector<Blocker> by;
    int waiting = 0; // that many wait for us
    bool operator==(const Blocked &other) const;
};

class Watch
{
public:
    // `tell`: when it changes. Where no further link can be had nothing is told: isOn() is false.
    Watch(const pg::Connection &watched, std::function<void(const Blocked &)> tell);
    ~Watch(); // ends within one reading
    Watch(const Watch &) = delete;
    Watch &operator=(const Watch &) = delete;

    bool isOn() const { return m_on; }
    // Who stood in the way when somebody last did, since the last take; empty: nobody was seen.
    QVector<Blocker> takeLast();

private:
    struct Core;
    std::shared_ptr<Core> m_core;
    bool m_on = false;
    Worker m_worker;
};

} // namespace howdah::migrations
