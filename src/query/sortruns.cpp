// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/sortruns.h"

#include <QtEndian>

#include <algorithm>
#include <array>
#include <cstring>
#include <numeric>
#include <queue>

namespace howdah::query
{

namespace
{

constexpr qint64 bufferBytes = 128 << 10; // a run, while merging
constexpr qsizetype recordHead = 16;      // prefix, row, length of the rest: in this machine's order

struct Cursor {
    quint64 prefix = 0;
    QByteArrayView rest;
    quint32 row = 0;
};

// 8 bytes as a number that compares as they do; zeros behind the end.
quint64 wordAt(QByteArrayView key, qsizetype at)
{
    uchar bytes[8] = {};
    const qsizetype size = std::clamp<qsizetype>(key.size() - at, 0, 8);
    if (size > 0)
        std::memcpy(bytes, key.data() + at, size_t(size));
    return qFromBigEndian<quint64>(bytes);
}

int compareRests(QByteArrayView a, QByteArrayView b)
{
    const int order = std::memcmp(a.data(), b.data(), size_t(std::min(a.size(), b.size())));
    return order != 0 ? order : a.size() < b.size() ? -1 : a.size() > b.size() ? 1 : 0;
}

} // namespace

// A run, read from the file piece by piece.
class SortRuns::Reader
{
public:
    Reader(const SpillFile &file, Run run) : m_file(&file), m_run(run) {}

    Result<bool> next() // false: no more
    {
        if (left() == 0)
            return false;
        if (const Done filled = need(recordHead); !filled)
            return fail(filled.error());
        quint32 length = 0;
        std::memcpy(&cursor.prefix, m_buffer.constData() + m_at, 8);
        std::memcpy(&cursor.row, m_buffer.constData() + m_at + 8, 4);
        std::memcpy(&length, m_buffer.constData() + m_at + 12, 4);
        if (const Done filled = need(recordHead + qsizetype(length)); !filled)
            return fail(filled.error());
        cursor.rest = QByteArrayView(m_buffer.constData() + m_at + recordHead, qsizetype(length));
        m_at += recordHead + qsizetype(length);
        return true;
    }

    Cursor cursor;

private:
    qint64 left() const { return m_run.bytes + m_buffer.size() - m_at; }

    Done need(qsizetype bytes)
    {
        if (m_buffer.size() - m_at >= bytes)
            return {};
        m_buffer.remove(0, m_at);
        m_at = 0;
        const qsizetype have = m_buffer.size();
        const qint64 more = std::min(m_run.bytes, std::max<qint64>(bufferBytes, bytes) - have);
        m_buffer.resize(have + qsizetype(more));
        if (const Done read = m_file->readBytes(m_run.offset, m_buffer.data() + have, more); !read)
            return read;
        m_run.offset += more;
        m_run.bytes -= more;
        return {};
    }

    const SpillFile *m_file;
    Run m_run; // what is not in the buffer yet
    QByteArray m_buffer;
    qsizetype m_at = 0;
};

SortRuns::SortRuns(qint64 memoryBytes) : m_memoryBytes(memoryBytes)
{
    // Room is not memory until it is used; growing would hold everything twice for a while.
    m_entries.reserve(size_t(memoryBytes) / (2 * sizeof(Entry)));
    m_rests.reserve(qsizetype(memoryBytes));
}

Done SortRuns::add(QByteArrayView key, quint32 row)
{
    Entry entry;
    entry.row = row;
    entry.prefix = wordAt(key, 0);
    if (key.size() > 8) {
        const QByteArrayView rest = key.sliced(8);
        const auto length = quint32(rest.size());
        entry.rest = quint32(m_rests.size());
        m_rests.append(reinterpret_cast<const char *>(&length), 4);
        m_rests.append(rest);
    }
    m_entries.push_back(entry);
    ++m_count;
    if (qint64(m_entries.size() * 2 * sizeof(Entry)) + m_rests.size() >= m_memoryBytes)
        return flush();
    return {};
}

QByteArrayView SortRuns::restOf(const Entry &entry) const
{
    if (entry.rest == none)
        return {};
    quint32 length = 0;
    std::memcpy(&length, m_rests.constData() + entry.rest, 4);
    return {m_rests.constData() + entry.rest + 4, qsizetype(length)};
}

// By the prefix, equal ones as they stand: a pass for each byte in which they differ.
void SortRuns::sortByPrefix(std::vector<Entry>::iterator begin, std::vector<Entry>::iterator end)
{
    constexpr qsizetype few = 1000;
    const auto count = size_t(end - begin);
    if (end - begin < few) {
        std::sort(begin, end, [](const Entry &a, const Entry &b) { return a.prefix != b.prefix ? a.prefix < b.prefix : a.row < b.row; });
        return;
    }
    std::array<std::array<quint32, 256>, 8> counts{};
    for (auto entry = begin; entry != end; ++entry) {
        for (size_t byte = 0; byte < 8; ++byte)
            ++counts[byte][entry->prefix >> 8 * byte & 0xff];
    }
    if (m_spare.size() < count)
        m_spare.resize(count);
    Entry *from = &*begin, *to = m_spare.data();
    for (size_t byte = 0; byte < 8; ++byte) {
        std::array<quint32, 256> &places = counts[byte];
        if (places[from->prefix >> 8 * byte & 0xff] == count)
            continue;
        std::exclusive_scan(places.begin(), places.end(), places.begin(), quint32(0));
        for (const Entry *entry = from; entry != from + count; ++entry)
            to[places[entry->prefix >> 8 * byte & 0xff]++] = *entry;
        std::swap(from, to);
    }
    if (from != &*begin)
        std::copy(from, from + count, begin);
}

// By 8 bytes of the key, then each group of equal ones by the 8 bytes after what all of it have in common: an integer is compared, never a text.
void SortRuns::sort(std::vector<Entry>::iterator begin, std::vector<Entry>::iterator end, qsizetype depth)
{
    sortByPrefix(begin, end);
    for (auto from = begin; from != end;) {
        const quint64 prefix = from->prefix;
        const auto to = std::find_if(from + 1, end, [prefix](const Entry &entry) { return entry.prefix != prefix; });
        const QByteArrayView first = to - from > 1 ? restOf(*from) : QByteArrayView();
        if (first.size() > depth) {
            qsizetype common = first.size();
            for (auto entry = from + 1; entry != to; ++entry) {
                const QByteArrayView rest = restOf(*entry);
                common = std::max(depth, std::min(common, rest.size()));
                if (rest.size() >= common && std::memcmp(first.data() + depth, rest.data() + depth, size_t(common - depth)) != 0)
                    common = std::mismatch(first.begin() + depth, first.begin() + common, rest.begin() + depth).first - first.begin();
            }
            if (common < first.size()) { // else they are the same, and in their rows' order: no key is the beginning of another
                std::for_each(from, to, [&](Entry &entry) { entry.prefix = wordAt(restOf(entry), common); });
                sort(from, to, common + 8);
                std::for_each(from, to, [prefix](Entry &entry) { entry.prefix = prefix; });
            }
        }
        from = to;
    }
}

Done SortRuns::flush()
{
    sort(m_entries.begin(), m_entries.end(), 0);
    Run run{m_file.size(), 0};
    QByteArray out;
    const auto write = [&]() -> Done {
        const Result<qint64> written = m_file.appendBytes(out);
        run.bytes += out.size();
        out.resize(0);
        if (!written)
            return fail(written.error());
        return {};
    };
    for (const Entry &entry : m_entries) {
        const QByteArrayView rest = restOf(entry);
        const auto length = quint32(rest.size());
        out.append(reinterpret_cast<const char *>(&entry.prefix), 8);
        out.append(reinterpret_cast<const char *>(&entry.row), 4);
        out.append(reinterpret_cast<const char *>(&length), 4);
        out.append(rest);
        if (out.size() >= bufferBytes) {
            if (const Done done = write(); !done)
                return done;
        }
    }
    if (const Done done = write(); !done)
        return done;
    m_runs.push_back(run);
    m_entries.clear();
    m_rests.resize(0);
    return {};
}

Done SortRuns::finish(std::vector<quint32> &rows, const CancelToken &cancel)
{
    if (m_runs.empty()) {
        sort(m_entries.begin(), m_entries.end(), 0);
        for (const Entry &entry : m_entries)
            rows.push_back(entry.row);
        return {};
    }
    if (const Done flushed = flush(); !flushed)
        return flushed;
    m_entries.shrink_to_fit();
    m_spare = {};
    m_rests = {};

    std::vector<Reader> readers;
    for (const Run &run : m_runs)
        readers.emplace_back(m_file, run);
    const auto after = [&readers](size_t left, size_t right) {
        const Cursor &a = readers[left].cursor, &b = readers[right].cursor;
        if (a.prefix != b.prefix)
            return a.prefix > b.prefix;
        const int order = compareRests(a.rest, b.rest);
        return order != 0 ? order > 0 : a.row > b.row;
    };
    std::priority_queue<size_t, std::vector<size_t>, decltype(after)> heads(after);
    for (size_t i = 0; i < readers.size(); ++i) {
        const Result<bool> more = readers[i].next();
        if (!more)
            return fail(more.error());
        if (*more)
            heads.push(i);
    }
    while (!heads.empty()) {
        const size_t least = heads.top();
        heads.pop();
        rows.push_back(readers[least].cursor.row);
        if ((rows.size() & 0xffff) == 0 && cancel.isCancelled())
            return fail(Error{ErrorKind::Cancelled, QStringLiteral("by_user"), QStringLiteral("Cancelled"), {}, {}, {}, {}, 0});
        const Result<bool> more = readers[least].next();
        if (!more)
            return fail(more.error());
        if (*more)
            heads.push(least);
    }
    return {};
}

} // namespace howdah::query
