// SPDX-License-Identifier: GPL-3.0-or-later
// Where the watched servers' standings are put by those who watch and read by those who answer. Thread-safe; a reading is a copy that shares.
#pragma once

#include "health/standing.h"

#include <mutex>

namespace howdah::health
{

class Board
{
public:
    explicit Board(QVector<Standing> standings) : m_standings(std::move(standings)) { } // one for each server, in their order

    void put(const Standing &standing)
    {
        const std::lock_guard lock(m_mutex);
        for (Standing &one : m_standings) {
            if (one.id == standing.id)
                one = standing;
        }
    }
    // From now on these, and no others.
    void watch(QVector<Standing> standings)
    {
        const std::lock_guard lock(m_mutex);
        m_standings = std::move(standings);
    }
    QVector<Standing> read() const
    {
        const std::lock_guard lock(m_mutex);
        return m_standings;
    }

private:
    mutable std::mutex m_mutex;
    QVector<Standing> m_standings;
};

} // namespace howdah::health
