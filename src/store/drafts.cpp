// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/drafts.h"

#include "store/seal.h"

#include <QDateTime>

namespace howdah::store
{

static QString text(const QString &string)
{
    return string.isNull() ? QStringLiteral("") : string; // a null one would be NULL
}

Result<QVector<Draft>> readDrafts(Store &store, const QString &profileId)
{
    auto rows = store.run(QStringLiteral("draft_list"), {text(profileId)});
    if (!rows)
        return fail(std::move(rows.error()));
    QVector<Draft> drafts;
    while (rows->next()) {
        if (!sealHolds(*rows))
            return fail(store.damaged(brokenSeal(store.path(), QStringLiteral("the query pane's texts"))));
        const auto value = [&](const char *column) { return rows->value(QLatin1StringView(column)); };
        drafts.append({value("id").toString(), value("profile").toString(), value("place").toInt(), value("title").toString(), value("file").toString(),
                       value("text").toByteArray(), value("modified").toBool(), value("cursor").toInt(), value("saved").toLongLong()});
    }
    if (auto end = store.atEnd(*rows); !end)
        return fail(std::move(end.error()));
    return drafts;
}

Done saveDraft(Store &store, const Draft &draft)
{
    return store.transaction([&]() -> Done {
        const qint64 saved = draft.savedMs > 0 ? draft.savedMs : QDateTime::currentMSecsSinceEpoch();
        auto written = store.run(QStringLiteral("draft_save"),
                                 {draft.id, text(draft.profileId), draft.place, text(draft.title), text(draft.filePath),
                                  draft.text.isNull() ? QByteArray("") : draft.text, int(draft.modified), draft.cursor, saved});
        if (!written)
            return fail(std::move(written.error()));
        return seal(store, QStringLiteral("draft"), draft.id);
    });
}

Done removeDraft(Store &store, const QString &id)
{
    if (auto done = store.run(QStringLiteral("draft_remove"), {id}); !done)
        return fail(std::move(done.error()));
    return {};
}

Done clearDrafts(Store &store, const QString &profileId)
{
    if (auto done = store.run(QStringLiteral("draft_clear"), {text(profileId)}); !done)
        return fail(std::move(done.error()));
    return {};
}

} // namespace howdah::store
