// SPDX-License-Identifier: GPL-3.0-or-later
#include "statements/listing.h"

namespace howdah::statements
{

Result<TopList> readListing(pg::Connection &connection, const Interval &interval, const CancelToken &cancel)
{
    QVector<Key> keys;
    for (const Change &change : interval.changes)
        keys << change.key;
    auto texts = readTexts(connection, keys, cancel);
    if (!texts)
        return fail(std::move(texts.error()));
    auto names = readNames(connection, cancel);
    if (!names)
        return fail(std::move(names.error()));
    return listOf({interval, *std::move(texts), *std::move(names)});
}

Result<TopList> readLifetime(pg::Connection &connection, const CancelToken &cancel)
{
    const auto snapshot = readSnapshot(connection, cancel);
    return snapshot ? readListing(connection, sinceBegin(*snapshot), cancel) : Result<TopList>(fail(snapshot.error()));
}

} // namespace howdah::statements
