// SPDX-License-Identifier: GPL-3.0-or-later
// The texts of the query pane's tabs, saved as they are typed, so that a crash costs at most the last two seconds. Functions of a Store.
#pragma once

#include "store/store.h"

#include <QVector>

namespace howdah::store
{

struct Draft {
    QString id;        // uuid, no braces
    QString profileId;
    int place = 0;     // of its tab, from 0
    QString title;
    QString filePath;  // empty: never saved to a file
    QByteArray text;   // UTF-8
    bool modified = false; // differs from the file
    int cursor = 0;    // byte of the text
    qint64 savedMs = 0; // Unix time
};

Result<QVector<Draft>> readDrafts(Store &store, const QString &profileId); // by place
Done saveDraft(Store &store, const Draft &draft); // durable on return; savedMs 0: now
Done removeDraft(Store &store, const QString &id);
Done clearDrafts(Store &store, const QString &profileId); // with their profile

} // namespace howdah::store
