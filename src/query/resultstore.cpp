// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/resultstore.h"
#include "query/spillfile.h"

#include "pg/rowsdata.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>

namespace howdah::query
{

using pg::Rows;

namespace
{

struct Chunk {
    qint64 firstRow = 0;
    std::optional<Rows> rows; // nullopt: in the file
    SpillFile::Place place;
};

using DataPtr = std::shared_ptr<Rows::Data>;

// The first `count` rows, exactly as large as they are: what grew by appending holds up to twice its size.
DataPtr copyOf(const Rows::Data &from, qsizetype count)
{
    auto copy = std::make_shared<Rows::Data>();
    const size_t columns = from.columns.size();
    copy->columns = from.columns;
    copy->commandTag = from.commandTag;
    const bool all = size_t(count) >= from.rowStarts.size();
    const quint64 end = all ? quint64(from.arena.size()) : from.rowStarts[size_t(count)];
    copy->arena = QByteArray(from.arena.constData(), qsizetype(end));
    copy->rowStarts.assign(from.rowStarts.begin(), from.rowStarts.begin() + count);
    copy->cellEnds.assign(from.cellEnds.begin(), from.cellEnds.begin() + qsizetype(size_t(count) * columns));
    return copy;
}

} // namespace

struct ResultStore::Core {
    explicit Core(std::vector<pg::Column> of, ResultBudget bounds) : columns(std::move(of)), budget(bounds) {}

    const std::vector<pg::Column> columns;
    const ResultBudget budget;
    SpillFile file; // written by the writer alone, read by any

    mutable std::mutex mutex; // of all below; never held while the file is touched
    std::vector<Chunk> chunks;
    qint64 rows = 0;
    qint64 bytes = 0;
    qint64 held = 0; // bytes of the chunks in memory
    qint64 spilled = 0;
    bool stopped = false;
    std::atomic<bool> wasSeen = false; // set under the mutex
    std::condition_variable looked;    // seen or stopped
    bool finished = false;
    std::optional<Error> error;
    std::function<void()> changed;

    void append(Chunk chunk, qsizetype count, qint64 size)
    {
        const std::lock_guard lock(mutex);
        chunk.firstRow = rows;
        (chunk.rows ? held : spilled) += size;
        chunks.push_back(std::move(chunk));
        rows += count;
        bytes += size;
    }
    void fail(Error why)
    {
        const std::lock_guard lock(mutex);
        if (!error)
            error = std::move(why);
    }
    void tell()
    {
        std::function<void()> call;
        {
            const std::lock_guard lock(mutex);
            call = changed;
        }
        if (call)
            call();
    }
};

ResultStore::ResultStore(std::vector<pg::Column> columns, ResultBudget budget) : m_core(std::make_unique<Core>(std::move(columns), budget)) {}
ResultStore::~ResultStore() = default;

bool ResultStore::push(const Rows &chunk)
{
    Core &core = *m_core;
    const Rows::Data *data = &chunk.data();
    qsizetype count = chunk.size();
    bool keep = true;
    {
        std::unique_lock lock(core.mutex);
        if (core.chunks.size() == 1 && core.budget.firstLookMs > 0)
            core.looked.wait_for(lock, std::chrono::milliseconds(core.budget.firstLookMs), [&core] { return core.wasSeen || core.stopped; });
        if (core.stopped || core.finished || core.error)
            return false;
        keep = core.held + data->byteSize() <= core.budget.memoryBytes;
        if (core.budget.rowLimit > 0)
            count = std::min<qsizetype>(count, core.budget.rowLimit - core.rows);
    }
    const bool limited = count < chunk.size();
    DataPtr cut;
    // Kept for long: no more memory than it needs.
    if (limited || (keep && data->arena.capacity() - data->arena.size() > data->arena.size() / 8)) {
        cut = copyOf(*data, count);
        data = cut.get();
    }
    const qint64 size = data->byteSize();
    bool more = !limited;
    if (count > 0 && keep) {
        core.append({0, cut ? Rows(cut) : chunk, {}}, count, size);
    } else if (count > 0) {
        const auto place = core.file.size() + size > core.budget.fileBytes
            ? Result<SpillFile::Place>(howdah::fail(ErrorKind::Client, QStringLiteral("file_limit"),
                                                    QStringLiteral("The result is larger than the room set for it on this machine's disk")))
            : core.file.append(*data);
        if (place) {
            core.append({0, std::nullopt, *place}, count, size);
        } else {
            core.fail(place.error());
            more = false;
        }
    }
    if (limited)
        core.fail(Error{ErrorKind::Client, QStringLiteral("row_limit"), QStringLiteral("Ended after %1 rows, the limit set for a result").arg(core.budget.rowLimit),
                        {}, {}, {}, {}, 0});
    core.tell();
    return more;
}

void ResultStore::finish(std::optional<Error> error)
{
    if (error)
        m_core->fail(std::move(*error)); // the disk's or the limit's came first and is the cause
    {
        const std::lock_guard lock(m_core->mutex);
        m_core->finished = true;
    }
    m_core->tell();
}

void ResultStore::seen()
{
    if (m_core->wasSeen) // at each paint
        return;
    {
        const std::lock_guard lock(m_core->mutex);
        m_core->wasSeen = true;
    }
    m_core->looked.notify_all();
}

void ResultStore::stop()
{
    {
        const std::lock_guard lock(m_core->mutex);
        m_core->stopped = true;
    }
    m_core->looked.notify_all();
}

const std::vector<pg::Column> &ResultStore::columns() const
{
    return m_core->columns;
}

qint64 ResultStore::rowCount() const
{
    const std::lock_guard lock(m_core->mutex);
    return m_core->rows;
}

bool ResultStore::isFinished() const
{
    const std::lock_guard lock(m_core->mutex);
    return m_core->finished;
}

std::optional<Error> ResultStore::error() const
{
    const std::lock_guard lock(m_core->mutex);
    return m_core->error;
}

qint64 ResultStore::bytes() const
{
    const std::lock_guard lock(m_core->mutex);
    return m_core->bytes;
}

qint64 ResultStore::spilledBytes() const
{
    const std::lock_guard lock(m_core->mutex);
    return m_core->spilled;
}

int ResultStore::chunkCount() const
{
    const std::lock_guard lock(m_core->mutex);
    return int(m_core->chunks.size());
}

qint64 ResultStore::firstRow(int chunk) const
{
    const std::lock_guard lock(m_core->mutex);
    return chunk < int(m_core->chunks.size()) ? m_core->chunks[size_t(chunk)].firstRow : m_core->rows;
}

int ResultStore::chunkOf(qint64 row) const
{
    const std::lock_guard lock(m_core->mutex);
    const auto after = std::upper_bound(m_core->chunks.begin(), m_core->chunks.end(), row, [](qint64 r, const Chunk &chunk) { return r < chunk.firstRow; });
    return int(after - m_core->chunks.begin()) - 1;
}

std::optional<Rows> ResultStore::resident(int chunk) const
{
    const std::lock_guard lock(m_core->mutex);
    if (chunk < 0 || chunk >= int(m_core->chunks.size()))
        return std::nullopt;
    return m_core->chunks[size_t(chunk)].rows;
}

Result<Rows> ResultStore::load(int chunk) const
{
    SpillFile::Place place;
    {
        const std::lock_guard lock(m_core->mutex);
        if (chunk < 0 || chunk >= int(m_core->chunks.size()))
            return fail(ErrorKind::Client, QStringLiteral("no_such_chunk"), QStringLiteral("The result has no part %1").arg(chunk));
        const Chunk &found = m_core->chunks[size_t(chunk)];
        if (found.rows)
            return *found.rows;
        place = found.place;
    }
    return m_core->file.read(place, m_core->columns);
}

void ResultStore::onChange(std::function<void()> changed)
{
    const std::lock_guard lock(m_core->mutex);
    m_core->changed = std::move(changed);
}

} // namespace howdah::query
