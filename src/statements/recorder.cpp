// SPDX-License-Identifier: GPL-3.0-or-later
#include "statements/recorder.h"

#include <algorithm>
#include <utility>

namespace howdah::statements
{

namespace
{

// The server may have lost a text, or dropped the statement before it was asked for: reading all texts anew each minute is dear.
constexpr qint64 askAgainMs = 10 * 60'000;
constexpr qint64 namesAgainMs = 60 * 60'000;
constexpr qsizetype mostAsked = 100'000; // then from the beginning: an eviction storm brings new statements for days

Key bareOf(Key key)
{
    key.sinceUs = 0;
    return key;
}

} // namespace

QVector<Key> Recorder::unknownTexts(const Interval &interval) const
{
    QVector<Key> keys;
    for (const Change &change : interval.changes) {
        const Key key = bareOf(change.key);
        const auto asked = m_askedMs.constFind(key);
        if (asked == m_askedMs.cend() || (m_textless.contains(key) && interval.toMs - *asked >= askAgainMs))
            keys.append(key);
    }
    return keys;
}

bool Recorder::namesAreOld(const Interval &interval) const
{
    return m_namesMs == 0 || interval.toMs - m_namesMs >= namesAgainMs || !interval.gaps.events.isEmpty()
        || std::any_of(interval.changes.cbegin(), interval.changes.cend(), [this](const Change &change) {
               return !m_names.roles.contains(change.key.roleId) || !m_names.databases.contains(change.key.databaseId);
           });
}

Result<std::optional<Reading>> Recorder::read(pg::Connection &connection, const CancelToken &cancel)
{
    m_next.reset();
    m_asking.clear();
    auto now = readSnapshot(connection, cancel, m_last ? &*m_last : nullptr);
    if (!now)
        return fail(std::move(now.error()));
    if (!m_last) {
        m_last = *std::move(now);
        return std::optional<Reading>();
    }
    Reading reading{between(*m_last, *now), {}, {}};
    m_asking = unknownTexts(reading.interval);
    auto texts = readTexts(connection, m_asking, cancel);
    if (!texts && texts.error().kind != ErrorKind::Sql) // figures without their texts are worth keeping
        return fail(std::move(texts.error()));
    if (texts)
        reading.texts = *std::move(texts);
    if (namesAreOld(reading.interval)) {
        auto names = readNames(connection, cancel);
        if (!names)
            return fail(std::move(names.error()));
        m_names = *std::move(names);
        m_namesMs = reading.interval.toMs;
        reading.names = m_names;
    }
    m_next = *std::move(now);
    return std::optional(std::move(reading));
}

void Recorder::done(const Result<Kept> &kept)
{
    const QVector<Key> asked = std::exchange(m_asking, {});
    if (!m_next)
        return;
    if (!kept) {
        m_next.reset();
        m_namesMs = 0;
        return;
    }
    m_last = std::exchange(m_next, std::nullopt);
    if (!kept->written) { // with the piece its texts were not stored, nor the names
        m_namesMs = 0;
        return;
    }
    if (m_askedMs.size() > mostAsked)
        m_askedMs.clear();
    for (const Key &key : asked) {
        m_askedMs.insert(key, m_last->atMs);
        m_textless.remove(key);
    }
    for (const Key &key : kept->textless)
        m_textless.insert(key);
}

} // namespace howdah::statements
