// SPDX-License-Identifier: GPL-3.0-or-later
// The rows of one result: chunks in memory up to a budget, beyond it in an unlinked 0600 file of the cache folder. Written by the link's thread,
// read by others at the same time. Shared by the grid, its sorters and its exporters.
#pragma once

#include "pg/rowsink.h"
#include "base/result.h"

#include <QString>

#include <functional>
#include <memory>

namespace howdah::query
{

struct ResultBudget {
    qint64 memoryBytes = qint64(96) << 20; // of chunks held in memory, offsets included
    qint64 fileBytes = qint64(64) << 30;
    qint64 rowLimit = 0;                   // 0: none; reached: the result is ended and says so
    int firstLookMs = 0;                   // so long the second chunk waits at most for seen(): on two cores a server and a link that go on
                                           // at full speed keep the window from painting the first rows
};

class ResultStore : public pg::RowSink
{
public:
    explicit ResultStore(std::vector<pg::Column> columns, ResultBudget budget = {});
    ~ResultStore() override;
    ResultStore(const ResultStore &) = delete;
    ResultStore &operator=(const ResultStore &) = delete;

    // The link's thread. No chunk but the second (firstLookMs) waits for a reader: there is always the file. False: stop (the limit, the disk, stop()).
    bool push(const pg::Rows &chunk) override;
    void finish(std::optional<Error> error = {}); // incomplete where there is one
    void seen(); // any thread: rows of it are on the screen
    void stop(); // any thread: push returns false from now on

    const std::vector<pg::Column> &columns() const;
    qint64 rowCount() const;
    bool isFinished() const;
    std::optional<Error> error() const;       // why it is incomplete: the server's, the disk's, the limit's
    qint64 bytes() const;                     // of all chunks
    qint64 spilledBytes() const;

    // Chunks in order; rows of chunk i begin at firstRow(i).
    int chunkCount() const;
    qint64 firstRow(int chunk) const;
    int chunkOf(qint64 row) const;
    std::optional<pg::Rows> resident(int chunk) const; // at once, or nullopt: it is in the file
    Result<pg::Rows> load(int chunk) const;            // reads the file: any thread but the window's

    // Called on the writer's thread after each push and at the end. Set on any thread, at any time; a call that is under way still arrives.
    void onChange(std::function<void()> changed);

private:
    struct Core;
    std::unique_ptr<Core> m_core;
};

} // namespace howdah::query
